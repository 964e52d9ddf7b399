# SPDX-License-Identifier: GPL-2.0-only
"""Kernels of other years, as whole trees: the report and the series of each.

What is right of each call was worked out by reading it. Without pins nothing can be
converted; with them it makes no difference whether the iterator moves on, whether
get_user_pages() has `vmas`, or how the kernel's own calls are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from pinlib import cli
from pinlib.program import pipes_served
from trees import lab, older

CORE = {"lib/iov_iter.c": "core api-implementation"}
BY_ADDRESS = {
    # Only the page's place in its file is asked for.
    "kernel/pot_key.c": "keep struct-page-only",
    "mm/gup_benchmark.c": "test api-test",
    # The page is dropped by whoever finds it by its number.
    "drivers/pot/walk_tmpl.h": "manual unknown-use",
    "drivers/ladle/main.c": "manual name-taken",
    "drivers/kettle/main.c": "convert pin-longterm"}
STAYS = {**CORE, **BY_ADDRESS,
         # The pipe has a reference of its own.
         "fs/crock/file.c": "convert unpin-by-flag",
         "drivers/jug/main.c": "convert unpin-always"}
MOVES = {**CORE, **BY_ADDRESS, "drivers/jug/main.c": "convert unpin-always"}
RIGHT = {
    "5.4": {file: verdict if verdict.startswith(("core", "test"))
            else "blocked no-pin-api" for file, verdict in STAYS.items()},
    "5.10": STAYS, "5.15": STAYS,
    "6.2": {**MOVES, "block/vat.c": "manual carries-flags"},
    # The flags of this one are those of the tree's own extraction.
    "6.4": {**MOVES, "block/vat.c": "convert unpin-always",
            # A pipe comes here, which the tree's own extraction refuses.
            "fs/crock/file.c": "convert unpin-by-flag"}}
KETTLE = [
    "-\tif (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)",
    "+\tif (pin_user_pages_fast(addr, 1, FOLL_WRITE | FOLL_LONGTERM, "
    "&page) != 1)",
    "-\tif (kettle->dirty)", "-\t\tset_page_dirty_lock(page);",
    "-\tput_page(page);",
    "+\tunpin_user_pages_dirty_lock(&page, 1, kettle->dirty);"]
JUG = ["-\tgot = iov_iter_get_pages_alloc{old}(&iter, &pages, len, &start);",
       "+\tgot = iov_iter_extract_pages_alloc{new}(&iter, &pages, len, &start);",
       "-\t\tput_page(pages[i]);", "+\t\tunpin_user_page(pages[i]);"]
VAT = [
    "+\tstruct page **extracted;",
    "-\tgot = iov_iter_get_pages(&iter, pages, len, VAT_PAGES, &start, flags);",
    "+\textracted = pages;",
    "+\tgot = iov_iter_extract_pages(&iter, &extracted, len, VAT_PAGES, flags,",
    "+\t\t\t\t     &start);",
    "-\t\tput_page(pages[i]);", "+\t\tunpin_user_page(pages[i]);"]
CROCK = [
    "+\tbool pages_pinned;", "+\tstruct page **pages;",
    "-\tgot = iov_iter_get_pages(iter, req->pages, LONG_MAX, CROCK_PAGES, "
    "&start);",
    "+\treq->pages_pinned = iov_iter_extract_will_pin(iter);",
    "+\tpages = req->pages;",
    "+\tif (iov_iter_is_kvec(iter) && iov_iter_count(iter))",
    "+\t\treturn -EFAULT;",
    "+\tgot = iov_iter_extract_pages_noadvance(iter, &pages, LONG_MAX,",
    "+\t\t\t\t\t       CROCK_PAGES, 0, &start);",
    # The number is unsigned, and the object is made of zeroes, so that the flag is
    # set even where there is no page: it is asked once.
    "-\tunsigned int i;", "-",
    "-\tfor (i = 0; i < req->num; i++)", "-\t\tput_page(req->pages[i]);",
    "+\tif (req->pages_pinned)", "+\t\tunpin_user_pages(req->pages, req->num);"]
# The header of the helpers is not needed: what it declares is not used here.
CROCK_MOVES = [
    line.replace("iov_iter_get_pages(", "iov_iter_get_pages2(") for line in CROCK
    if "_noadvance" not in line and "CROCK_PAGES, 0" not in line
    and "page_extract.h" not in line]
CROCK_MOVES[7:7] = [
    "+\tgot = iov_iter_extract_pages(iter, &pages, LONG_MAX, CROCK_PAGES, 0,",
    "+\t\t\t\t     &start);"]
SERVED = {
    "include/linux/uio.h": [
        "-\treturn user_backed_iter(iter);",
        "+\treturn user_backed_iter(iter) || iov_iter_is_pipe(iter);"],
    "lib/iov_iter.c": [
        "+#include <linux/page_extract.h>",
        "+ *  (*) If the iterator is ITER_PIPE, buffers are added to the pipe, "
        "and pins to",
        "+ *      the pages of these.  iov_iter_extract_will_pin() will return "
        "true.",
        "+ *", "+\tif (iov_iter_is_pipe(i))",
        "+\t\treturn page_extract_pipe(i, pages, maxsize, maxpages, offset0);"]}


@dataclass(frozen=True)
class Made:
    """A finished run: the sites, and the changed lines by file."""

    code: int
    sites: dict[str, set[str]]
    changes: dict[str, list[str]]
    places: dict[str, str]


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    """Makes the series of a tree, once for each release."""
    @cache
    def made(version: str) -> Made:
        folder = tmp_path_factory.mktemp("older")
        with pytest.MonkeyPatch.context() as patch:
            lab.share_cache(patch)
            code = cli.main([
                "series", f"--kernel={older.make(folder / 'linux', version)}",
                f"--out={folder / 'out'}", "--no-install"])
        return _read(code, folder / "out")
    return made


def _read(code: int, out: Path) -> Made:
    sites = json.loads((out / "report.json").read_text())["sites"]
    found: dict[str, set[str]] = {}
    for site in sites:
        found.setdefault(site["file"], set()).add(
            f"{site['disposition']} {site['code']}")
    changes: dict[str, list[str]] = {}
    for mail in sorted(out.glob("series/*/000[1-9]*")):
        file = ""
        diff = mail.read_text().partition("\ndiff --git")[2]
        for line in diff.split("\n"):
            if line.startswith("+++ b/"):
                file = line.removeprefix("+++ b/")
            elif line[:1] in ("+", "-") and line[:3] not in ("---", "-- "):
                changes.setdefault(file, []).append(line)
    return Made(code, found, changes, {
        s["file"]: s["blocked_by"] for s in sites if s["blocked_by"]})


@pytest.mark.parametrize("version", RIGHT)
def test_each_call_is_decided(made: Callable[[str], Made],
                              version: str) -> None:
    found = made(version)
    assert not found.code
    assert found.sites == {file: {verdict}
                           for file, verdict in RIGHT[version].items()}


@pytest.mark.parametrize("version", RIGHT)
def test_what_changes(made: Callable[[str], Made], version: str) -> None:
    """The patches of the callers; helpers come with them where they are used."""
    found = made(version).changes
    stays = version in ("5.10", "5.15")
    wanted = {} if version == "5.4" else {
        "drivers/kettle/main.c": KETTLE,
        "drivers/jug/main.c": [line.format(
            old="" if stays else "2", new="_noadvance" if stays else "")
                               for line in JUG],
        **({"fs/crock/file.c": CROCK} if stays else {}),
        **({"fs/crock/file.c": CROCK_MOVES} if version == "6.4" else {}),
        **({"block/vat.c": VAT} if version == "6.4" else {})}
    assert {file: lines for file, lines in found.items()
            if not file.startswith(("lib/", "include/"))} == wanted
    backport = any("ssize_t iov_iter_extract_pages(" in line
                   for line in found.get("lib/iov_iter.c", ()))
    assert backport == (version in ("5.10", "5.15", "6.2"))


def test_the_trees_own_extraction_serves_pipes(
        made: Callable[[str], Made]) -> None:
    """Where it refuses them; the lines are added once for all series."""
    for version in RIGHT:
        changes = made(version).changes
        for file, lines in SERVED.items():
            found = changes.get(file, [])
            assert version != "6.4" or set(lines) <= set(found), file
            # The backport of older trees ends with the same condition.
            mark = lines[0 if file == "include/linux/uio.h" else -1]
            assert found.count(mark) == (version == "6.4"), (version, file)
    helper = made("6.4").changes["lib/page_extract.c"]
    assert helper.count("+\t\tpage_extract_add_pin((*pages)[k]);") == 1
    assert "page_extract_pipe" not in "".join(
        made("6.2").changes["lib/page_extract.c"])


def test_an_extraction_of_another_form_refuses_pipes(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.share_cache(monkeypatch)
    tree = older.make(tmp_path / "linux", "6.4")
    uio = tree / pipes_served.UIO
    uio.write_text(uio.read_text().replace(
        "return user_backed_iter(iter);", "return !iov_iter_is_kvec(iter);"))
    decision = lab.only(lab.analyse(tree), "fs/crock/file.c")
    assert (decision.disposition, decision.code) == ("manual", "pipe-refused")


def test_a_tree_that_serves_pipes_stays_as_it_is(tmp_path: Path) -> None:
    tree = older.make(tmp_path / "linux", "6.4")
    texts = [(tree / f).read_text()
             for f in (pipes_served.UIO, pipes_served.IOV_ITER)]
    made = pipes_served.serving(*texts)
    assert made and list(made.values()) != texts
    assert pipes_served.serving(*made.values()) == made
    assert not pipes_served.serving(texts[0].replace("ITER_PIPE", "ITER_X"),
                                    texts[1])
    assert not pipes_served.serving(texts[0], texts[1] * 2)


def test_the_line_that_drops_by_number_is_named(
        made: Callable[[str], Made]) -> None:
    assert made("5.10").places["drivers/pot/walk_tmpl.h"] == \
        "drivers/pot/walk_tmpl.h:13"
