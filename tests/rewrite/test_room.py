# SPDX-License-Identifier: GPL-2.0-only
"""Where a flag makes a structure no larger, by the layout of 64-bit kernels."""

from __future__ import annotations

import pytest

from pinlib.rewrite import room

CONTEXT = ("struct kiocb *iocb; struct bio_vec *vec; loff_t pos; "
           "unsigned int count; ssize_t result; ")


@pytest.mark.parametrize("body, member, wanted", [
    # Four bytes are free behind the count, and none behind a pointer.
    (CONTEXT, "vec", "count"),
    ("struct page *pages[16]; unsigned int count; ", "pages", "count"),
    ("struct args args; struct page **pages; struct desc *descs; "
     "unsigned int nr; ", "pages", "nr"),
    # Two numbers fill a word: nowhere is room, and the flag stays by its pages.
    ("struct page **pages; int first; int last; ", "pages", "pages"),
    ("struct page **pages; bool write; bool dirty; int error; long rest; ",
     "dirty", "dirty"),
    ("struct page **pages; u8 kind; struct list_head list; ", "pages", "kind"),
    # Nothing may stand behind the last array.
    ("int nr; int size; struct page **pages; u8 kind[]; ", "pages", "pages"),
    # Of two as near, the later.
    ("int a; void *b; struct page **pages; void *c; int d; ", "pages", "d"),
])
def test_a_flag_goes_where_a_byte_is_free(body: str, member: str,
                                          wanted: str) -> None:
    assert room.behind(body, member) == wanted


@pytest.mark.parametrize("more", [
    "\n#ifdef CONFIG_A\nint a;\n#endif\n", "unsigned int a : 1; ",
    "union { int a; int b; }; ", "int a, b; "])
def test_what_is_no_plain_member_leaves_the_flag_where_it_was(
        more: str) -> None:
    assert room.behind(CONTEXT + more, "vec") == "vec"
