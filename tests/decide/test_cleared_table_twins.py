# SPDX-License-Identifier: GPL-2.0-only
"""More ways in which a table, or its mark, does not say whose pages it has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from decide.test_cleared_tables import COPY, DRIVER, JOIN, MAP, RESET, _but
from pinlib.analysis.whole_tree import Analysis
from trees import lab

MACROS = lab.c("""\
#define WRITE_ONCE(x, val) \\
    do { *(volatile typeof(x) *)&(x) = (val); } while (0)
#define get_user(x, ptr) ({ (x) = *(ptr); 0; })

""")
MARK = "#define NAME_MARK(req) ((req)->copied = true)\n\n"


def _both(*changes: Callable[[str], str]) -> Callable[[str], str]:
    """The driver with several pieces of it changed."""
    def change(text: str) -> str:
        for one in changes:
            text = one(text)
        return text
    return change


def _failed(more: str) -> Callable[[str], str]:
    """The driver that does something before it copies."""
    return _but(COPY, f"    if (ret == -EINVAL)\n    {more}{COPY}")


def _reset(more: str, above: str = "") -> Callable[[str], str]:
    """The driver that does something once an object is cleared."""
    return _both(_but(RESET, RESET + more), _but(
        "static void NAME_undo(", above + "static void NAME_undo("))


def _filled(more: str, above: str = "") -> Callable[[str], str]:
    """The driver that does something with both tables full."""
    return _both(_but(COPY, COPY + more), _but(
        "static int NAME_fill(", above + "static int NAME_fill("))


PUT = "        sg_set_page(at, page, PAGE_SIZE, 0);\n    }\n"
SET = "    req->copied = true;\n"
MAPPED = "            return ret;\n        }\n    }\n    return 0;\n"
ALIKE = {
    "macros": _reset("", MACROS),
    # Whoever has dropped the pages may take the mark away.
    "reset_done": _but(
        "        sg_free_table(&req->table);\n    }\n    if (req->ex",
        "        sg_free_table(&req->table);\n        req->copied = false;\n"
        "    }\n    if (req->ex"),
}
TWINS = {
    # It fails behind the loop, where a round has put pages into the table.
    "late": _but(MAPPED, MAPPED.replace(
        "    return 0;\n", "    if (NAME_odd(req->count))\n"
        "        return -EINVAL;\n    return 0;\n")),
    "late_each": _both(
        _but("    while (iov_iter_count(iter)) {\n",
             "    list_for_each(iter->pos, iter->head) {\n"),
        _but(MAPPED, MAPPED.replace(
            "    return 0;\n", "    if (NAME_odd(req->count))\n"
            "        return -EINVAL;\n    return 0;\n"))),
    # The table is another one by then.
    "copied_object": _failed("    *req = req->olds[0];\n"),
    "copied_into": _but(MAP, "    req[0] = *req->old;\n" + MAP),
    "exchanged": _failed("    xchg(&req->table.sgl, req->extra.sgl);\n"),
    "released_store": _failed(
        "    smp_store_release(&req->table.sgl, req->extra.sgl);\n"),
    "written_once": _both(_reset("", MACROS), _failed(
        "    WRITE_ONCE(req->table.sgl, req->spare);\n")),
    "moved_within": _both(_reset("", MACROS), _but(
        "        ret = NAME_take(iter, &at);\n",
        "        WRITE_ONCE(table->sgl, req->spare);\n"
        "        ret = NAME_take(iter, &at);\n")),
    # There are copies in it, and no mark.
    "unmarked_early": _but(PUT, PUT.replace(
        "    }\n", "        if (i > 3)\n            return 0;\n    }\n")),
    "unmarked_at_times": _but(SET, "    if (i > 3)\n    " + SET),
    "unmarked_exit": _but(SET, "    if (i == req->count)\n"
                          "        return 0;\n" + SET),
    "unmarked_again": _but(SET, SET + "    if (i > 3)\n"
                           "        req->copied = false;\n"),
    "unmarked_elsewhere": _but("void NAME_done(", "void NAME_retry(struct NAME_req "
                               "*req)\n{\n    req->copied = false;\n}\n\n"
                               "void NAME_done("),
    "unmarked_after": _but(COPY, COPY + "    req->copied = false;\n"),
    # Something else sets the mark.
    "overlaid": _both(
        _but("    bool copied;\n", "    union {\n        bool copied;\n"
             "        bool mapped;\n    };\n"),
        _but(MAPPED, MAPPED.replace(
            "    return 0;\n", "    req->mapped = true;\n    return 0;\n"))),
    "copied_mark": _reset("    *req = queue->reqs[0];\n"),
    "memory_mark": _reset("    memcpy(req, queue->last, sizeof(*req));\n"),
    "filled_mark": _reset("    memset(req, 0xff, sizeof(*req));\n"),
    "user_mark": _reset("    if (copy_from_user(req, queue->user, sizeof(*req)))\n"
                        "        return ERR_PTR(-EFAULT);\n"),
    "written_mark": _reset("    WRITE_ONCE(req->copied, true);\n", MACROS),
    "read_mark": _reset("    get_user(req->copied, queue->user);\n", MACROS),
    "macro_mark": _reset("    NAME_MARK(req);\n", MARK),
    "counted_mark": _reset("    req->copied++;\n"),
    "one_statement": _but("        if (NAME_fill(req, buf, len, n))\n",
                          "        if (!NAME_fill(req, buf, len, n) &&\n"
                          "            NAME_fill(req, buf, len, n))\n"),
    # The table with pages of users has those of the other one, too.
    "chained_table": _filled("    sg_chain(req->extra.sgl, 2, req->table.sgl);\n"),
    "entered_table": _filled("    sg_set_page(req->extra.sgl, "
                             "sg_page(req->table.sgl), PAGE_SIZE, 0);\n"),
    "returned_table": _filled(
        "    req->extra.sgl = NAME_first(&req->table);\n",
        "static struct scatterlist *NAME_first(struct sg_table *table)\n"
        "{\n    return table->sgl;\n}\n\n"),
    "joined_deeper": _filled(
        "    NAME_meet(&req->extra, &req->table);\n",
        JOIN + "static void NAME_meet(struct sg_table *to, struct sg_table *from)\n"
        "{\n    NAME_join(to, from);\n}\n\n"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of the driver and its twins."""
    top = tmp_path_factory.mktemp("twins")
    files = {f"drivers/{name}/main.c": change(DRIVER).replace("NAME", name)
             for name, change in (*ALIKE.items(), *TWINS.items())}
    return lab.shared(lab.make(top / "linux", files))


@pytest.mark.parametrize("name", ALIKE)
def test_the_mark_still_tells_them_apart(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert decision.disposition == "convert", decision.reason


@pytest.mark.parametrize("name", TWINS)
def test_a_broken_twin_is_left_alone(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert decision.disposition == "manual"
