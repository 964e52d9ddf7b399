# SPDX-License-Identifier: GPL-2.0-only
"""The forms of a release that a condition or a name alone cannot give.

Each driver has a twin that must be left, or must take another form.
"""

from __future__ import annotations

from textwrap import dedent

import pytest

from pinlib.analysis.whole_tree import Analysis
from pinlib.decide.decide import Decision
from pinlib.series import commits
from test_analysis_convert import applied
from trees import lab

HEAD = """\
#include <linux/mm.h>
#include <linux/uio.h>

struct toy_%(n)s { struct page *pages[16]; int n; size_t off; };

"""

RANGE = """\
    int toy_%(n)s(struct device *dev, unsigned long addr, int n)
    {
        struct page *pages[16];
        %(type)s got;
        int ret;

        got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
        if (got < n) {
            %(error)s
            return -EFAULT;
        }
        ret = dma_map_page(dev, pages[0], 0, 4096, 0) ? 0 : -EIO;
        for (got = 0; got < n; got++)
            set_page_dirty_lock(pages[got]);
        release_pages(pages, n);
        return ret;
    }
"""

CONSUME = """\
    static void toy_free_%(n)s(struct toy_%(n)s *toy)
    {
        while (toy->n > 0)
            %(drop)s
    }

    static ssize_t toy_%(n)s(struct kiocb *iocb, struct iov_iter *to)
    {
        struct toy_%(n)s *toy = iocb->private;
        ssize_t got;

        got = iov_iter_get_pages2(to, toy->pages, 65536, 16, &toy->off);
        if (got <= 0)
            return got;
        toy->n = DIV_ROUND_UP(got + toy->off, PAGE_SIZE);
        dma_map_page(NULL, toy->pages[0], 0, PAGE_SIZE, DMA_FROM_DEVICE);
        toy_free_%(n)s(toy);
        return got;
    }

    const struct file_operations toy_fops = { .read_iter = toy_%(n)s };
"""

PLACE = """\
    static ssize_t toy_%(n)s(struct kiocb *iocb, struct iov_iter *to)
    {
        struct page *pages[16];
        ssize_t got;
        size_t off;
        int n;

        got = iov_iter_get_pages2(to, pages, 65536, 16, &off);
        if (got <= 0)
            return got;
        dma_map_page(NULL, pages[0], 0, PAGE_SIZE, DMA_FROM_DEVICE);
        %(between)s
        for (n = DIV_ROUND_UP(got + off, PAGE_SIZE); n > 0; n--)
            put_page(pages[n - 1]);
        return got;
    }

    const struct file_operations toy_fops = { .read_iter = toy_%(n)s };
"""

ASYNC = """\
    struct toy_req_%(n)s {
        struct kiocb *iocb;
        struct page **pages;
        size_t off;
        ssize_t len;
        struct work_struct work;
    };

    static void toy_free_%(n)s(struct toy_req_%(n)s *req)
    {
        int i, n = DIV_ROUND_UP(req->off + req->len, PAGE_SIZE);

        for (i = 0; i < n; i++) {
            %(dirty)s
            put_page(req->pages[i]);
        }
        kvfree(req->pages);
        kfree(req);
    }

    static void toy_work_%(n)s(struct work_struct *work)
    {
        struct toy_req_%(n)s *req;
        struct kiocb *iocb;

        req = container_of(work, struct toy_req_%(n)s, work);
        iocb = req->iocb;
        %(first)s
        toy_free_%(n)s(req);
        %(last)s
    }

    static ssize_t toy_%(n)s(struct kiocb *iocb, struct iov_iter *to)
    {
        struct toy_req_%(n)s *req = %(make)s(sizeof(*req), GFP_KERNEL);

        if (!req)
            return -ENOMEM;
        req->len = iov_iter_get_pages_alloc2(to, &req->pages, 65536,
                                             &req->off);
        if (req->len <= 0) {
            kfree(req);
            return -EFAULT;
        }
        dma_map_page(NULL, req->pages[0], 0, PAGE_SIZE, DMA_FROM_DEVICE);
        INIT_WORK(&req->work, toy_work_%(n)s);
        schedule_work(&req->work);
        return -EIOCBQUEUED;
    }

    const struct file_operations toy_fops = { .read_iter = toy_%(n)s };
"""

# The same with a number of pages beside them, and a loop up to it.
WHOLE = ASYNC
for old, new in (
        ("size_t off;", "size_t off;\n        %(count)s count;"),
        ("int i, n = DIV_ROUND_UP(req->off + req->len, PAGE_SIZE);", "int i;"),
        ("i < n; i++) {\n            %(dirty)s", "i < req->count; i++)"),
        ("req->pages[i]);\n        }", "req->pages[i]);"),
        ("        dma_map_page(NULL", "        req->count = DIV_ROUND_UP("
         "req->off + req->len, PAGE_SIZE);\n        dma_map_page(NULL")):
    assert WHOLE.count(old) == 1
    WHOLE = WHOLE.replace(old, new)

