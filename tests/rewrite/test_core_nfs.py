# SPDX-License-Identifier: GPL-2.0-only
"""The hand-written rules for direct I/O of NFS, on Linux 6.1 and 6.12.

What the results must hold was worked out by reading fs/nfs: who makes a request
and for which page, who splits it, and who drops its page.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from pinlib.csource.masking import CText
from pinlib.rewrite import handwritten
from trees import cores, kernels
from trees.cores import Texts, changed, function, words

DIRECT, LIST = "fs/nfs/direct.c", "fs/nfs/pagelist.c"
HEADER = "include/linux/nfs_page.h"
LOOPS = {"nfs_direct_read_schedule_iovec": "rsize",
         "nfs_direct_write_schedule_iovec": "wsize"}
TAKES = ("if (pinned) set_bit(PG_PINNED, &req->wb_flags); "
         "else get_page(page);")


class Made(NamedTuple):
    """A rule, and what it makes of a kernel."""

    rule: handwritten.CoreRule
    version: str
    state: Texts
    direct: str     # what makes a request in direct.c
    takes: str      # where it takes the page


@pytest.fixture(scope="module", params=["6.1", "6.12"])
def made(request: pytest.FixtureRequest) -> Made:
    """The result on each of the two kernels."""
    old = request.param == "6.1"
    rule = cores.rule("nfs" if old else "nfs-folios")
    [state] = cores.states(rule, request.param)
    return Made(rule, request.param, state, *(
        ("nfs_create_pinned_request", "__nfs_create_request") if old else
        ("nfs_page_create_from_page", "nfs_page_assign_page")))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 6.1, the files that the rule looks at and no others."""
    return cores.small(cores.rule("nfs"), "6.1",
                       tmp_path_factory.mktemp("linux"))


def code(text: str) -> str:
    """A whole file without comments."""
    return " ".join(CText(text).code.split())


def test_both_loops_change_together(made: Made) -> None:
    assert [p.kind for p in made.rule.patches] == ["convert"]
    assert [s["function"] for s in made.rule.sites] == list(LOOPS)
    assert "nfs_direct_release_pages" not in words(made.state[DIRECT])


@pytest.mark.parametrize("name", LOOPS)
def test_a_batch(made: Made, name: str) -> None:
    """The steps, and what is between them, in the one order that is right."""
    text = function(made.state[DIRECT], name)
    steps = [
        "while (iov_iter_count(iter)) { "
        # Asked of the iterator where it stands, for every batch anew.
        "bool pinned = iov_iter_extract_will_pin(iter); "
        "unsigned int used = 0; struct page **pagevec;",
        "if (iov_iter_is_kvec(iter)) { result = -EFAULT; break; } "
        f"result = iov_iter_extract_pages_alloc(iter, &pagevec, {LOOPS[name]}, "
        "&pgbase); if (result < 0) break;",
        f"req = {made.direct}(dreq->ctx, pagevec[i], pgbase, ",
        # Whatever becomes of it now, the request has the page.
        "pinned); if (IS_ERR(req)) { result = PTR_ERR(req); break; } used++; ",
        "if (pinned) unpin_user_pages(pagevec + used, npages - used); "
        "kvfree(pagevec); if (result < 0) break; }"]
    places = [text.index(step) for step in steps]
    assert places == sorted(places)
    for word, times in (("used", 4), (made.direct, 1), ("kvfree", 1),
                        ("iov_iter_extract_pages_alloc", 1)):
        assert len(re.findall(rf"\b{word}\b", text)) == times
    assert not re.search(r"\b(?:put|get)_page\(", text)


def test_a_request_takes_a_pin_or_a_reference(made: Made) -> None:
    text = made.state[LIST]
    assert TAKES in function(text, made.takes)
    assert code(text).count("get_page(") == 1
    assert code(text).count("set_bit(PG_PINNED") == 1
    assert "clear_bit(PG_PINNED" not in code(text)
    assert "PG_PINNED" not in words(made.state[DIRECT])


