# SPDX-License-Identifier: GPL-2.0-only
"""Calls that pin already: the report holds them against their releases."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

ELSEWHERE = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int elsewhere_take(unsigned long addr, struct page **page)
{
    return pin_user_pages_fast(addr, 1, 0, page);
}
""")


def _by_method() -> dict[str, str]:
    """A driver that pins; the method that keeps its table puts the pages."""
    folder = lab.TREES / "traps/drivers/method_keeps"
    files = {f"drivers/by_method/{p.name}": p.read_text().replace(
        "get_user_pages_fast", "pin_user_pages_fast") for p in sorted(
            folder.iterdir())}
    main = "drivers/by_method/main.c"
    return {**files, main: files[main].replace("put_page", "unpin_user_page")}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """The report's analysis of the audit's drivers and one more."""
    top = tmp_path_factory.mktemp("pinned")
    return lab.shared(lab.make(top / "linux", {
        "drivers/elsewhere/main.c": ELSEWHERE, **_by_method()}, "audit"))


def test_pin_that_is_put(found: Analysis) -> None:
    bad, good = lab.in_file(found, "drivers/mismatch/main.c")
    tree: Path = found.program.tree.root
    line = lab.line(tree, "drivers/mismatch/main.c", "@mismatch")
    assert (bad.disposition, bad.code) == ("mismatch", "pin-put")
    assert bad.blocked_by == f"drivers/mismatch/main.c:{line}"
    assert "put_page()" in bad.reason
    assert (good.disposition, good.code) == ("converted", "pins-and-unpins")
    assert [e.detail for e in good.releases] == ["unpin_user_page"]


def test_pin_that_a_method_puts(found: Analysis) -> None:
    """It is followed as far as it goes, through a pointer."""
    decision = lab.only(found, "drivers/by_method/main.c")
    line = lab.marked(found.program.tree.root, "drivers/by_method",
                      "release")[0]
    assert line.startswith("drivers/by_method/keeper.c:")
    assert (decision.disposition, decision.code, decision.blocked_by) == (
        "mismatch", "pin-put", line)


def test_release_by_condition_is_no_mismatch(found: Analysis) -> None:
    decision = lab.only(found, "drivers/by_flag/main.c")
    assert decision.disposition == "converted"


def test_release_not_seen_is_said_so(found: Analysis) -> None:
    decision = lab.only(found, "drivers/elsewhere/main.c")
    assert (decision.disposition, decision.code) == (
        "converted", "release-not-followed")
    assert not decision.releases
