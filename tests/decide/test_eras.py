# SPDX-License-Identifier: GPL-2.0-only
"""Trees of other years: the headers say what each interface takes.

One driver of each idiom on a tree that declares the interfaces as some era
did. No era may lose a call, or convert one whose form the rules do not know.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from pinlib.analysis.whole_tree import Analysis
from pinlib.decide import api_forms
from pinlib.decide.decide import Decision
from pinlib.rewrite.apply import apply_group
from pinlib.series import commits, overlay
from pinlib.series.overlay import overlay_files
from trees import lab

FAST_INT = "int get_user_pages_fast(unsigned long, int n, int write, " \
    "struct page **pages);\n"
FAST = "int get_user_pages_fast(unsigned long start, int nr_pages,\n" \
    "\tunsigned int gup_flags, struct page **pages);\n"
PIN = FAST.replace("get_user", "pin_user") + \
    "void unpin_user_page(struct page *page);\n" \
    "void unpin_user_pages(struct page **pages, unsigned long npages);\n"
STAND = "ssize_t iov_iter_get_pages(struct iov_iter *i, struct page **pages," \
    "\n\tsize_t maxsize, unsigned maxpages, size_t *start{});\n" \
    "ssize_t iov_iter_get_pages_alloc(struct iov_iter *i,\n" \
    "\tstruct page ***pages, size_t maxsize, size_t *start{});\n"
MOVE = STAND.replace("_pages(", "_pages2(").replace("_alloc(", "_alloc2(")
EXTRACT = "ssize_t iov_iter_extract_pages(struct iov_iter *i,\n" \
    "\tstruct page ***pages, size_t maxsize, unsigned int maxpages,\n" \
    "\tiov_iter_extraction_t extraction_flags, size_t *offset0);\n"
USER = "enum iter_type { ITER_IOVEC, ITER_KVEC, ITER_BVEC%s };\n" \
    "struct iov_iter { unsigned char iter_type; };\n"
PIPE = USER % ", ITER_PIPE"
FLAGS = ", unsigned gup_flags"
TYPED = ", iov_iter_extraction_t flags"

FAST_DRIVER = """\
    #include <linux/mm.h>

    int toy_read(unsigned long addr, int nr, struct page **pages)
    {
        int i, ret;

        ret = get_user_pages_fast(addr, nr, FOLL_WRITE, pages);
        for (i = 0; i < ret; i++)
            flush_dcache_page(pages[i]);
        for (i = 0; i < ret; i++)
            put_page(pages[i]); /* @release */
        return 0;
    }
"""
SIGNED_DRIVER = """
    struct toy {
        struct page *row[4];
        int got;
    };

    static void toy_end(struct toy *toy)
    {
        release_pages(toy->row, toy->got);
    }

    int toy_fill(struct toy *toy, unsigned long addr)
    {
        toy->got = get_user_pages_fast(addr, 4, FOLL_WRITE, toy->row);
        flush_dcache_page(toy->row[0]);
        toy_end(toy);
        return 0;
    }
"""
ITER_DRIVER = """\
    #include <linux/mm.h>
    #include <linux/uio.h>

    long toy_dio(struct file *file, char *buf, size_t len)
    {
        struct iov_iter iter;
        struct page *pages[16];
        size_t start;
        ssize_t got;
        int i, n;

        iov_iter_init(&iter, 0, 0, 1, len);
        got = %s;
        if (got < 0)
            return got;
    %s    n = DIV_ROUND_UP(got + start, 4096);
        for (i = 0; i < n; i++)
            put_page(pages[i]); /* @release */
        return got;
    }
