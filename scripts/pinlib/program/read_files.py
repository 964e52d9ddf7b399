# SPDX-License-Identifier: GPL-2.0-only
"""Takes the names of files; gives what the reader read of them, as far as asked.

Several files are read by one process, none influenced by another.
"""

from __future__ import annotations

import bisect
import itertools
import os
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pinlib.base.errors import Gup2pinError
from pinlib.csource import masking
from pinlib.csource.written import text_files
from pinlib.kernel.view import View
from pinlib.program.facts import Fact, Unread
from pinlib.program.read_facts import Facts
from pinlib.reader import run
from pinlib.reader.build import Reader
from pinlib.reader.output import Declaration, File, Node


@dataclass(frozen=True, eq=False, slots=True)
class Element:
    """External declarations of a file that share text; start and end in bytes.

    There is one, or one for each selection of #if arms, and the macros that are
    defined inside of it.
    """

    start: int
    end: int
    declarations: tuple[Declaration, ...]


class ReadFile:
    """The facts of one file, each made when it is asked for."""

    def __init__(self, name: str, file: File, text: str,
                 names: frozenset[str]) -> None:
        self._name = name
        self._file = file
        self._text = text
        self._names = names
        self._facts: dict[Element, list[Fact]] = {}
        self._elements: dict[int, Element] = {}

    @cached_property
    def _lines(self) -> array[int]:
        lengths = map(len, self._text.split("\n")[:-1])
        return array("I", itertools.accumulate(
            map((1).__add__, lengths), initial=0))

    @cached_property
    def _spans(self) -> tuple[array[int], array[int], array[int], array[int]]:
        """Return where elements start and end, and which declarations they have.

        Those are numbers of declarations in the order of their places, and where
        the numbers of each element begin.
        """
        starts, ends, selections = self._file.places
        order = array("I", sorted(range(len(starts)), key=lambda n: (
            starts[n], selections[n])))
        begins, lows, highs = array("I"), array("I"), array("I")
        for at, number in enumerate(order):
            if not highs or starts[number] >= highs[-1]:
                begins.append(at)
                lows.append(starts[number])
                highs.append(ends[number])
            highs[-1] = max(highs[-1], ends[number])
        begins.append(len(order))
        return lows, highs, order, begins

    def _at(self, index: int) -> Element:
        """Return an element by its number; it is made once, if at all."""
        if index not in self._elements:
            lows, highs, order, begins = self._spans
            group = [self._file.declaration(number) for number in order[
                begins[index]:begins[index + 1]]]
            self._elements[index] = Element(lows[index], highs[index], tuple(
                sorted(group, key=lambda d: (d.selection, d.start))))
        return self._elements[index]

    def around(self, offset: int) -> Element | None:
        """Return the element at an offset, or None between two."""
        lows, highs, *_ = self._spans
        index = bisect.bisect_right(lows, offset) - 1
        return self._at(index) if index >= 0 and offset < highs[
            index] else None

    def facts(self, element: Element) -> list[Fact]:
        """Return the facts of an element, in source order."""
        if element not in self._facts:
            self._facts[element] = sorted(
                self._taker.of(element.declarations), key=_order)
        return self._facts[element]

    def names_at(self, offset: int) -> Iterator[tuple[Declaration, Node]]:
        """Yield the names that are read at an offset, each with what it is in.

        There is more than one where several selections of arms have it.
        """
        element = self.around(offset)
        file = self._file
        for declaration in element.declarations if element else ():
            root = declaration.root
            for index in range(file.firsts[root.index], root.index + 1):
                if file.starts[index] == offset:
                    leaf = Node(file, index)
                    if leaf.kind in ("name", "type-name"):
                        yield declaration, leaf
                    break

    @cached_property
    def _taker(self) -> Facts:
        return Facts(self._name, self._file, self._text, self._names,
                     self._lines)

    @cached_property
    def unread(self) -> list[Unread]:
        """Return the code that could not be read, in source order."""
        return sorted({Unread(self._place(region.start),
                              self._place(region.end), region.reason)
                       for region in self._file.regions})

    @cached_property
    def all(self) -> list[Fact]:
        """Return every fact of the file, in source order."""
        return sorted((fact for index in range(len(self._spans[0]))
                       for fact in self.facts(self._at(index))), key=_order)

    @cached_property
    def heads(self) -> list[tuple[Element, str, int, int]]:
        """Return the functions: where each is, its name, line and column."""
        found = []
        _, _, order, begins = self._spans
        places = {number: at for at, number in enumerate(order)}
        for index in sorted({bisect.bisect_right(begins, places[number]) - 1
                             for number in self._with_functions()}):
            element = self._at(index)
            if _is_plain(element.declarations):
                name = element.declarations[0].name
                found.append((element, self._text[slice(*name)],
                              *self._place(name[0])))
            else:
                found += [(element, fact.name, fact.line, fact.column)
                          for fact in self.facts(element)
                          if fact.kind == "function"]
        return found

    def _with_functions(self) -> set[int]:
        """Return the numbers of the declarations that have a function."""
        file = self._file
        function = re.compile(b"\\x%02x" % file.names.kinds.index("function"))
        behind = sorted(zip(file.behind, itertools.count()))
        found: set[int] = set()
        for match in function.finditer(file.kinds):
            at = match.start()
            index = bisect.bisect_right(behind, (at, len(behind)))
            found.update(
                number for last, number in behind[index:index + 1]
                if file.firsts[last - 1] <= at
                and file.kind_of(number) != "define")
        return found

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1]


