# SPDX-License-Identifier: GPL-2.0-only
"""The audit and kernels without an MMU: one finding for all calls that pin."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.audit import follow
from trees import lab

GUP = """\
int __must_check try_grab_folio(struct folio *folio, int refs, unsigned int f);

#ifdef CONFIG_MMU
#else
static long __get_user_pages_locked(unsigned long start, long nr,
        struct page **pages, unsigned int flags)
{
    long i;

    for (i = 0; i < nr; i++) {
        vma = find_vma(mm, start);
        if (!vma)
            break;
        if (pages) {
            pages[i] = virt_to_page((void *)start);
            if (pages[i])
                get_page(pages[i]);
        }
    }
    return i;
}
#endif
""".replace("    ", "\t")
CALLER = """\
#include <linux/mm.h>

int pens(unsigned long at, struct page *page)
{
    if (pin_user_pages_fast(at, 1, 0, &page) != 1)
        return -EFAULT;
    write_with(page_to_nid(page));
    unpin_user_page(page);
    return 0;
}
""".replace("    ", "\t")
KCONFIG = {"drivers/pen/Makefile": "obj-$(CONFIG_PEN) += main.o\n",
           "drivers/Makefile": "obj-y += pen/\n",
           "Kconfig": 'source "drivers/pen/Kconfig"\n'}
NEEDS = "config PEN\n\ttristate \"Pens\"\n\tdepends on MMU\n"


def _found(tree: Path, files: dict[str, str]) -> list[tuple[str, int, str, str]]:
    lab.make(tree, {"drivers/pen/main.c": CALLER, **KCONFIG, **files})
    return [(f.file, f.line, f.code, f.other)
            for f in follow.read(tree, None, 1).found()]


@pytest.mark.parametrize("files", [
    {"mm/gup.c": GUP.replace(
        "get_page(pages[i]);", "try_grab_folio(page_folio(pages[i]), 1, flags);"),
     "drivers/pen/Kconfig": "config PEN\n\ttristate\n"},
    {"mm/gup.c": GUP, "drivers/pen/Kconfig": NEEDS},
    {"drivers/pen/Kconfig": "config PEN\n\ttristate\n"}],
    ids=["mended", "every caller needs one", "no gup.c"])
def test_nothing_is_wrong(tmp_path, files):
    assert not _found(tmp_path / "linux", files)


def test_references_in_place_of_pins(tmp_path):
    assert _found(tmp_path / "linux", {
        "mm/gup.c": GUP, "drivers/pen/Kconfig": "config PEN\n\ttristate\n"}) == [
            ("mm/gup.c", 17, "pin-without-mmu", "drivers/pen/main.c:5")]


def test_a_module_has_no_gup(tmp_path):
    tree = lab.make(tmp_path / "linux", {"mm/gup.c": GUP})
    module = tmp_path / "pen"
    module.mkdir()
    (module / "main.c").write_text(CALLER)
    assert not follow.read(tree, module, 1).found()
