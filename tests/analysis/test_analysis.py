# SPDX-License-Identifier: GPL-2.0-only
"""Dispositions of small drivers, each reasoned from the pinning rules.

tests/trees/idioms holds one driver a folder. `@release` marks the statements
that must change with the acquisition, `@left` one that must not, `@blocks`
the line that a person is sent to.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis.whole_tree import Analysis
from pinlib.decide.decide import Decision
from pinlib.decide.pin_state.as_argument import AsArgument
from pinlib.decide.pin_state.in_owner import InOwner
from pinlib.decide.pin_state.in_struct import InStruct
from trees import lab

ANY_6_1 = {"user", "bvec", "kvec", "xarray", "pipe"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of all the drivers."""
    top = tmp_path_factory.mktemp("idioms")
    return lab.shared(lab.make(top / "linux", None, "idioms"))


def the(found: Analysis, name: str, file: str = "main.c") -> Decision:
    """The decision on a driver, held against the marks in its files."""
    decision = lab.only(found, f"drivers/{name}/{file}")
    folder = f"drivers/{name}"
    tree = found.program.tree.root
    blocks = lab.marked(tree, folder, "blocks")
    assert [decision.blocked_by] == (blocks or [None])
    if decision.disposition == "convert":
        assert lab.releases(decision) == lab.marked(tree, folder, "release")
        assert sorted({e.place for e, _ in decision.left}) == lab.marked(
            tree, folder, "left")
    return decision


def verdict(decision: Decision) -> tuple[str, str]:
    """Disposition and code."""
    return decision.disposition, decision.code


def kinds(decision: Decision) -> set[str]:
    """Iterators that reach the call."""
    assert decision.site.kinds is not None
    return decision.site.kinds.kinds


@pytest.mark.parametrize("name", ["array", "array_goto", "single",
                                  "direct"])
def test_released_where_it_was_acquired(found: Analysis, name: str) -> None:
    # Release in the same function: a short pin. DMA without the process
    # seeing it: CASE 1. A short result gives back exactly `ret` pages.
    decision = the(found, name)
    assert verdict(decision) == ("convert", "pin-short")
    assert (decision.longterm, decision.needs_flag) == (False, False)
    assert decision.case == 1


def test_a_short_pin_that_leaks_today(found: Analysis) -> None:
    # That needs a fix in plain references first: manual, naming the exit.
    assert verdict(the(found, "array_leak")) == ("manual", "leak-today")


def test_released_in_another_file(found: Analysis) -> None:
    # All or none, across files; released from another entry point only,
    # so the pin is long: CASE 2 and FOLL_LONGTERM.
    decision = the(found, "member")
    assert verdict(decision) == ("convert", "pin-longterm")
    assert decision.longterm and decision.case == 2
    assert {e.function.file for e in decision.releases} == {
        "drivers/member/main.c", "drivers/member/other.c"}


def test_one_entry_point_for_both(found: Analysis) -> None:
    # One ioctl takes and drops: structure does not tell how long it lives.
    for name in ("same_entry", "on_heap", "caller_maybe", "exported"):
        assert verdict(the(found, name)) == ("manual", "lifetime-unknown")


def test_one_call_takes_and_drops(found: Analysis) -> None:
    # The arm that takes falls through to the one that drops.
    decision = the(found, "one_arm")
    assert verdict(decision) == ("convert", "pin-short")
    assert decision.case == 1


def test_one_entry_point_an_arm(found: Analysis) -> None:
    # What an ioctl is told to do is one call from user space each: CASE 2.
    decision = the(found, "two_arms")
    assert verdict(decision) == ("convert", "pin-longterm")
    assert decision.longterm and decision.case == 2


def test_structures_that_go_by_a_typedef(found: Analysis) -> None:
    # The members behind foo_t are those of its structure, tag or no tag.
    assert verdict(the(found, "typedefed")) == ("convert", "pin-longterm")
    assert verdict(the(found, "typedef_union")) == ("manual", "use-not-seen")


def test_a_table_that_grows(found: Analysis) -> None:
    # What a release reads out of table.sgt went in through the table.
    decision = the(found, "sg_append")
    assert verdict(decision) == ("convert", "pin-longterm")


@pytest.mark.parametrize("name", ["by_helper", "on_stack", "caller_drops"])
def test_dropped_before_the_call_is_over(found: Analysis, name: str) -> None:
    # By a function of the driver, from variables or a structure on the
    # stack, or by the caller on every way on which it got them.
    assert verdict(the(found, name)) == ("convert", "pin-short")


def test_one_release_for_the_pages_of_two_calls(found: Analysis) -> None:
    # They change together, or neither does, whoever else they share with.
    made = lab.in_file(found, "drivers/shared_put/main.c")
    assert [verdict(d) for d in made] == [("convert", "pin-short")] * 2
    assert [lab.releases(d) for d in made] == [lab.marked(
        found.program.tree.root, "drivers/shared_put", "release")] * 2
    assert [verdict(d) for d in lab.in_file(
        found, "drivers/shared_chain/main.c")] == [
            ("manual", "shares-release"), ("manual", "shares-release"),
            ("manual", "other-origin")]


