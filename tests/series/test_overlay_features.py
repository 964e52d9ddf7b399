# SPDX-License-Identifier: GPL-2.0-only
"""What the overlay asks of a tree's text, and never of its version."""

from __future__ import annotations

import re

import pytest
from pinlib.base.errors import RuleError
from pinlib.base.resources import OVERLAY
from pinlib.series import overlay

WALKS = """\
static ssize_t iov_iter_extract_bvec_pages(struct iov_iter *i, size_t most)
{
    struct bvec_iter at = { .bi_size = most };

    while (at.bi_size)
        bvec_iter_advance_single(i->bvec, &at, 1);
    return most;
}
"""
ONE_ENTRY = """\
static ssize_t iov_iter_extract_bvec_pages(struct iov_iter *i, size_t most)
{
    return min(most, i->bvec->bv_len);
}

static void another(struct bio_vec *bv, struct bvec_iter *at)
{
    bvec_iter_advance_single(bv, at, 1);
}
"""


def features(tmp_path, **texts):
    names = {file for _, file, _ in (*overlay.PROBES, *overlay.PIN_FORMS,
                                     *overlay.BOOT_PROBES)}
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts.get(path.stem, ""), encoding="utf-8")
    return overlay.tree_features(tmp_path, booted=True)


@pytest.mark.parametrize("text, joints", [(WALKS, True), (ONE_ENTRY, False)])
def test_an_extraction_that_walks_entries_may_pass_their_joints(
        tmp_path, text, joints):
    found = features(tmp_path, iov_iter=text)
    assert ("TREE_BVEC_JOINTS" in found) == joints


def test_functions_are_looked_for_where_they_are_declared(tmp_path):
    found = features(tmp_path, mm="void unpin_user_folio(struct folio *f);",
                     uio="ssize_t iov_iter_extract_bvecs(struct iov_iter *i);")
    assert {"TREE_UNPIN_FOLIO", "TREE_EXTRACT_BVECS"} <= found
    assert not features(tmp_path) & {"TREE_UNPIN_FOLIO", "TREE_EXTRACT_BVECS"}


def test_every_helper_that_converted_code_may_call_is_in_a_template():
    found = set()
    for path in (OVERLAY / "lib").glob("*extract*.c"):
        if "kunit" not in path.name and "model" not in path.name:
            found |= set(re.findall(r"EXPORT_SYMBOL_GPL\((\w+)\)",
                                    path.read_text()))
    assert found | {"iov_iter_extract_will_pin"} == overlay.NAMES


PINS = "static int hpage_pincount_available(void);\n"
OLD_UIO = """\
#ifndef UIO_H
#define UIO_H
enum { ITER_PIPE };
ssize_t iov_iter_get_pages2(struct iov_iter *i);
#endif /* UIO_H */
"""


def made(tmp_path, *called, uio=OLD_UIO):
    """The parts that add what is called to a tree: names, files and texts."""
    for name in ("iov_iter", "page_extract"):
        (tmp_path / "lib").mkdir(exist_ok=True)
    features(tmp_path, uio=uio, mm=PINS,
             iov_iter="#include <linux/uio.h>\n\nint old;\n")
    (tmp_path / "lib/Makefile").write_text("obj-y += iov_iter.o\n")
    return overlay.parts(tmp_path, called)


def test_nothing_is_added_that_is_not_called(tmp_path):
    assert made(tmp_path) == []
    [one] = made(tmp_path, "page_extract_release")
    assert one.names == ["page_extract_release"]
    assert one.subject == "lib: add page_extract_release()"
    source = one.files["lib/page_extract.c"]
    assert source.count("EXPORT_SYMBOL_GPL(") == 1
    assert "run_length" not in source and "vmstat.h" not in source
    assert one.files["include/linux/page_extract.h"].count(");") == 1


def test_what_a_helper_calls_itself_comes_with_it(tmp_path):
    [one] = made(tmp_path, "page_extract_release_pages")
    assert one.names == ["page_extract_release_pages",
                         "page_extract_release_pages_dirty_lock"]
    source = one.files["lib/page_extract.c"]
    assert "run_length(" in source and "page_extract_add_pin" not in source


def test_comments_speak_only_of_what_is_added(tmp_path):
    pin, backport, more = made(tmp_path, "iov_iter_extract_pages_alloc")
    for text in pin.files.values():
        assert not re.search(r"@pinned|[Rr]eleas|every tree|folio_add_pin", text)
    assert "second owner" in pin.facts[0] and "folio_add_pin" not in pin.facts[0]
    assert backport.facts[0].startswith("iov_iter_extract_pages() lists")
    # This kernel's pin_user_pages_fast() has no flag for such pages.
    source = backport.files["lib/iov_iter.c"]
    assert "ITER_ALLOW_P2PDMA, which makes no difference here, or 0" in source
    assert "even when it fails" in more.facts[0]


