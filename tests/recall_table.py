#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes the tables of docs/recall.md from the list and from what was found.

    tests/recall_table.py

docs/recall.toml and docs/recall-older.toml have the fixes and are never changed;
tests/recall/found.toml says of each whether an audit finds it, and why not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/recall.md"
FOUND = ROOT / "tests/recall/found.toml"
KINDS = ("count", "pin-state", "dirtying", "lifetime", "leak")


def fixes() -> list[Row]:
    """Return the list, kind by kind, the newest first."""
    rows: list[Row] = []
    for name in ("recall", "recall-older"):
        text = (ROOT / f"docs/{name}.toml").read_text(encoding="utf-8")
        rows += tomllib.loads(text)["fix"]
    rows.sort(key=lambda f: str(f["date"]), reverse=True)
    return sorted(rows, key=lambda f: KINDS.index(f["kind"]))


def results() -> dict[str, Row]:
    """Return what was found of each fix, by name; nothing before a run."""
    if not FOUND.exists():
        return {}
    return tomllib.loads(FOUND.read_text(encoding="utf-8"))


def source(fix: Row) -> str:
    """Return how a fix is named."""
    if "commit" in fix:
        cve = f" {fix['cve']}" if "cve" in fix else ""
        return f"{fix['commit'][:12]}{cve}"
    return str(fix.get("cve") or fix["title"])


def in_trees(fix: Row, found: Row) -> str:
    """Return the trees that have the bug, with what an audit of each finds."""
    trees = [t["tree"] for t in fix.get("tree", ())]
    if not found:
        return ", ".join(trees) or "none"
    known = found.get("trees", {})
    return ", ".join(f"{tree} {known[tree]}" for tree in trees) or "none"


def table(rows: list[Row], found: Mapping[str, Row]) -> str:
    """Return the table of all fixes."""
    lines = ["| fix | date | where | kind | in the fixture | in trees | why not |",
             "|---|---|---|---|---|---|---|"]
    for fix in rows:
        mine = found.get(fix["name"], {})
        lines.append(f"| {source(fix)} | {fix['date']} | {fix['file']} "
                     f"{fix['function']}() | {fix['kind']} "
                     f"| {mine.get('fixture', '')} | {in_trees(fix, mine)} "
                     f"| {mine.get('why', '')} |")
    return "\n".join(lines) + "\n"


def sums(rows: list[Row], found: Mapping[str, Row]) -> str:
    """Return how many are found of each kind: fixtures, and in a tree."""
    lines = ["| kind | fixes | found at first | now | with a tree | found there |",
             "|---|---:|---:|---:|---:|---:|"]
    for kind in (*KINDS, "all"):
        mine = [f for f in rows if kind in ("all", f["kind"])]
        treed = [f for f in mine if "tree" in f]
        first, now = (sum(_of(found, f).get(key) == "found" for f in mine)
                      for key in ("first", "fixture"))
        there = sum("found" in _of(found, f).get("trees", {}).values()
                    for f in treed)
        counts = (len(mine), first, now, len(treed), there)
        lines.append(f"| {kind} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines) + "\n"


def _of(found: Mapping[str, Row], fix: Row) -> Row:
    return found.get(fix["name"], {})


def filled(text: str) -> str:
    """Return the page with its tables as they are now."""
    rows, found = fixes(), results()
    made = {"recall": table(rows, found), "sums": sums(rows, found)}
    return re.sub(r"(<!-- made: (\w+) -->\n).*?(?=<!-- end -->)",
                  lambda m: m[1] + made[m[2]], text, flags=re.S)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")),
                    encoding="utf-8")
