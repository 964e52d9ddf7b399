# SPDX-License-Identifier: GPL-2.0-only
"""Which iterators reach a call, where the proof lies in other functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

TAKE = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

static int NAME_take(struct iov_iter *iter)
{
    struct page *pages[16];
    size_t off;
    ssize_t got;
    int n, i;

    got = iov_iter_get_pages2(iter, pages, PAGE_SIZE * 16, 16, &off);
    if (got <= 0)
        return -EFAULT;
    n = DIV_ROUND_UP(got + off, PAGE_SIZE);
    for (i = 0; i < n; i++)
        dma_map_page(NULL, pages[i], 0, PAGE_SIZE, DMA_FROM_DEVICE);
    for (i = 0; i < n; i++)
        put_page(pages[i]);
    return 0;
}

"""
HELPER = TAKE + """\
static struct toy *NAME_get(struct kiocb *iocb, struct iov_iter *iter)
{
    struct toy *toy = iocb->toy;

    if (!toy)
        return ERR_PTR(-ENODEV);
EARLY\
    if (!user_backed_iter(iter))
        return ERR_PTR(-EACCES);
    if (toy->gone)
        goto fail;
    return toy;
fail:
    return ERR_PTR(-EINVAL);
}

static ssize_t NAME_read(struct kiocb *iocb, struct iov_iter *to)
{
    struct toy *toy = NAME_get(iocb, to);

CHECK\
    return NAME_take(to);
}

static const struct file_operations NAME_fops = {
    .read_iter = NAME_read,
};
"""
CHECK = """\
    if (IS_ERR(toy))
        return PTR_ERR(toy);
"""
EARLY = """\
    if (toy->ready)
        return toy;
"""
SEND = TAKE + """\
static int NAME_sendmsg(struct socket *sock, struct msghdr *msg)
{
    bool zcopy = msg->msg_flags & MSG_ZEROCOPY;

    if (zcopy)
        return NAME_take(&msg->msg_iter);
    return 0;
}

static const struct proto_ops NAME_ops = {
    .sendmsg = NAME_sendmsg,
};
"""
RING = """\
// SPDX-License-Identifier: GPL-2.0-only
int ring_prep(struct ring_req *req, const struct ring_entry *entry)
{
    req->flags = entry->flags | MSG_ZEROCOPY;
    return 0;
}

int ring_issue(struct ring_req *req)
{
    struct socket *sock = req->sock;

ASK\
    req->msg.msg_flags = req->flags;
    return sock_sendmsg(sock, &req->msg);
}

const struct ring_op ring_ops[] = {
    { .prep = ring_prep, .issue = ring_issue, },
};
MORE\
"""
ASK = """\
    if (!test_bit(SOCK_SUPPORT_ZC, &sock->flags))
        return -EOPNOTSUPP;
"""
MORE = """\

int ring_now(struct ring_req *req, const struct ring_entry *entry)
{
    return ring_prep(req, entry);
}
"""


def analyse(top: Path, files: dict[str, str]) -> Analysis:
    """The analysis of a small tree with these files."""
    return lab.shared(lab.make(top / "linux", {
        name: lab.c(text) for name, text in files.items()}))


def kinds(found: Analysis, file: str) -> set[str]:
    """The kinds that reach the one call of a file."""
    decision = lab.only(found, file)
    assert decision.site.kinds is not None
    return decision.site.kinds.kinds


def test_a_helper_refuses_all_but_user_iterators(tmp_path: Path) -> None:
    made = {"good": ("", CHECK), "early": (EARLY, CHECK), "deaf": ("", "")}
    found = analyse(tmp_path, {
        f"drivers/{name}/main.c": HELPER.replace("EARLY", early).replace(
            "CHECK", check).replace("NAME", name)
        for name, (early, check) in made.items()})
    assert kinds(found, "drivers/good/main.c") == {"user"}
    good = lab.only(found, "drivers/good/main.c")
    assert (good.disposition, good.code) == ("convert", "unpin-always")
    assert "user_backed_iter()" in good.reason
    # One way out of the helper is without the check; or nobody listens.
    for name in ("early", "deaf"):
        assert kinds(found, f"drivers/{name}/main.c") > {"user"}
        assert lab.only(found, f"drivers/{name}/main.c").code != \
            "unpin-always"


@pytest.mark.parametrize("ask, more, safe", [
    (ASK, "", True), ("", "", False), (ASK, MORE, False)])
def test_a_table_names_who_sends(tmp_path: Path, ask: str, more: str,
                                 safe: bool) -> None:
    # The flag is set where a request is prepared: what the table names
    # beside that asks for support, or does not, or others prepare as well.
    found = analyse(tmp_path, {
        "net/toy/main.c": SEND.replace("NAME", "toy"),
        "ring/net.c": RING.replace("ASK", ask).replace("MORE", more)})
    assert (kinds(found, "net/toy/main.c") == {"user"}) == safe


@pytest.mark.parametrize("test, left", [
    ("iov_iter_type(iter) != ITER_BVEC", {"bvec"}),
    ("iov_iter_type(iter) == ITER_KVEC", {"user", "bvec", "xarray", "pipe"}),
    # User memory may be of the other type that it has.
    ("iov_iter_type(iter) == ITER_IOVEC",
     {"user", "bvec", "kvec", "xarray", "pipe"}),
    # What is asked of another iterator tells nothing of this one.
    ("iov_iter_type(other) != ITER_BVEC",
     {"user", "bvec", "kvec", "xarray", "pipe"})])
def test_the_type_of_an_iterator(tmp_path: Path, test: str,
                                 left: set[str]) -> None:
    found = analyse(tmp_path, {"drivers/typed/main.c": TAKE.replace(
        "NAME", "typed") + f"""\
int typed_move(struct iov_iter *iter, struct iov_iter *other)
{{
    if ({test})
        return -EINVAL;
    return typed_take(iter);
}}
"""})
    assert kinds(found, "drivers/typed/main.c") == left
