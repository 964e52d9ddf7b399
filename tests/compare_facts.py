#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares the facts of the reader with those of spatch, position for position.

    tests/compare_facts.py TREE [FILE...]

Without files, those of which spatch's facts are in the cache: run a report of
the tree with GUP2PIN_FACTS=spatch first. What only one of them has, and what
they give differently, is counted by kind, with some examples of each. Exits
with 1 if spatch has a fact that the reader lacks and nothing explains that.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from pinlib.kernel import kernel_tree  # noqa: E402
from pinlib.kernel.view import View  # noqa: E402
from pinlib.program.read_facts import ReadFacts  # noqa: E402
from pinlib.program.facts import FactStore  # noqa: E402

Raw = dict[str, Any]
FIELDS = ("text", "name", "type", "params")
NAMES = ["get_user_pages_fast"]
EXAMPLES = 5
BATCH = 20     # files whose facts are in memory


def explained(raw: Raw, ours: dict[tuple[str, tuple[int, ...]], Raw],
              names: set[str]) -> str:
    """Say why the reader rightly lacks a fact of spatch; "" if it does not.

    names: of the functions that the reader found in the file.
    """
    at = tuple(raw["at"])
    if raw["kind"] == "declare" and ("prototype", at) in ours:
        return "a prototype, which spatch gives as a variable too"
    if raw["kind"] == "function" and {
            f"sys_{raw['name']}", f"compat_sys_{raw['name']}"} & names:
        return "a system call, which spatch places by its own macro"
    return ""


def by_place(rows: Iterable[Raw]) -> dict[tuple[str, tuple[int, ...]], Raw]:
    """Return facts by kind and position."""
    return {(row["kind"], tuple(row["at"])): row for row in rows}


def squeezed(value: object) -> str:
    """Return a value as text without blanks, nor commas that end a list."""
    return "".join(str(value).split()).replace(",}", "}")


class Comparison:
    """Counts what is the same and what differs."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = defaultdict(list)

    def note(self, what: str, file: str, raw: Raw, other: object = "") -> None:
        """Count one difference, and keep it if it is among the first."""
        self.counts[what] += 1
        if len(self.examples[what]) < EXAMPLES:
            line = ":".join(map(str, raw["at"][:2]))
            text = f"{raw.get('text') or raw.get('name')} " \
                f"{raw.get('type', '')} {other}"
            self.examples[what].append(
                f"{file}:{line}: {' '.join(text.split())}"[:300])

    def add(self, file: str, spatch: list[Raw], reader: list[Raw]) -> None:
        """Compare the facts of one file."""
        theirs, ours = by_place(spatch), by_place(reader)
        names = {raw["name"] for raw in reader if raw["kind"] == "function"}
        for key in theirs.keys() - ours.keys():
            why = explained(theirs[key], ours, names)
            self.note(f"explained {key[0]}: {why}" if why else
                      f"lacks {key[0]}", file, theirs[key])
        for key in ours.keys() - theirs.keys():
            self.note(f"more {key[0]}", file, ours[key])
        for key in ours.keys() & theirs.keys():
            differs = [f for f in FIELDS if squeezed(
                ours[key].get(f, "")) != squeezed(theirs[key].get(f, ""))]
            for field in differs:
                self.note(f"differs {key[0]} {field}", file, theirs[key],
                          f"/ {ours[key].get(field)}")
            self.counts["same"] += not differs


def compare(tree: Path, files: list[str]) -> Comparison:
    """Compare the facts of files of a tree."""
    view, cache = View(tree), kernel_tree.cache_folder()
    if not files:
        kept = FactStore(view, cache, NAMES, 2)
        files = [str(p.relative_to(tree)) for p in sorted(tree.rglob("*.[ch]"))
                 if p.is_file() and not p.is_symlink()]
        files = [f for f in files if kept.known(f)]
    found = Comparison()
    for first in range(0, len(files), BATCH):
        batch = files[first:first + BATCH]
        spatch, reader = (kind(view, cache, NAMES, 2)
                          for kind in (FactStore, ReadFacts))
        for store in (spatch, reader):
            store.request({file: set() for file in batch})
        for file in batch:
            found.add(file, spatch.raw(file), reader.raw(file))
    return found


def main() -> int:
    """Compare, and print what differs."""
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    found = compare(Path(sys.argv[1]), sys.argv[2:])
    for what, count in sorted(found.counts.items()):
        print(f"{count:8d} {what}")
        for example in found.examples[what]:
            print(f"         {example}")
    return 1 if any(w.startswith("lacks") for w in found.counts) else 0


if __name__ == "__main__":
    sys.exit(main())
