# SPDX-License-Identifier: GPL-2.0-only
"""The third identity: what was lost of the text is not taken for absent.

Each driver hands pages of two origins to one function that drops them. The
one that allocates them is written so that it may be lost, or comes through
something that is not followed. Where it is read, the site is left for the
release that it shares; where not, it names the line marked @lost.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis.whole_tree import Analysis
from pinlib.decide import unread_text
from trees import lab

HEAD = """\
#include <linux/mm.h>

static void shed(struct page **held, int count)
{
    while (count-- > 0)
        put_page(held[count]);
}

int borrow(unsigned long at, int count)
{
    struct page *held[16];
    int got = get_user_pages_fast(at, count, FOLL_WRITE, held);

    if (got <= 0)
        return got;
    for (count = 0; count < got; count++)
        clear_highpage(held[count]);
    shed(held, got);
    return 0;
}
"""
OWN = """\
int own(struct bench *bench, char *why, int kind)
{
    struct page *mine[2];
%s
    mine[0] = alloc_page(GFP_KERNEL);
    mine[1] = alloc_page(GFP_KERNEL);
    shed(mine, 2); /* @lost */
    return kind;
}
"""
# What Coccinelle loses, with all around it; it is read.
READ = {
    # What frees a variable is read as a type from then on.
    "freed": """\
int size(int n)
{
    char *line __free(shed_line) = kmalloc(n, GFP_KERNEL);

    return line ? n : 0;
}
""" + OWN % "    if (why)\n        shed_line(why);",
    "called_as_type": """\
int hold(int n)
{
    struct page **set __free(shed) = make(n);

    return set ? n : 0;
}
""" + OWN % "",
    "range": OWN % "    switch (kind) {\n    case 'a' ... 'f':\n"
    "        kind = 1;\n        break;\n    }",
    "class": OWN % "    scoped_class(bench_lock, held, bench) {\n"
    "        kind = bench->kind;\n    }",
    "lock": OWN.replace("own(struct bench *bench, char *why, int kind)",
                        "own(struct bench *bench, char *why, int kind)\n"
                        "    __must_hold_shared(&bench->lock)") % "",
    "label_value": OWN % "    goto *(&&here + kind);\nhere:",
    "elsewhere_head": OWN.replace("int own(", "BENCH_ENTRY(int, own,") % ""}
TABLE = """\
static const struct bench_methods methods = {
    .kind = BENCH_LOW,
%s
};
""" + (OWN % "").replace("shed(mine, 2); /* @lost */",
                         "bench->methods->drop(mine, 2);")
LOST = {
    "words": (OWN % "").replace("shed(mine, 2);",
                                "kind = (shed(mine, 2) now);"),
    "bracket": (OWN % "").replace("shed(mine, 2);",
                                  "kind = first(kind ] shed(mine, 2));"),
    "typed": (OWN % "").replace("shed(mine, 2);", "BENCH_NOW shed(mine, 2);"),
    "cplusplus": "namespace bench {\n\n" + OWN % "" + "}\n",
    "macro": """\
#define shed_pair(pair) shed(pair, 2) /* @lost */
""" + (OWN % "").replace("shed(mine, 2); /* @lost */", "shed_pair(mine);"),
    "table": TABLE % "    .drop = (shed for now), /* @lost */",
    "alias": "void drop(struct page **held, int count)\n"
    "    __attribute__((alias(\"shed\"))); /* @lost */\n"
    + (OWN % "").replace("shed(mine, 2); /* @lost */", "drop(mine, 2);")}
# Ordinary C around the same calls, none of which hides anything.
PLAIN = """\
#include <linux/mm.h>

static void shed(struct page **held, int count);
static LIST_HEAD(shelf);
static DEFINE_MUTEX(shelf_lock);

static void shed(struct page **held, int count)
{
    while (count-- > 0)
        put_page(held[count]);
}

