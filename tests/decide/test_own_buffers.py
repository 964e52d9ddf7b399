# SPDX-License-Identifier: GPL-2.0-only
"""A driver's own page among the user's, in one table that a loop drops.

The loop is right to leave the own page's entry out; where it does not, its
put_page() may not become an unpin.
"""

from __future__ import annotations

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

TABLE = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct NAME_req {
    struct scatterlist sg[18];
    struct sg_table table;
    struct page *pages[16];
    void *head;
};

int NAME_send(struct NAME_req *req, unsigned long addr, int n)
{
    struct scatterlist *s;
    int i, got;

    got = get_user_pages_fast(addr, n, FOLL_WRITE, req->pages);
    if (got <= 0)
        return -EFAULT;
    sg_init_table(req->sg, got + 2);
FILL    for (i = 0; i < got; i++)
        sg_set_page(&req->sg[i + FIRST], req->pages[i], PAGE_SIZE, 0);
    NAME_start(req);
DROP    return 0;
}
""")
LISTED = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/scatterlist.h>

int NAME_send(struct sg_table *table, struct page **pages, unsigned long addr,
              int n, void *end)
{
    struct scatterlist *s = table->sgl;
    int i, got;

    got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
    if (got <= 0)
        return -EFAULT;
    for (i = 0; i < got; i++) {
        sg_set_page(s, pages[i], PAGE_SIZE, 0);
        s = sg_next(s);
    }
FILL    NAME_start(table);
    for_each_sg(table->sgl, s, COUNT, i)
        put_page(sg_page(s)); /* @release */
    return 0;
}
""")
ARRAY = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/highmem.h>

int NAME_send(unsigned long addr, const void *from)
{
    struct page *pages[9];
    int i, n;

    n = get_user_pages_fast(addr, 8, FOLL_WRITE, pages);
    if (n <= 0)
        return -EFAULT;
    memcpy(page_address(pages[0]), from, 8);
    pages[n] = alloc_page(GFP_KERNEL);
DROP    return 0;
}
""")

_HEAD = "    sg_set_buf(&req->sg[0], req->head, 64);\n"
_FROM = "    for (i = {}; i < {}; i++)\n" \
        "        put_page(sg_page(&req->sg[i])); /* @release */\n"
_DOWN = "    for (i = got; i {} 0; i--)\n" \
        "        put_page(sg_page(&req->sg[i])); /* @release */\n"
_EACH = "    for_each_sg({}, s, got, i)\n" \
        "        put_page(sg_page(s)); /* @release */\n"
# A library's, outside the driver, which reads frames from elsewhere.
FRAMES = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/scatterlist.h>

static int one_frame(struct scatterlist *at, struct frame *frame)
{
    struct scatterlist *next = at + frame->before;

    sg_set_page(next, frame->page, frame->size, 0);
    return 1;
}

int frames_to_table(struct frame *frames, struct scatterlist *to, int n)
{
    int i;

    for (i = 0; i < n; i++)
        if (one_frame(&to[i], &frames[i]) < 0)
            return -EIO;
    return i;
}

int frame_to_list(struct frame *frame, struct sg_table *list)
{
    return one_frame(list->sgl, frame);
}

int frames_sort(struct scatterlist *of, int n)
{
    while (--n > 0)
        sg_set_page(&of[n - 1], sg_page(&of[n]), 8, 0);
    return 0;
}
""")
OWN = FRAMES[FRAMES.index("static"):FRAMES.index("int frames_sort")].replace(
    "frames_to_table", "NAME_frames")
_FRAMES = "    frames_to_table(req->frames, {}, n);\n"
_ENDS = "    sg_set_buf(&req->sg[got], req->head, 64);\n"


def _table(fill: str, first: str, drop: str) -> str:
    return TABLE.replace("FILL", lab.c(fill)).replace(
        "FIRST", first).replace("DROP", lab.c(drop))


def _parts(dropped: str, first: str) -> str:
    """Two pointers into one table, each with pages of its own."""
    return _table(_FRAMES.format("in"), first, _FROM.format("0", "got").replace(
        "&req->sg[i]", f"&{dropped}[i]")).replace(
            "*s;", "*s, *in = &req->sg[0], *out = &req->sg[n];").replace(
                "&req->sg[i + 0]", "&out[i]").replace("&req->sg[i + n]", "&out[i]")


def _listed(fill: str, count: str) -> str:
    return LISTED.replace("FILL", lab.c(fill)).replace("COUNT", count)


def _array(drop: str) -> str:
    return ARRAY.replace("DROP", lab.c(drop))


