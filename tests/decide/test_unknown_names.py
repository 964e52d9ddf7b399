# SPDX-License-Identifier: GPL-2.0-only
"""Drivers with #if arms of which a name decides that nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from trees import ladders
from trees.ladders import BEGIN, END, PIN, PUT, TAKE, UNPIN, arms, released

# The kernel at hand declares the second of the two, and not the first.
LACKS = TAKE.replace("get_user_pages_fast(at, n, FOLL_WRITE, pages",
                     "iov_iter_get_pages(iter, pages, n, 16, &off")
HAS = LACKS.replace("get_pages", "get_pages2")
ITER = BEGIN.replace("unsigned long at", "struct iov_iter *iter").replace(
    "got, i;", "got, i;\n\tsize_t off;")


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


def test_one_way_calls_what_the_kernel_lacks(run, tmp_path: Path) -> None:
    """It is not compiled, and for other kernels it may be the one that is."""
    code, sites, diff = run(ITER + arms("defined(HAVE_TWO)", HAS, LACKS) + END)
    assert (code, diff) == (0, [])
    assert [s[1:] for s in sites] == [("manual", "for-some-versions"),
                                      ("inactive", "not-compiled")]
    assert "As Linux 5.6.0 compiles it" in (
        tmp_path / "out/report.txt").read_text()


@pytest.mark.parametrize("text", [
    # The module has the function in another file, or takes it from elsewhere.
    "long iov_iter_get_pages(struct iov_iter *i, struct page **pages, "
    "size_t n,\n\tunsigned most, size_t *off);\n"
    + ITER + arms("defined(HAVE_TWO)", HAS, LACKS) + END,
    # More than one name decides.
    ITER + arms("defined(HAVE_TWO) || defined(HAVE_MORE)", HAS, LACKS) + END,
    # Without the name something else is compiled that could be.
    ITER + arms("defined(HAVE_TWO)", HAS, LACKS)
    + "#ifndef HAVE_TWO\n\tput_page(pages[0]);\n#endif\n" + END])
def test_a_way_that_may_be_compiled(run, text: str) -> None:
    """The twins: nothing says which of the two is."""
    code, sites, diff = run(text)
    assert (code, diff) == (0, [])
    assert [s[1] for s in sites] == ["manual", "manual"]


def test_one_way_pins_already(run) -> None:
    """The name says whether a kernel has pins, and this one has."""
    code, sites, diff = run(
        BEGIN + arms("defined(HAVE_PINS)", PIN, TAKE) + released(
            arms("defined(HAVE_PINS)", UNPIN, PUT)))
    assert (code, diff) == (0, [])
    assert [s[1:] for s in sites] == [("converted", "pins-and-unpins"),
                                      ("inactive", "not-compiled")]


@pytest.mark.parametrize("text", [
    # What drops the pages without the name has no counterpart with it.
    BEGIN + arms("defined(HAVE_PINS)", PIN, TAKE) + released(
        f"#ifndef HAVE_PINS\n{PUT}#endif\n"),
    # The other way does something else as well.
    BEGIN + arms("defined(HAVE_PINS)", PIN + TAKE, TAKE) + released(
        arms("defined(HAVE_PINS)", UNPIN, PUT)),
    # More than the name decides.
    BEGIN + arms("defined(HAVE_PINS) && defined(CAM_DMA)", PIN, TAKE)
    + released(arms("defined(HAVE_PINS)", UNPIN, PUT))])
def test_one_way_may_have_references(run, text: str) -> None:
    """The twins: which of the two is compiled is not known."""
    code, sites, _ = run(text)
    assert code == 0
    assert "inactive" not in [s[1] for s in sites]


def test_a_macro_with_the_name_of_the_call(run, tmp_path: Path) -> None:
    """The obstacle is the macro, not that somebody cannot count."""
    code, sites, _ = run(
        BEGIN.replace("int cam_zero", "long cam_pages(unsigned long at);\n"
                      "#define get_user_pages_fast cam_pages\nint cam_zero")
        + TAKE.replace("n, FOLL_WRITE, pages", "pages") + END)
    assert code == 0
    assert [s[1:] for s in sites] == [("manual", "other-prototype")]
    report = " ".join((tmp_path / "out/report.txt").read_text().split())
    assert "get_user_pages_fast is a macro of the driver's own here." in report
    assert "a.c:5" in report
