# SPDX-License-Identifier: GPL-2.0-only
"""References that are dropped before the page's use, on kernel pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis import release_groups
from test_iterators import analyse
from trees import lab

FILE = "drivers/toy/main.c"
CURSOR = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

struct toy_cursor {
    struct bio_vec bv;
    struct iov_iter iter;
    bool mine;
};

static struct page *toy_next(struct toy_cursor *toy, size_t *off)
{
    struct page *page;
    ssize_t got;

    got = iov_iter_get_pages2(&toy->iter, &page, PAGE_SIZE, 1, off);
    BUG_ON(got < 0);
    DROP
    return USED;
}

int toy_send(struct toy_cursor *toy, size_t len)
{
    struct page *page;
    size_t off;

    MADE;
    page = toy_next(toy, &off);
    return kernel_sendpage(NULL, page, off, len, 0);
}
"""
MADE = "iov_iter_bvec(&toy->iter, ITER_SOURCE, &toy->bv, 1, len)"
USER = "iov_iter_init(&toy->iter, ITER_SOURCE, toy->iov, 1, len)"
DROP = "put_page(page);"


# The same of whatever comes in, if a pipe does.
PIPE = CURSOR.replace("toy_next(struct toy_cursor *toy,",
                      "toy_next(struct iov_iter *iter,").replace(
    "toy_next(toy,", "toy_next(iter,").replace(
    "&toy->iter, &page", "iter, &page").replace(
    "    got =", "    if (!iov_iter_is_pipe(iter))\n"
    "        return NULL;\n    got =").replace(
    "toy_send(struct toy_cursor *toy,", "toy_send(struct iov_iter *iter,")


def decided(top: Path, drop: str, used: str = "page", made: str = MADE,
            cursor: str = CURSOR) -> tuple[str, str, list[tuple[str, str]]]:
    """Disposition, code, and the planned edits besides the call."""
    text = cursor.replace("DROP", drop).replace("USED", used).replace(
        "MADE", made)
    found = analyse(top, {FILE: text})
    decision = lab.only(found, FILE)
    edits: list[tuple[str, str]] = []
    for group in release_groups.groups([decision]):
        release_groups.Planner(found.program, found.resolver,
                               False).plan(group)
        edits += [(e.op, getattr(e, "limit", "")) for e in group.edits
                  if e.op not in ("extract", "include")]
    return decision.disposition, decision.code, edits


@pytest.mark.parametrize("drop, edits", [
    (DROP, [("drop", "")]),
    ("WARN_ON(page_count(page) < 3);\n    " + DROP,
     [("drop", ""), ("fewer", "2")]),
])
def test_the_release_goes_and_a_count_is_one_less(
        tmp_path: Path, drop: str, edits: list[tuple[str, str]]) -> None:
    assert decided(tmp_path, drop) == ("convert", "reference-not-taken",
                                       edits)


@pytest.mark.parametrize("drop, used", [
    # On one way out the caller gets the reference, on the other it does not.
    ("if (toy->mine)\n        return page;\n    " + DROP, "page"),
    ("if (toy->mine)\n        " + DROP, "page"),
    # What the count means is not told by another comparison.
    ("WARN_ON(page_count(page) == 2);\n    " + DROP, "page"),
    # This release may balance the other reference.
    ("get_page(page);\n    " + DROP, "page"),
    # The reference holds the page for as long as it is used.
    ("toy->bv.bv_len = kernel_sendpage(NULL, page, 0, got, 0);\n    " + DROP,
     "NULL"),
])
def test_a_reference_that_may_be_needed_is_kept(
        tmp_path: Path, drop: str, used: str) -> None:
    assert decided(tmp_path, drop, used) == ("keep", "kernel-pages", [])


def test_a_pipe_gives_its_pages_with_a_reference(tmp_path: Path) -> None:
    """They are made by the call, and nobody else holds them."""
    assert decided(tmp_path, DROP, made="", cursor=PIPE) == (
        "keep", "kernel-pages", [])


def test_pages_of_user_memory_are_nobody_elses_to_hold(
        tmp_path: Path) -> None:
    assert decided(tmp_path, DROP, made=USER) == (
        "manual", "dropped-early", [])
