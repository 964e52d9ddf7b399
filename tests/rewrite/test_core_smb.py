# SPDX-License-Identifier: GPL-2.0-only
"""The hand-written rules for direct I/O of the SMB client, on Linux 6.1.

What the results must hold was worked out by reading fs/smb/client: who makes
a request, with which callback and release, and what its context says.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pinlib.csource.masking import CText
from trees import cores, kernels
from trees.cores import Texts, changed, function, last, words

RULE = cores.rule("smb")
FILE = "fs/smb/client/file.c"
# Functions that only see pages of the page cache, or that were allocated.
OTHERS = ["cifs_writev_requeue", "cifs_writev_complete", "wdata_prepare_pages",
          "cifs_writepages", "cifs_write_allocate_pages",
          "cifs_read_allocate_pages", "cifs_readv_complete",
          "readpages_fill_pages", "cifs_readahead"]
RELEASES = {"cifs_uncached_writedata_release": "wdata->pages[i]",
            "cifs_uncached_readdata_release": "rdata->pages[i]",
            "uncached_fill_pages": "page"}
ACQUIRES = {"cifs_write_from_iter": ("from", "nr_pages"),
            "cifs_send_async_read": ("&direct_iov", "npages")}


@pytest.fixture(scope="module")
def states() -> list[Texts]:
    """The texts of 6.1 that each patch changes, after it."""
    return cores.states(RULE, "6.1")


@pytest.fixture(scope="module")
def before() -> str:
    """The one file that changes, as it is."""
    return (kernels.tree("6.1") / FILE).read_text(encoding="latin-1")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 6.1, the files that the rules look at and no others."""
    return cores.small(RULE, "6.1", tmp_path_factory.mktemp("linux"))


def calls(text: str, name: str, wanted: str) -> int:
    """How often a function calls another."""
    return function(text, name).count(f"{wanted}(")


def test_the_leak_is_mended_first() -> None:
    assert [p.kind for p in RULE.patches] == ["prepare", "convert", "convert"]
    assert sorted(s["function"] for s in RULE.sites) == sorted(ACQUIRES)


def test_the_leak_is_mended_in_plain_references(states: list[Texts]) -> None:
    code = function(states[0][FILE], "cifs_send_async_read")
    count = code.index("npages = (cur_len + start + PAGE_SIZE - 1)")
    made = code.index("cifs_readdata_direct_alloc(")
    assert count < made
    assert code.index("for (i = 0; i < npages; i++) put_page(pagevec[i]); "
                      "kvfree(pagevec);", made) < code.index("} else {")
    # Before, the array was in nobody's hands when there was no memory.
    assert "kvfree(pagevec)" not in code[:made]


@pytest.mark.parametrize("number", [1, 2])
def test_each_patch_pins_one_way_alone(states: list[Texts],
                                       number: int) -> None:
    text = states[number][FILE]
    pinned = [name for name in ACQUIRES
              if calls(text, name, "iov_iter_extract_pages_alloc")]
    assert pinned == list(ACQUIRES)[:number]
    asks = [name for name in RELEASES if "pinned" in function(text, name)]
    assert asks == list(RELEASES)[:1 if number == 1 else 3]


@pytest.mark.parametrize("name", ACQUIRES)
def test_what_is_not_pinned_is_held(states: list[Texts], name: str) -> None:
    iterator, count = ACQUIRES[name]
    code = function(last(states, FILE), name)
    assert "iov_iter_get_pages" not in code
    steps = [f"iov_iter_extract_pages_alloc({iterator}, &pagevec, cur_len, "
             "&start)", "if (result < 0)", f"{count} = ",
             f"cifs_aio_hold_pages(ctx, pagevec, {count});", "_direct_alloc(",
             f"for (i = 0; i < {count}; i++) cifs_aio_drop_page(pagevec[i], "
             "cifs_aio_pinned(ctx)); kvfree(pagevec);", "} else {"]
    places = [code.index(step) for step in steps]
    assert places == sorted(places)


@pytest.mark.parametrize("name", RELEASES)
def test_a_release_asks_for_the_state(states: list[Texts],
                                      name: str) -> None:
    code = function(last(states, FILE), name)
    assert "put_page" not in code and "unpin_" not in code
    assert re.search(rf"cifs_aio_drop_page\({re.escape(RELEASES[name])}, "
                     r"(pinned|cifs_aio_pinned\(rdata->ctx\))\);", code)


