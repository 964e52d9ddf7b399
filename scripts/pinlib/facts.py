# SPDX-License-Identifier: GPL-2.0-only
"""Facts of source files, taken by the rules of cocci/find and kept.

Facts are asked for by file and line span. They are cached by the content of
the file and of the rules, so a second run reads only what changed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import spatch
from .model import write_file
from .view import View

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
    """Facts of one tree; request() takes what is missing."""

    def __init__(self, tree: View, cache: Path, names: list[str],
                 jobs: int) -> None:
        self.tree = tree
        self.cache = cache
        self.jobs = jobs
        self.names = names
        self.rules = spatch.rule_text(spatch.ROOT / "cocci" / "find")
        seed = self.rules + "\0".join(names) + (
            spatch.ROOT / "cocci" / "macros.h").read_text()
        self._seed = hashlib.sha256(seed.encode()).hexdigest()
        self._raw: dict[str, list[dict[str, Any]]] = {}
        self._read: dict[str, list[Fact]] = {}
        self._spans: dict[str, set[Span]] = {}
        self._asked: dict[str, set[Span]] = {}
        self._keys: dict[str, str] = {}
        self.failed: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        self.runs = 0

    def request(self, wanted: dict[str, set[Span]]) -> list[str]:
        """Take facts of spans not yet known; returns the files that grew."""
        missing: dict[str, set[Span]] = {}
        grown = []
        for file, spans in wanted.items():
            if file in self.failed:
                continue
            known = self._spans.setdefault(file, set())
            self._asked.setdefault(file, set()).update(spans)
            if not spans <= known and file not in self._keys:
                self._restore(file)
                grown.append(file)
            if not spans <= known:
                missing[file] = spans - known
        if missing:
            self._take(missing)
        for file in wanted:
            self._read.pop(file, None)
            self.counts[file] = len(self._found(file))
        if missing:
            grown += [f for f in missing if f not in grown]
        return grown

    def facts(self, file: str) -> list[Fact]:
        """The facts of what was asked for in a file, in source order.

        What else earlier runs have kept is left out, or the answers would
        depend on them.
        """
        if file not in self._read:
            self._read[file] = sorted(self._found(file), key=lambda f: (
                f.line, f.column, f.kind, f.text, f.name))
        return self._read[file]

    def _found(self, file: str) -> set[Fact]:
        lines = {line for low, high in self._asked.get(file, ())
                 for line in range(low, high + 1)}
        return {Fact.read(raw, file) for raw in self._raw.get(file, [])
                if raw["at"][0] in lines}

    def _take(self, missing: dict[str, set[Span]]) -> None:
        self.runs += 1
        paths = {str(self.tree.path(f)): f for f in missing}
        query = {"names": self.names,
                 "spans": {p: sorted(missing[f]) for p, f in paths.items()}}
        outcome = spatch.collect(self.rules, query,
                                 [Path(p) for p in sorted(paths)], self.jobs)
        for path, why in outcome.failed.items():
            self.failed[paths[path]] = why
        for raw in outcome.facts:
            file = paths[raw.pop("file")]
            self._raw.setdefault(file, []).append(raw)
        for file, spans in missing.items():
            if file not in self.failed:
                self._spans[file] |= spans
                self._save(file)

    def _entry(self, file: str) -> Path:
        if file not in self._keys:
            digest = hashlib.sha256(self._seed.encode())
            digest.update(self.tree.path(file).read_bytes())
            self._keys[file] = digest.hexdigest()
        key = self._keys[file]
        return self.cache / "facts" / key[:2] / f"{key}.json"

    def _restore(self, file: str) -> None:
        try:
            stored = json.loads(self._entry(file).read_text())
            self._raw[file] = stored["facts"]
            self._spans[file] |= {(a, b) for a, b in stored["spans"]}
        except (OSError, ValueError, KeyError, TypeError):
            self._raw.pop(file, None)

    def _save(self, file: str) -> None:
        write_file(self._entry(file), json.dumps({
            "spans": sorted(self._spans[file]),
            "facts": self._raw.get(file, [])}))
