# SPDX-License-Identifier: GPL-2.0-only
"""A page that is dropped by its address or its number, kept in the meantime.

Only what was made of these pages may ever be kept there: each twin brings in
another page's, or goes on to the page beside it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

LOCAL = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int NAME_run(void *own, unsigned long addr)
{
    struct page *page;
    void *at;

    if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
        return -EFAULT;
    at = page_address(page);
    memset(at, 1, 8);
    put_page(virt_to_page(at)); /* @release */
    return 0;
}
""")
MEMBER = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct NAME_buf {
    void *at;
};

int NAME_take(struct NAME_buf *buf, unsigned long addr)
{
    struct page *page;

    if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
        return -EFAULT;
    buf->at = page_address(page);
    memset(buf->at, 1, 8);
    return 0;
}

void NAME_drop(struct NAME_buf *buf)
{
    put_page(virt_to_page(buf->at)); /* @release */
}

static int NAME_open(struct inode *inode, struct file *file)
{
    file->private_data = kzalloc(sizeof(struct NAME_buf), GFP_KERNEL);
    return file->private_data ? 0 : -ENOMEM;
}

static long NAME_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    return NAME_take(file->private_data, arg);
}

static int NAME_close(struct inode *inode, struct file *file)
{
    NAME_drop(file->private_data);
    return 0;
}