@pytest.mark.parametrize("name", ["caller_fails", "page_absent"])
def test_dropped_early_only_on_an_error(found: Analysis, name: str) -> None:
    # The pages that are there in the end live until the last close.
    assert verdict(the(found, name)) == ("convert", "pin-longterm")


@pytest.mark.parametrize("name", ["irq", "kref"])
def test_released_by_a_callback(tmp_path: Path, name: str,
                                monkeypatch: pytest.MonkeyPatch) -> None:
    # A completion or a last reference is no entry point of user space: a
    # DMA buffer freed there is short, a queue page is long; a person says.
    lab.share_cache(monkeypatch)
    text = (lab.TREES / "traps/drivers" / name / "main.c").read_text()
    found = lab.analyse(lab.make(tmp_path / "linux", {
        "drivers/a.c": text}))
    decision = lab.only(found, "drivers/a.c")
    assert verdict(decision) == ("manual", "lifetime-unknown")


def test_kept_from_call_to_call(tmp_path: Path,
                                monkeypatch: pytest.MonkeyPatch) -> None:
    # A static local outlives the call; one function is no proof of short.
    lab.share_cache(monkeypatch)
    text = (lab.TREES / "traps/drivers/local_static/main.c").read_text()
    found = lab.analyse(lab.make(tmp_path / "linux", {
        "drivers/static/main.c": text}))
    decision = lab.only(found, "drivers/static/main.c")
    assert verdict(decision) != ("convert", "pin-short")


@pytest.mark.parametrize("name, code", [
    # An extra reference: which release balances it is not proven.
    ("extra_ref", "extra-reference"),
    # A release of a form that no rule converts (folio_put).
    ("extra_put", "release-form"),
    # A function nobody has seen may keep or drop the page.
    ("unknown", "unknown-use"),
    # In a third file, through a pointer: may release.
    ("pointer", "unknown-use"),
    # Stored in an object whose type is not known: released by whom?
    ("alias", "unknown-use")])
def test_an_unproven_use(found: Analysis, name: str, code: str) -> None:
    assert verdict(the(found, name)) == ("manual", code)


def test_given_back_while_the_request_keeps_one(found: Analysis) -> None:
    # The array is dropped right after the request took references of its
    # own, which last until the I/O is done; an unpin there is too early.
    decision = the(found, "kept_on")
    assert verdict(decision) == ("manual", "released-at-submission")
    assert "dropped at drivers/kept_on/main.c:20:" in decision.reason
    # Without that early release it is an extra reference like any other.
    assert verdict(the(found, "kept_late")) == ("manual", "extra-reference")


def test_skb_fragments_drop_plain_references(found: Analysis) -> None:
    assert verdict(the(found, "skb")) == ("blocked", "plain-owner")


def test_no_pages_no_pin(found: Analysis) -> None:
    # pages == NULL cannot become a pin.
    assert verdict(the(found, "no_pages")) == ("keep", "no-pages")


@pytest.mark.parametrize("name", ["node", "folio_key"])
def test_only_struct_page_is_looked_at(found: Analysis, name: str) -> None:
    decision = the(found, name)
    assert verdict(decision) == ("keep", "struct-page-only")
    assert decision.case == 4


def test_a_test_by_its_name(found: Analysis) -> None:
    decision = the(found, "toy_test", "gup_test.c")
    assert verdict(decision) == ("test", "api-test")


def test_other_origin_without_a_condition(found: Analysis) -> None:
    # put_page() also sees an allocated page and nothing tells them apart.
    assert verdict(the(found, "mixed")) == ("manual", "other-origin")


@pytest.mark.parametrize("name", [
    # The type that the object was chosen by, at both ends.
    "mixed_type",
    # A member that only the acquiring function sets.
    "mixed_mine",
    # A member that is set wherever other pages come in.
    "mixed_borrowed"])
def test_other_origin_told_apart(found: Analysis, name: str) -> None:
    decision = the(found, name)
    assert verdict(decision) == ("convert", "pin-longterm")


@pytest.mark.parametrize("name", ["iter_user", "iter_import"])
def test_user_iterators_only(found: Analysis, name: str) -> None:
    # Made here from user memory: every page is pinned, unpin always.
    decision = the(found, name)
    assert kinds(decision) == {"user"}
    assert verdict(decision) == ("convert", "unpin-always")
    assert not decision.needs_flag and not decision.longterm


def test_a_check_narrows_a_callback(found: Analysis) -> None:
    # ->read_iter may bring any kind, but all others return -EINVAL first.
    decision = the(found, "iter_guard")
    assert kinds(decision) == {"user"}
    assert verdict(decision) == ("convert", "unpin-always")


def test_kernel_iterators_need_a_flag(found: Analysis) -> None:
    # Any kind from ->read_iter: whether to unpin is kept in the structure
    # that carries the pages, which is zeroed and counts them.
    decision = the(found, "iter_flag")
    assert kinds(decision) == ANY_6_1
    assert verdict(decision) == ("convert", "unpin-by-flag")
    assert decision.needs_flag
    state = decision.pin_state
    assert isinstance(state, InStruct)
    assert state.flag == "rq->pages_pinned"
    assert state.member.owner == "iter_flag_rq"


