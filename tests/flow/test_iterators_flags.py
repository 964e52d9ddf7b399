# SPDX-License-Identifier: GPL-2.0-only
"""Answers to a test of an iterator that are kept, or asked further up."""

from __future__ import annotations

import pytest

from pinlib.analysis.whole_tree import Analysis
from test_iterators import analyse
from trees import lab

# The caller keeps what it asked of the iterator, and hands it on or not.
FLAG = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

struct NAME_how {
    bool direct;
    bool more;
};

static ssize_t NAME_take(struct iov_iter *it)
{
    struct page *list[4];
    size_t off;
    ssize_t got;
    int i;

    got = iov_iter_get_pages2(it, list, SZ_16K, 4, &off);
    if (got <= 0)
        return got;
    for (i = 0; i < DIV_ROUND_UP(got + off, PAGE_SIZE); i++) {
        dma_map_page(NULL, list[i], 0, PAGE_SIZE, DMA_FROM_DEVICE);
        put_page(list[i]);
    }
    return got;
}

static ssize_t NAME_move(struct msghdr *msg, struct NAME_how *how)
{
    struct toy *copy;

    if (how->direct && msg) {
        copy = NULL;
    } else {
        how->direct = false;
        copy = kmalloc(SZ_4K, GFP_KERNEL);
        if (!copy)
            return -ENOMEM;
    }
    if (copy)
        return NAME_copied(copy);
    return NAME_take(&msg->msg_iter);
}

static int NAME_recvmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
    struct NAME_how how = {};
    bool kernel = iov_iter_is_kvec(&msg->msg_iter);
    bool able;

    able = !kernel && sock->able;
    if (ABLE)
        how.direct = true;
    how.more = len > SZ_4K;
    return NAME_move(msg, &how);
}

static int NAME_peek(struct socket *sock, struct msghdr *msg)
{
    struct NAME_how how = { .more = true };

    return NAME_move(MSG, &how);
}

static const struct proto_ops NAME_ops = {
    .recvmsg = NAME_recvmsg,
    .peek = NAME_peek,
};
"""
OUTER = FLAG.replace("if (how->direct && msg) {", "if (msg) {").replace(
    "how.more = len", """if (LATER)
        return -EOPNOTSUPP;
    how.more = len""")
FLAGS: dict[str, tuple[str, dict[str, str], bool]] = {
    "asked": (FLAG, {}, True),
    "straight": (FLAG, {"ABLE": "able && len < SZ_4K"}, True),
    # Set without the question, by another, or turned round.
    "unasked": (FLAG, {"ABLE": "sock->able"}, False),
    "turned": (FLAG, {"able = !kernel": "able = kernel"}, False),
    "either": (FLAG, {"!kernel &&": "!kernel ||"}, False),
    "other": (FLAG, {"how->direct = false": "how->direct = how->more"},
              False),
    "handed": (FLAG, {"how.more = len > SZ_4K;":
                      "NAME_choose(&how.direct, len);"}, False),
    "unset": (FLAG, {"struct NAME_how how = {};": "struct NAME_how how;"},
              False),
    "changed": (FLAG, {"able = !kernel": "kernel = sock->kernel;\n"
                       "    able = !kernel"}, False),
    # What the caller of the caller asks, of the message that it hands on.
    "outer": (OUTER, {"LATER": "kernel", "MSG": "NULL"}, True),
    "outer_call": (OUTER, {"LATER": "iov_iter_is_kvec(&msg->msg_iter)",
                           "MSG": "NULL"}, True),
    "outer_two": (OUTER, {"LATER": "kernel"}, False),
    "outer_not": (OUTER, {"LATER": "!kernel", "MSG": "NULL"}, False),
    "set_there": (FLAG, {".more = true": ".direct = true"}, False),
}


@pytest.fixture(scope="module")
def flagged(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of the ways to keep an answer."""
    files = {}
    for name, (text, changes, _) in FLAGS.items():
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        files[f"drivers/{name}/main.c"] = text.replace(
            "ABLE", "able").replace("MSG", "msg").replace("NAME", name)
    return analyse(tmp_path_factory.mktemp("flags"), files)


@pytest.mark.parametrize("name", FLAGS)
def test_a_flag_keeps_the_answer(flagged: Analysis, name: str) -> None:
    decision = lab.only(flagged, f"drivers/{name}/main.c")
    assert decision.site.kinds is not None
    assert ("kvec" not in decision.site.kinds.kinds) == FLAGS[name][2]
