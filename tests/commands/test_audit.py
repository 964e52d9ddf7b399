# SPDX-License-Identifier: GPL-2.0-only
"""The audit on small drivers, each kind of bug with a clean twin.

tests/trees/audit holds one kind a folder. `@code` marks the line of each
finding that there must be; there must be no other.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pinlib.commands import audit
from pinlib.decide.bugs.findings import Finding
from trees import lab

DRIVERS = sorted(p.name for p in (lab.TREES / "audit/drivers").iterdir())
# Somebody may hold the page's lock for another reason.
CONFIDENCE = {"dirtied-unlocked": "Moderate"}
MARK = re.compile(r"/\* @([\w-]+) \*/")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All the drivers in one small tree."""
    return lab.make(tmp_path_factory.mktemp("audit") / "linux", None,
                    "audit")


@pytest.fixture(scope="module")
def found(tree: Path) -> list[Finding]:
    """One audit of it."""
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        return audit.look(tree, None, 2)[1]


@pytest.mark.parametrize("name", DRIVERS)
def test_driver(tree: Path, found: list[Finding], name: str) -> None:
    file = f"drivers/{name}/main.c"
    rows = (tree / file).read_text().split("\n")
    wanted = {(number, code) for number, row in enumerate(rows, 1)
              for code in MARK.findall(row)}
    assert {(f.line, f.code) for f in found if f.file == file} == wanted
    for item in found:
        if item.file == file:
            other, _, line = item.other.rpartition(":")
            assert other == file and 0 < int(line) <= len(rows)
            assert item.confidence == CONFIDENCE.get(item.code, "High")


def test_every_kind_has_a_driver(found: list[Finding]) -> None:
    assert {f.code for f in found} == {
        "mismatch", "leak-error", "leak-short-pin", "double-release",
        "release-after-move", "not-dirtied", "negative-count",
        "count-not-taken", "not-longterm", "no-pages", "short-pin-as-full",
        "dirtied-after-put", "dirtied-unlocked", "unconditional-unpin"}


def test_page(found: list[Finding]) -> None:
    """audit.txt has every finding, the surest first, in 80 columns."""
    doubtful = Finding("a.c", 3, "f", "leak-error", "Low", "a.c:1", "Why.")
    text = audit.render("6.1", 9, [doubtful, *found])
    assert max(map(len, text.split("\n"))) <= 80
    assert text.index("\nHigh\n----") < text.index("\nLow\n---")
    sure = sum(f.code not in CONFIDENCE for f in found)
    counts = f"{sure} High, {len(found) - sure} Moderate, 1 Low"
    assert counts in " ".join(text.split())
    for item in found:
        assert f"{item.file}:{item.line} {item.function}()" in text
        assert item.other in text
