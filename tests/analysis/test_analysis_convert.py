# SPDX-License-Identifier: GPL-2.0-only
"""From a small tree to the text of its patches, and the ledger's refusal."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pinlib.analysis import release_groups
from pinlib.analysis.whole_tree import Analysis
from pinlib.base.edits import Edit
from pinlib.kernel.view import View
from pinlib.rewrite.apply import apply_group
from pinlib.rewrite.ledger import LedgerMismatch
from pinlib.series import commits
from trees import lab


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of all the drivers."""
    top = tmp_path_factory.mktemp("convert")
    return lab.shared(lab.make(top / "linux", None, "idioms"))


@pytest.fixture(scope="module")
def groups(found: Analysis) -> dict[str, release_groups.Group]:
    """The release groups by the folder of their first site."""
    return {g.decisions[0].site.file.split("/")[1]: g
            for g in commits.make_plan(found)}


def applied(found: Analysis, edits: Sequence[Edit]) -> list[str]:
    """Removed and added lines that a group's edits make."""
    rows = []
    tree = found.program.tree.root
    new = apply_group(View(tree), "g-test", edits)
    for file, text in sorted(new.items()):
        old = (tree / file).read_text().split("\n")
        rows += [r for r in difflib.unified_diff(
            old, text.decode().split("\n"), file, file, "", "", 0, "")
            if not r.startswith("@@")]
    return rows


def test_a_group_for_every_conversion(
        found: Analysis, groups: dict[str, release_groups.Group]) -> None:
    wanted = {d.site.file.split("/")[1] for d in found.decisions
              if d.disposition == "convert"}
    assert set(groups) == wanted and len(groups) > 6
    for name, group in groups.items():
        lines = lab.marked(found.program.tree.root, f"drivers/{name}",
                           "release")
        assert sorted({f"{e.file}:{e.line}" for e in group.edits
                       if e.op.startswith("unpin")}) == lines
        assert group.files == sorted({e.file for e in group.edits})


def test_short_pin_byte_for_byte(found: Analysis,
                                 groups: dict[str, release_groups.Group]) -> None:
    # The name, the flags as they were, each release; nothing else.
    assert applied(found, groups["array"].edits) == [
        "--- drivers/array/main.c", "+++ drivers/array/main.c",
        "-\tret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);",
        "+\tret = pin_user_pages_fast(addr, n, FOLL_WRITE, pages);",
        "-\t\t\tput_page(pages[i]); /* @release */",
        "+\t\t\tunpin_user_page(pages[i]); /* @release */",
        "-\t\tput_page(pages[i]); /* @release */",
        "+\t\tunpin_user_page(pages[i]); /* @release */"]


def test_long_pin_in_two_files(found: Analysis,
                               groups: dict[str, release_groups.Group]) -> None:
    assert applied(found, groups["member"].edits) == [
        "--- drivers/member/main.c", "+++ drivers/member/main.c",
        "-\tret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);",
        "+\tret = pin_user_pages_fast(addr, 1, FOLL_WRITE | FOLL_LONGTERM, "
        "&page);",
        "-\t\tput_page(page); /* @release */",
        "+\t\tunpin_user_page(page); /* @release */",
        "--- drivers/member/other.c", "+++ drivers/member/other.c",
        "-\tput_page(ctx->page); /* @release */",
        "+\tunpin_user_page(ctx->page); /* @release */"]


def test_only_its_own_release(found: Analysis,
                              groups: dict[str, release_groups.Group]) -> None:
    # The put_page() of the other type, three lines below, stays.
    rows = applied(found, groups["mixed_type"].edits)
    assert [r for r in rows if "page(obj->page)" in r] == [
        "-\t\tput_page(obj->page); /* @release */",
        "+\t\tunpin_user_page(obj->page); /* @release */"]


def test_a_flag_in_the_structure(found: Analysis,
                                 groups: dict[str, release_groups.Group]) -> None:
    # Set before the extraction, so that every release can read it; the
    # array is a member, so extract takes a pointer to it.
    rows = applied(found, groups["iter_flag"].edits)
    added = [r[1:].strip() for r in rows if r.startswith("+")]
    gone = [r[1:].strip() for r in rows if r.startswith("-")]
    assert "bool pages_pinned;" in added
    assert "struct page **pages;" in added
    setting = added.index(
        "rq->pages_pinned = iov_iter_extract_will_pin(to);")
    call = next(i for i, r in enumerate(added)
                if "iov_iter_extract_pages(to, &pages," in r)
    assert setting < call
    assert [r for r in gone if r.startswith("put_page")] == [
        "put_page(rq->pages[i]); /* @release */"]
    text = " ".join(added)
    assert "if (rq->pages_pinned)" in text
    assert text.count("unpin_user_page") == 1


