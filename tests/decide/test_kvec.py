# SPDX-License-Identifier: GPL-2.0-only
"""A kvec that a call refuses today is refused by what takes its place."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from pinlib.analysis import whole_tree
from pinlib.analysis.whole_tree import Analysis
from pinlib.kernel.view import View
from pinlib.rewrite.apply import apply_group
from pinlib.series import commits
from trees import lab

# A driver whose object carries the pages; ->read_iter brings any iterator.
DRIVER = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

struct NAME_rec {
    struct page *list[16];
    unsigned int nr;
    unsigned int quick;
};

static void NAME_drop(struct NAME_rec *rec)
{
    unsigned int i;

    for (i = 0; i < rec->nr; i++)
        put_page(rec->list[i]);
}

static int NAME_map(struct NAME_rec *rec, ssize_t got, size_t off)
{
    unsigned int i;

    rec->nr = DIV_ROUND_UP(got + off, PAGE_SIZE);
    for (i = 0; i < rec->nr; i++)
        dma_map_page(NULL, rec->list[i], 0, PAGE_SIZE, DMA_FROM_DEVICE);
    return 0;
}

static ssize_t NAME_fill(struct NAME_rec *rec, struct iov_iter *it, size_t len)
{
    size_t off;
    ssize_t got;

FILL\
}

static ssize_t NAME_read(struct kiocb *iocb, struct iov_iter *to)
{
    struct NAME_rec *rec;
    ssize_t ret;

    rec = kzalloc(sizeof(*rec), GFP_KERNEL);
    if (!rec)
        return -ENOMEM;
    ret = NAME_fill(rec, to, iov_iter_count(to));
    wait_for_completion(&iocb->done);
    NAME_drop(rec);
    kfree(rec);
    return ret;
}

static const struct file_operations NAME_fops = {
    .read_iter = NAME_read,
};
"""
DONE = """\
    return NAME_map(rec, got, off);
"""
GET = "iov_iter_get_pages2(it, rec->list, len, 16, &off)"
# By name: the code with the call, and what stands in front of it afterwards.
GOOD = {
    "plain": (f"""\
    got = {GET};
    if (got < 0)
        return got;
{DONE}""", ["if (iov_iter_is_kvec(it) && iov_iter_count(it) && len)",
            "return -EFAULT;"]),
    "jumped": ("""\
    if (!iov_iter_count(it))
        return 0;
    got = iov_iter_get_pages2(it, rec->list, SZ_16K, 16, &off);
    if (got <= 0)
        goto out;
    got = NAME_map(rec, got, off);
out:
    return got;
""", ["if (iov_iter_is_kvec(it))", "got = -EFAULT;", "else"]),
    "looped": (f"""\
    while (len > 0) {{
        got = iov_iter_get_pages2(it, rec->list,
                      min_t(size_t, len, SZ_16K), 16, &off);
        if (unlikely(got < 0)) {{
            return got;
        }}
{DONE}    }}
    return 0;
""", ["if (iov_iter_is_kvec(it) && iov_iter_count(it))", "return -EFAULT;"]),
    "narrow": (f"""\
    got = -EAGAIN;
    if (rec->quick)
        got = {GET};
    if (got <= 0)
        return got ? -EIO : 0;
{DONE}""", ["if (iov_iter_is_kvec(it) && iov_iter_count(it) && len)",
            "got = -EFAULT;", "else"]),
    "again": (f"""\
    int err = -EAGAIN;

    while (err == -EAGAIN)
        err = {GET};
    if (err < 0)
        return err;
    return NAME_map(rec, err, off);
""", ["if (iov_iter_is_kvec(it) && iov_iter_count(it) && len)",
      "err = -EFAULT;", "else"]),
    "tested": (f"""\
    if ((got = {GET}) < 0)
        goto fail;
{DONE}fail:
    return got;
""", ["if (iov_iter_is_kvec(it) && iov_iter_count(it) && len) {",
      "got = -EFAULT;", "goto fail;", "}"]),
    "compared": ("""\
    if (iov_iter_get_pages2(it, rec->list, PAGE_SIZE, 1, &off) <= 0)
        return -EIO;
    return NAME_map(rec, 1, 0);
""", ["if (iov_iter_is_kvec(it) && iov_iter_count(it))", "return -EIO;"]),
}
# What the test would have to stand in the middle of.
BAD = {
    "declared": f"""\
    ssize_t n = {GET};

    if (n < 0)
        return n;
    return NAME_map(rec, n, off);
""",
    "headed": f"""\
    while ((got = {GET}) == -EAGAIN)
        cond_resched();
    if (got < 0)
        return got;
{DONE}""",
    "larger": f"""\
    if (rec->quick && (got = {GET}) < 0)
        return got;
{DONE}""",
    "unsigned": f"""\
    size_t n;

    if ((n = {GET}) < 0)
        return n;
    return NAME_map(rec, n, off);
""",
    "several": f"""\
    if ((got = {GET}) < 0) {{
        rec->quick = 0;
        return got;
    }}
{DONE}""",
    "moving": f"""\
    got = iov_iter_get_pages2(it++, rec->list, len, 16, &off);
    if (got < 0)
        return got;
{DONE}""",
}