const struct file_operations NAME_fops = {
    .open = NAME_open,
    .unlocked_ioctl = NAME_ioctl,
    .release = NAME_close,
};
""")
NUMBER = MEMBER.replace("void *at;", "unsigned long at;").replace(
    "= page_address(page)", "= page_to_pfn(page)").replace(
    "memset(buf->at, 1, 8)",
    "dma_map_page(NULL, page, 0, PAGE_SIZE, DMA_FROM_DEVICE)").replace(
    "virt_to_page(", "pfn_to_page(")
ENTRIES = NUMBER.replace("long at;", "long at[4];\n\tint n;").replace(
    "buf->at = ", "buf->at[buf->n++] = ").replace(
    "\tput_page(pfn_to_page(buf->at))",
    "\twhile (buf->n)\n\t\tput_page(pfn_to_page(buf->at[--buf->n]))")

Change = Callable[[str], str]


def _but(base: str, *pairs: tuple[str, str]) -> Change:
    """A driver with some pieces of it changed, each of which is there once."""
    def change(_: str) -> str:
        text = base
        for old, new in pairs:
            assert text.count(old) == 1, old
            text = text.replace(old, lab.c(new))
        return text
    return change


def _beside(base: str, body: str, more: str = "") -> Change:
    """A driver with another function that gets the object."""
    return _but(base, ("void NAME_drop(", f"void NAME_more(struct NAME_buf *buf"
                       f"{more})\n{{\n{body}}}\n\nvoid NAME_drop("))


RIGHT: dict[str, Change] = {
    "local": lambda _: LOCAL,
    "offset": _but(LOCAL, ("page_address(page)", "page_address(page) + 64")),
    "offset_kept": _but(
        LOCAL, ("    at = page_a".replace("    ", "\t"),
                "    off = addr & (PAGE_SIZE - 1);\n    at = page_a"),
        ("page_address(page)", "page_address(page) + off"),
        ("\tvoid *at;", "    unsigned long off;\n    void *at;")),
    "kmapped": _but(LOCAL, ("page_address(page)", "kmap(page)"),
                    ("\tput_page(", "    kunmap(page);\n    put_page(")),
    "kmapped_here": _but(
        LOCAL, ("page_address(page)", "kmap_local_page(page)"),
        ("\tput_page(virt_to_page(at))",
         "    page = kmap_to_page(at);\n    kunmap_local(at);\n"
         "    put_page(page)")),
    "member": lambda _: MEMBER,
    "number": lambda _: NUMBER,
    "number_wide": _but(NUMBER, ("unsigned long at;", "u64 at;")),
    "number_cleared": _but(
        NUMBER, ("\tput_page(",
                 "    if (!buf->at)\n        return;\n    put_page("),
        ("; /* @release */", "; /* @release */\n    buf->at = 0;")),
    "entries": lambda _: ENTRIES,
}
TWINS: dict[str, Change] = {
    "local_other": _but(LOCAL, ("\tmemset(", "    if (own)\n        at = own;\n"
                                "    memset(")),
    "local_next": _but(LOCAL, ("virt_to_page(at)",
                               "virt_to_page(at + PAGE_SIZE)")),
    "local_words": _but(LOCAL, ("page_address(page)",
                                "(u32 *)page_address(page) + 1024")),
    "offset_far": _but(LOCAL, ("page_address(page)",
                               "page_address(page) + addr")),
    "offset_twice": _but(LOCAL, ("page_address(page)", "page_address(page) + 4000"),
                         ("virt_to_page(at)", "virt_to_page(at + 4000)")),
    "made": _beside(MEMBER, "    buf->at = kmalloc(64, GFP_KERNEL);\n"),
    "got": _beside(MEMBER, "    buf->at = (void *)__get_free_page(GFP_KERNEL);\n"),
    "moved": _beside(MEMBER, "    buf->at += PAGE_SIZE;\n"),
    "filled": _beside(MEMBER, "    NAME_fill(&buf->at);\n"),
    "behind": _but(MEMBER.replace("buf->at", "*buf->at"),
                   ("void *at", "void **at")),
    "number_given": _beside(NUMBER, "    buf->at = pfn;\n", ", unsigned long pfn"),
    "number_own": _beside(NUMBER, "    struct page *own = alloc_page(GFP_KERNEL);\n"
                          "\n    if (own)\n        buf->at = page_to_pfn(own);\n"),
    "number_literal": _beside(NUMBER, "    *buf = (struct NAME_buf) { .at = n };\n",
                              ", unsigned long n"),
    "number_next": _but(NUMBER, ("pfn_to_page(buf->at)",
                                 "pfn_to_page(buf->at + 1)")),
    "number_after": _but(NUMBER, ("page_to_pfn(page)",
                                  "page_to_pfn(page) + 1")),
    "number_raised": _beside(NUMBER, "    buf->at++;\n"),
    "entries_given": _beside(ENTRIES, "    buf->at[buf->n++] = pfn;\n",
                             ", unsigned long pfn"),
    "entries_copied": _beside(
        ENTRIES, "    memcpy(buf->at, all, sizeof(buf->at));\n",
        ", unsigned long *all"),
    # The exit after an error drops it by its own name.
    "offset_exit": _but(
        LOCAL, ("page_address(page)", "page_address(page) + addr"),
        ("\tmemset(", "    if (!own) {\n        put_page(page);\n"
         "        return -EINVAL;\n    }\n    memset(")),
    "entries_elsewhere": _but(ENTRIES, ("long at[4];", "long *at;")),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of the drivers and their twins."""
    top = tmp_path_factory.mktemp("kept")
    files = {f"drivers/{name}/main.c": change("").replace("NAME", name)
             for name, change in {**RIGHT, **TWINS}.items()}
    # Too short a number is no page's, and a shifted one is not followed.
    for name, old, new in (("number_short", "unsigned long at;", "u32 at;"),
                           ("number_shifted", "page_to_pfn(page)",
                            "page_to_pfn(page) << PAGE_SHIFT")):
        files[f"drivers/{name}/main.c"] = _but(NUMBER, (old, new))(
            "").replace("NAME", name)
    return lab.shared(lab.make(top / "linux", files))


@pytest.mark.parametrize("name", RIGHT)
def test_it_is_the_same_page(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert decision.disposition == "convert", decision.reason
    assert lab.releases(decision) == lab.marked(
        found.program.tree.root, f"drivers/{name}", "release")


@pytest.mark.parametrize("name", TWINS)
def test_another_page_may_be_dropped(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "other-origin"), decision.reason


@pytest.mark.parametrize("name", ["number_short", "number_shifted"])
def test_a_number_that_is_not_followed(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "kept-by-number"), decision.reason