def _is_plain(declarations: Sequence[Declaration]) -> bool:
    """Say whether there is one function, with its name in its declarator."""
    first, *others = declarations
    return first.root.kind == "function" and all(
        child.kind != "call" for child in first.root.children[:2]) and all(
        other.kind == "define" for other in others)


class ReadFiles:
    """The files of one tree, read when they are asked for.

    names: the functions whose calls are facts of their own.
    """

    def __init__(self, tree: View, reader: Reader,
                 names: Iterable[str]) -> None:
        self.tree = tree
        self.names = frozenset(names)
        self.failed: dict[str, str] = {}
        self._reader = reader
        self._session = run.Session(reader, tree.known.options)
        self._files: dict[str, ReadFile | None] = {}
        self._texts: dict[str, masking.CText] = {}

    def anew(self, tree: View) -> ReadFiles:
        """Return the files of a tree, of which nothing was read yet."""
        return ReadFiles(tree, self._reader, self.names)

    def close(self) -> None:
        """End the reader; it starts again when a file is asked for."""
        self._session.close()

    def text(self, name: str) -> masking.CText:
        """Return the masked text of a file, of which there is one."""
        if name not in self._texts:
            self._texts[name] = text_files.load(
                self.tree.path(name), self.tree.known)
        return self._texts[name]

    def file(self, name: str) -> ReadFile | None:
        """Return a file as it was read, or None if it could not be."""
        self.read((name,))
        return self._files[name]

    def read(self, names: Iterable[str]) -> None:
        """Read what was not read yet; if that fails, each file alone."""
        missing = [n for n in names if n not in self._files]
        if not missing:
            return
        try:
            read = self._session.files(map(self.tree.path, missing))
        except Gup2pinError as error:
            if len(missing) == 1:
                self.failed[missing[0]] = str(error)
                self._files[missing[0]] = None
            else:
                for name in missing:
                    self.read([name])
            return
        for name, file in zip(missing, read):
            if file.error:
                self.failed[name] = os.strerror(file.error)
            self._files[name] = None if file.error else ReadFile(
                name, file, self.text(name).for_reader(), self.names)

    def facts(self, name: str) -> list[Fact]:
        """Return every fact of a file, in source order."""
        file = self.file(name)
        return file.all if file else []

    def unread(self, name: str) -> list[Unread]:
        """Return the code of a file that was not read, in source order."""
        file = self.file(name)
        return file.unread if file else []


def _order(fact: Fact) -> tuple[int, int, str, str, str]:
    return fact.line, fact.column, fact.kind, fact.text, fact.name
