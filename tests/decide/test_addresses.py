# SPDX-License-Identifier: GPL-2.0-only
"""get_user_pages() and its kind, which APIS=all looks at as well.

tests/trees/addresses holds one driver a folder, with `@release` and
`@blocks` as in tests/test_analysis.py. Each form that is converted has a
twin that must not be.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis.whole_tree import Analysis
from pinlib.decide import api_forms
from pinlib.decide.decide import Decision
from pinlib.kernel import effects
from pinlib.series import commits
from test_analysis_convert import applied
from trees import lab


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of all the drivers."""
    top = tmp_path_factory.mktemp("addresses")
    return lab.shared(lab.make(top / "linux", None, "addresses"), apis="all")


def the(found: Analysis, name: str) -> Decision:
    """The decision on a driver, held against the marks in its file."""
    decision = lab.only(found, f"drivers/{name}/main.c")
    folder, tree = f"drivers/{name}", found.program.tree.root
    assert [decision.blocked_by] == (
        lab.marked(tree, folder, "blocks") or [None])
    if decision.disposition == "convert":
        assert lab.releases(decision) == lab.marked(tree, folder, "release")
        assert not decision.left
    return decision


def verdict(decision: Decision) -> tuple[str, str]:
    """Disposition and code."""
    return decision.disposition, decision.code


def patch(found: Analysis, name: str) -> list[str]:
    """Lines that the patch of a driver removes and adds, marks aside."""
    [group] = [g for g in commits.make_plan(found)
               if g.decisions[0].site.file == f"drivers/{name}/main.c"]
    return [r.replace(" /* @release */", "").replace("\t", "")
            for r in applied(found, group.edits)[2:]]


def test_every_call_is_listed(found: Analysis) -> None:
    # All of them, and those of the functions that pin where they are.
    calls = [t for t in found.tokens if t.kind == "call"]
    compiled = [d for d in found.decisions if d.disposition != "inactive"]
    assert len(calls) == len(compiled) > 20
    assert {d.disposition for d in lab.in_file(
        found, "include/linux/mm.h")} == {"core"}


def test_the_default_lists_none(tmp_path: Path,
                                monkeypatch: pytest.MonkeyPatch) -> None:
    lab.share_cache(monkeypatch)
    tree = lab.make(tmp_path / "linux", None, "addresses")
    assert not lab.analyse(tree).decisions


@pytest.mark.parametrize(("name", "lines"), [
    ("poke", [
        "-ret = get_user_pages_remote(mm, addr, 1, FOLL_WRITE | FOLL_FORCE, "
        "&page, NULL);",
        "+ret = pin_user_pages_remote(mm, addr, 1, FOLL_WRITE | FOLL_FORCE, "
        "&page, NULL);",
        "-put_page(page);", "+unpin_user_page(page);"]),
    ("array", [
        "-got = get_user_pages(addr, nr, ro ? 0 : FOLL_WRITE, pages);",
        "+got = pin_user_pages(addr, nr, ro ? 0 : FOLL_WRITE, pages);",
        "-put_page(pages[i]);", "+unpin_user_page(pages[i]);"]),
    # FOLL_GET forbids a pin: spelt out in the call, it goes.
    ("explicit", [
        "-if (get_user_pages_unlocked(addr, 1, &page, FOLL_GET | FOLL_WRITE)"
        " != 1)",
        "+if (pin_user_pages_unlocked(addr, 1, &page, FOLL_WRITE) != 1)",
        "-put_page(page);", "+unpin_user_page(page);"]),
    # Nothing but the callers' variables hold it.
    ("handed_up", [
        "-get_user_pages_remote(mm, addr, 1, FOLL_WRITE, &page, NULL);",
        "+pin_user_pages_remote(mm, addr, 1, FOLL_WRITE, &page, NULL);",
        "-set_page_dirty_lock(page);", "-put_page(page);",
        "+unpin_user_pages_dirty_lock(&page, 1, true);"])])
def test_a_short_pin(found: Analysis, name: str, lines: list[str]) -> None:
    decision = the(found, name)
    assert verdict(decision) == ("convert", "pin-short")
    assert decision.case == 5
    assert patch(found, name) == lines


def test_a_long_pin_that_says_so_already(found: Analysis) -> None:
    decision = the(found, "keep")
    assert verdict(decision) == ("convert", "pin-longterm")
    assert patch(found, "keep")[1] == \
        "+got = pin_user_pages(addr, nr, FOLL_WRITE | FOLL_LONGTERM, pages);"


def test_counted_in_time(found: Analysis) -> None:
    # What is taken counts before anything can fail; the twin loses a page.
    assert verdict(the(found, "in_time")) == ("convert", "pin-longterm")
    assert [r.replace(" ", "") for r in patch(found, "in_time")[1:4]] == [
        "+ret=pin_user_pages(addr+i*PAGE_SIZE,1,",
        "+FOLL_WRITE|FOLL_LONGTERM,", "+region->pages+i);"]
    assert verdict(the(found, "late")) == ("manual", "leak-today")