def test_extraction_goes_where_upstream_has_it(tmp_path):
    pin, backport, more = made(tmp_path, "iov_iter_extract_pages_alloc")
    assert pin.names == ["page_extract_add_pin"]      # pipes want it
    assert list(backport.files) == ["include/linux/uio.h", "lib/iov_iter.c"]
    text = backport.files["lib/iov_iter.c"]
    assert text.startswith("#include <linux/uio.h>\n#include "
                           "<linux/page_extract.h>\n\nint old;\n\n/*\n")
    assert "---- */" not in text and "iov_iter_extract_pages_alloc" not in text
    header = more.files["include/linux/uio.h"]
    assert header.endswith("size_t maxsize, size_t *offset);\n"
                           "\n#endif /* UIO_H */\n")
    assert more.names == ["iov_iter_extract_pages_alloc"]
    assert more.files["lib/iov_iter.c"].startswith(text)


def test_what_a_tree_has_is_not_added_again(tmp_path):
    """The prerequisite series may be in the tree already."""
    for part in made(tmp_path, "iov_iter_extract_pages_alloc"):
        for file, text in part.files.items():
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(text)
    assert overlay.parts(tmp_path, {"iov_iter_extract_pages_alloc"}) == []
    [one] = overlay.parts(tmp_path, {"page_extract_release"})
    assert one.names == ["page_extract_release"]


def test_a_name_of_the_trees_own_stops_the_backport(tmp_path):
    made(tmp_path)
    (tmp_path / "lib/iov_iter.c").write_text("static int extract_user;\n")
    with pytest.raises(RuleError, match="extract_user of its own"):
        overlay.parts(tmp_path, {"iov_iter_extract_pages"})


def test_line_ends_of_the_tree_stay(tmp_path):
    made(tmp_path)
    (tmp_path / "lib/iov_iter.c").write_bytes(b"#include <linux/uio.h>\r\n")
    _, backport = overlay.parts(tmp_path, {"iov_iter_extract_pages"})
    text = backport.files["lib/iov_iter.c"]
    assert text.count("\n") == text.count("\r\n") > 100


GUP = """\
GRAB(struct TAKES);

#ifdef CONFIG_MMU
static long __get_user_pages_locked(unsigned int flags)
{
    return 0;
}
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


@pytest.mark.parametrize(("grab", "takes", "call"), [
    ("int __must_check try_grab_folio", "folio *folio, int refs, unsigned f",
     "try_grab_folio(page_folio(pages[i]), 1,"),
    ("int __must_check try_grab_page", "page *page, unsigned int flags",
     "try_grab_page(pages[i],"),
    ("bool __must_check try_grab_page", "page *page, unsigned int flags",
     "!try_grab_page(pages[i],")])
def test_kernels_without_an_mmu_pin_too(tmp_path, grab, takes, call):
    made(tmp_path)
    text = GUP.replace("GRAB", grab).replace("TAKES", takes)
    (tmp_path / "mm/gup.c").write_text(text)
    first, *_ = overlay.parts(tmp_path, {"page_extract_release"})
    assert list(first.files) == ["mm/gup.c"] and not first.names
    assert first.also_in == "nommu"
    new = first.files["mm/gup.c"]
    assert f"\t\t\tif (pages[i] &&\n\t\t\t    {call}\n" in new
    assert "flags & FOLL_PIN ?: FOLL_GET))\n\t\t\t\tbreak;\n\t\t}\n" in new
    assert "get_page(pages[i])" not in new
    # Once it is in the tree, nothing is left to do.
    (tmp_path / "mm/gup.c").write_text(new)
    assert [p.names for p in overlay.parts(
        tmp_path, {"page_extract_release"})] == [["page_extract_release"]]


def test_what_takes_a_pin_must_be_there_without_an_mmu(tmp_path):
    made(tmp_path)
    inside = GUP.replace("GRAB(struct TAKES);\n\n", "").replace(
        "#ifdef CONFIG_MMU\n", "\n#ifdef CONFIG_MMU\nint __must_check "
        "try_grab_page(struct page *page, unsigned int flags);\n")
    (tmp_path / "mm/gup.c").write_text(inside)
    assert overlay.parts(tmp_path, ()) == []


def test_no_member_is_named_that_a_refactoring_renames():
    """The page of a bio_vec is asked of the tree's own accessor.

    But for what makes one, in the campaign that renames it.
    """
    for path in sorted(OVERLAY.rglob("*.[ch]")):
        assert path.parent.name == "campaigns" or \
            "bv_page" not in path.read_text(encoding="utf-8"), path