"""
CALL = "iov_iter_get_pages%s(&iter, pages, len, 16, &start%s)"
ADVANCE = "    iov_iter_advance(&iter, got);\n"


def analysed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mm: str,
             uio: str, call: str = CALL % ("", ""),
             after: str = "") -> Analysis:
    """The two drivers on a tree with these prototypes."""
    lab.share_cache(monkeypatch)
    return lab.analyse(lab.make(tmp_path / "linux", {
        "include/linux/mm.h": mm, "include/linux/uio.h": uio,
        "drivers/fast/main.c": lab.c(dedent(FAST_DRIVER)),
        "drivers/iter/main.c": lab.c(dedent(ITER_DRIVER % (call, after)))}))


def both(found: Analysis) -> tuple[Decision, Decision]:
    """The call by address, and the one by iterator."""
    calls = [t for t in found.tokens if t.kind == "call"]
    assert len(calls) == len(found.decisions) == 2
    return (lab.only(found, "drivers/fast/main.c"),
            lab.only(found, "drivers/iter/main.c"))


def verdict(decision: Decision) -> tuple[str, str]:
    """Disposition and code."""
    return decision.disposition, decision.code


@pytest.mark.parametrize("mm", [FAST_INT, FAST, ""])
def test_no_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                 mm: str) -> None:
    found = analysed(tmp_path, monkeypatch, mm, PIPE + STAND.format("", ""),
                     after=ADVANCE)
    for decision in both(found):
        assert verdict(decision) == ("blocked", "no-pin-api")


def test_the_iterator_stays(tmp_path: Path,
                            monkeypatch: pytest.MonkeyPatch) -> None:
    found = analysed(tmp_path, monkeypatch, FAST + PIN,
                     PIPE + STAND.format("", ""), after=ADVANCE)
    fast, stays = both(found)
    assert verdict(fast) == ("convert", "pin-short")
    assert verdict(stays) == ("convert", "unpin-always")
    [group] = [g for g in commits.make_plan(found)
               if g.decisions[0] is stays]
    text = apply_group(found.program.tree, group.id, group.edits)[
        "drivers/iter/main.c"].decode()
    assert "got = iov_iter_extract_pages_noadvance(&iter, &extracted, len,"\
        in text
    assert "iov_iter_advance(&iter, got);" in text
    assert "unpin_user_page(pages[i]);" in text


def test_the_iterator_moves(tmp_path: Path,
                            monkeypatch: pytest.MonkeyPatch) -> None:
    found = analysed(tmp_path, monkeypatch, FAST + PIN,
                     PIPE + MOVE.format("", ""), CALL % (2, ""))
    moves = both(found)[1]
    assert verdict(moves) == ("convert", "unpin-always")
    assert not found.native


@pytest.mark.parametrize("flags", [FLAGS, TYPED])
def test_flags_are_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                            flags: str) -> None:
    uio = PIPE + STAND.format(flags, flags) + MOVE.format("", "")
    found = analysed(tmp_path, monkeypatch, FAST + PIN, uio,
                     CALL % ("", ", FOLL_PCI_P2PDMA"))
    fast, flagged = both(found)
    assert verdict(fast) == ("convert", "pin-short")
    assert verdict(flagged) == ("manual", "carries-flags")


@pytest.mark.parametrize(("form", "name", "wanted"), [
    (TYPED, "", ("convert", "unpin-always")),
    # It is not known to take the same flags.
    (FLAGS, "", ("manual", "carries-flags")),
    # No extraction that allocates takes flags.
    (TYPED, "_alloc", ("manual", "carries-flags"))])
def test_flags_are_carried_over(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, name: str,
        wanted: tuple[str, str]) -> None:
    call = CALL % ("", ", flags & ITER_ALLOW_P2PDMA")
    if name:
        call = call.replace(
            "pages(", "pages_alloc(").replace("pages, len, 16", "&table, len")
    found = analysed(tmp_path, monkeypatch, FAST + PIN, USER % "" +
                     STAND.format(form, form) + MOVE.format("", "") + EXTRACT,
                     call)
    flagged = both(found)[1]
    assert verdict(flagged) == wanted
    if wanted[0] == "convert":
        [group] = [g for g in commits.make_plan(found)
                   if g.decisions[0] is flagged]
        text = apply_group(found.program.tree, group.id, group.edits)[
            "drivers/iter/main.c"].decode()
        assert "got = iov_iter_extract_pages(&iter, &extracted, len, 16,\n" \
            "\t\t\t\t     flags & ITER_ALLOW_P2PDMA, &start);" in text
        assert "page_extract.h" not in text


@pytest.mark.parametrize(("kinds", "wanted"), [
    # Only memory of user space comes here, whatever pipes could do.
    ("iov_iter_init(&iter, 0, 0, 1, len);", ("convert", "unpin-always")),
    ("iov_iter_pipe(&iter, 0, file, len);", ("keep", "kernel-pages")),
    ("if (file)\n\t\tiov_iter_pipe(&iter, 0, file, len);\n\telse\n"
     "\t\tiov_iter_init(&iter, 0, 0, 1, len);", ("manual", "pipe-refused"))])
def test_pipes_and_the_trees_own_extraction(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinds: str,
        wanted: tuple[str, str]) -> None:
    monkeypatch.setitem(globals(), "ITER_DRIVER", ITER_DRIVER.replace(
        "iov_iter_init(&iter, 0, 0, 1, len);", kinds))
    found = analysed(tmp_path, monkeypatch, FAST + PIN,
                     PIPE + MOVE.format("", "") + EXTRACT, CALL % (2, ""))
    assert found.native
    assert verdict(both(found)[1]) == wanted


def test_other_parameters(tmp_path: Path,
                          monkeypatch: pytest.MonkeyPatch) -> None:
    """A pin that takes what the reference does not is no rule's business."""
    found = analysed(tmp_path, monkeypatch, FAST_INT + PIN,
                     USER % "" + EXTRACT, CALL % (2, ""))
    fast, undeclared = both(found)
    assert verdict(fast) == ("manual", "other-prototype")
    assert verdict(undeclared) == ("manual", "other-prototype")


