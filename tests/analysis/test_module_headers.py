# SPDX-License-Identifier: GPL-2.0-only
"""A module is read with the headers of its kernel, which stay unreported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pinlib.analysis import whole_tree
from trees import lab

Analyse = Callable[..., whole_tree.Analysis]
# What a kernel defines for its modules.
BATCH = lab.c("""\
struct toy_batch {
    struct page **pages;
    unsigned int nr;
};
""")
FIND = lab.c("""\
static inline int toy_probe(unsigned long start)
{
    struct page *page;
    int got = get_user_pages_fast(start, 1, 0, &page);

    if (got == 1)
        put_page(page);
    return got;
}
""")
# What the kernel calls the two functions of a driver through.
TABLE = lab.c("""\
static const struct toy_operations toy_ops = {
    .grab = grab,
    .drop = drop,
};
""")
KEEPS = lab.c("""\
#include <linux/mm.h>
#include <linux/toy_batch.h>
int grab(struct toy_batch *batch, unsigned long start)
{
    if (get_user_pages_fast(start, 1, FOLL_WRITE, batch->pages) != 1)
        return -EFAULT;
    toy_batch_queue(batch);
    return 0;
}
void drop(struct toy_batch *batch)
{
    put_page(batch->pages[0]);
}
""") + TABLE
NUMBERS = lab.c("""\
#include <linux/mm.h>
#include <linux/toy_numbers.h>
struct toy {
    struct page *page;
};
int grab(struct toy *toy, struct toy_numbers *known, unsigned long start)
{
    if (get_user_pages_fast(start, 1, FOLL_WRITE, &toy->page) != 1)
        return -EFAULT;
    known->number[0] = page_to_pfn(toy->page); /* @kept */
    return 0;
}
void drop(struct toy *toy)
{
    put_page(toy->page);
}
void drop_first(struct toy_numbers *known)
{
    put_page(pfn_to_page(known->number[0]));
}
""")
INLINE = lab.c("""\
static inline void toy_forget(struct page *page)
{
    set_page_dirty_lock(page);
    put_page(page);
}
""")
FORGETS = lab.c("""\
#include <linux/mm.h>
#include <linux/toy_inline.h>
int fill(unsigned long start)
{
    struct page *page;

    if (get_user_pages_fast(start, 1, FOLL_WRITE, &page) != 1)
        return -EFAULT;
    memset(page_address(page), 0, PAGE_SIZE);
    toy_forget(page);
    return 0;
}
""")


@pytest.fixture(name="module")
def _module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Analyse:
    """Analyses a folder of C against a kernel with some headers of its own."""
    lab.share_cache(monkeypatch)

    def run(files: dict[str, str],
            kernel: dict[str, str]) -> whole_tree.Analysis:
        for name, text in files.items():
            path = tmp_path / "toy" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return whole_tree.run(lab.make(tmp_path / "linux", kernel),
                              tmp_path / "toy", 1, "mission", None)
    return run


def test_members_of_the_kernels_structures_are_typed(module: Analyse) -> None:
    """Where the kernel's structure only leads to one of the module."""
    found = module({"toy.c": lab.c("""\
#include <linux/mm.h>
#include <linux/toy_host.h>
struct toy {
    struct page *page;
};
int grab(struct toy_host *host, unsigned long start)
{
    if (get_user_pages_fast(start, 1, FOLL_WRITE, &host->own->page) != 1)
        return -EFAULT;
    return 0;
}
void drop(struct toy_host *host)
{
    put_page(host->own->page);
}
""") + TABLE}, {"include/linux/toy_host.h":
                "struct toy_host {\n\tstruct toy *own;\n};\n"})
    decision = lab.only(found, "toy.c")
    assert (decision.disposition, lab.releases(decision)) == (
        "convert", ["toy.c:14"])


def test_what_the_kernel_may_hold_is_not_converted(module: Analyse) -> None:
    found = module({"toy.c": KEEPS}, {"include/linux/toy_batch.h": BATCH})
    decision = lab.only(found, "toy.c")
    assert (decision.disposition, decision.code, decision.blocked_by) == (
        "manual", "unclear-member", "toy.c:5")
    assert "struct toy_batch.pages" in decision.reason


def test_the_modules_own_structure_comes_first(module: Analyse) -> None:
    found = module({"toy.c": KEEPS, "sub/own.h": BATCH},
                   {"include/linux/toy_batch.h": BATCH})
    decision = lab.only(found, "toy.c")
    assert (decision.disposition, lab.releases(decision)) == (
        "convert", ["toy.c:12"])


def test_the_kernels_own_calls_are_not_reported(module: Analyse) -> None:
    found = module({"toy.c": "#include <linux/toy_find.h>\n" + lab.c("""\
int look(unsigned long start)
{
    struct page *page;

    if (toy_probe(start) != 1 || get_user_pages_fast(start, 1, 0, &page) != 1)
        return -EFAULT;
    toy_copy(page_address(page));
    put_page(page);
    return 0;
}
""")}, {"include/linux/toy_find.h": FIND, "lib/probe.c": FIND})
    assert [d.site.file for d in found.decisions] == ["toy.c"]
    assert {t.file for t in found.tokens} == {"toy.c"}


def test_a_page_found_again_by_number(module: Analyse) -> None:
    """The release is in a file at the top of the module's folder."""
    found = module({"toy.c": NUMBERS}, {"include/linux/toy_numbers.h": (
        "struct toy_numbers {\n\tunsigned long number[8];\n};\n")})
    decision = lab.only(found, "toy.c")
    assert (decision.disposition, decision.code, decision.blocked_by) == (
        "manual", "kept-by-number",
        f"toy.c:{lab.line(found.program.tree.root, 'toy.c', '@kept')}")


def test_a_release_of_the_kernels_own_is_not_edited(module: Analyse) -> None:
    found = module({"toy.c": FORGETS},
                   {"include/linux/toy_inline.h": INLINE})
    decision = lab.only(found, "toy.c")
    assert (decision.disposition, decision.code, decision.blocked_by) == (
        "manual", "release-form", "toy.c:7")


def test_a_release_of_the_modules_own_header_is(module: Analyse) -> None:
    found = module({"toy.c": FORGETS, "inc/toy_inline.h": INLINE},
                   {"include/linux/toy_inline.h": INLINE})
    decision = lab.only(found, "toy.c")
    assert (decision.disposition, lab.releases(decision)) == (
        "convert", ["inc/toy_inline.h:4"])


@pytest.mark.parametrize("name", [
    "sg_elsewhere", "passed_dropped", "passed_other", "passed_public",
    "public_header"])
def test_what_the_kernel_does_with_the_pages_counts(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The traps whose other half lies in the kernel's own folders."""
    lab.share_cache(monkeypatch)
    tree = lab.make(tmp_path / "linux", None, "traps")
    found = whole_tree.run(tree, tree / "drivers" / name, 1, "mission", None)
    assert lab.only(found, "main.c").disposition == "manual"
