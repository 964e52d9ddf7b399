# SPDX-License-Identifier: GPL-2.0-only
"""The hand-written rules for the pages of a bio, on Linux 6.1 and elsewhere.

What the results must hold was worked out by reading the block layer and
fs/direct-io.c. The small trees have the real files that a rule looks at, so
that one token of them can be changed.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pinlib.base.errors import RuleError
from pinlib.rewrite import fingerprint, handwritten
from trees import cores, kernels
from trees.cores import Texts, changed, function, last, words

TESTS = handwritten.FOLDER / "tests"
FIXTURES = sorted(TESTS.glob("*.c"))
RULE = cores.rule("block")


@pytest.fixture(scope="module")
def states() -> list[Texts]:
    """The texts of 6.1 that each patch changes, after it."""
    return cores.states(RULE, "6.1")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 6.1, the files that the rules look at and no others."""
    return cores.small(RULE, "6.1", tmp_path_factory.mktemp("linux"))


def refusal(tree: Path) -> str:
    """Why the rules refuse a tree; empty when they serve."""
    return cores.refusal(RULE, tree)


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda p: p.stem)
def test_a_rule_does_to_its_shape_what_is_written_down(
        fixture: Path) -> None:
    # One rule may serve patches for several kernels.
    patch = [p for rule in handwritten.load() for p in rule.patches
             if p.rule == f"{fixture.stem}.cocci"][0]
    alone = handwritten.CorePatch(patch.rule, patch.kind, patch.subject, [],
                                  ["a.c"], [])
    made = handwritten.transform({"a.c": fixture.read_text()}, alone,
                                 (handwritten.FOLDER / patch.rule).read_text())
    assert made["a.c"] == fixture.with_suffix(".res").read_text()


def test_every_rule_has_a_fixture() -> None:
    assert {f.stem + ".cocci" for f in FIXTURES} == {
        p.rule for rule in handwritten.load() for p in rule.patches}


def test_fixes_and_preparations_come_before_what_needs_them() -> None:
    assert [p.kind for p in RULE.patches] == [
        "prepare", "prepare", "prepare", "convert", "convert", "prepare",
        "convert"]
    assert sorted((s["file"], s["function"], s["api"])
                  for s in RULE.sites) == [
        ("block/bio.c", "__bio_iov_iter_get_pages", "iov_iter_get_pages2"),
        ("block/blk-map.c", "bio_map_user_iov", "iov_iter_get_pages2"),
        ("block/blk-map.c", "bio_map_user_iov", "iov_iter_get_pages_alloc2"),
        ("fs/direct-io.c", "dio_refill_pages", "iov_iter_get_pages2")]


def test_the_merged_page_is_dropped_where_it_was_merged(
        states: list[Texts]) -> None:
    code = function(states[0]["block/blk-map.c"], "bio_map_user_iov")
    assert ("&same_page)) break; if (same_page) put_page(page); "
            "bytes -= n;") in code
    assert code.count("put_page") == 2


def test_the_flag_is_set_before_a_page_is_added(states: list[Texts]) -> None:
    for file, name, then in (
            ("block/bio.c", "bio_iov_iter_get_pages",
             "__bio_iov_iter_get_pages"),
            ("block/blk-map.c", "bio_map_user_iov", "bio_add_hw_page"),
            ("fs/direct-io.c", "dio_bio_alloc", "sdio->bio = bio"),
            ("fs/iomap/direct-io.c", "iomap_dio_zero", "__bio_add_page")):
        code = function(states[1][file], name)
        assert 0 < code.index("BIO_PAGE_REFFED") < code.index(then)
    set_in = function(states[1]["block/bio.c"], "bio_iov_bvec_set")
    assert "PAGE_REF" not in set_in and "BIO_CLONED" in set_in


def test_no_state_knows_two_names_of_the_flag(states: list[Texts]) -> None:
    for text in states[1].values():
        assert "BIO_NO_PAGE_REF" not in text


@pytest.mark.parametrize("number", range(2, 7))
def test_only_a_convert_patch_pins(states: list[Texts], number: int) -> None:
    pins = {"iov_iter_extract_pages", "iov_iter_extract_pages_alloc",
            "page_extract_add_pin"}
    for file, text in states[number].items():
        before = [s[file] for s in states[:number] if file in s]
        new = words(text) & pins - (words(before[-1]) if before else set())
        assert bool(new) == (RULE.patches[number].kind == "convert"), file


