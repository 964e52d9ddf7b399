# SPDX-License-Identifier: GPL-2.0-only
"""A table that gets copies where the user's pages could not be mapped into it.

What maps them undoes all of it when it fails, and clears the entries. So what
frees the copies on an error never meets one of the user's pages. Each twin
breaks one step of that, and must not be converted.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pinlib.analysis import release_groups
from pinlib.analysis.whole_tree import Analysis
from trees import lab

DRIVER = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>
#include <linux/scatterlist.h>

struct NAME_req {
    struct sg_table table;
    struct sg_table extra;
    struct scatterlist *spare;
    int count;
    int extra_count;
    bool copied;
};

static void NAME_undo(struct scatterlist *from, struct scatterlist *end)
{
    struct page *page;

    while (from != end) {
        page = sg_page(from);
        if (page)
            put_page(page); /* @release */
        sg_set_page(from, NULL, 0, 0);
        from = sg_next(from);
    }
}

static int NAME_take(struct iov_iter *iter, struct scatterlist **where)
{
    struct scatterlist *at = *where;
    struct page *pages[16];
    size_t off;
    ssize_t got;
    int n = 0;

    got = iov_iter_get_pages2(iter, pages, PAGE_SIZE * 16, 16, &off);
    if (got <= 0)
        return -EFAULT;
    while (got) {
        if (NAME_odd(got))
            goto undo;
        sg_set_page(at, pages[n++], PAGE_SIZE, 0);
        at = sg_next(at);
        got -= PAGE_SIZE;
    }
    *where = at;
    return n;

undo:
    NAME_undo(*where, at);
    while (got) {
        put_page(pages[n++]); /* @release */
        got -= PAGE_SIZE;
    }

    return -EINVAL;
}

static int NAME_map(struct NAME_req *req, struct iov_iter *iter,
            struct sg_table *table)
{
    struct scatterlist *at = table->sgl;
    int ret;

    while (iov_iter_count(iter)) {
        ret = NAME_take(iter, &at);
        if (ret < 0) {
            NAME_undo(table->sgl, at);
            return ret;
        }
    }
    return 0;
}

static int NAME_copy(struct NAME_req *req, struct sg_table *table)
{
    struct scatterlist *at;
    struct page *page;
    int i;

    for_each_sgtable_sg(table, at, i) {
        page = alloc_page(GFP_KERNEL);
        if (!page)
            goto undo;
        sg_set_page(at, page, PAGE_SIZE, 0);
    }
    req->copied = true;
    return 0;

undo:
    for_each_sgtable_sg(table, at, i) {
        page = sg_page(at);
        if (page)
            __free_page(page);
    }
    return -ENOMEM;
}

static int NAME_fill(struct NAME_req *req, void *buf, size_t len, int n)
{
    struct iov_iter iter, head;
    int ret;

    iov_iter_init(&head, ITER_DEST, buf, 1, len);
    ret = sg_alloc_table(&req->extra, 1, GFP_KERNEL);
    if (ret)
        return ret;
    ret = NAME_map(req, &head, &req->extra);
    if (ret < 0) {
        sg_free_table(&req->extra);
        return ret;
    }
    req->extra_count = 1;
    iov_iter_init(&iter, ITER_DEST, buf, 1, len);
    ret = sg_alloc_table(&req->table, n, GFP_KERNEL);
    if (ret)
        return ret;
    req->count = n;
    ret = NAME_map(req, &iter, &req->table);
    if (ret == -EINVAL)
        ret = NAME_copy(req, &req->table);
    if (ret < 0) {
        sg_free_table(&req->table);
        req->count = 0;
    }
    return ret;
}

static struct NAME_req *NAME_get(struct NAME_queue *queue)
{
    struct NAME_req *req = &queue->reqs[queue->next++];

    if (queue->full)
        return ERR_PTR(-EBUSY);
    memset(req, 0, sizeof(*req));
    return req;
}

int NAME_start(struct NAME_queue *queue, void *buf, size_t len, int n)
{
    struct NAME_req *req;

    while (queue->wanted--) {
        req = NAME_get(queue);
        if (IS_ERR(req))
            return PTR_ERR(req);
        if (NAME_fill(req, buf, len, n))
            return -EFAULT;
        NAME_submit(req->count);
    }
    return 0;
}

void NAME_done(struct NAME_req *req)
{
    struct scatterlist *at;
    struct page *page;
    int i;

    if (req->count) {
        for_each_sgtable_sg(&req->table, at, i) {
            page = sg_page(at);
            if (!page)
                continue;
            if (req->copied)
                __free_page(page);
            else
                put_page(page); /* @release */
        }
        sg_free_table(&req->table);
    }
    if (req->extra_count) {
        for_each_sgtable_sg(&req->extra, at, i) {
            page = sg_page(at);
            if (page)
                put_page(page); /* @release */
        }
        sg_free_table(&req->extra);
    }
}
""")


