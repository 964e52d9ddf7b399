# SPDX-License-Identifier: GPL-2.0-only
"""One table for pages of the user and pages that were allocated.

A driver of three parts fills it: what was mapped is walked again on an
error, what was copied instead is taken back entry by entry, and a mark says
which of the two a request holds. Each twin breaks one of the three, and must
not be converted.
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

struct NAME_req {
    struct scatterlist *table;
    struct scatterlist *extra;
    int count;
    int extra_count;
    bool copied;
};

static int NAME_map(struct scatterlist *sg, struct iov_iter *iter)
{
    struct page *pages[16];
    size_t off;
    ssize_t got;
    int n = 0;

    got = iov_iter_get_pages2(iter, pages, PAGE_SIZE * 16, 16, &off);
    if (got <= 0)
        return -EFAULT;
    while (got > 0) {
        sg_set_page(sg++, pages[n++], PAGE_SIZE, 0);
        got -= PAGE_SIZE;
    }
    return n;
}

static int NAME_map_all(struct scatterlist *sg, struct iov_iter *iter)
{
    struct scatterlist *first = sg;
    int ret;

    while (iov_iter_count(iter)) {
        ret = NAME_map(sg, iter);
        if (ret < 0) {
            while (first < sg) {
                struct page *page = sg_page(first);

                put_page(page); /* @release */
                first++;
            }
            return ret;
        }
        sg += ret;
    }
    return 0;
}

static int NAME_copy_all(struct NAME_req *req, struct scatterlist *sg, int n)
{
    struct page *page;
    int i;

    for (i = 0; i < n; i++) {
        page = alloc_page(GFP_KERNEL);
        if (!page) {
            i--;
            goto undo;
        }
        sg_set_page(&sg[i], page, PAGE_SIZE, 0);
        if (NAME_read(page))
            goto undo;
    }
    req->copied = true;
    return 0;

undo:
    for (; i >= 0; i--)
        __free_page(sg_page(&sg[i]));
    return -ENOMEM;
}

int NAME_fill(struct NAME_req *req, void *buf, size_t len)
{
    struct iov_iter iter, head;
    int ret;

    memset(req, 0, sizeof(*req));
    iov_iter_init(&head, ITER_DEST, buf, 1, len);
    ret = NAME_map_all(req->extra, &head);
    if (ret)
        return ret;
    req->extra_count = 1;
    iov_iter_init(&iter, ITER_DEST, buf, 1, len);
    ret = NAME_map_all(req->table, &iter);
    if (ret)
        ret = NAME_copy_all(req, req->table, req->count);
    return ret;
}

void NAME_done(struct NAME_req *req)
{
    int i;

    for (i = 0; i < req->count; i++) {
        if (req->copied)
            __free_page(sg_page(&req->table[i]));
        else
            put_page(sg_page(&req->table[i])); /* @release */
    }
    for (i = 0; i < req->extra_count; i++)
        put_page(sg_page(&req->extra[i])); /* @release */
}
""")


def _but(old: str, new: str) -> Callable[[str], str]:
    """The driver with one piece of it changed."""
    def change(text: str) -> str:
        assert text.count(lab.c(old)) == 1
        return text.replace(lab.c(old), lab.c(new))
    return change


