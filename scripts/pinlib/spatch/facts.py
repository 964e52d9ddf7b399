# SPDX-License-Identifier: GPL-2.0-only
"""Facts of source files, taken by the rules of cocci/find and kept.

Facts are asked for by file and line span; they are cached by the content of
the file and of the rules, so a second run reads only what changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinlib.base.files import write_file
from pinlib.base.resources import COCCI, MACROS
from pinlib.kernel import effects
from pinlib.kernel.view import View
from pinlib.spatch import runner

Span = tuple[int, int]


@dataclass(frozen=True)
class Fact:
    """One match of a find rule; line from 1, columns from 0 in bytes."""

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
    def read(cls, raw: dict[str, Any], file: str) -> Fact:
        """One fact as emit() printed it, with its file relative."""
        line, column, line_end, column_end = raw["at"]
        return cls(raw["kind"], file, raw["fn"], line, column, line_end,
                   column_end, raw.get("text", ""), raw.get("name", ""),
                   raw.get("type", ""), tuple(raw.get("params", ())))


class FactStore:
    """Facts of one tree; request() takes what is missing.

    A file is read whole, once, by a process of its own: its facts are the
    same whatever else is read, asked for or cached.
    """

    def __init__(self, tree: View, cache: Path, names: list[str],
                 jobs: int) -> None:
        self.tree = tree
        self.cache = cache
        self.jobs = jobs
        self.names = frozenset(names)
        # Every question finds what another one has read.
        self._query = sorted({*names, *effects.TAKES})
        self.rules = runner.rule_text(COCCI / "find")
        seed = self.rules + "\0".join(self._query) + MACROS.read_text()
        self._seed = hashlib.sha256(seed.encode()).hexdigest()
        self._raw: dict[str, list[dict[str, Any]]] = {}
        self._read: dict[str, list[Fact]] = {}
        self._asked: dict[str, set[Span]] = {}
        self.failed: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        self.runs = 0

    def request(self, wanted: dict[str, set[Span]]) -> None:
        """Take what is not yet known of the files, and ask for spans."""
        for file, spans in wanted.items():
            self._asked.setdefault(file, set()).update(spans)
            self._read.pop(file, None)
        missing = [f for f in sorted(wanted) if f not in self._raw
                   and f not in self.failed and not self._restore(f)]
        if missing:
            self._take(missing)
        for file in wanted:
            self.counts[file] = len(self._found(file))

    def facts(self, file: str) -> list[Fact]:
        """The facts of what was asked for in a file, in source order."""
        if file not in self._read:
            self._read[file] = sorted(self._found(file), key=_order)
        return self._read[file]

    def whole(self, file: str) -> list[Fact]:
        """Return every fact of a file that was read, in source order."""
        return sorted({Fact.read(raw, file)
                       for raw in self._asked_for(file)}, key=_order)

    def known(self, file: str) -> bool:
        """Say whether the facts of a file are in the cache."""
        return self._entry(file).exists()

    def raw(self, file: str) -> list[dict[str, Any]]:
        """Return the facts of a file that was read, as they were printed."""
        return self._raw.get(file, [])

    def heads(self, file: str) -> list[tuple[str, int]]:
        """Name and line of every function that a file defines."""
        return sorted((raw["name"], raw["at"][0])
                      for raw in self._raw.get(file, [])
                      if raw["kind"] == "function")

    def _found(self, file: str) -> set[Fact]:
        lines = {line for low, high in self._asked.get(file, ())
                 for line in range(low, high + 1)}
        return {Fact.read(raw, file) for raw in self._asked_for(file)
                if raw["at"][0] in lines}

    def _asked_for(self, file: str) -> Iterator[dict[str, Any]]:
        """What was read of a file, less the calls of names not asked for."""
        return (raw for raw in self._raw.get(file, [])
                if raw["kind"] != "call" or raw["name"] in self.names)

    def _take(self, missing: list[str]) -> None:
        self.runs += 1
        paths = {str(self.tree.path(f)): f for f in missing}
        outcome = runner.collect(self.rules, self._query,
                                 [Path(p) for p in sorted(paths)], self.jobs)
        for path, why in outcome.failed.items():
            self.failed[paths[path]] = why
        found: dict[str, list[dict[str, Any]]] = {
            f: [] for f in missing if f not in self.failed}
        for raw in outcome.facts:
            found[paths[raw.pop("file")]].append(raw)
        self._raw |= found
        for file, facts in found.items():
            body = json.dumps(facts)
            digest = hashlib.sha256(body.encode()).hexdigest()
            write_file(self._entry(file), f"{digest}\n{body}")

    def _entry(self, file: str) -> Path:
        digest = hashlib.sha256(self._seed.encode())
        digest.update(self.tree.path(file).read_bytes())
        key = digest.hexdigest()
        return self.cache / "facts" / key[:2] / f"{key}.json"

    def _restore(self, file: str) -> bool:
        """Take a file's facts from the cache, if it has them whole."""
        try:
            digest, _, body = self._entry(file).read_text(
                "ascii").partition("\n")
        except (OSError, ValueError):
            return False
        if hashlib.sha256(body.encode()).hexdigest() != digest:
            return False
        self._raw[file] = json.loads(body)
        return True


def _order(fact: Fact) -> tuple[int, int, str, str, str]:
    return (fact.line, fact.column, fact.kind, fact.text, fact.name)
