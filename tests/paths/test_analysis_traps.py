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

from pinlib.analysis.whole_tree import Analysis
from trees import lab

DRIVERS = sorted(p.name for p in (lab.TREES / "traps/drivers").iterdir()
                 if (p / "main.c").exists())
# Wrong conversions that are known and not yet refused.
OPEN: frozenset[str] = frozenset()
# Every release of these can be seen: being afraid of them is no answer.
PLAIN = ("addr_arith", "addr_kept", "addr_of_member", "batch_taken",
         "bytes_taken", "closed_late", "decl_apart", "decl_two",
         "dirtied_first", "header_inline", "label_name", "loop_carried",
         "macro_leaves_ok", "memcpy_ok", "method_behind", "method_bvec",
         "method_keeps", "nested_alias",
         "ptr_alias", "ptr_alias2", "queued_ok", "returned_whole",
         "scoped_once", "scoped_try", "struct_assign", "struct_move",
         "tag_group", "tag_inside", "tag_typedef", "tag_typeof", "taken_below",
         "taken_kept", "unwound_table", "written_bvec")
# What is wrong today, with the mark of the line that is.
WRONG = {"asked_below": ("short-pin-as-full", "short"),
         "asked_kept": ("short-pin-as-full", "short"),
         "batch_asked": ("short-pin-as-full", "short"),
         "bytes_asked": ("short-pin-as-full", "short"),
         "dirtied_late": ("dirtied-after-put", "late"),
         "dirtied_late_below": ("dirtied-after-put", "late"),
         "macro_leaves": ("leak-today", "leak"),
         "macro_value": ("leak-today", "leak"),
         "scoped_cond": ("leak-today", "leak")}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of all the drivers."""
    top = tmp_path_factory.mktemp("traps")
    return lab.shared(lab.make(top / "linux", None, "traps"))


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


@pytest.mark.parametrize("name", WRONG)
def test_a_bug_of_today_is_named(found: Analysis, name: str) -> None:
    code, mark = WRONG[name]
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == ("manual", code)
    assert [decision.blocked_by] == marks(
        found.program.tree.root, name, mark)


@pytest.mark.parametrize("name", ["nobody_calls", "called_by_macro",
                                  "own_methods", "address_passed"])
def test_who_drops_the_pages_is_not_known(found: Analysis,
                                          name: str) -> None:
    """Not to know who calls is not to know how long: no FOLL_LONGTERM."""
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "lifetime-unknown")


def test_both_forms_drop_them_before_the_only_way_out(
        found: Analysis) -> None:
    """Trap 28: two definitions of what drops them are no entry points."""
    decision = lab.only(found, "drivers/ends_twice/main.c")
    assert (decision.code, decision.longterm) == ("pin-short", False)
    assert lab.releases(decision) == lab.marked(
        found.program.tree.root, "drivers/ends_twice", "release")


def test_a_name_taken_for_granted_is_not_shadowed(found: Analysis) -> None:
    """Trap 17: the driver's own function has the name of the helper."""
    decision = lab.only(found, "drivers/own_unpin_single/main.c")
    assert decision.disposition == "manual"


@pytest.mark.parametrize("name, code, line", [
    ("method_far", "unknown-use", "dev->ops->keep(table, 4)"),
    ("method_macro", "unknown-use", "method_macro_keep(dev, table, 4)"),
    ("method_variable", "unknown-use", "method_variable_keep_fn(table, 4)"),
    ("tag_union", "use-not-seen", "union tag_union_slot {")])
def test_where_a_table_or_member_is_lost(found: Analysis, name: str,
                                         code: str, line: str) -> None:
    """Behind a pointer or a macro, or in a place that others share."""
    file = f"drivers/{name}/main.c"
    decision = lab.only(found, file)
    number = lab.line(found.program.tree.root, file, line)
    assert (decision.code, decision.blocked_by) == (code, f"{file}:{number}")


def test_a_table_is_lost_in_a_library(found: Analysis) -> None:
    """A function elsewhere hands it back, to whom is not told."""
    decision = lab.only(found, "drivers/method_apart/main.c")
    file = "lib/toy_method_apart.c"
    number = lab.line(found.program.tree.root, file, "return keep(table")
    assert (decision.code, decision.blocked_by) == (
        "unknown-use", f"{file}:{number}")


def test_a_method_is_given_other_tables(found: Analysis) -> None:
    """What one function keeps for all who call it has several origins."""
    root = found.program.tree.root
    decision = lab.only(found, "drivers/method_mixed/main.c")
    assert (decision.code, decision.blocked_by) == (
        "other-origin", lab.marked(root, "drivers/method_mixed",
                                   "release")[0])


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
