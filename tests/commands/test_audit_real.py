# SPDX-License-Identifier: GPL-2.0-only
"""Every finding on the real trees was read, and the write-up says so.

reports/audit-VERSION.md has one entry for each finding: a heading with code,
file and function, then its confidence and the verdict of whoever read the
code. It must have an entry for every finding of the tool, and no other.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pinlib.audit import follow
from pinlib.decide.bugs.findings import CONFIDENCE
from trees import kernels

REPORTS = Path(__file__).resolve().parents[2] / "reports"
VERSIONS = tuple(kernels.READ)
ENTRY = re.compile(r"^### (\S+ \S+ \S+)\n\n\*\*(High|Moderate|Low), "
                   r"(true|false)\.\*\*", re.M)


def entries(version: str) -> dict[str, tuple[str, str]]:
    """(confidence, verdict) of each finding that was written up."""
    text = (REPORTS / f"audit-{version}.md").read_text(encoding="utf-8")
    found = ENTRY.findall(text)
    assert len(found) == text.count("\n### ")
    assert len({name for name, _, _ in found}) == len(found)
    return {name: (sure, verdict) for name, sure, verdict in found}


@pytest.mark.parametrize("version", VERSIONS)
def test_most_of_high_is_true(version: str) -> None:
    high = [v for sure, v in entries(version).values() if sure == "High"]
    assert high and high.count("true") * 5 >= len(high) * 4


@pytest.mark.parametrize("version", VERSIONS)
def test_findings_are_written_up(version: str) -> None:
    _, found = follow.look(kernels.tree(version), None, 2)
    # One entry speaks for all lines of a function; the surest one counts.
    mine: dict[str, str] = {}
    for item in sorted(found, key=lambda f: CONFIDENCE.index(
            f.confidence), reverse=True):
        mine[item.id] = item.confidence
    assert mine == {name: sure for name, (sure, _) in entries(
        version).items()}