@pytest.mark.parametrize(("name", "code"), [
    # Faulted in, nothing taken.
    ("fault", "no-pages"),
    # The CPU reads what nobody asked to write.
    ("peek", "only-read"), ("remote_read", "only-read"),
    # What is made of the address, the MMU notifier tears down.
    ("notified", "mmu-notifier")])
def test_a_plain_reference_is_right(found: Analysis, name: str,
                                    code: str) -> None:
    assert verdict(the(found, name)) == ("keep", code)


def test_a_notifier_is_no_word_on_the_data(found: Analysis) -> None:
    # The twin of notified in its own folder, which writes the page as well.
    file = "drivers/notified/written.c"
    decision = lab.only(found, file)
    assert verdict(decision) == ("manual", "dropped-early")
    assert decision.blocked_by == f"{file}:" + str(lab.line(
        found.program.tree.root, file, "page_to_phys"))


@pytest.mark.parametrize(("name", "code"), [
    # Twins of peek: it is written to, or read by nobody knows whom.
    ("scribble", "reader-unknown"), ("lend", "reader-unknown"),
    # Twins of explicit: other places give what no pin takes.
    ("variable", "flags-refused"), ("passed", "flags-refused"),
    # Twins of notified: the address or number outlives the reference.
    ("number", "dropped-early"), ("by_number", "kept-by-number"),
    # The twin of handed_up that keeps the page.
    ("handed_on", "lifetime-unknown"),
    # No form of these pins, in any tree.
    ("remote", "no-counterpart"), ("atomic", "no-counterpart"),
    # What stands under another #if counts as well.
    ("nommu", "other-origin")])
def test_left_to_a_person(found: Analysis, name: str, code: str) -> None:
    assert verdict(the(found, name)) == ("manual", code)


def test_calls_of_two_kernels(found: Analysis) -> None:
    # This tree says that it is 6.1, and declares what later ones do.
    old, new = lab.in_file(found, "drivers/versions/main.c")
    assert verdict(old) == ("manual", "other-prototype")
    assert "called with 5 arguments, and this tree declares it with 4" in \
        old.reason
    assert verdict(new) == ("inactive", "not-compiled")


UNLOCKED = lab.c("""\
long get_user_pages_unlocked(unsigned long start, unsigned long nr_pages,
                 struct page **pages, unsigned int gup_flags)
{
%s    return __get_user_pages_locked(start, nr_pages, pages, gup_flags);
}

long pin_user_pages_unlocked(unsigned long start, unsigned long nr_pages,
                 struct page **pages, unsigned int gup_flags)
{
    return get_user_pages_unlocked(start, nr_pages, pages, gup_flags);
}
""")
REFUSES = lab.c("""\
    if (WARN_ON_ONCE(gup_flags & FOLL_LONGTERM))
        return -EINVAL;

""")


@pytest.mark.parametrize(("gup", "wanted"), [
    # Headers alone do not tell, and some years' code refuses.
    ({}, ("manual", "longterm-refused")),
    ({"mm/gup.c": UNLOCKED % REFUSES}, ("manual", "longterm-refused")),
    ({"mm/gup.c": UNLOCKED % ""}, ("convert", "pin-longterm"))])
def test_who_takes_longterm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                            gup: dict[str, str],
                            wanted: tuple[str, str]) -> None:
    lab.share_cache(monkeypatch)
    driver = "drivers/unlocked/main.c"
    tree = lab.make(tmp_path / "linux", gup, "addresses")
    for folder in (tree / "drivers").iterdir():
        if folder.name != "unlocked":
            for file in folder.iterdir():
                file.unlink()
    decision = lab.only(lab.analyse(tree, apis="all"), driver)
    assert verdict(decision) == wanted
    assert decision.case == 2


def test_the_remote_form_and_a_lock_to_drop(tmp_path: Path) -> None:
    # 5.6 to 6.1 refuse FOLL_LONGTERM only where the lock may be dropped.
    gup = lab.c("""\
long get_user_pages_remote(struct mm_struct *mm, int *locked)
{
    if (gup_flags & FOLL_LONGTERM) {
        if (WARN_ON_ONCE(locked))
            return -EINVAL;
    }
}
long pin_user_pages_remote(struct mm_struct *mm, int *locked)
{
    return get_user_pages_remote(mm, locked);
}
""")
    tree = lab.make(tmp_path / "linux", {"mm/gup.c": gup}, "addresses")
    assert "pin_user_pages_remote" not in api_forms.read(tree).lasting
    (tree / "mm/gup.c").write_text(gup.replace("WARN_ON_ONCE(locked)", "0"))
    assert "pin_user_pages_remote" in api_forms.read(tree).lasting


def test_shapes_are_those_of_the_prototypes(tmp_path: Path) -> None:
    shapes = api_forms.read(lab.make(tmp_path / "linux", None,
                                     "addresses")).shapes
    for name in effects.BY_ADDRESS:
        assert shapes[name] == effects.SHAPES[name], name
