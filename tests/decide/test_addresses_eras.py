# SPDX-License-Identifier: GPL-2.0-only
"""get_user_pages() and its kind as the trees of other years declare them.

A driver for each interface on a tree of each form: no call may be lost, and
one that is converted gets the arguments of its own tree.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis.fixed_point import Analysis
from pinlib.decide import api_forms
from pinlib.series import commits
from test_analysis_convert import applied
from trees import lab

REST = "unsigned long start, unsigned long nr_pages, "
FLAGS = "unsigned int gup_flags, struct page **pages"
VMAS = ", struct vm_area_struct **vmas"
PLAIN = "long %s(" + REST + FLAGS + "%s);\n"
REMOTE = "long %s_remote(%sstruct mm_struct *mm, " + REST + FLAGS + \
    "%s, int *locked);\n"
UNLOCKED = "long %s_unlocked(" + REST + \
    "struct page **pages, unsigned int gup_flags);\n"
LOCKED = "long %s_locked(" + REST + FLAGS + ", int *locked);\n"
FAST = "int %s_fast(unsigned long start, int nr_pages, " + FLAGS + ");\n"
ONLY = FAST.replace("_fast", "_fast_only")
OLD_ONLY = "int __get_user_pages_fast(unsigned long start, int nr_pages, " \
    "int write, struct page **pages);\n"
TASK = "struct task_struct *tsk, "


def both(*forms: str) -> str:
    """Prototypes of the plain and the pinning function."""
    return "".join(f.replace("%s", name, 1) for f in forms
                   for name in ("get_user_pages", "pin_user_pages"))


def plain(*forms: str) -> str:
    """Prototypes of functions that have no pinning form."""
    return "".join(f.replace("%s", "get_user_pages", 1) for f in forms)


OLD_REMOTE = REMOTE.replace("(%s", "(" + TASK).replace("%s, int", VMAS
                                                       + ", int")
VMA_REMOTE = REMOTE.replace("(%s", "(").replace("%s, int", VMAS + ", int")
NEW_REMOTE = REMOTE.replace("(%s", "(").replace("%s, int", ", int")
OLD_PLAIN = PLAIN.replace("%s);", VMAS + ");")
NEW_PLAIN = PLAIN.replace("%s);", ");")
ERAS = {
    "5.4": plain(OLD_PLAIN, OLD_REMOTE, UNLOCKED, LOCKED, FAST) + OLD_ONLY,
    "5.6": both(OLD_PLAIN, OLD_REMOTE, FAST) + plain(UNLOCKED, LOCKED)
    + OLD_ONLY,
    "5.8": both(OLD_PLAIN, OLD_REMOTE, UNLOCKED, LOCKED, FAST, ONLY),
    "6.1": both(OLD_PLAIN, VMA_REMOTE, UNLOCKED, FAST, ONLY),
    "6.6": both(NEW_PLAIN, NEW_REMOTE, UNLOCKED, FAST) + plain(ONLY)}
# Arguments of each call, by the years in which it has them.
OLD, MIDDLE, NEW = ("5.4", "5.6", "5.8"), ("6.1",), ("6.6",)
CALLS = [
    ("get_user_pages", OLD + MIDDLE, "addr, 1, FOLL_WRITE, &page, NULL"),
    ("get_user_pages", NEW, "addr, 1, FOLL_WRITE, &page"),
    ("get_user_pages_remote", OLD,
     "NULL, mm, addr, 1, FOLL_WRITE, &page, &vma, NULL"),
    ("get_user_pages_remote", MIDDLE,
     "mm, addr, 1, FOLL_WRITE, &page, &vma, NULL"),
    ("get_user_pages_remote", NEW, "mm, addr, 1, FOLL_WRITE, &page, NULL"),
    ("get_user_pages_unlocked", OLD + MIDDLE + NEW,
     "addr, 1, &page, FOLL_WRITE"),
    ("get_user_pages_locked", OLD, "addr, 1, FOLL_WRITE, &page, &locked"),
    ("__get_user_pages_fast", OLD[:2], "addr, 1, 1, &page"),
    ("get_user_pages_fast_only", OLD[2:] + MIDDLE + NEW,
     "addr, 1, FOLL_WRITE, &page")]
BARE = {("5.6", "get_user_pages_unlocked"), ("5.6", "get_user_pages_locked"),
        ("5.6", "__get_user_pages_fast"), ("6.6", "get_user_pages_fast_only")}
DRIVER = """\
    #include <linux/mm.h>

    int toy_%s(struct mm_struct *mm, unsigned long addr)
    {
        struct vm_area_struct *vma;
        struct page *page;
        int locked = 1;

        if (%s(%s) != 1)
            return -EFAULT;
        clear_highpage(page);
        put_page(page);
        return 0;
    }
