# SPDX-License-Identifier: GPL-2.0-only
"""One table that two functions fill, the other one in a way of its own.

Through a pointer into it, whatever that is called and however it moves, by a
copy, or by a literal: its pages are in the table, so the one release of both may
not become an unpin.
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
    "stepped": (*SG, "start += 1, "
                f"sg_set_page(start, {NEW}, PAGE_SIZE, 0)"),
    "copy": (*BVEC, "memcpy(own, NAME_spares, sizeof(*own))"),
    "listed": (*BVEC, f"*own = (struct bio_vec){{ {NEW}, 8, 0 }}"),
    "moved": (*SG, f"sg_set_page(own, {NEW}, PAGE_SIZE, 0)", "table + 1"),
}


ARRAY = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct NAME_set {
    struct page *pages[8];
    int n;
};

static struct page **NAME_slot(struct NAME_set *set, int i)
{
    return i < 8 ? &set->pages[i] : NULL;
}

static void NAME_drop(struct NAME_set *set)
{
    while (set->n--)
        put_page(set->pages[set->n]); /* @release */
}

int NAME_user(struct NAME_set *set, unsigned long addr, int n)
{
    set->n = get_user_pages_fast(addr, n, FOLL_WRITE, set->pages);
    if (set->n <= 0)
        return -EFAULT;
    memset(page_address(set->pages[0]), 0, 4);
    NAME_drop(set);
    return 0;
}

int NAME_own(struct NAME_set *set, struct page **more, int which)
{
    struct page *own = alloc_page(GFP_KERNEL);

    FILL;
    set->n = 1;
    NAME_drop(set);
    return 0;
}
""")
ARRAYS = {
    "array_copied": "memcpy(set->pages, more, 8)",
    "array_moved": "memmove(&set->pages[0], more, 8)",
    "array_literal": "*set = (struct NAME_set){ .pages = { NULL, own } }",
    "array_object": "struct NAME_set made = { .pages = { own } };\n"
                    "\t*set = made",
    "array_hidden": "void **slot = (void **)set->pages;\n\tslot[0] = own",
    "array_returned": "*NAME_slot(set, which) = own",
    "array_kept": "struct page **slot = NAME_slot(set, which);\n"
                  "\t*slot = own",
    "array_chosen": "struct page **slot = which ? set->pages : &set->pages[1];"
                    "\n\tslot[0] = own",
}
ALONE = {
    "array_own_copy": "struct page *mine[8];\n"
                      "\tmemcpy(mine, more, sizeof(mine))",
    "array_empty": "*set = (struct NAME_set){ .pages = { NULL } }",
}
ONE = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#define NAME_PUT_IN(o, member, value) ((o)->member = (value))

struct NAME_one {
    int n;
    struct page *page;
    struct page *own;
};

struct NAME_box {
    struct NAME_one one;
};

static void NAME_drop(struct NAME_one *one)
{
    put_page(one->page); /* @release */
}

int NAME_user(struct NAME_one *one, unsigned long addr)
{
    if (get_user_pages_fast(addr, 1, FOLL_WRITE, &one->page) != 1)
        return -EFAULT;
    memset(page_address(one->page), 0, 4);
    NAME_drop(one);
    return 0;
}

int NAME_new(struct NAME_one *one, struct NAME_box *box, struct page *own)
{
    FILL;
    NAME_drop(one);
    return 0;
}
""")
ONES = {
    "one_by_place": "*one = (struct NAME_one){ 1, own }",
    "one_object": "struct NAME_one made = { 1, own };\n\t*one = made",
    "one_nested": "*box = (struct NAME_box){ { 1, own } }",
    "one_named": "NAME_PUT_IN(one, page, own)",
}
OTHERS = {
    "one_beside": "*one = (struct NAME_one){ 1, NULL, own }",
    "one_beside_named": "NAME_PUT_IN(one, own, own)",
}
COUNTED = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct NAME_job {
    struct scatterlist table[16];
};

static int NAME_take(unsigned long addr, struct scatterlist *to, int *count)
{
    struct page *pages[16];
    int i, got;

    got = get_user_pages_fast(addr, 16, FOLL_WRITE, pages);
    if (got <= 0)
        return -EFAULT;
    for (i = 0; i < got; i++)
        sg_set_page(&to[i], pages[i], PAGE_SIZE, 0);
    *count = got;
    return 0;
}

int NAME_run(struct NAME_job **jobs, unsigned long addr,
             struct scatterlist *given)
{
    struct NAME_job *job = jobs[0];
    struct scatterlist *table = &job->table[0];
    int pages = 0, ret = 0;

    if (addr) {
        ret = NAME_take(addr, &table[1], &pages);
        if (ret)
            return ret;
    } else if (given) {
        memcpy(table, given, 16 * sizeof(*given));
    }
    memset(sg_virt(&table[1]), 0, 8);
DROP    return ret;
}
""")
_WHILE = "    for (; pages > 0; pages--)\n" \
         "        put_page(sg_page(&table[pages])); /* @release */\n"
