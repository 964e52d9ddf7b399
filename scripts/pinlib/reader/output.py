# SPDX-License-Identifier: GPL-2.0-only
"""What the reader wrote, read as far as somebody asks.

scripts/reader/out.h has the format, and tree.h the kinds of nodes and their
children. The file is mapped; a view of a file, a declaration or a node is made
when it is asked for. All offsets are bytes of the file that was read.
"""

from __future__ import annotations

import bisect
import mmap
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

from pinlib.base.errors import Gup2pinError

MAGIC = b"gup2pinR"
VERSION = 2
NOWHERE = 0xffffffff
_HEADER = struct.Struct("<8sII")
_FOOTER = struct.Struct("<QII8s")
_SECTION = struct.Struct("<9I")

TRUTHS = ("unknown", "false", "true")
_OTHER = 0x80
# Flags of tokens without it.
_NOT_OTHER = bytes(flag for flag in range(256) if not flag & _OTHER)
_ELSE, _IMPLICIT, _DEAD, _SELECTED = 0x04, 0x08, 0x10, 0x20
AMBIGUOUS, SUFFIX, NO_SEMICOLON, MACRO, OLD_STYLE, PASTED = (
    1 << bit for bit in range(6))


class Piece(Protocol):
    """What a node and its settled reading have in common."""

    @property
    def kind(self) -> str:
        """Which kind of code this is."""

    @property
    def op(self) -> str:
        """Its operator, "" for none."""

    @property
    def start(self) -> int:
        """The offset of its first byte."""

    @property
    def end(self) -> int:
        """The offset behind its last byte."""

    @property
    def flags(self) -> int:
        """AMBIGUOUS and so on."""

    @property
    def children(self) -> "Sequence[Piece]":
        """What it is made of, in order."""


@dataclass(frozen=True)
class Names:
    """What the numbers of the file stand for."""

    kinds: tuple[str, ...]
    declarations: tuple[str, ...]
    reasons: tuple[str, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True)
class Arm:
    """Code between two lines of an #if; arm 0 is the file itself.

    opens: where the line that opens it begins and ends.
    value: whether it holds, as far as is known.
    selected: its #if was read one arm at a time.
    """

    group: int
    parent: int
    start: int
    end: int
    opens: tuple[int, int]
    value: str
    is_else: bool
    implicit: bool
    dead: bool
    selected: bool


@dataclass(frozen=True)
class Region:
    """Code that was not read; declaration is None outside of all."""

    start: int
    end: int
    line: int
    reason: str
    declaration: int | None


@dataclass(frozen=True)
class Include:
    """The header that a line includes, with its quotes or brackets."""

    start: int
    end: int
    arm: int


class Node:
    """A piece of code in its tree."""

    __slots__ = ("_file", "index")

    def __init__(self, file: File, index: int) -> None:
        self._file = file
        self.index = index

    @property
    def kind(self) -> str:
        """Which kind of code this is, as tree.h names them."""
        return self._file.names.kinds[self._file.kinds[self.index]]

    @property
    def op(self) -> str:
        """Its operator, or the reason of an error; "" for none."""
        number = self._file.ops[self.index]
        if self.kind == "error":
            return self._file.names.reasons[number]
        return self._file.names.operators[number] if number else ""

    @property
    def start(self) -> int:
        """The offset of its first byte."""
        return self._file.starts[self.index]

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self._file.ends[self.index]

    @property
    def arm(self) -> int:
        """The #if arm that its first token is in."""
        return self._file.node_arms[self.index]

    @property
    def flags(self) -> int:
        """AMBIGUOUS and so on."""
        return self._file.flags[self.index]

    @property
    def children(self) -> list[Node]:
        """What it is made of, in order."""
        file = self._file
        firsts = file.firsts
        found = []
        at, first = self.index, firsts[self.index]
        while at > first:
            found.append(Node(file, at - 1))
            at = firsts[at - 1]
        found.reverse()
        return found

    def walk(self) -> Iterator[Node]:
        """Every node below, and then this one, in postorder."""
        for index in range(self._file.firsts[self.index], self.index + 1):
            yield Node(self._file, index)

    def above(self, root: Node) -> Iterator[Node]:
        """The nodes that this one is in, from the inside up to a root."""
        firsts = self._file.firsts
        for index in range(self.index + 1, root.index + 1):
            if firsts[index] <= self.index:
                yield Node(self._file, index)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.start}-{self.end}>"


class Declaration(NamedTuple):
    """An external declaration, or the definition of a macro.

    name: the offsets where its name begins and ends; equal for none.
    selection: with which selection of #if arms it was read, from 0.
    """

    kind: str
    name: tuple[int, int]
    start: int
    end: int
    arm: int
    selection: int
    root: Node