def test_the_flag_is_there_before_others_see_the_request(made: Made) -> None:
    text = function(made.state[LIST], made.direct)
    took = text.index(", pinned);")
    assert took < text.index("nfs_page_group_init(")
    # An error leaves the pin with the caller.
    assert "IS_ERR(l_ctx)) return ERR_CAST(l_ctx);" in text
    alloc = function(made.state[LIST], {
        "6.1": "__nfs_create_request", "6.12": "nfs_page_create"}[made.version])
    assert alloc.count("return ERR_PTR(") == 2
    assert not re.search(r"PG_PINNED.*return ERR_PTR", alloc)


def test_a_part_of_a_request_adds_a_pin(made: Made) -> None:
    text = function(made.state[LIST], "nfs_create_subreq")
    steps = ["bool pinned = test_bit(PG_PINNED, &req->wb_flags);",
             "if (!IS_ERR(ret)) {", "if (pinned) page_extract_add_pin(",
             "nfs_page_group_init(ret, last);"]
    places = [text.index(step) for step in steps]
    assert places == sorted(places)
    assert re.search(r"[^(]pinned\);", text)
    assert code(made.state[LIST]).count("page_extract_add_pin(") == 1


def test_the_only_drop_asks_the_flag(made: Made) -> None:
    text = function(made.state[LIST], "nfs_clear_request")
    assert ("if (test_bit(PG_PINNED, &req->wb_flags)) unpin_user_page(page); "
            "else put_page(page); req->wb_page = NULL;") in text
    for word in ("put_page", "unpin_user_page"):
        assert code(made.state[LIST]).count(f"{word}(") == 1


def test_pages_of_the_page_cache_are_referenced(made: Made) -> None:
    text = made.state[LIST]
    if made.version == "6.1":
        assert "(ctx, page, offset, count, false);" in function(
            text, "nfs_create_request")
        others = ("fs/nfs/read.c", "fs/nfs/write.c")
        assert not {*others} & made.state.keys()
    else:
        old = (kernels.tree("6.12") / LIST).read_text(encoding="latin-1")
        for name in ("nfs_page_assign_folio", "nfs_page_create_from_folio"):
            assert function(text, name) == function(old, name)


def test_nothing_is_dirtied_that_was_not(made: Made) -> None:
    for file, text in made.state.items():
        old = (kernels.tree(made.version) / file).read_text(encoding="latin-1")
        assert not {word for word in words(text) - words(old)
                    if "dirty" in word}


def test_flags_are_never_assigned_whole(made: Made) -> None:
    for file in (DIRECT, LIST, HEADER, "fs/nfs/write.c", "fs/nfs/read.c"):
        old = (kernels.tree(made.version) / file).read_text(encoding="latin-1")
        assert not re.search(r"wb_flags [|&]?=[^=]", code(old))
    assert "kmem_cache_zalloc(" in function(made.state[LIST],
                                            "nfs_page_alloc")


@pytest.mark.parametrize("region", cores.rule("nfs").regions)
def test_one_other_token_is_seen(small: Path, region: str) -> None:
    cores.sees_one_other_token(cores.rule("nfs"), small, region)


@pytest.mark.parametrize("region", [
    f"{LIST}:nfs_pageio_resend", "fs/nfs/write.c:nfs_join_page_group"])
def test_one_other_token_refuses(small: Path, region: str) -> None:
    file, _, name = region.rpartition(":")
    path = small / file
    old = path.read_text(encoding="latin-1")
    path.write_text(changed(old, name), encoding="latin-1")
    try:
        assert f"{name} is not the code" in cores.refusal(
            cores.rule("nfs"), small)
    finally:
        path.write_text(old, encoding="latin-1")


def test_another_user_of_a_requests_page_refuses(small: Path) -> None:
    path = small / "fs" / "nfs" / "new.c"
    path.write_text("void f(struct nfs_page *r)\n{\n"
                    "\tput_page(r->wb_page);\n}\n")
    try:
        assert "fs/nfs/new.c: it names wb_page 1 times, not 0" in \
            cores.refusal(cores.rule("nfs"), small)
    finally:
        path.unlink()


def test_each_rule_refuses_the_other_kernel() -> None:
    assert cores.refusal(cores.rule("nfs"), kernels.tree("6.12"))
    assert cores.refusal(cores.rule("nfs-folios"), kernels.tree("6.1"))
    assert cores.refusal(cores.rule("nfs-pipes"), kernels.tree("6.12"))
