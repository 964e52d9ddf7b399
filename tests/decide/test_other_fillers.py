# SPDX-License-Identifier: GPL-2.0-only
"""One table that two functions fill, the other one through a pointer into it.

Whatever the pointer is called and however it moves, its pages are in the table,
so the one release of both may not become an unpin.
"""

from __future__ import annotations

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

DRIVER = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/bvec.h>
#include <linux/scatterlist.h>

struct NAME_set {
    ENTRY *table;
    ENTRY *spare;
    int n;
};

static void NAME_drop(struct NAME_set *set)
{
    ENTRY *at;

    for (at = set->table; at < set->table + set->n; at++)
        put_page(PAGE); /* @release */
}

int NAME_user(struct NAME_set *set, unsigned long addr, int n)
{
    struct page *pages[8];
    int i, got;

    got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
    if (got <= 0)
        return -EFAULT;
    memset(page_address(pages[0]), 0, 4);
    for (i = 0; i < got; i++)
        PUT;
    set->n = got;
    NAME_drop(set);
    return 0;
}

int NAME_own(struct NAME_set *set, int n)
{
    ENTRY *own = set->START, *start;

    for (start = own; set->n < n; set->n++, own++)
        FILL;
    return NAME_send(set);
}
""")


def _made(name: str, entry: str, page: str, put: str, fill: str,
          start: str = "table") -> str:
    return DRIVER.replace("NAME", name).replace("ENTRY", entry).replace(
        "PAGE", page).replace("PUT", put).replace("FILL", fill).replace(
            "START", start)


BVEC = ("struct bio_vec", "at->bv_page", "set->table[i].bv_page = pages[i]")
SG = ("struct scatterlist", "sg_page(at)",
      "sg_set_page(set->table + i, pages[i], PAGE_SIZE, 0)")
NEW = "alloc_page(GFP_KERNEL)"
FILLS = {
    "member": (*BVEC, f"own->bv_page = {NEW}"),
    "entry": (*BVEC, f"own[0].bv_page = {NEW}"),
    "call": (*BVEC, f"bvec_set_page(own, {NEW}, PAGE_SIZE, 0)"),
    "literal": (*BVEC, f"*own = (struct bio_vec){{ .bv_page = {NEW} }}"),
    "virt": (*BVEC, "bvec_set_virt(own, kmalloc(8, GFP_KERNEL), 8)"),
    "sg": (*SG, f"sg_set_page(own, {NEW}, PAGE_SIZE, 0)"),
    "buffer": (*SG, "sg_set_buf(own, kmalloc(8, GFP_KERNEL), 8)"),
    "copied": (*SG, f"sg_set_page(start, {NEW}, PAGE_SIZE, 0)"),
    "moved": (*SG, f"sg_set_page(own, {NEW}, PAGE_SIZE, 0)", "table + 1"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of all forms, each with a twin that fills another table."""
    top = tmp_path_factory.mktemp("fillers")
    return lab.shared(lab.make(top / "linux", {
        f"drivers/{name}{end}/main.c": _made(f"{name}{end}", *form, *start)
        for name, form in FILLS.items()
        for end, start in (("", ()), ("_spare", ("spare",)))
        if len(form) + len(start) < 6}))


@pytest.mark.parametrize("name", FILLS)
def test_the_table_has_what_is_put_where_a_pointer_stands(
        found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "other-origin"), decision.reason
    assert [decision.blocked_by] == lab.marked(
        found.program.tree.root, f"drivers/{name}", "release")


@pytest.mark.parametrize("name", [n for n in FILLS if n != "moved"])
def test_another_table_is_another_one(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}_spare/main.c")
    assert decision.disposition == "convert", decision.reason
