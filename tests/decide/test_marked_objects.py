# SPDX-License-Identifier: GPL-2.0-only
"""Pages of two origins in objects of which a mark tells whose they are.

The right conversions have every release of the user's pages and no other, and
each twin breaks what they rest on.
"""

from __future__ import annotations

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

DRIVER = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#define OF_USER 1

struct kite {
    struct page **pages;
    int nr;
    bool user;
};

static int kite_user(struct kite *kite, unsigned long at, int nr)
{
    int got;

    kite->pages = kcalloc(nr, sizeof(*kite->pages), GFP_KERNEL);
    if (!kite->pages)
        return -ENOMEM;
    got = get_user_pages_fast(at, nr, FOLL_WRITE, kite->pages);
    if (got != nr) {
        while (got > 0)
            put_page(kite->pages[--got]); /* @release */
        kfree(kite->pages);
        return -EFAULT;
    }
    kite->nr = nr;
    kite->user = true;
    return 0;
}

static int kite_own(struct kite *kite, int nr)
{
    int i;

    kite->pages = kcalloc(nr, sizeof(*kite->pages), GFP_KERNEL);
    if (!kite->pages)
        return -ENOMEM;
    for (i = 0; i < nr; i++) {
        kite->pages[i] = alloc_page(GFP_KERNEL);
        if (!kite->pages[i])
            goto fail;
    }
    kite->nr = nr;
    return 0;
fail:
    while (i--)
        __free_page(kite->pages[i]);
    kfree(kite->pages);
    return -ENOMEM;
}

static void kite_free(struct kite *kite)
{
    int i;

    for (i = 0; i < kite->nr; i++) {
        if (kite->user)
            put_page(kite->pages[i]); /* @release */
        else
            put_page(kite->pages[i]);
    }
    kfree(kite->pages);
    kfree(kite);
}

static long kite_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct kite *kite;
    int ret;

    switch (cmd) {
    case 1:
        kite = kzalloc(sizeof(*kite), GFP_KERNEL);
        if (!kite)
            return -ENOMEM;
        ret = arg ? kite_user(kite, arg, 16) : kite_own(kite, 16);
        if (ret) {
            kfree(kite);
            return ret;
        }
        dma_map_page(NULL, kite->pages[0], 0, PAGE_SIZE, DMA_TO_DEVICE);
        file->private_data = kite;
        return 0;
    case 2:
        kite_free(file->private_data);
        return 0;
    }
    return -ENOTTY;
}

static const struct file_operations kite_fops = {
    .unlocked_ioctl = kite_ioctl,
};
"""
CHOICE = "        ret = arg ? kite_user(kite, arg, 16) : kite_own(kite, 16);\n"
# Where a user's pages cannot be had, others are used.
FALLBACK = DRIVER.replace(CHOICE, """\
        ret = kite_user(kite, arg, 16);
        if (ret)
            ret = kite_own(kite, 16);
""")
MARK = "    kite->user = true;\n"
EARLY = FALLBACK.replace(MARK, "").replace("    got = get_user",
                                           f"{MARK}    got = get_user")
# No pages were asked for; and where they cannot be had the mark goes again.
EMPTY = EARLY.replace("    got = get_user", "    if (!nr)\n        return 0;\n"
                      "    got = get_user").replace(
    "        return -EFAULT;\n", "        kite->user = false;\n"
    "        return -EFAULT;\n", 1)
LEFT = FALLBACK.replace(MARK, MARK + """\
    if (kite_map(kite)) {
        for (got = 0; got < nr; got++)
            put_page(kite->pages[got]);
        kfree(kite->pages);
        return -EIO;
    }
""")
INNER = DRIVER.replace("struct kite {\n    struct page **pages;\n    int nr;\n",
                       "struct kite_list {\n    struct page **pages;\n"
                       "    int nr;\n};\n\nstruct kite {\n"
                       "    struct kite_list list;\n").replace(
    "kite->pages", "kite->list.pages").replace("kite->nr", "kite->list.nr")


def bits(text: str) -> str:
    """The same with a bit of the object's flags for the mark."""
    return text.replace("bool user;", "unsigned int flags;").replace(
        MARK, "    kite->flags |= OF_USER;\n").replace(
        "kite->user", "kite->flags & OF_USER")


