# SPDX-License-Identifier: GPL-2.0-only
"""Functions outside the driver that no table knows: their source is read.

What only looks at a page, or lets the CPU at it, needs no line of its own; what
keeps it, counts it or hands it on is not known. For a module the kernel's own
source counts, and a table made of the pages is followed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis import whole_tree
from trees import lab

HEADER = lab.c("""\
struct toy_shelf {
    struct page *page;
};

static inline int toy_even(const struct page *page)
{
    return !(page_to_pfn(page) & 1);
}

static inline int toy_ready(struct page *page)
{
    return PageUptodate(page) && toy_even(page);
}

static inline void toy_wipe(struct page *row[], int n)
{
    int i;

    for (i = 0; i < n; i++)
        memset(page_address(row[i]), 0, PAGE_SIZE);
}

static inline void toy_shelve(struct toy_shelf *shelf, struct page *page)
{
    shelf->page = page;
}

static inline void toy_hold(struct page *page)
{
    get_page(page);
}

static inline void toy_pass(struct page *page)
{
    toy_elsewhere(page);
}

static inline struct page *toy_same(struct page *page)
{
    return page;
}

static inline int toy_first(struct folio *folio)
{
    struct page *first = &folio->page;

    return PageUptodate(first) && toy_even(&folio->page);
}

static inline void toy_keep_first(struct toy_shelf *shelf, struct folio *folio)
{
    shelf->page = &folio->page;
}

static inline int toy_bit(struct page *page)
{
    return test_bit(1, &page->flags) && atomic_read(&page->_mapcount);
}

static inline int toy_left(struct page *page)
{
    return atomic_read(&page->_refcount);
}

static inline int toy_shared(struct page *page)
{
    return page_count(page) > 2;
}

static inline void toy_line(struct toy_shelf *shelf, struct page *page)
{
    list_add(&page->lru, &shelf->list);
}

#ifdef CONFIG_TOY
void toy_part(struct page *page);
int toy_weigh(struct page *page);
#else
static inline void toy_part(struct page *page)
{
}

static inline int toy_weigh(struct page *page)
{
    return 0;
}
#endif

static inline void toy_part_all(struct page *page)
{
    toy_part(page);
}

static inline int toy_ping(struct page *page)
{
    return page ? toy_pong(page) : 0;
}

static inline int toy_here(struct page *page)
{
    unsigned long number = page_to_pfn(page);

    return pfn_valid(number) && number < 512;
}

static inline void toy_give(struct page *page)
{
    unsigned long number = page_to_pfn(page);

    toy_give_number(number);
}
""")
SOURCE = lab.c("""\
#include <linux/toy_pages.h>

static struct page *toy_parted;

void toy_part(struct page *page)
{
    toy_parted = page;
}

int toy_weigh(struct page *page)
{
    return PageUptodate(page);
}

int toy_pong(struct page *page)
{
    return toy_ping(page);
}

void toy_give_number(unsigned long number)
{
    put_page(pfn_to_page(number));
}
""")
EVENTS = lab.c("""\
DEFINE_TOY_EVENT(toy_seen);
TRACE_EVENT(toy_taken, TP_PROTO(struct page *page), TP_ARGS(page));
""")
DRIVER = lab.c("""\
#include <linux/mm.h>
#include <linux/toy_pages.h>