"""


@pytest.fixture(scope="module", params=sorted(ERAS))
def aged(request: pytest.FixtureRequest,
         tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Analysis]:
    """A year, and the analysis of every driver on a tree of it."""
    top = tmp_path_factory.mktemp("eras")
    files = {"include/linux/mm.h": ERAS[request.param]
             + "void unpin_user_page(struct page *page);\n"}
    for name, years, arguments in CALLS:
        if request.param in years:
            files[f"drivers/{name}/main.c"] = lab.c(
                DRIVER % (name, name, arguments))
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        return request.param, lab.analyse(
            lab.make(top / "linux", files), apis="all")


def test_each_call_of_each_year(aged: tuple[str, Analysis]) -> None:
    year, found = aged
    expected = {f"drivers/{name}/main.c" for name, years, _ in CALLS
                if year in years}
    assert {d.site.file for d in found.decisions} == expected
    for decision in found.decisions:
        bare = (year, decision.site.api) in BARE
        assert (decision.disposition, decision.code) == (
            ("blocked", "no-pin-api") if year == "5.4" else
            ("manual", "no-counterpart") if bare else
            ("convert", "pin-short")), (year, decision.site.api)


def test_the_arguments_stay_those_of_the_tree(
        aged: tuple[str, Analysis]) -> None:
    year, found = aged
    groups = commits.make_plan(found)
    assert len(groups) == sum(
        year in years and year != "5.4" and (year, name) not in BARE
        for name, years, _ in CALLS)
    for group in groups:
        name = group.decisions[0].site.api
        [arguments] = [a for n, years, a in CALLS if n == name
                       and year in years]
        rows = [r.replace("\t", "") for r in applied(found, group.edits)]
        assert rows[2:] == [
            f"-if ({name}({arguments}) != 1)",
            f"+if ({name.replace('get_', 'pin_')}({arguments}) != 1)",
            "-put_page(page);", "+unpin_user_page(page);"]


def test_the_call_of_another_year(tmp_path: Path,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver that was not brought up to date is nobody's to convert."""
    lab.share_cache(monkeypatch)
    name = "get_user_pages_remote"
    for year in ERAS:
        tree = lab.make(tmp_path / year, {
            "include/linux/mm.h": ERAS[year],
            "drivers/toy/main.c": lab.c(DRIVER % ("x", name, "mm, &page"))})
        decision = lab.only(lab.analyse(tree, apis="all"),
                            "drivers/toy/main.c")
        assert (decision.disposition, decision.code) in (
            ("blocked", "no-pin-api"), ("manual", "other-prototype"))


