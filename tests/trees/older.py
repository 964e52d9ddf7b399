# SPDX-License-Identifier: GPL-2.0-only
"""Whole small trees in the form of kernels before Debian's 6.1 and after it.

tests/trees/older has what they share, and the iterator's callers of two times: up
to 5.19 iov_iter_get_pages() leaves the iterator where it is (`stays`), and from 6.2
to 6.4 it takes flags beside a form without (`flags`). From 6.3 on the tree extracts
itself, and refuses pipes (`served`).
"""

from __future__ import annotations

from pathlib import Path

from trees import lab

MAKEFILE = """\
# SPDX-License-Identifier: GPL-2.0-only
VERSION = {}
PATCHLEVEL = {}
SUBLEVEL = 7
EXTRAVERSION =
"""
MM = lab.c("""\
/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#define FOLL_WRITE 0x01
#define FOLL_GET 0x04
#define FOLL_LONGTERM 0x10000

%s
long get_user_pages_remote(%sstruct mm_struct *mm, unsigned long start,
    unsigned long nr_pages, unsigned int gup_flags,
    struct page **pages, struct vm_area_struct **vmas,
    int *locked);
long get_user_pages(unsigned long start, unsigned long nr_pages,
    unsigned int gup_flags, struct page **pages,
    struct vm_area_struct **vmas);
int get_user_pages_fast(unsigned long start, int nr_pages,
    unsigned int gup_flags, struct page **pages);
void put_page(struct page *page);
void get_page(struct page *page);

#endif
""")
PINS = lab.c("""\
long pin_user_pages(unsigned long start, unsigned long nr_pages,
    unsigned int gup_flags, struct page **pages,
    struct vm_area_struct **vmas);
int pin_user_pages_fast(unsigned long start, int nr_pages,
    unsigned int gup_flags, struct page **pages);
void unpin_user_page(struct page *page);
void unpin_user_pages(struct page **pages, unsigned long npages);
void unpin_user_pages_dirty_lock(struct page **pages, unsigned long npages,
    bool make_dirty);
""")
UIO = lab.c("""\
/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_UIO_H
#define _LINUX_UIO_H

%s
struct iov_iter {
    %s;
    unsigned long count;
};

%s
#endif
""")
GET = lab.c("""\
ssize_t iov_iter_get_pages(struct iov_iter *i, struct page **pages,
    size_t maxsize, unsigned maxpages, size_t *start%s);
ssize_t iov_iter_get_pages_alloc(struct iov_iter *i, struct page ***pages,
    size_t maxsize, size_t *start%s);
""")
MOVES = GET.replace("_pages(", "_pages2(").replace("_alloc(", "_alloc2(")
EXTRACT = lab.c("""\
typedef unsigned int __bitwise iov_iter_extraction_t;
%sssize_t iov_iter_extract_pages(struct iov_iter *i, struct page ***pages,
    size_t maxsize, unsigned int maxpages,
    iov_iter_extraction_t extraction_flags,
    size_t *offset0);

static inline bool iov_iter_extract_will_pin(const struct iov_iter *iter)
{
    return user_backed_iter(iter);
}
""")
OLD_KINDS = "enum iter_type { ITER_IOVEC = 4, ITER_KVEC = 8, ITER_BVEC = 16, " \
    "ITER_PIPE = 32, ITER_DISCARD = 64 };"
NEW_KINDS = "enum iter_type { ITER_IOVEC, ITER_KVEC, ITER_BVEC, ITER_PIPE, " \
    "ITER_XARRAY, ITER_DISCARD%s };"
STAYS = UIO % (OLD_KINDS, "unsigned int type", GET % ("", ""))
NUMBERED = ", unsigned gup_flags"
TYPED = ", iov_iter_extraction_t extraction_flags"
# Of each release: mm.h, uio.h, and the folder of callers.
FORMS = {
    "5.4": (MM % ("", "struct task_struct *tsk, "), STAYS, "stays"),
    "5.10": (MM % (PINS, ""), STAYS, "stays"),
    "5.15": (MM % (PINS, ""), UIO % (NEW_KINDS % "", "u8 iter_type",
                                     GET % ("", "")), "stays"),
    "6.2": (MM % (PINS, ""), UIO % (
        NEW_KINDS % ", ITER_UBUF", "u8 iter_type",
        GET % (NUMBERED, NUMBERED) + MOVES % ("", "")), "flags"),
    "6.4": (MM % (PINS, ""), UIO % (
        NEW_KINDS % ", ITER_UBUF", "u8 iter_type",
        EXTRACT % (GET % (TYPED, TYPED) + MOVES % ("", ""))), "flags")}


def make(tree: Path, version: str) -> Path:
    """A tree in the form of one release."""
    mm, uio, callers = FORMS[version]
    served = ["older/served"] if "extraction_t" in uio else []
    made = lab.make(tree, {
        "Makefile": MAKEFILE.format(*version.split(".")),
        "include/linux/mm.h": mm, "include/linux/uio.h": uio,
        "include/linux/mm_types.h": "struct page;\n"},
        "older/all", f"older/{callers}", *served)
    if "extraction_t" in uio:
        vat = made / "block/vat.c"
        vat.write_text(vat.read_text().replace(
            "unsigned int flags", "iov_iter_extraction_t flags").replace(
                "FOLL_PCI_P2PDMA", "ITER_ALLOW_P2PDMA"))
    return made
