# SPDX-License-Identifier: GPL-2.0-only
"""Drivers with #if arms of which a name decides that nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from trees import ladders
from trees.ladders import (BEGIN, END, TAKE, arms)


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    return ladders.runner(tmp_path, monkeypatch)


def test_a_call_split_over_arms(run) -> None:
    head = "\tgot = get_user_pages_fast(at, n, %s,\n"
    code, sites, diff = run(BEGIN + "#ifdef CAM_OLD\n" + head % "1"
                            + "#else\n" + head % "FOLL_WRITE" + "#endif\n"
                            + "\t\tpages);\n" + END)
    assert code == 0
    assert [s[1:] for s in sites] == [("convert", "pin-short")]
    assert [line for line in diff if line.startswith("+\tgot")] == [
        "+" + (head % given).replace("get_", "pin_")[:-1]
        for given in ("1", "FOLL_WRITE")]


def test_both_ways_of_a_name_that_nobody_knows(run) -> None:
    """Each way is converted, and so the patch changes both arms."""
    forced = TAKE.replace("FOLL_WRITE", "FOLL_WRITE | FOLL_FORCE")
    code, sites, diff = run(BEGIN + arms("defined(HAVE_FORCE)", forced, TAKE)
                            + END)
    assert code == 0
    assert [s[1:] for s in sites] == 2 * [("convert", "pin-short")]
    assert [line for line in diff if line.startswith("+\tgot")] == [
        "+" + line.replace("get_", "pin_")[:-1] for line in (forced, TAKE)]


def test_too_many_names_that_nobody_knows(run, tmp_path) -> None:
    names = " && ".join(f"defined(HAVE_{name})" for name in "ABCDEFGHI")
    code, sites, diff = run(BEGIN + arms(names, TAKE.replace("n,", "1,"), TAKE)
                            + END)
    assert (code, diff) == (0, [])
    assert [s[1:] for s in sites] == 2 * [("manual", "in-two-arms")]
    assert "which of them is compiled, HAVE_A and HAVE_B and " in " ".join((
        tmp_path / "out/report.txt").read_text().split())


@pytest.mark.parametrize("test", [
    "HAVE_FORCE == 2", "HAVE_FORCE > 1 && defined(HAVE_IT)",
    "IS_ENABLED(CONFIG_CAM)"])
def test_a_name_that_is_a_number(run, test: str) -> None:
    """A twin: it has more than two ways."""
    code, sites, diff = run(BEGIN + arms(test, TAKE.replace("n,", "1,"), TAKE)
                            + END)
    assert (code, diff) == (0, [])
    assert [s[1:] for s in sites] == 2 * [("manual", "in-two-arms")]


def test_a_name_that_says_the_version(run) -> None:
    """Only one way fits this kernel's prototypes, the other a newer one's."""
    take = TAKE.replace("_fast", "")
    old = take.replace("pages)", "pages, NULL)")
    code, sites, diff = run(BEGIN + arms("defined(HAVE_NO_VMAS)", take, old)
                            + END, "series", "--apis=all")
    assert code == 0
    assert [s[1:] for s in sites] == [("inactive", "not-compiled"),
                                      ("convert", "pin-short")]
    assert [line for line in diff if line.startswith("+\tgot")] == [
        "+" + line.replace("get_", "pin_")[:-1] for line in (take, old)]


def test_one_way_keeps_the_pages(run) -> None:
    """The twin: if the name is defined, a page is kept."""
    code, sites, diff = run(
        BEGIN + "#ifdef HAVE_CACHE\n" + TAKE + "\tcam_keep(pages[0]);\n#else\n"
        + TAKE + "#endif\n" + END)
    assert (code, diff) == (0, [])
    assert {s[1] for s in sites} == {"manual"}
