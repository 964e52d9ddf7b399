# SPDX-License-Identifier: GPL-2.0-only
"""A variable with a page of the driver's own first, and one of the user's later.

The first is put into the table as well, so what drops the table's pages may not
become an unpin, whatever else the function looks at with that variable.
"""

from __future__ import annotations

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

DRIVER = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>
#include <linux/bvec.h>
#include <linux/scatterlist.h>

struct NAME_set {
    ENTRY *table;
    int n;
};

int NAME_user(struct NAME_set *set, void *buf, size_t len)
{
    struct page *pages[16];
    struct iov_iter iter;
    ssize_t got;
    size_t off;
    int i = 0;

    iov_iter_init(&iter, ITER_DEST, buf, 1, len);
    got = iov_iter_get_pages2(&iter, pages, PAGE_SIZE * 16, 16, &off);
    if (got <= 0)
        return -EFAULT;
    while (got > 0) {
        PUT(pages[i]);
        got -= PAGE_SIZE;
        i++;
    }
    set->n = i;
    return 0;
}

int NAME_own(struct NAME_set *set, int n)
{
    struct page *page; /* one */
    int i;

    for (i = 0; i < n; i++) {
        page = FIRST;
        if (!page)
            return -ENOMEM;
        PUT(page);
    }
    set->n = n;
    for (i = 0; i < n; i++) {
        page = PAGE;
        flush_dcache_page(page);
    }
    return 0;
}

void NAME_drop(struct NAME_set *set)
{
    int i;

    for (i = 0; i < set->n; i++)
        put_page(PAGE); /* @release */
}
""")
TABLES = {
    "sg": ("struct scatterlist", "sg_page(&set->table[i])",
           "sg_set_page(&set->table[i], ", ", PAGE_SIZE, 0)"),
    "bvec": ("struct bio_vec", "set->table[i].bv_page",
             "set->table[i].bv_page = (", ")"),
}
OWN = {"new": "alloc_page(GFP_KERNEL)", "cached": "NAME_cached(set, i)",
       # A variable of each loop, by the same name.
       "two_new": "alloc_page(GFP_KERNEL)"}
# Put there again, it is one of the user's; and no page is none of the driver's.
SAME = {"moved": "PAGE", "none": "NULL", "two_moved": "PAGE"}
ARRAY = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>
#include <linux/scatterlist.h>

struct array_set {
    struct sg_table table;
};

int array_user(struct array_set *set, void *buf, size_t len, int n)
{
    struct iov_iter iter;
    struct page **pages;
    ssize_t got;
    size_t off;

    iov_iter_init(&iter, ITER_DEST, buf, 1, len);
    pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);
    if (!pages)
        return -ENOMEM;
    got = iov_iter_get_pages2(&iter, pages, len, n, &off);
    if (got != n * PAGE_SIZE) {
        kvfree(pages);
        return -EFAULT;
    }
    got = sg_alloc_table_from_pages(&set->table, pages, n, 0, len, GFP_KERNEL);
    if (got < 0)
        release_pages(pages, n);
    kvfree(pages);
    return got;
}

void array_drop(struct array_set *set)
{
    struct sg_page_iter at;

    for_each_sg_page(set->table.sgl, &at, set->table.orig_nents, 0)
        put_page(sg_page_iter_page(&at));
}
""")


def _made(name: str, table: str, first: str) -> str:
    entry, page, before, after = TABLES[table]
    text = DRIVER.replace("FIRST", first).replace("PAGE)", "PAGE )")
    if name.startswith("two"):
        text = text.replace("\tstruct page *page; /* one */\n", "").replace(
            "\tpage = ", "\tstruct page *page = ")
    for one in ("pages[i]", "page"):
        text = text.replace(f"PUT({one})", f"{before}{one}{after}")
    return text.replace("PAGE;", f"{page};").replace("PAGE )", f"{page})") \
        .replace("ENTRY", entry).replace("NAME", f"{name}_{table}")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of all."""
    top = tmp_path_factory.mktemp("reused")
    return lab.shared(lab.make(top / "linux", {
        f"drivers/{name}_{table}/main.c": _made(name, table, first)
        for name, first in {**OWN, **SAME}.items() for table in TABLES}
        | {"drivers/array/main.c": ARRAY}))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", OWN)
def test_the_first_page_is_in_the_table(found: Analysis, name: str,
                                        table: str) -> None:
    lab.mixed(found, f"{name}_{table}")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", SAME)
def test_no_other_page_is_there(found: Analysis, name: str, table: str) -> None:
    decision = lab.only(found, f"drivers/{name}_{table}/main.c")
    assert decision.disposition == "convert", decision.reason


def test_an_array_is_no_page(found: Analysis) -> None:
    """What is allocated is filled with the user's pages."""
    assert lab.only(found, "drivers/array/main.c").code != "other-origin"
