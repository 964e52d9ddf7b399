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
        "gives_back": ("shelf->page = toy_same(page)", "unknown-use")}


def analyse(tree: Path, module: Path | None,
            patch: pytest.MonkeyPatch) -> whole_tree.Analysis:
    """The analysis of a kernel, or of a module against one."""
    lab.share_cache(patch)
    return whole_tree.run(tree, module, 2, "mission", None)


def test_what_a_header_defines_is_read(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = lab.make(tmp_path / "linux", {
        "include/linux/toy_pages.h": HEADER,
        **{f"drivers/{name}/main.c": DRIVER.replace("NAME", name).replace(
            "USE", use) for name, (use, _) in USES.items()}})
    found = analyse(tree, None, monkeypatch)
    assert {name: lab.only(found, f"drivers/{name}/main.c").code
            for name in USES} == {n: code for n, (_, code) in USES.items()}


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
