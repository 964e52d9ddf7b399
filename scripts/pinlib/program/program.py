# SPDX-License-Identifier: GPL-2.0-only
"""The functions of a tree, read when a question needs them.

What an answer holds depends on the tree alone, never on what was asked before:
a name is looked for in all files that have it, and each of them is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pinlib.csource import types
from pinlib.csource.expr import Kind
from pinlib.csource.macro_text import Define, defines
from pinlib.kernel import effects
from pinlib.kernel.searches import Places, Searches
from pinlib.kernel.view import View, folder
from pinlib.program.facts import Fact
from pinlib.program.function import Function, Statement, Use
from pinlib.program.read_files import ReadFiles
from pinlib.program.source import Source
from pinlib.program.structures import Common, Declared

# A name that occurs more often than this is not followed.
POPULAR = 400
# A function with more definitions than this has one for each architecture.
DEFINITIONS = 12
# What is read as C; a search finds assembly too.
C_FILES = (".c", ".h")
# Folders with C that is no part of a kernel.
_NOT_KERNEL = ("tools/", "Documentation/")

Key = tuple[str, str]


class Program(Declared):
    """The functions of a tree, with the callers and uses of names."""

    def __init__(self, tree: View, files: ReadFiles, searches: Searches,
                 shapes: Mapping[str, effects.Shape] = effects.SHAPES,
                 listed: tuple[str, ...] = effects.MISSION,
                 declared: Mapping[str, tuple[str, ...]] | None = None,
                 common: Common | None = None) -> None:
        super().__init__(tree, files, searches, common)
        self.shapes = shapes
        self.declared = declared or {}  # each function's parameter types
        self.listed = listed    # the APIs whose calls are converted
        self.functions: dict[Key, Function] = {}
        # Files whose functions were read in another process.
        self.read_elsewhere: set[str] = set()
        self._sources: dict[str, Source] = {}
        # Those that are known of files that were not.
        self._promised: dict[str, dict[tuple[str, int], Function]] = {}
        self._definitions: dict[str, list[Function]] = {}
        self._macros: dict[str, list[Define]] = {}
        self._picked: dict[tuple[str, str], Function | None] = {}
        self._elsewhere: dict[str, list[Function]] = {}
        # Names that were asked for in a module's whole kernel.
        self._of_kernel: set[str] = set()

    def anew(self, common: Common | None = None) -> Program:
        """Return one for the same tree that has read nothing else yet."""
        tree = self.tree.anew()
        return Program(tree, self.files.anew(tree), self.searches.anew(tree),
                       self.shapes, self.listed, self.declared, common)

    def effect(self, name: str, arg: int) -> effects.Effect | None:
        """Return what a call does with its arg-th argument, if known."""
        shape = self.shapes.get(name)
        pages = shape.pages if shape else effects.EXTRACT_ARG.get(name, -1)
        return effects.ACQUIRE if arg == pages else effects.effect(name, arg)

    def source(self, file: str) -> Source:
        """Return the functions of a file, which is read if it was not."""
        if file not in self._sources:
            read = self.files.file(file) if file.endswith(C_FILES) else None
            made = Source(file, read, self.text(file),
                          lambda type_text: self.typedefs.spelled(
                              type_text, file), self._promised.pop(file, {}))
            self._sources[file] = made
            self.functions |= {f.key: f for f in made.functions}
        return self._sources[file]

    @property
    def sources(self) -> list[str]:
        """Return the files whose functions were read."""
        return sorted(self._sources)

    def everything(self) -> list[Function]:
        """Return the functions of all files that were read anywhere."""
        for file in sorted(self.read_elsewhere):
            self.source(file)
        return list(self.functions.values())

    def function(self, file: str, name: str) -> Function | None:
        """Return a function of a file, which is read if it was not."""
        if file:
            self.source(file)
        return self.functions.get((file, name))

    def promised(self, file: str, name: str, line: int) -> Function:
        """Return a function that is known; its file is read when it is asked.

        One that is in no file's text has no body.
        """
        if file in self._sources:
            known = self.functions.get((file, name))
            return known if known and known.line == line else Function(
                file, name, line, self.text(file))
        known = self._promised.setdefault(file, {}).get((name, line))
        if known is None:
            known = Function(file, name, line, lambda: self.text(file),
                             lambda function: self.source(file).body(function))
            self._promised[file][name, line] = known
        return known

    def is_ambiguous(self, function: Function) -> bool:
        """Say whether a file defines a function twice."""
        return function.key in self.source(function.file).ambiguous

    def namesakes(self, function: Function) -> list[Function]:
        """Return the functions that a file has of one name, itself included."""
        name = function.name.partition("@")[0]
        return [f for f in self.source(function.file).functions
                if f.name.partition("@")[0] == name]

    def definitions(self, function: Function) -> list[Function]:
        """Return the definitions that a file has of one function's name.

        None where two share text: what one does is not known apart.
        """
        if not self.is_ambiguous(function):
            return [function]
        same = self.namesakes(function)
        bodies = [f.body for f in same]
        apart = all(low >= 0 and close > low for low, close in bodies) and all(
            before[1] < after[0] for before, after in zip(bodies, bodies[1:]))
        return same if apart else []

    def with_others(self, functions: Iterable[Function | None]
                    ) -> list[Function | None]:
        """Return functions, with the other definitions of each that has some."""
        found: list[Function | None] = []
        for function in functions:
            found += self.definitions(function) if function else []
            if not function or not self.definitions(function):
                found.append(function)
        return found

    def lines(self, word: str) -> Places:
        """Return the lines that name a word anywhere, once for each time."""
        return self.searches.lines(word)

    def naming_files(self, word: str) -> frozenset[str]:
        """Return the files anywhere in the tree that name a word."""
        return self.searches.naming(word)

    def count(self, file: str, word: str) -> int:
        """Return how often a file names a word, comments included."""
        return self.searches.count(file, word)

    def popular(self, word: str, files: Iterable[str] | None = None) -> bool:
        """Say whether a word occurs too often to be followed, in some files."""
        return self.searches.often(word, POPULAR) if files is None else \
            sum(self.count(file, word) for file in files) > POPULAR

    def members(self, file: str, name: str) -> list[int]:
        """Return where a file may name a member: after a dot or an arrow."""
        return [m.end() for m in re.finditer(
            rf"(?:->|\.)\s*(?={name}\b)", self.text(file).visible)]

    def in_file(self, file: str) -> list[Function]:
        """Return the functions of a file."""
        return self.source(file).functions

    def mentioning(self, word: str,
                   files: Iterable[str]) -> Iterator[Function]:
        """Yield the functions of some files that name a word."""
        wanted = sorted(file for file in files if file.endswith(C_FILES))
        self.files.read(wanted)
        for file in wanted:
            yield from self.source(file).mentioning(word)

    def in_folder(self, file: str, word: str) -> Iterator[Function]:
        """Yield the functions of the files beside one that name a word."""
        for other in sorted(self.naming_files(word)):
            if folder(other) == folder(file) and other.endswith(C_FILES):
                yield from self.in_file(other)

    def top_statements(self, file: str, word: str) -> list[Statement]:
        """Return the initialisers of variables outside functions, near a word."""
        return self.source(file).top_statements(word)

    def facts(self, file: str, word: str) -> list[Fact]:
        """Return the facts of a file near a word."""
        return self.source(file).facts(word)

    def definition(self, name: str, user: str) -> Function | None:
        """Return the definition that a call in a file means."""
        if (name, user) not in self._picked:
            self._picked[name, user] = self._choose(name, user)
        return self._picked[name, user]

    def exported(self, name: str, user: str) -> Function | None:
        """Return a definition, for modules also from the kernel's source."""
        known = self.definition(name, user)
        if known is None and self.tree.kernel and name not in self._of_kernel:
            self._of_kernel.add(name)
            self._definitions[name] = self._defined(
                name, self.searches.kernel_heads(name))
            for key in [k for k in self._picked if k[0] == name]:
                del self._picked[key]
        return known or self.definition(name, user)

    def alternatives(self, function: Function) -> list[Function]:
        """Return a function, and all that stands for a header's elsewhere.

        What a header defines may be for kernels without a feature only.
        """
        name = function.name.partition("@")[0]
        if not function.file.endswith(".h"):
            return [function]
        if name not in self._elsewhere:
            self._elsewhere[name] = [
                f for f in self._defined(
                    name, (self.searches.kernel_heads if self.tree.kernel
                           else self.searches.heads)(name))
                if f.file.endswith(".h") or not f.static]
        return [function, *(f for f in self._elsewhere[name]
                            if f is not function)]

    def _choose(self, name: str, user: str) -> Function | None:
        if not user.endswith(C_FILES):
            return None
        same = self.source(user).named.get(name)
        if same:
            return same[0]
        if name not in self._definitions:
            self._definitions[name] = self._defined(
                name, self.searches.heads(name))
        others = [f for f in self._definitions[name]
                  if f.file.endswith(".h") or not f.static]
        close = types.nearest([(f.file, f.line) for f in others], user,
                              self.tree.is_kernel)
        return next((f for f in others
                     if close and (f.file, f.line) == close), None)

    def _defined(self, name: str, heads: Places) -> list[Function]:
        """Return the definitions of a name, from the lines that look like one."""
        found: dict[str, list[int]] = {}
        for file, lines in heads.items():
            if file.startswith(_NOT_KERNEL) or \
                    not file.endswith(C_FILES):
                continue
            text = self.text(file)
            for line in lines:
                at = text.code.find(name, text.offset(line))
                if at >= 0 and text.defines(name, at):
                    found.setdefault(file, []).append(line)
        if sum(map(len, found.values())) > DEFINITIONS:
            return []
        self.files.read(found)
        return [f for file in sorted(found)
                for f in self.source(file).named.get(name, ())]

    def macro_definitions(self, name: str) -> list[Define]:
        """Return the definitions of a macro, in a kernel's headers as well."""
        if name not in self._macros:
            self._macros[name] = [
                d for file in self.searches.macros(name)
                if not file.startswith(_NOT_KERNEL)
                for d in defines(self.text(file)) if d.name == name]
        return self._macros[name]

    def named_often(self, fn: Function, limit: int) -> bool:
        """Say whether a function is named on more than limit lines."""
        name = fn.name.partition("@")[0]
        if fn.static and not fn.file.endswith(".h"):
            return self.count(fn.file, name) > limit
        return self.searches.often(name, limit)

    def naming(self, name: str,
               fn: Function | None = None) -> list[tuple[Function, Use]]:
        """Return where functions and tables name a function.

        With fn, only occurrences that mean that definition; for a function
        defined twice in a file they mean either.
        """
        name = name.partition("@")[0]
        local = fn and fn.static and not fn.file.endswith(".h")
        if self.popular(name, {fn.file} if fn and local else None):
            return []
        files = {fn.file} if fn and local else self.naming_files(name)
        return [(f, u) for f, u in self._named(name, files)
                if fn is None or self._means(
                    fn, self.definition(name, f.file))]

    def _named(self, name: str,
               files: Iterable[str]) -> list[tuple[Function, Use]]:
        """Return where a name occurs: in functions, and then outside."""
        wanted = sorted(file for file in files if file.endswith(C_FILES))
        self.files.read(wanted)
        inside = [(function, use) for file in wanted
                  for function in self.source(file).mentioning(name)
                  for use in function.uses.get(name, ())]
        outside = [(statement.function, Use(statement, node))
                   for file in wanted for statement in
                   self.source(file).top_statements(name)
                   for node in statement.nodes(name)
                   if node.kind == Kind.ID and node.value == name]
        return inside + outside

    def _means(self, fn: Function, picked: Function | None) -> bool:
        """Say whether a name means a function, or its other #ifdef branch."""
        return picked is fn or picked is not None and \
            picked.file == fn.file and self.is_ambiguous(fn) and \
            fn.name.startswith(f"{picked.name}@")