int NAME_run(struct toy_shelf *shelf, unsigned long at)
{
    struct page *page;

    if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
        return -EFAULT;
    memset(page_address(page), 1, 8);
    USE;
    put_page(page);
    return 0;
}
""")
USES = {"looks": ("toy_even(page)", "pin-short"),
        "deeper": ("toy_ready(page)", "pin-short"),
        "wipes": ("toy_wipe(&page, 1)", "pin-short"),
        "keeps": ("toy_shelve(shelf, page)", "unknown-use"),
        "counts": ("toy_hold(page)", "unknown-use"),
        "hands_on": ("toy_pass(page)", "unknown-use"),
        "gives_back": ("shelf->page = toy_same(page)", "unknown-use"),
        "folio": ("toy_first(page_folio(page))", "pin-short"),
        "keeps_folio": ("toy_keep_first(shelf, page_folio(page))",
                        "unknown-use"),
        "flags": ("toy_bit(page)", "pin-short"),
        "references": ("toy_left(page)", "unknown-use"),
        "sees_references": ("toy_shared(page)", "unknown-use"),
        "list": ("toy_line(shelf, page)", "unknown-use"),
        "sets": ("__SetPageToy(page); __folio_set_toy(page_folio(page))",
                 "pin-short"),
        "resets": ("__ResetPageToy(page)", "unknown-use"),
        # A header's empty one is for kernels without the feature.
        "same_elsewhere": ("toy_weigh(page)", "pin-short"),
        "elsewhere": ("toy_part(page)", "unknown-use"),
        "deeper_elsewhere": ("toy_part_all(page)", "unknown-use"),
        "in_a_ring": ("toy_ping(page)", "unknown-use"),
        "number_looks": ("toy_here(page)", "pin-short"),
        # Whoever gets the number finds the page.
        "number_goes_on": ("toy_give(page)", "unknown-use"),
        "by_pointer": ("(*shelf->hook)(page)", "unknown-use"),
        "event": ("trace_toy_taken(page); trace_toy_seen(page)", "pin-short"),
        "no_event": ("trace_toy_lost(page)", "unknown-use")}


def analyse(tree: Path, module: Path | None,
            patch: pytest.MonkeyPatch) -> whole_tree.Analysis:
    """The analysis of a kernel, or of a module against one."""
    lab.share_cache(patch)
    return whole_tree.run(tree, module, 2, "mission", None)


def test_what_a_header_defines_is_read(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = lab.make(tmp_path / "linux", {
        "include/linux/toy_pages.h": HEADER, "lib/toy_pages.c": SOURCE,
        "include/trace/events/toy.h": EVENTS,
        **{f"drivers/{name}/main.c": DRIVER.replace("NAME", name).replace(
            "USE", use) for name, (use, _) in USES.items()}})
    found = analyse(tree, None, monkeypatch)
    assert {name: lab.only(found, f"drivers/{name}/main.c").code
            for name in USES} == {n: code for n, (_, code) in USES.items()}


def test_a_stub_for_a_module_is_not_all(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = lab.make(tmp_path / "linux", {
        "include/linux/toy_pages.h": HEADER, "lib/toy_pages.c": SOURCE})
    for use, code in (("toy_weigh(page)", "pin-short"),
                      ("toy_part(page)", "unknown-use")):
        module = tmp_path / use.partition("(")[0]
        module.mkdir()
        (module / "main.c").write_text(DRIVER.replace("NAME", "tap").replace(
            "USE", use))
        [decision] = analyse(tree, module, monkeypatch).decisions
        assert decision.code == code, decision.reason


TABLE = lab.c("""\
#include <linux/mm.h>

struct sg_table *toy_table(struct page **row, unsigned int n)
{
    struct sg_table *made = kmalloc(sizeof(*made), GFP_KERNEL);

    if (!made)
        return ERR_PTR(-ENOMEM);
    if (sg_alloc_table_from_pages(made, row, n, 0, n * PAGE_SIZE, GFP_KERNEL)) {
        kfree(made);
        return ERR_PTR(-ENOMEM);
    }
    KEPT
    return made;
}
""")
USER = lab.c("""\
#include <linux/mm.h>

int tap_run(unsigned long at)
{
    struct page *row[4];
    struct sg_table *made;
    int full, i;

    full = get_user_pages_fast(at, 4, FOLL_WRITE, row);
    if (full <= 0)
        return -EFAULT;
    made = toy_table(row, full);
    if (!IS_ERR(made)) {
        tap_start(made);
        sg_free_table(made);
        kfree(made);
    }
    for (i = 0; i < full; i++)
        put_page(row[i]);
    return 0;
}
""")


@pytest.mark.parametrize("kept, code", [
    ("", "pin-short"),
    ("toy_last.row = row;", "unknown-use"),
    ("get_page(row[0]);", "unknown-use")])
def test_what_the_kernel_of_a_module_does_is_read(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str,
        code: str) -> None:
    tree = lab.make(tmp_path / "linux", {
        "lib/toy_table.c": TABLE.replace("KEPT", kept)})
    module = tmp_path / "tap"
    module.mkdir()
    (module / "tap.c").write_text(USER)
    [decision] = analyse(tree, module, monkeypatch).decisions
    assert decision.code == code, decision.reason
    if code == "pin-short":
        [release] = lab.releases(decision)
        line = USER.split("\n").index("\t\tput_page(row[i]);") + 1
        assert release == f"tap.c:{line}"