TWINS = {
    # The entry that could not be filled is freed as well: it may be ours.
    "no_step": _but("            i--;\n", ""),
    # Entries above the last filled one are freed.
    "from_end": _but("    for (; i >= 0; i--)\n",
                     "    for (i = n - 1; i >= 0; i--)\n"),
    # A jump past the loop leaves the index without a meaning.
    "past_loop": _but("    for (i = 0; i < n; i++) {\n",
                      "    if (!n)\n        goto undo;\n"
                      "    for (i = 0; i < n; i++) {\n"),
    # Nothing takes the mark back when the request is used again.
    "kept_mark": _but("    memset(req, 0, sizeof(*req));\n", ""),
    # The mark is set for mapped pages, too.
    "both_marked": _but("    req->extra_count = 1;\n",
                        "    req->extra_count = 1;\n"
                        "    req->copied = true;\n"),
    # The one table becomes the other.
    "same_table": _but("    req->extra_count = 1;\n",
                       "    req->extra_count = 1;\n"
                       "    req->extra = req->table;\n"),
    # The start of the walk is not what was filled here.
    "other_start": _but("    struct scatterlist *first = sg;\n",
                        "    struct scatterlist *first = sg - 1;\n"),
    # Someone else fills entries on the way.
    "other_filler": _but("        sg += ret;\n",
                         "        sg += ret;\n"
                         "        NAME_pad(sg);\n"),
    # No mark at all.
    "no_mark": _but("        if (req->copied)\n"
                    "            __free_page(sg_page(&req->table[i]));\n"
                    "        else\n"
                    "            put_page", "        put_page"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of the driver and its twins."""
    top = tmp_path_factory.mktemp("origins")
    files = {f"drivers/{name}/main.c": change(DRIVER).replace("NAME", name)
             for name, change in (*TWINS.items(), ("good", str))}
    return lab.shared(lab.make(top / "linux", files))


def test_three_ways_to_tell_pages_apart(found: Analysis) -> None:
    decision = lab.only(found, "drivers/good/main.c")
    assert decision.disposition == "convert", decision.reason
    assert lab.releases(decision) == sorted(lab.marked(
        found.program.tree.root, "drivers/good", "release"))
    assert {e.detail for e, _ in decision.left} == {"__free_page"}


@pytest.mark.parametrize("name", TWINS)
def test_a_broken_twin_is_left_alone(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "other-origin")
    assert decision.blocked_by and decision.blocked_by.startswith(
        f"drivers/{name}/main.c:")


REQUEST = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

struct NAME_req {
    struct kref ref;
    struct work_struct work;
    struct page **pages;
    int count;
};

static struct NAME_req *NAME_new(struct page **pages)
{
    struct NAME_req *req = kzalloc(sizeof(*req), GFP_KERNEL);

    if (req)
        req->pages = pages;
    return req;
}

static int NAME_get(struct NAME_req *req, int n)
{
    int i;

    for (i = 0; i < n; i++) {
        req->pages[i] = alloc_page(GFP_KERNEL); /* @other */
        if (!req->pages[i])
            break;
    }
    if (i < n) {
        while (--i >= 0)
            put_page(req->pages[i]);
        return -ENOMEM;
    }
    return 0;
}

static void NAME_cached(struct work_struct *work)
{
    struct NAME_req *req = container_of(work, struct NAME_req, work);
    int i;

    for (i = 0; i < req->count; i++) {
        NAME_clean(req->pages[i]); /* @elsewhere */
        put_page(req->pages[i]);
    }
}

static void NAME_done(struct kref *ref)
{
    struct NAME_req *req = container_of(ref, struct NAME_req, ref);
    int i;

    for (i = 0; i < req->count; i++)
        put_page(req->pages[i]); /* @release */
    kvfree(req->pages);
    kfree(req);
}

int NAME_start(struct iov_iter *iter, struct page **own, bool direct)
{
    struct NAME_req *req;
    struct page **pages;
    ssize_t got;
    size_t off;

    if (direct) {
        got = iov_iter_get_pages_alloc2(iter, &pages, SZ_1M, &off);
        if (got <= 0)
            return -EFAULT;
        req = NAME_new(pages);
    } else {
        req = NAME_new(own);
        NAME_get(req, 8);
    }
    NAME_send(req);
    kref_put(&req->ref, NAME_done);
    return 0;
}
""")
REQUESTS = {
    "mixed": str,
    # A use in the function that takes the pages is surely one of them.
    "here": _but("        req = NAME_new(pages);\n",
                 "        NAME_clean(pages[0]); /* @here */\n"
                 "        req = NAME_new(pages);\n"),
    # Only these pages are ever in a request.
    "alone": _but("        req = NAME_new(own);\n        NAME_get(req, 8);\n",
                  "        return 0;\n"),
    # Another request's end drops them: nothing says that it is for these.
    "not_named": _but("    kref_put(&req->ref, NAME_done);\n",
                      "    NAME_end(req);\n"),
}


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of a request for pages of two origins, and its twins."""
    top = tmp_path_factory.mktemp("requests")
    files = {f"drivers/{name}/main.c": change(REQUEST).replace("NAME", name)
             for name, change in REQUESTS.items()}
    files["drivers/alone/main.c"] = files["drivers/alone/main.c"].replace(
        "= alloc_page(GFP_KERNEL); /* @other */", "= NULL;")
    return lab.shared(lab.make(top / "linux", files))


@pytest.mark.parametrize("name, code, mark", [
    ("mixed", "other-origin", "release"), ("here", "unknown-use", "here"),
    ("alone", "unknown-use", "elsewhere"),
    ("not_named", "unknown-use", "elsewhere")])
def test_the_release_in_the_way_is_named(requests: Analysis, name: str,
                                         code: str, mark: str) -> None:
    """A use of a holder elsewhere may be of the other pages alone."""
    decision = lab.only(requests, f"drivers/{name}/main.c")
    tree = requests.program.tree.root
    assert (decision.disposition, decision.code) == ("manual", code)
    assert [decision.blocked_by] == lab.marked(tree, f"drivers/{name}", mark)
    if name == "mixed":
        [other] = lab.marked(tree, "drivers/mixed", "other")
        assert other in decision.reason
