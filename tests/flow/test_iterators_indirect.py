# SPDX-License-Identifier: GPL-2.0-only
"""Iterators that go through methods, variable arguments and nested headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from test_iterators import TAKE, analyse, kinds

REQUEST = """\
#include <linux/uio.h>
#include <linux/bvec.h>

struct NAME_req;
struct NAME_ops {
    int (*open)(struct NAME_req *req);
    int (*fill)(struct NAME_req *req, struct iov_iter *iter);
};
struct NAME_req {
    CONST struct NAME_ops *ops;
    struct bio_vec bv;
    struct iov_iter iter;
    struct iov_iter spare;
};
"""
START = TAKE.replace("#include <linux/uio.h>\n", REQUEST) + """\
static int NAME_look(struct NAME_req *req, struct iov_iter *it)
{
    return iov_iter_count(it);
}

static void NAME_again(struct NAME_req *req, struct iov_iter *it)
{
    MADE;
}

static int NAME_fill(struct NAME_req *req, struct iov_iter *it)
{
    NAME_again(req, it);
    return 0;
}

static CONST struct NAME_ops NAME_table = TABLE;
static CONST struct NAME_ops NAME_plain = { .fill = NAME_look, };

int NAME_start(struct NAME_req *req, size_t len)
{
    MORE;
    iov_iter_init(&req->spare, ITER_SOURCE, req->iov, 1, len);
    iov_iter_bvec(&req->iter, ITER_SOURCE, &req->bv, 1, len);
    req->ops->fill(req, &req->iter);
    return NAME_take(&req->iter);
}
"""
VARIABLE = TAKE.replace("#include <linux/uio.h>\n", REQUEST) + """\
static int NAME_vwrite(struct NAME_req *req, const char *fmt, va_list ap)
{
    struct iov_iter *it;

    if (*fmt == 'V') {
        it = va_arg(ap, TYPE);
        MADE;
    }
    return 0;
}

static int NAME_write(struct NAME_req *req, const char *fmt, ...)
{
    va_list ap;
    int err;

    va_start(ap, fmt);
    err = NAME_vwrite(req, fmt, ap);
    va_end(ap);
    return err;
}

int NAME_start(struct NAME_req *req, size_t len)
{
    iov_iter_bvec(&req->iter, ITER_SOURCE, &req->bv, 1, len);
    NAME_write(req, "dV", 4, &req->iter);
    return NAME_take(&req->iter);
}
"""
LOOK = "req->bv.bv_len = iov_iter_count(it)"
KVEC = "iov_iter_kvec(it, ITER_SOURCE, req->vec, 1, 8)"
NAMED = "{ .open = NULL, .fill = NAME_fill, }"


def reach(top: Path, text: str, **words: str) -> set[str]:
    """The kinds that reach the call of one driver."""
    for word, value in words.items():
        text = text.replace(word, value)
    return kinds(analyse(top, {
        "drivers/toy/main.c": text.replace("NAME", "toy")}),
        "drivers/toy/main.c")


COPY = "memcpy(it, &req->spare, sizeof(*it))"


@pytest.mark.parametrize("made, found", [
    (LOOK, {"bvec"}), (KVEC, {"bvec", "kvec"}), (COPY, {"bvec", "user"})])
@pytest.mark.parametrize("const", ["const", ""])
def test_a_method_is_what_tables_give_to_it(
        tmp_path: Path, made: str, found: set[str], const: str) -> None:
    assert reach(tmp_path, START, MADE=made, TABLE=NAMED, MORE="",
                 CONST=const) == found


@pytest.mark.parametrize("const, table, more", [
    ("const", "{ NULL, NAME_fill }", ""),
    ("const", "{ .open = NULL, OTHERS }", ""),
    ("const", "{ .fill = PICK(NAME_fill), }", ""),
    ("", NAMED, "NAME_table.fill = req->bv.bv_fill"),
    ("", NAMED, "NAME_init(&NAME_table.fill)"),
])
def test_a_method_that_is_not_surely_known_may_make_any(
        tmp_path: Path, const: str, table: str, more: str) -> None:
    assert reach(tmp_path, START, MADE=LOOK, TABLE=table, MORE=more,
                 CONST=const) >= {"user", "bvec", "kvec"}


@pytest.mark.parametrize("kind, made, found", [
    ("struct iov_iter *", LOOK, {"bvec"}),
    ("struct iov_iter *", KVEC, {"bvec", "kvec"}),
    ("void *", LOOK, {"user", "bvec", "kvec"})])
def test_variable_arguments_are_followed_to_va_arg(
        tmp_path: Path, kind: str, made: str, found: set[str]) -> None:
    have = reach(tmp_path, VARIABLE, TYPE=kind, MADE=made, CONST="const")
    assert have >= found and (kind == "void *" or have == found)


INNER = """\
#ifndef BUFFER_H
#define BUFFER_H
#include <linux/uio.h>
struct toy_buffer {
    struct iov_iter iter;
    int used;
};
#endif
"""
OUTER = """\
#include <linux/buffer.h>
struct toy_request {
    struct toy_buffer buf;
    struct toy_request *next;
};
"""
USER = """\
#include <linux/request.h>
int far_prepare(FAR *far, void __user *data, size_t len)
{
    struct toy_request *request = far->request;

    return import_single_range(READ, data, len, &far->vec,
                               &request->buf.iter);
}
"""
NEAR = TAKE.replace("linux/uio.h", "linux/request.h") + """\
int NAME_start(struct toy_request *request, struct bio_vec *bv, size_t len)
{
    iov_iter_bvec(&request->buf.iter, ITER_SOURCE, bv, 1, len);
    return NAME_take(&request->buf.iter);
}
"""


def test_who_has_the_outer_structure_fills_the_inner_one(
        tmp_path: Path) -> None:
    # fs/far.c names neither the structure nor the header of the buffer.
    assert "toy_buffer" not in USER and "linux/buffer.h" not in USER
    assert kinds(analyse(tmp_path, {
        "include/linux/buffer.h": INNER, "include/linux/request.h": OUTER,
        "fs/far.c": USER.replace("FAR", "struct far_file"),
        "drivers/toy/main.c": NEAR.replace("NAME", "toy")}),
        "drivers/toy/main.c") == {"bvec", "user"}