def test_nothing_is_put_that_was_pinned(states: list[Texts]) -> None:
    for file in ("block/bio.c", "block/blk-map.c", "fs/direct-io.c"):
        assert not words(last(states, file)) & {
            "put_page", "get_page", "iov_iter_get_pages2",
            "iov_iter_get_pages_alloc2"}
    released = function(last(states, "block/bio.c"), "__bio_release_pages")
    assert "unpin_user_page_range_dirty_lock(page, nr_pages, false)" \
        in released
    dropped = function(last(states, "block/blk.h"), "bio_release_page")
    assert dropped.index("unpin_user_page") < dropped.index("put_page")


def test_each_owner_of_a_page_of_direct_io_has_its_pin(
        states: list[Texts]) -> None:
    text = last(states, "fs/direct-io.c")
    held = {name: function(text, name).count("dio_hold_page(") for name in (
        "dio_refill_pages", "dio_bio_add_page", "submit_page_section")}
    assert held == {"dio_refill_pages": 0, "dio_bio_add_page": 1,
                    "submit_page_section": 1}
    dropped = {name: function(text, name).count("dio_drop_page(")
               for name in ("dio_cleanup", "submit_page_section",
                            "do_direct_IO", "__blockdev_direct_IO")}
    assert dropped == {"dio_cleanup": 1, "submit_page_section": 2,
                       "do_direct_IO": 5, "__blockdev_direct_IO": 1}
    assert "sdio->head++" in function(text, "dio_cleanup")
    start = function(text, "__blockdev_direct_IO")
    assert start.index("is_pinned =") < start.index("do_direct_IO(")
    # What stands after the array is not zeroed.
    members = function(text, "dio")
    assert members.index("is_pinned") < members.index("struct page *pages")


def test_a_kvec_stays_refused(states: list[Texts]) -> None:
    for file, name in (("block/bio.c", "bio_iov_iter_get_pages"),
                       ("fs/direct-io.c", "dio_refill_pages")):
        code = function(last(states, file), name)
        refused = re.search(
            r"iov_iter_is_kvec\([\w>-]+\)\) return -EFAULT;", code)
        assert refused and "extract" not in code[:refused.start()]


def test_a_second_run_refuses(states: list[Texts], small: Path,
                              tmp_path: Path) -> None:
    tree = tmp_path / "linux"
    shutil.copytree(small, tree)
    for state in states:
        for file, text in state.items():
            (tree / file).write_text(text, encoding="latin-1")
    assert refusal(tree)


@pytest.mark.parametrize("region", RULE.regions)
def test_one_other_token_is_seen(small: Path, region: str) -> None:
    cores.sees_one_other_token(RULE, small, region)


@pytest.mark.parametrize("region", [
    "fs/iomap/direct-io.c:iomap_dio_zero", "mm/gup.c:gup_put_folio"])
def test_one_other_token_refuses(small: Path, region: str) -> None:
    file, _, name = region.rpartition(":")
    path = small / file
    old = path.read_text(encoding="latin-1")
    path.write_text(changed(old, name), encoding="latin-1")
    try:
        assert f"{name} is not the code" in refusal(small)
    finally:
        path.write_text(old, encoding="latin-1")


@pytest.mark.parametrize("name", ["bio_release_pages", "BIO_PAGE_PINNED"])
def test_a_user_that_nobody_read_refuses(small: Path, name: str) -> None:
    path = small / "drivers" / "block" / "new.c"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"void f(struct bio *bio)\n{{\n\tg({name});\n}}\n")
    try:
        assert f"drivers/block/new.c: it names {name} 1 times, not 0" \
            in refusal(small)
    finally:
        path.unlink()


def test_6_12_is_converted_and_refused() -> None:
    assert refusal(kernels.tree("6.12"))


def test_layout_may_change_comments_and_no_code() -> None:
    def lay_out(old: str, new: str) -> str:
        patch = handwritten.CorePatch("a.cocci", "prepare", "", [], ["a.c"], [],
                                      [{"file": "a.c", "old": old, "new": new}])
        return handwritten.transform({"a.c": "int a;\t/* one */\nint b;\n"}, patch,
                                     "@@\n@@\n- int b;\n+ int c;\n")["a.c"]
    assert lay_out("/* one */", "/* two */") == "int a;\t/* two */\nint c;\n"
    for old, new in (("/* two */", "/* one */"), ("int ", "int\t"),
                     ("int a;", "long a;")):
        with pytest.raises(fingerprint.Mismatch, match="a.c: "):
            lay_out(old, new)


def test_a_layout_that_is_not_one_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("""\
regions = []
[[patch]]
rule = "a.cocci"
kind = "prepare"
files = ["a.c"]
subject = "a"
text = "a"
layout = [{ file = "a.c", old = "x" }]
""")
    with pytest.raises(RuleError, match="a.toml"):
        handwritten.load(tmp_path)
