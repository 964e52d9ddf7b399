#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds the findings of an audit against what was written up by reading the code.

    tests/compare_audit.py reports/audit-7.0.md OUT

OUT has the audit.json of that kernel, made with APIS=all. Printed is a row for
each finding without an entry, each entry that is no longer found or has another
confidence, and how many entries are true. Exit code 1: they do not agree.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

CONFIDENCE = ("High", "Moderate", "Low")
_ENTRY = re.compile(r"^### (\S+ \S+ \S+)\n\n\*\*(High|Moderate|Low), "
                    r"(true|false)\.\*\*", re.M)


def entries(text: str) -> dict[str, tuple[str, str]]:
    """Return confidence and verdict of each finding that was written up."""
    found = _ENTRY.findall(text)
    assert len(found) == text.count("\n### "), "a heading is no entry"
    assert len({name for name, _, _ in found}) == len(found), "twice"
    return {name: (sure, verdict) for name, sure, verdict in found}


def findings(report: Mapping[str, Any]) -> dict[str, str]:
    """Return the confidence of each finding of audit.json, the surest one."""
    found: dict[str, str] = {}
    for item in sorted(report["findings"], key=lambda f: CONFIDENCE.index(
            f["confidence"])):
        found.setdefault(f"{item['code']} {item['file']} {item['function']}",
                         item["confidence"])
    return found


def compare(written: dict[str, tuple[str, str]],
            found: dict[str, str]) -> Iterator[str]:
    """Yield a row for each difference."""
    for name, level in found.items():
        if name not in written:
            yield f"no entry   {level} {name}"
        elif written[name][0] != level:
            yield f"confidence {level}, not {written[name][0]}: {name}"
    for name, (level, verdict) in written.items():
        if name not in found:
            yield f"not found  {level}, {verdict}: {name}"


def main(arguments: list[str]) -> int:
    """Compare and print; return the exit code."""
    if len(arguments) != 2:
        print(__doc__)
        return 2
    written = entries(Path(arguments[0]).read_text())
    rows = list(compare(written, findings(json.loads(
        (Path(arguments[1]) / "audit.json").read_text()))))
    for row in rows:
        print(row)
    print(", ".join(
        f"{level} {verdicts.count('true')} true of {len(verdicts)}"
        for level in CONFIDENCE
        for verdicts in [[v for sure, v in written.values() if sure == level]]))
    return 1 if rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