LEFT_OUT = {
    "behind": _table(_HEAD, "1", _FROM.format("1", "got + 1")),
    "moved": _table(_HEAD, "1", _FROM.format("0", "got").replace(
        "sg[i]", "sg[i + 1]")),
    "down": _table(_HEAD, "1", _DOWN.format(">")),
    "next": _table(_HEAD, "1", _EACH.format("sg_next(req->sg)")),
    "pointed": _table(_HEAD, "1", "    s = req->sg;\n" + _EACH.format(
        "sg_next(s)")),
    "second": _table(_HEAD, "1", _EACH.format("&req->sg[1]")),
    "before": _table(_ENDS, "0", _FROM.format("0", "got")),
    "frames_behind": _table(_FRAMES.format("&req->sg[got]"), "0",
                            _FROM.format("0", "got")),
    "sorted": _table("    frames_sort(req->sg, n);\n", "0",
                     _FROM.format("0", "got")),
    "inside": _table("    sg_set_buf(&req->sg[n + 1], &req->head, 8);\n", "1",
                     _EACH.format("sg_next(req->sg)")),
    "parts": _parts("out", "0"),
    "one": _table("    sg_init_one(&req->sg[0], req->head, 64);\n"
                  "    NAME_start(req);\n", "0", _FROM.format("0", "got")
                  ).replace("for (i = 0; i < got; i++)\n\t\tsg_set",
                            "sg_set_page(&req->sg[0], req->pages[0], 8, 0);\n"
                            "\tfor (i = 1; i < got; i++)\n\t\tsg_set"
                            ).replace("&req->sg[i]))", "&req->sg[0]))"),
}
DROPPED = {
    "all": _table(_HEAD, "1", _FROM.format("0", "got + 1")),
    "down_all": _table(_HEAD, "1", _DOWN.format(">=")),
    "each": _table(_HEAD, "1", _EACH.format("req->sg")),
    "from_first": _table(_HEAD, "1", _EACH.format("&req->sg[0]")),
    "by_one": _table(_HEAD.replace("sg_set_buf", "sg_init_one"), "1",
                     _FROM.format("0", "got + 1")),
    "last": _table(_ENDS, "0", _FROM.format("0", "got + 1")),
    "up_to_last": _table(_ENDS, "0", _FROM.format("0", "got").replace(
        "i < got", "i <= got")),
    "counted": _table(_ENDS + "    got++;\n", "0", _FROM.format("0", "got")),
    "frames": _table(_FRAMES.format("req->sg"), "n", _FROM.format("0", "got")),
    "frames_first": _table(_FRAMES.format("req->sg"), "n",
                           _FROM.format("1", "got")),
    "frames_last": _table(_FRAMES.format("&req->sg[got + 1]"), "1",
                          _EACH.format("sg_next(req->sg)")),
    "frames_by_own": _table(
        "    NAME_frames(req->frames, &req->sg[0], n);\n", "n",
        _FROM.format("0", "got")).replace(
            "int NAME_send", OWN + "\nint NAME_send"),
    "frame_in_list": _listed("    frame_to_list(end, table);\n", "got + 1"),
    "whole": _parts("in", "0"),
    "first_part": _parts("out", "n").replace("&req->sg[0]", "&req->sg[n + 1]"),
    "own_page": _table("    sg_set_buf(&req->sg[n + 1], req->head, 8);\n", "1",
                       _EACH.format("sg_next(req->sg)")),
    "end": _listed("    sg_set_buf(s, end, 64);\n", "got + 1"),
    "page": _listed("    sg_set_page(s, virt_to_page(end), 64, 0);\n",
                    "got + 1"),
    "step": _array("    n++;\n    while (n > 0) {\n        n--;\n"
                   "        put_page(pages[n]); /* @release */\n    }\n"),
    "later": _array("    do {\n        put_page(pages[n]); /* @release */\n"
                    "    } while (n-- > 0);\n"),
    "walk": _array("    i = n;\n    for (; i >= 0; i--)\n"
                   "        put_page(pages[i]); /* @release */\n").replace(
                       "pages[n] =", "i = n;\n\tpages[i] ="),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of all of them."""
    top = tmp_path_factory.mktemp("buffers")
    return lab.shared(lab.make(top / "linux", {
        f"drivers/{name}/main.c": text.replace("NAME", name)
        for name, text in (*LEFT_OUT.items(), *DROPPED.items())} | {
            "lib/frames.c": FRAMES}))


@pytest.mark.parametrize("name", LEFT_OUT)
def test_an_entry_that_is_left_out_is_in_no_way(found: Analysis,
                                                name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert decision.disposition == "convert", decision.reason
    assert lab.releases(decision) == sorted(lab.marked(
        found.program.tree.root, f"drivers/{name}", "release"))


@pytest.mark.parametrize("name", DROPPED)
def test_an_entry_that_is_dropped_too_is_named(found: Analysis,
                                               name: str) -> None:
    lab.mixed(found, name)