def _but(old: str, new: str) -> Callable[[str], str]:
    """The driver with one piece of it changed."""
    def change(text: str) -> str:
        assert text.count(lab.c(old)) == 1, old
        return text.replace(lab.c(old), lab.c(new))
    return change


def _unaligned(text: str) -> str:
    """The driver that forgets where in the first page the buffer begins."""
    for old, new in (
            ("    size_t off;\n", "    size_t off, step;\n"),
            ("    while (got) {\n        put_page(", "    while (got) {\n"
             "        step = min_t(size_t, PAGE_SIZE, got);\n        put_page("),
            ("        got -= PAGE_SIZE;\n    }\n\n    return -EINVAL;",
             "        got -= step;\n    }\n\n    return -EINVAL;")):
        text = _but(old, new)(text)
    return text


RESET = "    memset(req, 0, sizeof(*req));\n"
ALIKE = {
    "good": str,
    # In memory that is there; tested where it is made; cleared by who fills it.
    "chained": _but("sg_alloc_table(&req->table, n, GFP_KERNEL)",
                    "sg_alloc_table_chained(&req->table, n, req->spare, 8)"),
    "tested": _but("    ret = NAME_map(req, &iter, &req->table);\n"
                   "    if (ret == -EINVAL)\n",
                   "    if ((ret = NAME_map(req, &iter, &req->table)) < 0)\n"),
    "cleared_here": lambda text: _but(
        "    iov_iter_init(&head,", RESET + "    iov_iter_init(&head,")(
            _but(RESET, "")(text)),
    "unaligned": _unaligned,
}
PUT_ONLY = """\
static void NAME_put(struct scatterlist *from, struct scatterlist *end)
{
    while (from != end) {
        put_page(sg_page(from));
        from = sg_next(from);
    }
}

static int NAME_map("""
JOIN = ("static void NAME_join(struct sg_table *one, struct sg_table *other)\n"
        "{\n    one->sgl = other->sgl;\n}\n\n")
CLEARS = "        sg_set_page(from, NULL, 0, 0);\n        from = sg_next(from);\n"
UNDO = "    NAME_undo(*where, at);\n"
MAP = "    ret = NAME_map(req, &iter, &req->table);\n"
COPY = "    if (ret == -EINVAL)\n        ret = NAME_copy(req, &req->table);\n"
FILLS = ("        sg_set_page(at, pages[n++], PAGE_SIZE, 0);\n"
         "        at = sg_next(at);\n")
