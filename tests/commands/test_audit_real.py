# SPDX-License-Identifier: GPL-2.0-only
"""Every finding on the real trees was read, and the write-up says so.

reports/audit-VERSION.md has one entry for each finding: a heading with code,
file and function, then its confidence and the verdict of whoever read the
code. It must have an entry for every finding of the tool, and no other.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import compare_audit
from pinlib.audit import follow
from pinlib.decide.bugs.findings import CONFIDENCE
from trees import kernels

REPORTS = Path(__file__).resolve().parents[2] / "reports"
# The trees of the last two are no packages: tests/compare_audit.py is for them.
WRITTEN = (*kernels.READ, "6.19", "7.0")


def entries(version: str) -> dict[str, tuple[str, str]]:
    """(confidence, verdict) of each finding that was written up."""
    return compare_audit.entries(
        (REPORTS / f"audit-{version}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("version", WRITTEN)
def test_most_of_high_is_true(version: str) -> None:
    high = [v for sure, v in entries(version).values() if sure == "High"]
    assert high and high.count("true") * 10 >= len(high) * 9


@pytest.mark.parametrize("version", WRITTEN)
def test_the_head_counts_the_entries(version: str) -> None:
    text = (REPORTS / f"audit-{version}.md").read_text(encoding="utf-8")
    words = []
    for level in compare_audit.CONFIDENCE:
        mine = [v for sure, v in entries(version).values() if sure == level]
        words.append(f"of {len(mine)} marked {level} {mine.count('true')}")
    words[0] = words[0].replace("of", "Of", 1).replace(
        "marked", "entries marked") + " are true"
    assert "; ".join(words) + "." in " ".join(text.split())


@pytest.mark.parametrize("version", tuple(kernels.READ))
def test_findings_are_written_up(version: str) -> None:
    _, found = follow.look(kernels.tree(version), None, 2, "all")
    # One entry speaks for all lines of a function; the surest one counts.
    mine: dict[str, str] = {}
    for item in sorted(found, key=lambda f: CONFIDENCE.index(
            f.confidence), reverse=True):
        mine[item.id] = item.confidence
    assert mine == {name: sure for name, (sure, _) in entries(
        version).items()}