def test_no_tree_both_extracts_and_stays(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What such a tree's extraction does to the iterator is not known."""
    found = analysed(tmp_path, monkeypatch, FAST + PIN,
                     USER % "" + STAND.format("", "") + EXTRACT,
                     after=ADVANCE)
    assert verdict(both(found)[1]) == ("manual", "other-prototype")


def test_a_tree_that_cannot_take_the_helpers(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = analysed(tmp_path, monkeypatch, FAST + PIN,
                     PIPE + MOVE.format("", ""), CALL % (2, ""))
    tree = tmp_path / "linux"
    (tree / "lib").mkdir()
    (tree / "lib/Makefile").write_text("lib-y += other.o\n")
    names, why = commits.lacking(tree, False)
    assert "which cannot be made for this tree" in why
    commits.make_plan(found, (names, why))
    fast, iterator = both(found)
    assert verdict(fast) == ("convert", "pin-short")
    assert verdict(iterator) == ("manual", "needs-helper")
    assert why in iterator.reason


def test_what_needs_no_helper_is_converted_beside_what_does(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are in one file, and so in one patch."""
    lab.share_cache(monkeypatch)
    found = lab.analyse(lab.make(tmp_path / "linux", {
        "include/linux/mm.h": FAST + PIN, "include/linux/uio.h": USER % "",
        "drivers/one/main.c": lab.c(dedent(FAST_DRIVER + SIGNED_DRIVER))}))
    signed, plain = sorted(found.decisions, key=lambda d: d.site.function.name)
    [group] = commits.make_plan(
        found, (overlay.NAMES, "which is not there"))
    assert verdict(plain) == ("convert", "pin-short")
    assert verdict(signed) == ("manual", "needs-helper")
    assert group.decisions == [plain]


def test_the_backport_is_added_where_it_is_missing(tmp_path: Path) -> None:
    for text, backport in ((MOVE, True), (STAND, True),
                           (MOVE + EXTRACT, False)):
        tree = lab.make(tmp_path / str(len(text)), {
            "include/linux/mm.h": FAST + PIN, "mm/gup.c": "",
            "include/linux/mm_types.h": "struct page;\n",
            "include/linux/uio.h": PIPE + text.replace("{}", ""),
            "lib/iov_iter.c": "#include <linux/uio.h>\n",
            "lib/Makefile": "obj-y += iov_iter.o\n"})
        files = overlay_files(tree)
        assert ("extract_user(" in files["lib/iov_iter.c"]) == backport
        assert ("iov_iter_extract_will_pin(" in files[
            "include/linux/uio.h"].partition("#endif")[0]) == backport
        assert "page_extract.o" in files["lib/Makefile"]
        assert commits.lacking(tree, False) == (frozenset(), "")


def test_prototypes_are_read_from_code_alone(tmp_path: Path) -> None:
    tree = lab.make(tmp_path / "linux", {
        "include/linux/mm.h": "/* pin_user_pages_fast(a, b, c, d); */\n",
        "include/linux/uio.h": "/* ITER_PIPE */\n"})
    assert api_forms.read(tree) == api_forms.Era({}, False)
