# SPDX-License-Identifier: GPL-2.0-only
"""Facts of source files: what was asked for, of all that was read of a file.

Who reads the files is another module's business (read_facts.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinlib.kernel.view import View

Raw = dict[str, Any]
Span = tuple[int, int]


@dataclass(frozen=True)
class Fact:
    """A piece of code of one kind; line from 1, columns from 0 in bytes."""

    kind: str
    file: str
    function: str
    line: int
    column: int
    line_end: int
    column_end: int
    text: str = ""
    name: str = ""
    type: str = ""
    params: tuple[str, ...] = ()

    @classmethod
    def read(cls, raw: Raw, file: str) -> Fact:
        """Return one fact as it was taken, with its file relative."""
        line, column, line_end, column_end = raw["at"]
        return cls(raw["kind"], file, raw["fn"], line, column, line_end,
                   column_end, raw.get("text", ""), raw.get("name", ""),
                   raw.get("type", ""), tuple(raw.get("params", ())))


@dataclass(frozen=True, order=True)
class Unread:
    """Code that the reader could not read, and in one word why.

    start, end: line from 1 and column from 0; the end is behind its last byte.
    """

    start: tuple[int, int]
    end: tuple[int, int]
    reason: str

    def holds(self, line: int, column: int) -> bool:
        """Say whether a place is in this code."""
        return self.start <= (line, column) < self.end


class FactStore:
    """Facts of one tree; request() takes what is missing."""

    def __init__(self, tree: View, cache: Path, names: list[str]) -> None:
        self.tree = tree
        self.cache = cache
        self.names = frozenset(names)
        self._raw: dict[str, list[Raw]] = {}
        self._unread: dict[str, list[Unread]] = {}
        self._read: dict[str, list[Fact]] = {}
        self._asked: dict[str, set[Span]] = {}
        self.failed: dict[str, str] = {}
        self.counts: dict[str, int] = {}

    def request(self, wanted: dict[str, set[Span]]) -> None:
        """Take what is not yet known of the files, and ask for spans."""
        for file, spans in wanted.items():
            self._asked.setdefault(file, set()).update(spans)
            self._read.pop(file, None)
        missing = [f for f in sorted(wanted) if f not in self._raw
                   and f not in self.failed]
        if missing:
            self.take(missing)
        for file in wanted:
            self.counts[file] = len(self._found(file))

    def take(self, missing: list[str]) -> None:
        """Read files, each of which is known or has failed afterwards."""
        raise NotImplementedError

    def facts(self, file: str) -> list[Fact]:
        """Return the facts asked for of a file, in source order."""
        if file not in self._read:
            self._read[file] = sorted(self._found(file), key=_order)
        return self._read[file]

    def whole(self, file: str) -> list[Fact]:
        """Return every fact of a file that was read, in source order."""
        return sorted({Fact.read(raw, file)
                       for raw in self._asked_for(file)}, key=_order)

    def raw(self, file: str) -> list[Raw]:
        """Return the facts of a file that was read, as they were taken."""
        return self._raw.get(file, [])

    def unread(self, file: str) -> list[Unread]:
        """Return the code of a file that was not read, in source order."""
        return self._unread.get(file, [])

    def heads(self, file: str) -> list[tuple[str, int]]:
        """Return name and line of every function that a file defines."""
        return sorted((raw["name"], raw["at"][0])
                      for raw in self._raw.get(file, [])
                      if raw["kind"] == "function")

    def _found(self, file: str) -> set[Fact]:
        lines = {line for low, high in self._asked.get(file, ())
                 for line in range(low, high + 1)}
        return {Fact.read(raw, file) for raw in self._asked_for(file)
                if raw["at"][0] in lines}

    def _asked_for(self, file: str) -> Iterator[Raw]:
        """What was read of a file, less the calls of names not asked for."""
        return (raw for raw in self._raw.get(file, [])
                if raw["kind"] != "call" or raw["name"] in self.names)


def _order(fact: Fact) -> tuple[int, int, str, str, str]:
    return (fact.line, fact.column, fact.kind, fact.text, fact.name)