TWINS = {
    # What clears: no entry, only some, not the last ones, the wrong ones.
    "clears_none": _but(CLEARS, "        from = sg_next(from);\n"),
    "clears_some": _but(CLEARS, "        if (from->length)\n    " + CLEARS),
    "clears_first": _but(CLEARS, CLEARS + "        if (!page)\n"
                         "            break;\n"),
    "clears_next": _but(CLEARS, "        from = sg_next(from);\n"
                        "        sg_set_page(from, NULL, 0, 0);\n"),
    "clears_early": _but("    while (from != end) {\n        page =",
                         "    if (!from->length)\n        return;\n"
                         "    while (from != end) {\n        page ="),
    "clears_two": _but(CLEARS, CLEARS + "        from = sg_next(from);\n"),
    "clears_less": _but(CLEARS, CLEARS + "        if (!from->length)\n"
                        "            end = from;\n"),
    # The way out that fails: nothing is undone, or not from the start on.
    "leaves_own": _but(UNDO, ""),
    "leaves_earlier": lambda text: _but(
        "            NAME_undo(table->sgl, at);\n",
        "            NAME_put(table->sgl, at);\n")(
            _but("static int NAME_map(", PUT_ONLY)(text)),
    "leaves_first": _but("            NAME_undo(table->sgl, at);\n",
                         "            NAME_undo(sg_next(table->sgl), at);\n"),
    "leaves_at_times": _but("            NAME_undo(table->sgl, at);\n",
                            "            if (req->count)\n"
                            "                NAME_undo(table->sgl, at);\n"),
    "other_error": _but("            return ret;\n        }\n",
                        "            return ret;\n        }\n"
                        "        if (NAME_odd(ret))\n"
                        "            return -EINVAL;\n"),
    # What was filled is not before the pointer, or is before its start.
    "fills_behind": _but(FILLS, "        at = sg_next(at);\n"
                         "        sg_set_page(at, pages[n++], PAGE_SIZE, 0);\n"),
    "fills_other": _but(FILLS, "        sg_set_page(sg_next(at), pages[n++], "
                        "PAGE_SIZE, 0);\n        at = sg_next(at);\n"),
    "fills_again": _but(UNDO, UNDO + "    sg_set_page(at, pages[0], PAGE_SIZE, "
                        "0);\n"),
    "starts_again": _but(FILLS, FILLS + "        if (NAME_even(got))\n"
                         "            at = *where;\n"),
    "moves_start": _but(FILLS, FILLS + "        *where = at;\n"),
    "tells_none": _but("    *where = at;\n", ""),
    "tells_less": _but(FILLS, "        *where = at;\n" + FILLS),
    # The copies come where the pages may be, too.
    "always_copied": _but("    if (ret == -EINVAL)\n", "    if (ret <= 0)\n"),
    "copied_well": _but("    if (ret == -EINVAL)\n", "    if (!ret)\n"),
    "mapped_before": _but(MAP, MAP + "    if (!ret)\n    " + MAP),
    "mapped_after": _but(COPY, COPY + "    if (!ret)\n    " + MAP),
    "result_lost": _but(MAP, MAP + "    ret = NAME_odd(n);\n"),
    "copied_elsewhere": _but("void NAME_done(", "int NAME_more(struct NAME_req "
                             "*req)\n{\n    return NAME_copy(req, &req->table);"
                             "\n}\n\nvoid NAME_done("),
    "called_by_pointer": _but("void NAME_done(", "NAME_copier *NAME_copies(void)"
                              "\n{\n    return NAME_copy;\n}\n\n"
                              "void NAME_done("),
    "other_table": _but("    for_each_sgtable_sg(table, at, i) {\n        page = "
                        "sg_page(at);\n        if (page)\n            __free",
                        "    for_each_sgtable_sg(&req->table, at, i) {\n        "
                        "page = sg_page(at);\n        if (page)\n"
                        "            __free"),
    # Nobody says that the table was empty before.
    "not_made": _but("    ret = sg_alloc_table(&req->table, n, GFP_KERNEL);\n"
                     "    if (ret)\n        return ret;\n", ""),
    "made_at_times": _but("    ret = sg_alloc_table(&req->table, n, "
                          "GFP_KERNEL);\n", "    ret = req->count ? 0 :\n"
                          "        sg_alloc_table(&req->table, n, GFP_KERNEL);"
                          "\n"),
    "not_asked": _but("    if (ret)\n        return ret;\n    req->count = n;\n",
                      "    req->count = n;\n"),
    "changed_after": _but(MAP, "    req->table.sgl = req->spare;\n" + MAP),
    # The mark says nothing of what is in the table.
    "marked_too": _but(COPY, "    if (!ret)\n        req->copied = true;\n"
                       + COPY),
    "marked_elsewhere": _but("void NAME_done(", "void NAME_mark(struct NAME_req "
                             "*req)\n{\n    req->copied = true;\n}\n\n"
                             "void NAME_done("),
    "never_cleared": _but(RESET, ""),
    "cleared_at_times": _but(RESET, "    if (queue->wanted)\n"
                             "        memset(req, 0, sizeof(*req));\n"),
    "cleared_elsewhere": lambda text: _but(
        "void NAME_done(", "void NAME_end(struct NAME_req *req)\n{\n"
        "    memset(req, 0, sizeof(*req));\n}\n\nvoid NAME_done(")(
            _but(RESET, "")(text)),
    "cleared_another": _but(RESET + "    return req;\n",
                            "    memset(queue->reqs, 0, sizeof(*req));\n"
                            "    return req;\n"),
    # The other table is the same one, or is looked at too late.
    "same_table": _but("    req->extra_count = 1;\n", "    req->extra_count = 1;\n"
                       "    req->extra.sgl = req->table.sgl;\n"),
    "joined_table": lambda text: _but(
        "    req->extra_count = 1;\n", "    req->extra_count = 1;\n"
        "    NAME_join(&req->extra, &req->table);\n")(_but(
            "static int NAME_fill(", JOIN + "static int NAME_fill(")(text)),
    "joined_after": lambda text: _but(
        MAP, "    NAME_join(&req->table, &req->extra);\n" + MAP)(_but(
            "static int NAME_fill(", JOIN + "static int NAME_fill(")(text)),
    "joined_within": lambda text: _but(
        MAP, "    NAME_join(req);\n" + MAP)(_but(
            "static int NAME_fill(", "static void NAME_join(struct NAME_req *req)\n"
            "{\n    req->table.sgl = req->spare;\n}\n\n"
            "static int NAME_fill(")(text)),
    "moves_table": _but("        ret = NAME_take(iter, &at);\n",
                        "        req->table.sgl = req->spare;\n"
                        "        ret = NAME_take(iter, &at);\n"),
    "last_page": _but("        for_each_sgtable_sg(&req->extra, at, i) {\n"
                      "            page = sg_page(at);\n",
                      "        for_each_sgtable_sg(&req->extra, at, i) {\n"),
    "other_entry": _but("        for_each_sgtable_sg(&req->extra, at, i) {\n",
                        "        for_each_sgtable_sg(&req->extra, at, i) {\n"
                        "            at = req->table.sgl;\n"),
    "arms_exchanged": _but("            if (req->copied)\n",
                           "            if (!req->copied)\n"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of the driver and its twins."""
    top = tmp_path_factory.mktemp("cleared")
    files = {f"drivers/{name}/main.c": change(DRIVER).replace("NAME", name)
             for name, change in (*ALIKE.items(), *TWINS.items())}
    return lab.shared(lab.make(top / "linux", files))


@pytest.mark.parametrize("name", ALIKE)
def test_copies_come_into_a_cleared_table(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert decision.disposition == "convert", decision.reason
    assert lab.releases(decision) == sorted(lab.marked(
        found.program.tree.root, f"drivers/{name}", "release"))
    assert [e.detail for e, _ in decision.left] == ["__free_page"] * 2


@pytest.mark.parametrize("name, told", [("good", 0), ("unaligned", 1)])
def test_the_patch_tells_what_stays_wrong(found: Analysis, name: str,
                                          told: int) -> None:
    [group] = release_groups.groups([lab.only(found, f"drivers/{name}/main.c")])
    release_groups.Planner(found.program, found.resolver,
                           False).plan(group)
    notes = [n for n in group.notes if "without the offset" in n]
    assert [n.split()[0] for n in notes] == [f"drivers/{name}/main.c:53:"] * told


@pytest.mark.parametrize("name", TWINS)
def test_a_broken_twin_is_left_alone(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert decision.disposition == "manual"
