#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds the report of a kernel against a table worked out by reading the code.

    tests/compare_sites.py tests/expected/sites-7.0.toml OUT

OUT has the report of that kernel. Printed is a row for each site that does not
agree, and the sums. Exit code 1: a site is lost or was not in the table, or an
answer of the tool is not right, which is worse than one that says too little.
docs/kernels.md has the words, and the figures of the kernels tried.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
WORDS = ("agrees", "safe", "less", "lost", "extra", "wrong")


def releases(site: Row) -> list[str]:
    """Name the releases of a site in a report as a table names them.

    The lines are those of the checkout, in which a preparatory patch's are not.
    """
    return sorted({f"{r['file']}:{r['line']} {r['form'].split('(')[0]}"
                   for r in site["releases"]
                   if "added by a preparatory patch" not in r["form"]})


def judge(row: Row, found: Row) -> str:
    """Return one word for what was reported of a site."""
    told, right = found["disposition"], row["disposition"]
    if told != right:
        return "safe" if told == row.get("fallback") else \
            "less" if told == "manual" else "wrong"
    if told != "convert":
        return "agrees"
    long = row.get("decision") == "long" if row["longterm"] == "decide" \
        else row["longterm"]
    # A fix that comes first may take releases away.
    same = releases(found) == sorted(row["releases"]) or \
        "after_fix" in row and set(releases(found)) < set(row["releases"])
    return "agrees" if same and found["needs_flag"] == row["needs_flag"] and (
        found["code"] == "pin-longterm") == bool(long) else "wrong"


def compare(rows: list[Row], sites: list[Row]) -> Iterator[
        tuple[str, str, str]]:
    """Yield word, place and what was reported of each site."""
    apis = {row["api"] for row in rows}
    left = {(s["file"], s["line"]): s for s in sites if s["api"] in apis}
    for row in rows:
        place = f"{row['file']}:{row['line']}"
        found = left.pop((row["file"], row["line"]), None)
        if found is None:
            yield "lost", place, f"nothing, right is {row['disposition']}"
            continue
        yield judge(row, found), place, (
            f"{found['disposition']} [{found['code']}] at "
            f"{found['blocked_by']}, right is {row['disposition']}")
    for (file, line), site in left.items():
        yield "extra", f"{file}:{line}", f"{site['disposition']}, no site"


def main(arguments: list[str]) -> int:
    """Compare and print; return the exit code."""
    if len(arguments) != 2:
        print(__doc__)
        return 2
    rows = tomllib.loads(Path(arguments[0]).read_text())["site"]
    report = json.loads((Path(arguments[1]) / "report.json").read_text())
    sums: Counter[str] = Counter()
    for word, place, said in compare(rows, report["sites"]):
        sums[word] += 1
        if word != "agrees":
            print(f"{word:7}{place}: {said}")
    print(", ".join(f"{word} {sums[word]}" for word in WORDS))
    return 1 if sums["wrong"] + sums["lost"] + sums["extra"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
