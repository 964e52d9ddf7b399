# SPDX-License-Identifier: GPL-2.0-only
"""A pointer that stands for one of two tables does not make them one.

The pages of the user are in one of them. What is kept in the other has nothing
to do with them, until something is done through the pointer.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

DRIVER = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

struct NAME_list {
    struct scatterlist sg[17];
    struct page *pages[16];
    int count;
};

struct NAME_req {
    struct NAME_list mine;
    struct scatterlist *kept;
    int nkept;
};

static int NAME_take(struct NAME_list *list, struct iov_iter *iter, size_t len)
{
    size_t off;
    ssize_t got;
    int i;

    got = iov_iter_get_pages2(iter, list->pages, len, 16, &off);
    if (got < 0)
        return got;
    list->count = DIV_ROUND_UP(off + got, PAGE_SIZE);
    for (i = 0; i < list->count; i++)
        sg_set_page(&list->sg[i], list->pages[i], PAGE_SIZE, 0);
    return 0;
}

static void NAME_drop(struct NAME_list *list)
{
    int i;

    for (i = 0; i < list->count; i++)
        put_page(list->pages[i]); /* @release */
}

static void NAME_keep(struct NAME_req *req, struct page *page)
{
    get_page(page);
    sg_set_page(&req->kept[req->nkept++], page, PAGE_SIZE, 0);
}

static void NAME_end(struct NAME_req *req)
{
    struct scatterlist *sg;
    int i;

    for_each_sg(req->kept, sg, req->nkept, i)
        put_page(sg_page(sg));
    NAME_drop(&req->mine);
}

int NAME_run(struct NAME_req *req, struct iov_iter *iter, struct page *page)
{
    struct scatterlist *src;
    int ret;

    ret = NAME_take(&req->mine, iter, SZ_64K);
    if (ret)
        return ret;
    NAME_keep(req, page);
    src = req->mine.sg;
    if (!req->mine.count)
        src = req->kept;
    NAME_hash(sg_nents(src));
    NAME_end(req);
    return 0;
}
""")


def _but(old: str, new: str) -> Callable[[str], str]:
    def change(driver: str) -> str:
        assert driver.count(lab.c(old)) == 1
        return driver.replace(lab.c(old), lab.c(new))
    return change


TWINS = {
    # The end of whatever the pointer stands for.
    "dropped": _but("    NAME_hash(sg_nents(src));\n",
                    "    put_page(sg_page(src));\n"),
    # A page of ours goes where the pointer stands.
    "filled": _but("    NAME_hash(sg_nents(src));\n",
                   "    sg_set_page(src, req->mine.pages[0], PAGE_SIZE, 0);\n"),
    # The one table is from now on the other.
    "same": _but("    NAME_hash(sg_nents(src));\n",
                 "    req->kept = req->mine.sg;\n"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of the driver and its twins."""
    top = tmp_path_factory.mktemp("tables")
    files = {f"drivers/{name}/main.c": change(DRIVER).replace("NAME", name)
             for name, change in (*TWINS.items(), ("good", str))}
    return lab.shared(lab.make(top / "linux", files))


def test_what_the_other_table_holds_is_left_alone(found: Analysis) -> None:
    decision = lab.only(found, "drivers/good/main.c")
    assert decision.disposition == "convert", decision.reason
    assert lab.releases(decision) == lab.marked(
        found.program.tree.root, "drivers/good", "release")


@pytest.mark.parametrize("name", TWINS)
def test_what_is_done_through_the_pointer_counts(found: Analysis,
                                                 name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert decision.disposition == "manual", decision.reason
    assert decision.blocked_by and decision.blocked_by.startswith(
        f"drivers/{name}/main.c:")
