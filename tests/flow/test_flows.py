# SPDX-License-Identifier: GPL-2.0-only
"""What the pages of small drivers are known to do, and what is not known.

tests/trees/flows holds one driver a folder, with `@release` and `@blocks` as in
tests/decide/test_addresses.py. Each kind that is followed has twins that look
like it and must be left.
"""

from __future__ import annotations

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of all the drivers."""
    top = tmp_path_factory.mktemp("flows")
    return lab.shared(lab.make(top / "linux", None, "flows"))


@pytest.mark.parametrize("name, code", [
    # The page is stored behind a pointer that the caller passed in.
    ("out_page", "pin-short"),
    ("out_taken", "pin-short"),
    ("out_entries", "pin-short"),
    ("out_number", "pin-short"),
    ("out_member", "pin-short"),
    ("out_mixed", "other-origin"),
    ("out_slot", "left-held"),
    ("out_unknown", "unknown-use"),
    ("refilled", "other-origin"),
    # Who takes the pages gives them back, or calls what does, on every way out.
    ("call_shown", "pin-short"),
    ("call_below", "pin-short"),
    ("call_goto", "pin-short"),
    ("call_two_forms", "pin-short"),
    ("call_one_form", "lifetime-unknown"),
    # What is dropped first are pages of an earlier call.
    ("call_swapped", "lifetime-unknown"),
    ("call_stored_below", "lifetime-unknown"),
    ("call_handed_up", "lifetime-unknown"),
    ("call_flagged", "lifetime-unknown"),
    ("call_queued", "lifetime-unknown"),
    ("call_replaced", "lifetime-unknown"),
    ("call_leaks", "leak-today"),
    # Nobody finds pages in an array that was freed: that comes before all else.
    ("freed_short", "leak-today"),
    ("freed_below", "leak-today"),
    ("freed_empty", "unknown-use"),
    ("freed_flagged", "unknown-use"),
    ("freed_moved", "unknown-use"),
    ("freed_listed", "lifetime-unknown"),
    # What a loop over a table gives, until it runs over another one.
    ("run_pages", "pin-short"),
    ("run_given", "other-origin"),
    ("run_twice", "release-unexplained"),
    ("run_again", "release-unexplained"),
    # An array that is moved, and a table that a function gives back.
    ("grown", "pin-short"),
    ("grown_kept", "other-origin"),
    ("grown_full", "unknown-use"),
    ("table_back", "pin-short"),
    ("table_other", "unknown-use"),
    ("table_changed", "unknown-use"),
    # An #if that nothing decides has to drop them in each of its arms.
    ("arms_some", "leak-today"),
    ("arms_most", "leak-today"),
    # A literal or a designator gives a member its value.
    ("literal_entries", "pin-short"),
    ("set_entries", "pin-short"),
    ("literal_order", "pin-short"),
    ("literal_nested", "pin-short"),
    ("literal_joined", "pin-short"),
    ("literal_mixed", "other-origin"),
    ("literal_beside", "other-origin"),
    ("entry_beside", "other-origin"),
    ("literal_lost", "unknown-use"),
    # A descriptor that is only filled does not lead back to its other pages.
    ("shown", "pin-short"),
    ("shown_local", "pin-short"),
    ("shown_below", "pin-short"),
    ("shown_back", "other-origin"),
    ("shown_dropped", "other-origin"),
    ("shown_asked", "other-origin"),
    # The end of a scope frees the array, and the pages are another matter.
    ("scope_frees", "pin-short"),
    ("scope_frees_own", "pin-short"),
    ("scope_kept", "pin-short"),
    ("scope_drops", "unknown-use"),
    ("scope_puts", "unknown-use"),
    ("scope_calls", "unknown-use"),
    # A bit of the object is set for these pages alone, or may be for others.
    ("flag_set", "pin-longterm"),
    ("flag_clear", "pin-longterm"),
    ("flag_given", "unknown-use"),
    ("flag_late", "unknown-use"),
    ("flag_elsewhere", "unknown-use"),
    ("flag_other", "unknown-use"),
    ("flag_by_address", "unknown-use"),
    # What another function puts into the object may be full of other pages.
    ("flag_none", "other-origin"),
    # A local is made of it, and of nothing else.
    ("flag_local", "pin-longterm"),
    ("flag_remade", "unknown-use"),
    # One value in a call says where the pages come from and how they go.
    ("tell_if", "pin-short"),
    ("tell_changed", "other-origin"),
    ("tell_pointer", "other-origin"),
    ("tell_static", "other-origin"),
    ("tell_member", "other-origin"),
    ("tell_two", "other-origin"),
    # A macro may give it another value, or read it.
    ("tell_turned", "other-origin"),
    ("tell_printed", "pin-short"),
    # A member that is set for these pages may be set for others in another arm.
    ("mark_both", "other-origin"),
    ("mark_apart", "pin-longterm"),
    # Where nothing got a page it is dropped at once, and the others are kept.
    ("rest_kept", "lifetime-unknown"),
    ("rest_shown", "pin-short"),
    # Who calls what drops them passes a constant that says so.
    ("tell_given", "pin-short"),
    ("tell_below", "pin-short"),
    ("tell_both", "other-origin"),
    ("tell_asked", "other-origin"),
    ("tell_wrong", "other-origin"),
    ("tell_more", "other-origin"),
    ("tell_later", "other-origin"),
    ("tell_object", "other-origin"),
    # A choice in one statement.
    ("chosen_other", "other-origin"),
    ("chosen_alone", "pin-short"),
    # One entry of the array is another page, and another name of it sees that.
    ("first_alias", "other-origin"),
    ("first_walk", "other-origin"),
    ("first_one", "other-origin"),
    ("first_none", "pin-short"),
    # A function that is called puts another page there.
    ("more_entry", "other-origin"),
    ("more_address", "other-origin"),
    ("more_instead", "other-origin"),
    ("more_elsewhere", "pin-short"),
    # A loop over the table puts the pages into it.
    ("run_filled", "pin-short"),
    ("run_mixed", "other-origin"),
    # Its only release stands in a macro that is no function.
    ("macro_typed", "release-unexplained"),
    # What is written to the page's address is no other page.
    ("write_there", "pin-short"),
    ("write_instead", "other-origin"),
    # What stores the page stores what others pass to it, too.
    ("add_other", "other-origin"),
    ("add_both", "other-origin"),
    ("add_none", "pin-short"),
    ("add_array", "other-origin"),
    ("add_bare", "pin-short"),
    # An MMU notifier ends the use of the address, but somebody writes the page.
    ("notified_fast", "mmu-notifier"),
    ("notified_used", "pin-short"),
    ("notified_mapped", "pin-short"),
    # Numbers behind the pages, in one allocation, are no pages.
    ("cast_behind", "pin-short"),
    ("cast_entry", "pin-short"),
    ("cast_numbers", "unknown-use"),
    ("cast_pages", "other-origin"),
    # Allocations of 7.0, which evaluate nothing of what they name.
    ("alloc_objects", "pin-short"),
    ("alloc_typed", "pin-short"),
    ("alloc_unknown", "unknown-use"),
])
def test_what_becomes_of_the_pages(found: Analysis, name: str,
                                   code: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    folder, tree = f"drivers/{name}", found.program.tree.root
    assert decision.code == code, decision.reason
    assert [decision.blocked_by] == (
        lab.marked(tree, folder, "blocks") or [None])
    if decision.disposition == "convert":
        assert lab.releases(decision) == lab.marked(tree, folder, "release")


@pytest.mark.parametrize("name, codes", [
    ("each_by_range", ("pin-short", "pin-short")),
    ("each_own", ("other-origin", "other-origin")),
    ("each_kept", ("pin-short", "pin-short"))])
def test_one_page_and_a_range_are_dropped_by_one_function(
        found: Analysis, name: str, codes: tuple[str, str]) -> None:
    """A range that is passed on is of the other call's pages, or of others."""
    one, pages = lab.in_file(found, f"drivers/{name}/main.c")
    assert (one.code, pages.code) == codes, (one.reason, pages.reason)
    tree = found.program.tree.root
    assert not codes[0].startswith("pin") or all(
        lab.releases(d) == lab.marked(tree, f"drivers/{name}", "release")
        for d in (one, pages))


def test_bio_vecs_that_are_extracted_are_pinned(found: Analysis) -> None:
    """What an extraction of 7.0 fills is held against its releases."""
    put, unpinned = sorted(lab.in_file(found, "drivers/extracted/main.c"),
                           key=lambda d: -d.site.line)
    assert (unpinned.disposition, unpinned.code) == (
        "converted", "pins-and-unpins")
    assert (put.disposition, put.code) == ("mismatch", "pin-put")