@pytest.mark.parametrize("name", ["cifs_uncached_writedata_release",
                                  "cifs_uncached_readdata_release"])
def test_the_context_is_asked_while_it_is_there(states: list[Texts],
                                                name: str) -> None:
    code = function(last(states, FILE), name)
    assert code.index("= cifs_aio_pinned(") < code.index("kref_put(")


def test_hold_and_drop_go_by_one_answer(states: list[Texts]) -> None:
    text = last(states, FILE)
    assert "ctx->direct_io && iov_iter_extract_will_pin(&ctx->iter)" in \
        function(text, "cifs_aio_pinned")
    held = function(text, "cifs_aio_hold_pages")
    assert held.index("if (cifs_aio_pinned(ctx)) return;") < \
        held.index("get_page(pages[i])")
    assert "if (pinned) unpin_user_page(page); else put_page(page);" in \
        function(text, "cifs_aio_drop_page")


def test_the_answer_is_the_same_all_along(before: str) -> None:
    """What the context says is set before a request, and then only read."""
    for name, asks in (("__cifs_writev", "cifs_write_from_iter("),
                       ("__cifs_readv", "cifs_send_async_read(")):
        code = function(before, name)
        start = code.index("cifs_aio_ctx_alloc(")
        assert start < code.index("ctx->direct_io = true;") < code.index(asks)
        assert start < code.index("ctx->iter = *") < code.index(asks)
    for word in (r"->direct_io =", r"ctx->iter ="):
        assert len(re.findall(rf"{word}[^=]", CText(before).code)) == 2
    # Only the copying path moves on in the context's own iterator.
    code = function(before, "collect_uncached_read_data")
    assert code.count("(rdata, to)") == 2 == len(re.findall(
        r"if \(!ctx->direct_io\) rc = cifs_readdata_to_iov\(rdata, to\);",
        code))


@pytest.mark.parametrize("name", OTHERS)
def test_other_pages_keep_their_references(
        states: list[Texts], before: str, name: str) -> None:
    assert function(last(states, FILE), name) == function(before, name)
    assert "put_page(" in function(before, name)


def test_the_copying_path_keeps_its_references(states: list[Texts],
                                               before: str) -> None:
    for name, count in (("cifs_write_from_iter", 2),
                        ("cifs_send_async_read", 0)):
        old, new = (function(text, name).partition("} else {")[2]
                    for text in (before, last(states, FILE)))
        assert old == new and new.count("put_page(wdata") == count


def test_nothing_is_dirtied_that_was_not(states: list[Texts],
                                         before: str) -> None:
    new = words(last(states, FILE)) - words(before)
    assert not {word for word in new if "dirty" in word}


@pytest.mark.parametrize("region", RULE.regions)
def test_one_other_token_is_seen(small: Path, region: str) -> None:
    cores.sees_one_other_token(RULE, small, region)


@pytest.mark.parametrize("region", [
    f"{FILE}:cifs_resend_rdata", "fs/smb/client/misc.c:cifs_aio_ctx_alloc"])
def test_one_other_token_refuses(small: Path, region: str) -> None:
    file, _, name = region.rpartition(":")
    path = small / file
    old = path.read_text(encoding="latin-1")
    path.write_text(changed(old, name), encoding="latin-1")
    try:
        assert f"{name} is not the code" in cores.refusal(RULE, small)
    finally:
        path.write_text(old, encoding="latin-1")


def test_a_second_release_of_these_pages_refuses(small: Path) -> None:
    path = small / "fs" / "smb" / "client" / "new.c"
    path.write_text("void f(struct cifs_writedata *w)\n{\n"
                    "\tput_page(w->pages[0]);\n}\n")
    try:
        assert "fs/smb/client/new.c: it names cifs_writedata 1 times, not 0" \
            in cores.refusal(RULE, small)
    finally:
        path.unlink()


def test_a_converted_tree_and_another_kernel_are_refused(
        states: list[Texts], small: Path) -> None:
    path = small / FILE
    old = path.read_text(encoding="latin-1")
    path.write_text(last(states, FILE), encoding="latin-1")
    try:
        assert cores.refusal(RULE, small)
    finally:
        path.write_text(old, encoding="latin-1")
    assert cores.refusal(RULE, kernels.tree("6.12"))