def test_a_pinning_form_that_takes_other_arguments(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.share_cache(monkeypatch)
    headers = plain(OLD_PLAIN) + NEW_PLAIN.replace(
        "%s", "pin_user_pages") + both(FAST)
    tree = lab.make(tmp_path / "linux", {
        "include/linux/mm.h": headers, "drivers/toy/main.c": lab.c(
            DRIVER % ("x", "get_user_pages",
                      "addr, 1, FOLL_WRITE, &page, NULL"))})
    decision = lab.only(lab.analyse(tree, apis="all"), "drivers/toy/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "other-prototype")
    assert "pin_user_pages() with the same parameters" in decision.reason


def test_where_each_year_has_what(tmp_path: Path) -> None:
    tree = lab.make(tmp_path / "linux", {"include/linux/mm.h": ERAS["5.8"]})
    shape = api_forms.read(tree).shapes["get_user_pages_remote"]
    assert (shape.arguments, shape.count, shape.flags, shape.pages,
            shape.locked) == (8, 3, 4, 5, 7)


SWAPPED = lab.c("""\
    #include <linux/mm.h>
    #include <linux/uio.h>

    struct toy_guest {
        struct task_struct *owner;
        struct mm_struct *mm;
        struct page **table;
    };

    /* The first argument is a task, as in 4.9. */
    int by_task(struct toy_guest *guest, unsigned long addr, int flags)
    {
        struct page *page;

        if (get_user_pages_remote(guest->owner, guest->mm, addr, 1, flags,
                                  &page, NULL) != 1)
            return -EFAULT;
        clear_highpage(page);
        put_page(page);
        return 0;
    }

    /* The same, where only the flags and the pages have types. */
    int by_flags(struct toy_guest *guest, unsigned long addr, int flags)
    {
        if (get_user_pages_remote(guest->who, guest->whose, addr, 1, flags,
                                  guest->table, NULL) != 1)
            return -EFAULT;
        put_page(guest->table[0]);
        return 0;
    }

    /* The process itself, which no declaration tells of. */
    int by_current(unsigned long addr)
    {
        struct page *page;
        long got = get_user_pages_remote(current, current->mm, addr, 1,
                                         FOLL_WRITE, &page, NULL);

        if (got == 1)
            put_page(page);
        return got;
    }

    /* No page is asked for, in the place where this tree has the flags. */
    int by_nothing(struct toy_guest *guest, unsigned long addr)
    {
        return get_user_pages_unlocked(addr, 1, FOLL_WRITE, NULL);
    }

    int by_iterator(struct iov_iter *iter, struct page **pages, size_t size)
    {
        size_t start;
        ssize_t got = iov_iter_get_pages2(iter, size, pages, 4, &start);

        if (got > 0)
            put_page(pages[0]);
        return got;
    }

    /* A flag of write access is what FOLL_WRITE is. */
    int by_write(struct toy_guest *guest, unsigned long addr, bool write)
    {
        struct page *page;

        if (get_user_pages_fast(addr, 1, write, &page) != 1)
            return -EFAULT;
        clear_highpage(page);
        put_page(page);
        return 0;
    }

    /* Types that nothing here declares fit. */
    int by_unknown(struct toy_guest *guest, toy_addr_t addr)
    {
        struct page *page;

        if (get_user_pages_remote(guest->space, addr, 1, TOY_FLAGS, &page,
                                  NULL, NULL) != 1)
            return -EFAULT;
        clear_highpage(page);
        put_page(page);
        return 0;
    }
""")


def test_the_same_number_in_another_order(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The type of each argument decides, not how many there are."""
    lab.share_cache(monkeypatch)
    made = lab.in_file(lab.analyse(lab.make(tmp_path / "linux", {
        "include/linux/mm.h": ERAS["6.1"], "drivers/toy/main.c": SWAPPED}),
        apis="all"), "drivers/toy/main.c")
    assert {d.site.function.name: (d.disposition, d.code) for d in made} == {
        **{f"by_{name}": ("manual", "other-prototype") for name in (
            "task", "flags", "current", "nothing", "iterator")},
        "by_write": ("convert", "pin-short"),
        "by_unknown": ("convert", "pin-short")}
    reasons = {d.site.function.name: d.reason for d in made}
    assert reasons["by_task"].startswith(
        "Argument 1 of get_user_pages_remote() is of type struct "
        "task_struct *")
    assert reasons["by_flags"].startswith("Argument 5 of ")
    assert {d.blocked_by for d in made if d.disposition == "manual"} == {
        f"{d.site.file}:{d.site.line}" for d in made
        if d.disposition == "manual"}