TELL = "req->iocb->ki_complete(req->iocb, req->len);"
DONE = "iocb->ki_complete(iocb, 0);"
DIRTY = "set_page_dirty_lock(req->pages[i]);"
DRIVERS = {
    "range": RANGE % {"n": "range", "type": "int", "error":
                      "if (got > 0) release_pages(pages, got);"},
    "signed": RANGE % {"n": "signed", "type": "int", "error":
                       "release_pages(pages, got);"},
    "unsigned": RANGE % {"n": "unsigned", "type": "unsigned int", "error":
                         "release_pages(pages, got);"},
    "folios": RANGE % {"n": "folios", "type": "int", "error":
                       "release_pages(((struct folio **)pages), got);"},
    "decrement": CONSUME % {"n": "decrement", "drop":
                            "put_page(toy->pages[--toy->n]);"},
    "plain": CONSUME % {"n": "plain", "drop":
                        "{ toy->n--; put_page(toy->pages[toy->n]); }"},
    "place": PLACE % {"n": "place", "between": ";"},
    "remade": PLACE % {"n": "remade", "between":
                       "iov_iter_kvec(to, READ, iocb->private, 1, 8);"},
    "handed": PLACE % {"n": "handed", "between": "toy_swap(to);"},
    "zeroed": ASYNC % {"n": "zeroed", "make": "kzalloc", "first": TELL,
                       "last": "", "dirty": ""},
    "unzeroed": ASYNC % {"n": "unzeroed", "make": "kmalloc", "first": "",
                         "last": DONE, "dirty": ""},
    "dirty": ASYNC % {"n": "dirty", "make": "kzalloc", "first": "",
                      "last": DONE, "dirty": DIRTY},
    "late": ASYNC % {"n": "late", "make": "kzalloc", "first": TELL,
                     "last": "", "dirty": DIRTY},
    **{name: WHOLE % {"n": name, "make": make, "first": "", "last": DONE,
                      "count": count}
       for name, make, count in (
           ("whole", "kzalloc", "unsigned int"), ("less", "kzalloc", "int"),
           ("unset", "kmalloc", "unsigned int"))},
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of all the drivers."""
    top = tmp_path_factory.mktemp("forms")
    files = {f"drivers/{n}/main.c": HEAD % {"n": n} + lab.c(dedent(text))
             for n, text in DRIVERS.items()}
    return lab.shared(lab.make(top / "linux", files))


def the(found: Analysis, name: str) -> Decision:
    """The decision on one driver."""
    return lab.only(found, f"drivers/{name}/main.c")


def added(found: Analysis, name: str) -> list[str]:
    """The lines that a driver's patch adds, those of the call aside."""
    assert the(found, name).disposition == "convert", the(found, name).reason
    [group] = [g for g in commits.make_plan(found)
               if g.decisions[0].site.file == f"drivers/{name}/main.c"]
    return [row[1:].strip() for row in applied(found, group.edits)[2:]
            if row[0] == "+" and ("put" in row or "pin" in row or
                                  "release" in row)]


def test_a_range_whose_count_is_known(found: Analysis) -> None:
    assert added(found, "range") == [
        "got = pin_user_pages_fast(addr, n, FOLL_WRITE, pages);",
        "unpin_user_pages(pages, got);",
        "unpin_user_pages(pages, n);"]


def test_a_range_whose_count_may_be_an_error(found: Analysis) -> None:
    """Trap 4: release_pages() takes an int, and does nothing then."""
    assert "page_extract_release_pages(pages, got, true);" in added(
        found, "signed")


@pytest.mark.parametrize("name", ["unsigned", "folios"])
def test_a_range_that_is_left(found: Analysis, name: str) -> None:
    decision = the(found, name)
    assert decision.disposition == "manual"
    file = f"drivers/{name}/main.c"
    assert decision.blocked_by == f"{file}:" + str(lab.line(
        found.program.tree.root, file, ", got);"))


def test_what_an_operand_does_is_done_for_every_page(found: Analysis) -> None:
    """An if before the call would leave the loop where it is for ever."""
    assert added(found, "decrement")[:2] == [
        "bool pages_pinned; size_t off; };",
        "page_extract_release(toy->pages[--toy->n], toy->pages_pinned);"]
    assert added(found, "plain")[1:3] == [
        "{ toy->n--; if (toy->pages_pinned)",
        "unpin_user_page(toy->pages[toy->n]); }"]


def test_the_iterator_is_asked_where_the_pages_are_dropped(
        found: Analysis) -> None:
    assert added(found, "place")[-2:] == [
        "if (iov_iter_extract_will_pin(to))",
        "unpin_user_page(pages[n - 1]);"]


@pytest.mark.parametrize("name", ["remade", "handed"])
def test_an_iterator_that_may_be_another_by_then(found: Analysis,
                                                 name: str) -> None:
    assert (the(found, name).disposition, the(found, name).code) == (
        "manual", "flag-carrier")


def test_a_flag_in_an_object_made_of_zeroes(found: Analysis) -> None:
    """Trap 22, and the twin whose flag could be anything."""
    assert "if (req->pages_pinned)" in added(found, "zeroed")
    assert (the(found, "unzeroed").disposition, the(
        found, "unzeroed").code) == ("manual", "flag-unset")


def test_a_flag_is_asked_once_for_a_whole_array(found: Analysis) -> None:
    """Not where the number may be negative, or the flag was never set."""
    whole = ["if (req->pages_pinned)", "unpin_user_pages(req->pages, req->count);"]
    each = ["if (req->pages_pinned)", "unpin_user_page(req->pages[i]);"]
    for name, wanted in (("whole", whole), ("less", each), ("unset", each)):
        assert "\n".join(wanted) in "\n".join(added(found, name)), name


def test_no_page_is_used_that_nobody_holds(found: Analysis) -> None:
    """Trap 12: extraction takes nothing of a kernel iterator's pages."""
    assert the(found, "dirty").disposition == "convert"
    decision = the(found, "late")
    assert (decision.disposition, decision.code) == (
        "manual", "kernel-pages-late")
    file = "drivers/late/main.c"
    assert decision.blocked_by == f"{file}:" + str(lab.line(
        found.program.tree.root, file, DIRTY))