class File:
    """What was read of one file."""

    def __init__(self, names: Names, data: memoryview, at: int) -> None:
        self.names = names
        (path, self.size, self.error, *counts) = _SECTION.unpack_from(data, at)
        (arms, declarations, nodes, regions, includes, tokens) = counts
        at += _SECTION.size
        words = (7 * arms + 9 * declarations + 4 * nodes + 5 * regions +
                 3 * includes + 3 * tokens)
        self._numbers = data[at:at + 4 * words].cast("I")
        self._at = 0
        self._arms = self._columns(7, arms)
        self._declarations = self._columns(9, declarations)
        self.starts, self.ends, self.firsts, self.node_arms = self._columns(
            4, nodes)
        self._regions = self._columns(5, regions)
        self._includes = self._columns(3, includes)
        self._tokens = self._columns(3, tokens)
        at += 4 * words
        self.kinds = data[at:at + nodes]
        self.ops = data[at + nodes:at + 2 * nodes]
        self.flags = data[at + 2 * nodes:at + 3 * nodes]
        at += 3 * nodes
        self._token_kinds = data[at:at + tokens]
        self._token_flags = data[at + tokens:at + 2 * tokens]
        at += 2 * tokens
        self.path = bytes(data[at:at + path]).decode("utf-8",
                                                     "surrogateescape")

    def _columns(self, columns: int, rows: int) -> list[memoryview]:
        at = self._at
        self._at += columns * rows
        return [self._numbers[at + rows * n:at + rows * (n + 1)]
                for n in range(columns)]

    @cached_property
    def arms(self) -> list[Arm]:
        """The #if arms; an arm's number is its index."""
        return [Arm(group, parent, start, end, (first, last), TRUTHS[flags & 3],
                    bool(flags & _ELSE), bool(flags & _IMPLICIT),
                    bool(flags & _DEAD), bool(flags & _SELECTED))
                for group, parent, start, end, first, last, flags
                in zip(*self._arms)]

    @cached_property
    def declarations(self) -> list[Declaration]:
        """All that is declared, in the order in which it was read."""
        return [*map(self.declaration, range(len(self._declarations[0])))]

    def declaration(self, number: int) -> Declaration:
        """Return one of them."""
        name, name_end, start, end, _, last, arm, selection, kind = [
            column[number] for column in self._declarations]
        return Declaration(self.names.declarations[kind], (name, name_end),
                           start, end, arm, selection, Node(self, last - 1))

    def kind_of(self, number: int) -> str:
        """Return the kind of a declaration."""
        return self.names.declarations[self._declarations[8][number]]

    @property
    def behind(self) -> Sequence[int]:
        """Return the number behind that of each declaration's node."""
        return self._declarations[5]

    @property
    def places(self) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
        """Return where each declaration starts and ends, and its selection."""
        columns = self._declarations
        return columns[2], columns[3], columns[7]

    @cached_property
    def regions(self) -> list[Region]:
        """All that was not read."""
        return [Region(start, end, line, self.names.reasons[reason],
                       None if inside == NOWHERE else inside)
                for start, end, inside, reason, line in zip(*self._regions)]

    @cached_property
    def includes(self) -> list[Include]:
        """The headers that are included."""
        return [Include(*row) for row in zip(*self._includes)]

    @property
    def tokens(self) -> Iterator[tuple[int, int, int, int]]:
        """Start, end, arm and kind of each token, if tokens were written."""
        start, end, arm = self._tokens
        return zip(start, end, arm, self._token_kinds)

    def tokens_in(self, start: int, end: int, every: bool) -> tuple[
            Sequence[int], Sequence[int], Sequence[int]]:
        """Return starts, ends and arms of the tokens that begin in some bytes.

        every: those of directives and dead arms too.
        """
        starts, ends, arms = self._tokens
        low = bisect.bisect_left(starts, start)
        high = bisect.bisect_left(starts, end, low)
        flags = bytes(self._token_flags[low:high])
        columns = starts[low:high], ends[low:high], arms[low:high]
        if every or not flags.translate(None, _NOT_OTHER):
            return columns
        code = [i for i, flag in enumerate(flags) if not flag & _OTHER]
        starts, ends, arms = columns
        return [starts[i] for i in code], [ends[i] for i in code], [
            arms[i] for i in code]


class Output:
    """A file that the reader wrote."""

    def __init__(self, path: Path) -> None:
        try:
            with open(path, "rb") as stream:
                self._map = mmap.mmap(stream.fileno(), 0,
                                      access=mmap.ACCESS_READ)
            self._open(memoryview(self._map))
        except (struct.error, ValueError) as error:
            raise Gup2pinError("what was written is not what the reader "
                               "writes") from error

    def _open(self, data: memoryview) -> None:
        magic, version, size = _HEADER.unpack_from(data, 0)
        index, count, again, end = _FOOTER.unpack_from(
            data, len(data) - _FOOTER.size)
        if (magic, end, version, again) != (MAGIC, MAGIC, VERSION, VERSION):
            raise ValueError
        at = _HEADER.size
        self.names = _names(bytes(data[at:at + size]))
        self._data = data
        self._index = data[index:index + 8 * count].cast("Q")

    def __len__(self) -> int:
        return len(self._index)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self._map)

    def sleep(self) -> None:
        """Let go of the memory; the file comes back where it is looked at."""
        self._map.madvise(mmap.MADV_DONTNEED)

    def file(self, number: int) -> File:
        """The file of a number, in the order in which they were asked for."""
        return File(self.names, self._data, self._index[number])

    def __iter__(self) -> Iterator[File]:
        return (self.file(number) for number in range(len(self)))


def _names(text: bytes) -> Names:
    lists = text.decode("ascii").split("\0\0")
    return Names(*(tuple(part.strip("\0").split("\0")) for part in lists[:4]))
