# SPDX-License-Identifier: GPL-2.0-only
"""Kernel pages that are used after the call that brought them has returned."""

from __future__ import annotations

from pathlib import Path

import pytest

from test_iterators import analyse
from trees import lab

FILE = "drivers/toy/main.c"
SEND = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

struct toy_req {
    struct list_head node;
    struct kiocb *iocb;
    struct completion *done;
    int nr;
    struct page *pages[16];
};

static void toy_free(struct toy_req *req)
{
    int i;

    for (i = 0; i < req->nr; i++)
        put_page(req->pages[i]);
    kfree(req);
}

static void toy_end(void *data)
{
    struct toy_req *req = data;
TOLD
    toy_free(req);
}

static int toy_queue(struct toy_req *req, struct iov_iter *iter)
{
    size_t off;
    ssize_t got;
    int i;

CHECK    got = iov_iter_get_pages2(iter, req->pages, PAGE_SIZE * 16, 16, &off);
    if (got <= 0) {
        kfree(req);
        return -EFAULT;
    }
    req->nr = DIV_ROUND_UP(got + off, PAGE_SIZE);
    for (i = 0; i < req->nr; i++)
        dma_map_page(NULL, req->pages[i], 0, PAGE_SIZE, DMA_TO_DEVICE);
    toy_start(req, toy_end);
    return got;
}

static ssize_t toy_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
    struct toy_req *req = kzalloc(sizeof(*req), GFP_KERNEL);
    ssize_t got;

    if (!req)
        return -ENOMEM;
    req->iocb = iocb;
    got = toy_queue(req, from);
    WAIT
    return got;
}

static const struct file_operations toy_fops = {
    .write_iter = toy_write_iter,
};
"""
TOLD = "    req->iocb->ki_complete(req->iocb, 0);"
WAIT = "wait_event(toy_idle, !toy_busy());"
CHECK = "    if (!user_backed_iter(iter))\n        return -EINVAL;\n"


@pytest.mark.parametrize("told, wait, check, code", [
    ("", "", "", "kernel-pages-outlive"),
    # Whoever made the iterator hears of the end, or the call waits for it.
    (TOLD, "", "", "unpin-by-flag"),
    ("", WAIT, "", "unpin-by-flag"),
    # Pins last for as long as they are held.
    ("", "", CHECK, "unpin-always"),
])
def test_somebody_must_keep_the_pages_until_the_end(
        tmp_path: Path, told: str, wait: str, check: str, code: str) -> None:
    text = SEND.replace("TOLD", told).replace("WAIT", wait).replace(
        "CHECK", check)
    made = lab.only(analyse(tmp_path, {FILE: text}), FILE)
    assert made.code == code, made.reason
    if code == "kernel-pages-outlive":
        line = next(n for n, row in enumerate(lab.c(text).split("\n"), 1)
                    if "put_page" in row)
        assert (made.disposition, made.blocked_by) == (
            "manual", f"{FILE}:{line}")