COUNTS = {
    "counted": COUNTED.replace("DROP", lab.c(_WHILE)),
    # The pages of the copy are dropped as well.
    "counted_not": COUNTED.replace("DROP", lab.c(_WHILE.replace(
        "pages > 0", "pages >= 0"))),
    # The copy is made after the pages were counted.
    "counted_both": COUNTED.replace("DROP", lab.c(_WHILE)).replace(
        "} else if (given) {", "}\n\tif (given) {"),
}
STARTS = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int NAME_user(unsigned long addr, struct page *own)
{
    struct page *pages[9] = { FIRST };
    int i, got;

    got = get_user_pages_fast(addr, 8, FOLL_WRITE, &pages[1]);
    if (got <= 0)
        return -EFAULT;
    memset(page_address(pages[1]), 0, 4);
    for (i = 0; i <= got; i++)
        if (pages[i])
            put_page(pages[i]); /* @release */
    return 0;
}
""")


@pytest.fixture(scope="module")
def arrays(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of an array that the other function fills otherwise."""
    top = tmp_path_factory.mktemp("arrays")
    files = {name: ARRAY.replace("FILL", fill)
             for name, fill in (*ARRAYS.items(), *ALONE.items())}
    files |= {name: ONE.replace("FILL", fill)
              for name, fill in (*ONES.items(), *OTHERS.items())}
    files |= COUNTS
    files["starts_own"] = STARTS.replace("FIRST", "own")
    files["starts_empty"] = STARTS.replace("FIRST", "NULL")
    return lab.shared(lab.make(top / "linux", {
        f"drivers/{name}/main.c": text.replace("NAME", name)
        for name, text in files.items()}))


@pytest.mark.parametrize("name", [*ARRAYS, "starts_own"])
def test_an_array_has_what_is_copied_or_listed(arrays: Analysis,
                                               name: str) -> None:
    lab.mixed(arrays, name)


@pytest.mark.parametrize("name", ONES)
def test_a_member_has_what_stands_in_its_place(arrays: Analysis,
                                               name: str) -> None:
    decision = lab.only(arrays, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "use-not-seen" if name == "one_named" else
        "other-origin"), decision.reason


@pytest.mark.parametrize("name", ["counted_not", "counted_both"])
def test_a_count_says_nothing(arrays: Analysis, name: str) -> None:
    decision = lab.only(arrays, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "other-origin"), decision.reason


def test_a_count_tells_a_copy_in_another_arm_apart(arrays: Analysis) -> None:
    """How long the pages are kept is another question."""
    decision = lab.only(arrays, "drivers/counted/main.c")
    assert decision.code == "lifetime-unknown", decision.reason


@pytest.mark.parametrize("name", [*ALONE, *OTHERS, "starts_empty"])
def test_nothing_else_is_put_there(arrays: Analysis, name: str) -> None:
    decision = lab.only(arrays, f"drivers/{name}/main.c")
    assert decision.disposition == "convert", decision.reason
    assert lab.releases(decision) == lab.marked(
        arrays.program.tree.root, f"drivers/{name}", "release")


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
    lab.mixed(found, name)


@pytest.mark.parametrize("name", [n for n in FILLS if n != "moved"])
def test_another_table_is_another_one(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}_spare/main.c")
    assert decision.disposition == "convert", decision.reason