def test_a_flag_beside_a_table(found: Analysis,
                               groups: dict[str, release_groups.Group]) -> None:
    # The flag is read from the object that the release reads, not from the
    # entry; the unlocked dirtying and its condition stay.
    rows = applied(found, groups["iter_stored"].edits)
    assert [r for r in rows if "bv_page" in r] == [
        "-\t\t\tput_page(rq->vecs[i].bv_page); /* @release */",
        "+\t\t\t\tunpin_user_page(rq->vecs[i].bv_page); /* @release */"]
    assert {r[1:].strip() for r in rows if "pinned" in r} == {
        "bool vecs_pinned;", "if (rq->vecs_pinned)",
        "rq->vecs_pinned = iov_iter_extract_will_pin(to);"}


def test_a_helper_is_told(found: Analysis,
                          groups: dict[str, release_groups.Group]) -> None:
    # One argument more at each call, each in terms of its caller; the flag
    # is set behind the member whose way the state goes.
    rows = applied(found, groups["passed"].edits)
    assert [r[1:].strip() for r in rows if r.startswith("+")
            and "pinned" in r or "will_pin" in r] == [
        "bool vecs_pinned;",
        "bool vecs_pinned)",
        "if (vecs_pinned)",
        "passed_put(op->table.vecs, op->nr_vecs, rq->dirty, "
        "rq->vecs_pinned);",
        "rq->vecs_pinned = iov_iter_extract_will_pin(iter);",
        "passed_put(vecs, 16, dirty, iov_iter_extract_will_pin(iter));"]


def test_a_flag_behind_a_dereference(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.share_cache(monkeypatch)
    text = (lab.TREES / "idioms/drivers/iter_flag/main.c").read_text()
    found = lab.analyse(lab.make(tmp_path / "linux", {
        "drivers/a.c": text.replace("(to, rq->pages,", "(to, (*rq).pages,")}))
    [group] = commits.make_plan(found)
    rows = applied(found, group.edits)
    assert any(r.startswith("+\t(*rq).pages_pinned = ") for r in rows)


def test_a_moved_position_discards_the_group(
        found: Analysis, groups: dict[str, release_groups.Group]) -> None:
    # One line off, in either direction and for any edit: all or nothing.
    tree = found.program.tree.root
    group = groups["member"]
    before = {f: hashlib.sha256((tree / f).read_bytes()).hexdigest()
              for f in group.files}
    for number in range(len(group.edits)):
        for step in (-1, 1):
            edits = [replace(e, line=e.line + step) if n == number else e
                     for n, e in enumerate(group.edits)]
            with pytest.raises(LedgerMismatch):
                apply_group(View(tree), "g-test", edits)
    assert before == {f: hashlib.sha256((tree / f).read_bytes()).hexdigest()
                      for f in group.files}


def test_a_release_left_out_of_the_plan(
        found: Analysis, groups: dict[str, release_groups.Group]) -> None:
    # The ledger performs what is planned; that a plan is whole is the
    # analysis's business, so the rest of the file must not change.
    edits = [e for e in groups["array"].edits if e.line != 14]
    rows = applied(found, edits)
    assert sum(r.startswith("-\t") for r in rows) == 2


def test_the_text_changed_after_the_plan(
        found: Analysis, groups: dict[str, release_groups.Group],
        tmp_path: Path) -> None:
    tree = lab.make(tmp_path / "linux", None, "idioms")
    path = tree / "drivers/array/main.c"
    path.write_text("\n" + path.read_text())
    with pytest.raises(LedgerMismatch):
        apply_group(View(tree), "g", groups["array"].edits)


def test_the_plan_is_the_same_twice(
        found: Analysis, groups: dict[str, release_groups.Group]) -> None:
    again = commits.make_plan(found)
    assert [(g.id, g.edits) for g in again] == [
        (g.id, g.edits) for g in sorted(
            groups.values(), key=lambda g: g.decisions[0].site.file)]