RIGHT = {
    "marked": DRIVER, "marked_inner": INNER, "marked_bit": bits(DRIVER),
    "marked_after": FALLBACK, "marked_first": EMPTY,
}
# An object in use gets one more page.
APPENDED = DRIVER.replace("    case 2:\n", """\
    case 3:
        kite = file->private_data;
        kite->pages[kite->nr] = alloc_page(GFP_KERNEL);
        if (!kite->pages[kite->nr])
            return -ENOMEM;
        kite->nr++;
        return 0;
    case 2:
""")
WRONG = {
    "appended": APPENDED, "appended_bit": bits(APPENDED),
    # The mark stays where the pages could not be had, or were dropped again.
    "early": EARLY, "early_bit": bits(EARLY), "left": LEFT,
    "left_bit": bits(LEFT),
    # It may be anything, or what it was for the pages before.
    "unzeroed": DRIVER.replace("kzalloc", "kmalloc"),
    "again": DRIVER.replace("    kfree(kite);\n}", "}").replace(
        """\
        kite = kzalloc(sizeof(*kite), GFP_KERNEL);
        if (!kite)
            return -ENOMEM;
""", "        kite = file->private_data;\n"),
    # The others have it too.
    "shared": DRIVER.replace("    kite->nr = nr;\n    return 0;\nfail",
                             f"    kite->nr = nr;\n{MARK}    return 0;\nfail"),
    # The array may have others in it before, or since.
    "kept_array": DRIVER.replace("""\
    kite->pages = kcalloc(nr, sizeof(*kite->pages), GFP_KERNEL);
    if (!kite->pages)
        return -ENOMEM;
    got""", "    got"),
    "more_below": DRIVER.replace("static int kite_user(", """\
static int kite_more(struct kite *kite, int at)
{
    kite->pages[at] = alloc_page(GFP_KERNEL);
    return kite->pages[at] ? 1 : 0;
}

static int kite_user(""").replace("    if (got != nr) {\n", """\
    if (got >= 0 && got < nr)
        got += kite_more(kite, got);
    if (got != nr) {
"""),
    "more": DRIVER.replace("    if (got != nr) {\n", """\
    if (got < nr && got >= 0) {
        kite->pages[got] = alloc_page(GFP_KERNEL);
        got++;
    }
    if (got != nr) {
"""),
}
# What is freed where they fail to come may be in an array that is not new.
WRONG["freed"] = DRIVER.replace("""\
    kite->pages = kcalloc(nr, sizeof(*kite->pages), GFP_KERNEL);
    if (!kite->pages)
        return -ENOMEM;
    for""", "    for")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    files = {f"drivers/{name}/main.c": lab.c(text.replace("kite", name))
             for name, text in (RIGHT | WRONG).items()}
    return lab.shared(lab.make(tmp_path_factory.mktemp("marked") / "linux",
                               files))


@pytest.mark.parametrize("name", RIGHT)
def test_a_mark_tells_whose_pages_they_are(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == (
        "convert", "pin-longterm"), decision.reason
    assert lab.releases(decision) == lab.marked(
        found.program.tree.root, f"drivers/{name}", "release")


@pytest.mark.parametrize("name", WRONG)
def test_a_mark_that_others_may_have_tells_nothing(found: Analysis,
                                                   name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "other-origin"), decision.reason


def test_what_is_made_to_be_freed_is_named(found: Analysis) -> None:
    """The question there is whether a user's pages are left."""
    decision = lab.only(found, "drivers/freed/main.c")
    assert "__free_page() here is for pages that come in at" in decision.reason
    line = next(n for n, row in enumerate(WRONG["freed"].split("\n"), 1)
                if "__free_page" in row)
    assert decision.blocked_by == f"drivers/freed/main.c:{line}"
