# SPDX-License-Identifier: GPL-2.0-only
"""Pages of another origin come to a release through the functions in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from trees import lab

DRIVER = lab.c("""\
#include <linux/mm.h>

static void %(name)s_put(struct page *page)
{
    %(inner)s;
}

void %(name)s_drop(struct page *page)
{
    %(outer)s;
}

int %(name)s_fill(unsigned long addr, struct page **pages, int nr)
{
    int got, i;

    got = get_user_pages_fast(addr, nr, FOLL_WRITE, pages);
    for (i = 0; i < got; i++) {
        clear_highpage(pages[i]);
        %(name)s_drop(pages[i]);
    }
    return 0;
}
""")
CACHED = lab.c("""
void %(name)s_cached(struct address_space *mapping, pgoff_t index)
{
    struct page *page = find_get_page(mapping, index);

    if (page)
        %(name)s_drop(page);
}
""")
# How the two functions hand a page on.
WAYS = {
    "plain": ("put_page(page)", "plain_put(page)"),
    "copy": ("put_page(page)", "struct page *it = page;\n\n\tcopy_put(it)"),
    "late": ("struct page *it = page;\n\n\tput_page(it)", "late_put(page)")}


@pytest.mark.parametrize("other", (False, True))
def test_a_chain_of_helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                            other: bool) -> None:
    """It converts if only user pages come down it, whoever copies them."""
    lab.share_cache(monkeypatch)
    files = {}
    for name, (inner, outer) in WAYS.items():
        parts = {"name": name, "inner": inner, "outer": outer}
        files[f"drivers/{name}/main.c"] = DRIVER % parts + (
            CACHED % parts if other else "")
    found = lab.analyse(lab.make(tmp_path / "linux", files))
    made = {d.site.file: (d.disposition, d.code) for d in found.decisions}
    right = ("manual", "other-origin") if other else ("convert", "pin-short")
    assert made == dict.fromkeys(files, right)