int borrow(unsigned long at, int count, struct shelf __user *to)
{
    static const int limits[] = { 1, 2, [3] = 4 };
    const struct shelf *one = NULL, *two = (struct shelf __force *)to;
    unsigned long long flags = 0, *more = &flags;
    int (*check)(struct shelf *, int) = NULL;
    DECLARE_BITMAP(seen, 16);
    struct page *held[16];
    LIST_HEAD(mine);
    int got, i;

    if (count > ARRAY_SIZE(held))
        goto shed;
    switch (shelf_kind(one)) {
    case SHELF_LOW:
        flags = limits[0] ? : 1;
        break;
    case SHELF_HIGH: {
        int extra = 0;

        flags += extra;
        fallthrough;
    }
    default:
        flags ^= 1;
    }
again:
    got = get_user_pages_fast(at, count, FOLL_WRITE, held);
    if (unlikely(got == -EAGAIN))
        goto again;
    if (got <= 0)
        return got;
#ifdef CONFIG_SHELF
    shelf_note(two, got, sizeof(struct shelf));
#else
    shelf_note(one, got, sizeof(*one));
#endif
    for (i = 0; i < got; i++)
        clear_highpage(held[i]);
    do {
        cpu_relax();
    } while (shelf_busy(&mine, seen));
    asm volatile("" : : "r" (flags) : "memory");
    list_for_each_entry(one, &mine, node)
        flags += one->count + *more;
    for (int k = 0; k < 2; k++)
        check = k ? shelf_check : NULL;
    shed(held, got);
    return check ? check(NULL, 1) : 0;
shed:
    return -EINVAL;
}

static const struct shelf_ops ops = {
    .owner = THIS_MODULE,
#ifdef CONFIG_SHELF
    .borrow = borrow,
#endif
};
"""


# Where the caller stands in a file that main.c takes in, or that takes it in.
BESIDE = {"part.h": '#include "part.h"\n', "part.inc": '#include "part.inc"\n',
          "whole.c": ""}


def analysed(top: Path, drivers: dict[str, str]) -> Analysis:
    """One analysis of some drivers."""
    files = {f"drivers/{name}/main.c": lab.c(text)
             for name, text in drivers.items()}
    return lab.shared(lab.make(top / "linux", files))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of the drivers that are read."""
    return analysed(tmp_path_factory.mktemp("read"), {
        "plain": PLAIN, **{n: f"{HEAD}\n{text}" for n, text in READ.items()},
        "arms": f"{HEAD}\n{TABLE}" % (
            "#ifdef CONFIG_BENCH\n    .drop = shed,\n#endif")})


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of the drivers of which something is not read."""
    return analysed(tmp_path_factory.mktemp("lost"), {
        n: f"{HEAD}\n{text}" for n, text in LOST.items()})


@pytest.mark.parametrize("name", READ)
def test_a_caller_that_may_be_lost_is_read(read: Analysis, name: str) -> None:
    decision = lab.only(read, f"drivers/{name}/main.c")
    [other] = lab.marked(read.program.tree.root, f"drivers/{name}", "lost")
    assert (decision.disposition, decision.code, decision.blocked_by) == (
        "manual", "other-origin", f"drivers/{name}/main.c:6")
    assert f"pages that come in at {other} (mine)" in decision.reason


@pytest.mark.parametrize("name", LOST)
def test_a_lost_caller_does_not_hide(lost: Analysis, name: str) -> None:
    decision = lab.only(lost, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code, [decision.blocked_by]) == (
        "manual", unread_text.CODE, lab.marked(
            lost.program.tree.root, f"drivers/{name}", "lost"))


def test_a_table_with_arms_is_read(read: Analysis) -> None:
    decision = lab.only(read, "drivers/arms/main.c")
    assert (decision.disposition, decision.code, decision.blocked_by) == (
        "manual", "callback", "drivers/arms/main.c:22")


@pytest.mark.parametrize("name", BESIDE)
def test_a_caller_in_a_part_of_the_file(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    lab.share_cache(monkeypatch)
    part = lab.c(OWN % "") if BESIDE[name] else \
        '#include "main.c"\n' + lab.c(OWN % "")
    tree = lab.make(tmp_path / "linux", {
        "drivers/b/main.c": lab.c(HEAD + BESIDE[name]),
        f"drivers/b/{name}": part})
    decision = lab.only(lab.analyse(tree), "drivers/b/main.c")
    line = lab.line(tree, f"drivers/b/{name}", "@lost")
    assert (decision.disposition, decision.code, decision.blocked_by) == (
        "manual", unread_text.CODE, f"drivers/b/{name}:{line}")


def test_ordinary_text_is_read(read: Analysis) -> None:
    decision = lab.only(read, "drivers/plain/main.c")
    assert (decision.disposition, decision.code) == ("convert", "pin-short"), \
        decision.reason
    assert lab.releases(decision) == ["drivers/plain/main.c:10"]