def test_a_flag_where_the_pages_are_stored(found: Analysis) -> None:
    # The pages move into a table that a zeroed request carries to its last
    # user; the flag stands beside the table, and the request is there when
    # the pages are taken.
    decision = the(found, "iter_stored")
    assert kinds(decision) == ANY_6_1
    assert verdict(decision) == ("convert", "unpin-by-flag")
    assert isinstance(decision.pin_state, InStruct)
    assert decision.pin_state.flag == "rq->vecs_pinned"


def test_a_helper_is_told(found: Analysis) -> None:
    # A library keeps the table for the length of the I/O; the completion
    # finds it there and has no iterator, but a request that was made, and
    # filled in, while the iterator was at hand.
    decision = the(found, "passed")
    assert kinds(decision) == ANY_6_1
    assert verdict(decision) == ("convert", "unpin-by-flag")
    told = decision.pin_state
    assert isinstance(told, AsArgument) and told.helper.name == "passed_put"
    assert {a.state for a in told.arguments} == {
        "rq->vecs_pinned", "iov_iter_extract_will_pin(iter)"}
    assert [(s.flag, s.iterator) for s in told.settings] == [
        ("rq->vecs_pinned", "iter")]


def test_the_iterator_is_asked_again(found: Analysis) -> None:
    # The mark that guards the release balances a counter too, and kernel
    # memory has an arm of its own: only the drop itself asks the iterator.
    decision = the(found, "asked")
    assert kinds(decision) == ANY_6_1 - {"kvec"}
    assert verdict(decision) == ("convert", "unpin-by-iterator")
    assert decision.needs_flag
    assert isinstance(decision.pin_state, InOwner)
    assert {(f"{f.file}:{s.line}", ask) for f, s, _, ask in
            decision.pin_state.calls} == set(zip(
                lab.marked(found.program.tree.root, "drivers/asked", "ask"),
                ("iov_iter_extract_will_pin(in)",
                 "iov_iter_extract_will_pin(out)")))


def test_a_flag_beside_the_mark(found: Analysis) -> None:
    # The object that tells the callback that there are pages to drop also
    # tells whether they are pinned; the table's first entry is no page.
    decision = the(found, "beside")
    assert verdict(decision) == ("convert", "unpin-by-flag")
    state = decision.pin_state
    assert isinstance(state, InOwner) and state.after
    assert state.after.name == "drop"
    assert state.flag == "job->out_pinned"
    assert set(state.reads.values()) == {"job->out_pinned"}


def test_the_other_arm_took_nothing(found: Analysis) -> None:
    assert verdict(the(found, "other_arm")) == ("convert", "pin-short")


def test_functions_that_are_passed(found: Analysis) -> None:
    """What a walk calls for each page is what its callers pass."""
    assert verdict(the(found, "visited")) == ("convert", "pin-short")
    # When the walk runs is not asked of who has the pages longer.
    decision = the(found, "visited_heap")
    assert verdict(decision) == ("manual", "lifetime-unknown")
    assert "visited_heap_drop(), which drops them, is given to " \
        "visited_heap_each() here" in decision.reason
    assert verdict(the(found, "visited_own")) == ("manual", "other-origin")
    # One caller passes what its own caller gave it, which nobody here names.
    decision = the(found, "visited_by")
    assert verdict(decision) == ("manual", "unknown-use")
    assert "visit() does something" in decision.reason


def test_no_place_for_a_flag(found: Analysis) -> None:
    # A local array, and the iterator may be another by the time it is asked.
    decision = the(found, "iter_carrier")
    assert kinds(decision) == ANY_6_1
    assert verdict(decision) == ("manual", "flag-carrier")


def test_kernel_pages_are_not_pinned(found: Analysis) -> None:
    for name in ("xarray", "pipe"):
        decision = the(found, f"iter_{name}")
        assert kinds(decision) == {name}
        assert verdict(decision) == ("keep", "kernel-pages")
    # All but a pipe: a user's page among others.
    decision = the(found, "iter_pipe_other")
    assert kinds(decision) == ANY_6_1 - {"pipe"}
    assert verdict(decision) == ("convert", "unpin-by-flag")


def test_every_site_has_a_reason(found: Analysis) -> None:
    for decision in found.decisions:
        assert decision.code
        assert decision.reason.endswith(".")
        if decision.disposition == "manual":
            assert decision.blocked_by
            file, _, number = decision.blocked_by.rpartition(":")
            rows = (found.program.tree.root / file).read_text().split("\n")
            assert rows[int(number) - 1].strip()


def test_no_pins_in_the_tree(tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    # Before 5.6 there is nothing to convert to, whatever the driver does.
    lab.share_cache(monkeypatch)
    tree = lab.make(tmp_path / "linux", None, "idioms")
    header = tree / "include/linux/mm.h"
    header.write_text(header.read_text().replace("pin_user_pages_fast(",
                                                 "toy("))
    found = lab.analyse(tree)
    assert {verdict(d) for d in found.decisions} == {
        ("blocked", "no-pin-api"), ("test", "api-test")}