def build(top: Path, drivers: dict[str, str]) -> Analysis:
    """The analysis of a tree of these drivers."""
    return lab.shared(lab.make(top / "linux", {
        f"drivers/{name}/main.c": lab.c(text.replace("NAME", name))
        for name, text in drivers.items()}))


def added(found: Analysis, name: str) -> list[str]:
    """The lines that the patch of a driver adds."""
    file = f"drivers/{name}/main.c"
    [group] = [g for g in commits.make_plan(found) if file in g.files]
    root = found.program.tree.root
    new = apply_group(View(root), "g", group.edits)[file]
    return [row[1:].strip() for row in difflib.unified_diff(
        (root / file).read_text().split("\n"), new.decode().split("\n"),
        n=0, lineterm="") if row.startswith("+") and row[1:2] != "+"]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of all the shapes."""
    return build(tmp_path_factory.mktemp("kvec"), {
        name: DRIVER.replace("FILL", text) for name, text in
        [(n, t) for n, (t, _) in GOOD.items()] + list(BAD.items())})


@pytest.mark.parametrize("name", GOOD)
def test_a_refusal_stands_before_the_call(found: Analysis,
                                          name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert decision.disposition == "convert", decision.reason
    site = whole_tree.site_of(decision, found.resolver, found.subsystems)
    assert site.iterators == ["bvec", "pipe", "user", "xarray"]
    rows, wanted = added(found, name), GOOD[name][1]
    at = rows.index(wanted[0])
    assert rows[at:at + len(wanted)] == wanted
    assert "iov_iter_extract_pages(it," in rows[at + len(wanted)]
    # What a failed call finds done is done before the refusal too.
    assert "rec->list_pinned = iov_iter_extract_will_pin(it);" in rows[:at]


@pytest.mark.parametrize("name", BAD)
def test_where_two_lines_have_no_place(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == ("manual", "kvec-refusal")
    assert decision.blocked_by == f"{decision.site.file}:{decision.site.line}"


# Only kernel iterators, a kvec among them; and one that has its own arm.
KERNEL = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

struct NAME_cursor {
    struct bio_vec bv;
    struct kvec vec;
    struct iov_iter iter;
    bool mine;
};

static struct page *NAME_next(struct NAME_cursor *cur, size_t *off)
{
    struct page *page;
    ssize_t len;

    len = iov_iter_get_pages2(&cur->iter, &page, PAGE_SIZE, 1, off);
    BUG_ON(len < 0);
    put_page(page);
    return page;
}

int NAME_send(struct NAME_cursor *cur, size_t len)
{
    struct page *page;
    size_t off;

    if (cur->mine)
        iov_iter_kvec(&cur->iter, ITER_SOURCE, &cur->vec, 1, len);
    else
        iov_iter_bvec(&cur->iter, ITER_SOURCE, &cur->bv, 1, len);
    page = NAME_next(cur, &off);
    return kernel_sendpage(NULL, page, off, len, 0);
}
"""
ARM = DRIVER.replace("FILL", f"""\
    if (iov_iter_is_kvec(it))
        return NAME_direct(rec, it->kvec, len);
    got = {GET};
    if (got < 0)
        return got;
{DONE}""")
LISTED = DRIVER.replace("struct page *list[16]", "struct page **list").replace(
    "FILL", f"""\
    got = iov_iter_get_pages_alloc2(it, &rec->list, SZ_16K, &off);
    if (got < 0)
        return got;
{DONE}""")


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of what is left."""
    return build(tmp_path_factory.mktemp("others"), {
        "kernel": KERNEL, "arm": ARM, "listed": LISTED})


def test_a_reference_that_is_not_taken(others: Analysis) -> None:
    decision = lab.only(others, "drivers/kernel/main.c")
    assert (decision.disposition, decision.code) == (
        "convert", "reference-not-taken")
    assert decision.iterators == {"bvec"}
    rows = added(others, "kernel")
    at = rows.index("len = -EFAULT;")
    assert rows[at - 1:at + 2:2] == [
        "if (iov_iter_is_kvec(&cur->iter) && iov_iter_count(&cur->iter))",
        "else"]


def test_an_arm_for_a_kvec_stays_as_it_is(others: Analysis) -> None:
    decision = lab.only(others, "drivers/arm/main.c")
    assert decision.disposition == "convert" and decision.refusal is None
    assert not any("kvec" in row for row in added(others, "arm"))


def test_the_array_of_a_failed_call_is_null(others: Analysis) -> None:
    decision = lab.only(others, "drivers/listed/main.c")
    assert decision.disposition == "convert", decision.reason
    rows = added(others, "listed")
    at = rows.index("rec->list = NULL;")
    assert rows[at + 1:at + 3] == [
        "if (iov_iter_is_kvec(it) && iov_iter_count(it))",
        "return -EFAULT;"]


def test_the_changelog_says_that_it_is_refused(others: Analysis) -> None:
    notes = {g.files[0].split("/")[1]: " ".join(g.facts)
             for g in commits.make_plan(others)}
    assert "A kvec stays refused with -EFAULT" in notes["listed"]
    assert "kvec" not in notes["arm"]
