# SPDX-License-Identifier: GPL-2.0-only
"""Small drivers that hide a release, or mix in pages of another origin.

tests/trees/traps holds one a folder. `@release` marks every statement that
drops a page of the acquisition, `@mixed` one that also sees other pages (or
iterators that pin nothing), `@leak` an exit that loses pages today, `@held`
one with pages that only code outside the tree drops. The tool may convert a
driver only with every `@release` among its releases, and never where there is
one of the other marks: any other answer but `convert` is safe.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis import Analysis
from trees import lab

DRIVERS = sorted(p.name for p in (lab.TREES / "traps/drivers").iterdir()
                 if (p / "main.c").exists())
# Wrong conversions that are known and not yet refused.
OPEN: frozenset[str] = frozenset()
# Every release of these can be seen: being afraid of them is no answer.
PLAIN = ("addr_arith", "addr_kept", "addr_of_member", "closed_late",
         "decl_two", "header_inline", "label_name", "loop_carried", "memcpy_ok",
         "nested_alias", "ptr_alias", "ptr_alias2", "queued_ok",
         "returned_whole", "struct_assign", "struct_move", "unwound_table",
         "written_bvec")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of all the drivers."""
    top = tmp_path_factory.mktemp("traps")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUP2PIN_CACHE", str(top / "cache"))
        return lab.analyse(lab.make(top / "linux", None, "traps"))


def marks(tree: Path, name: str, mark: str) -> list[str]:
    """The marked lines of one driver, wherever its files lie."""
    places = []
    for folder in (f"drivers/{name}", f"drivers/elsewhere_{name}"):
        places += lab.marked(tree, folder, mark)
    return places + [p for p in lab.marked(tree, "lib", mark)
                     if p.startswith(f"lib/toy_{name}.")]


@pytest.mark.parametrize("name", [
    pytest.param(n, marks=pytest.mark.xfail(
        strict=True, reason="known wrong conversion")) if n in OPEN else n
    for n in DRIVERS])
def test_no_wrong_conversion(found: Analysis, name: str) -> None:
    tree = found.program.tree.root
    decision = lab.only(found, f"drivers/{name}/main.c")
    wanted = sorted(marks(tree, name, "release"))
    wrong = [p for m in ("mixed", "leak", "held")
             for p in marks(tree, name, m)]
    assert wanted or wrong
    if decision.disposition == "keep":
        # A page that goes on to a device is none of CASE 4.
        assert decision.code != "struct-page-only"
    if decision.disposition == "convert":
        assert not wrong
        assert lab.releases(decision) == wanted
    else:
        assert decision.reason


@pytest.mark.parametrize("name", PLAIN)
def test_no_needless_refusal(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert decision.disposition == "convert", decision.reason


@pytest.mark.parametrize("name", ["ends_twice", "nobody_calls",
                                  "called_by_macro", "own_methods",
                                  "address_passed"])
def test_who_drops_the_pages_is_not_known(found: Analysis,
                                          name: str) -> None:
    """Not to know who calls is not to know how long: no FOLL_LONGTERM."""
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "lifetime-unknown")


def test_a_name_taken_for_granted_is_not_shadowed(found: Analysis) -> None:
    """Trap 17: the driver's own function has the name of the helper."""
    decision = lab.only(found, "drivers/own_unpin_single/main.c")
    assert decision.disposition == "manual"


def test_a_completion_handler_is_no_other_entry_point(
        found: Analysis) -> None:
    """How long the device takes is not told by who drops the pages."""
    decision = lab.only(found, "drivers/async_done/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "lifetime-unknown")


def test_what_releases_wrongly_today_is_not_converted(
        found: Analysis) -> None:
    """Traps 4 and 5: an error compared as unsigned passes for success."""
    decision = lab.only(found, "drivers/unsigned_compare/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "release-wrong-today")
    assert decision.blocked_by == lab.marked(
        found.program.tree.root, "drivers/unsigned_compare", "loop")[0]
