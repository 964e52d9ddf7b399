# SPDX-License-Identifier: GPL-2.0-only
"""The second look at a converted tree sees what a patch forgot."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.base.options import Options
from pinlib.base.records import Series
from pinlib.commands import pipeline, rescan
from pinlib.series import commits
from trees import lab, older

FILE = "drivers/cam/buf.c"
DRIVER = lab.c("""\
#include <linux/mm.h>
static int cam_read(struct cam *cam, unsigned long start)
{
    struct page *page;

    if (get_user_pages_fast(start, 1, 0, &page) != 1)
        return -EFAULT;
    cam_copy(cam, page_address(page));
    put_page(page);
    return 0;
}

static int cam_peek(struct cam *cam, unsigned long start)
{
    struct page *page;

    if (get_user_pages_fast(start, 1, 0, &page) != 1)
        return -EFAULT;
    cam_keep(cam, page);
    return 0;
}
""")
Made = tuple[Options, pipeline.Result, list[Series]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A tree with one call that is converted and one that stays."""
    top = tmp_path_factory.mktemp("rescan")
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        tree = lab.make(top / "linux", {FILE: DRIVER})
        opts = Options(tree, None, top / "out", 2, None, None, "mission",
                       None, None, False)
        found = lab.analyse(tree)
        result = pipeline.Result(found, commits.make_plan(found), 0.0)
        series = commits.convert(tree, opts.out, found, result.groups, None)
        return opts, result, series


@pytest.fixture
def scan(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Scans the converted driver again, one text of it changed."""
    lab.share_cache(monkeypatch)
    opts, result, series = made
    texts = rescan.converted(opts, series)

    def run(old: str = "", new: str = "") -> list[str]:
        assert old in texts[FILE]
        monkeypatch.setattr(rescan, "converted", lambda *_: {
            **texts, FILE: texts[FILE].replace(old, new)})
        return rescan.problems(opts, result, series, None)
    return run


def test_a_good_conversion_has_no_problem(scan, made: Made) -> None:
    kinds = {d.site.function.name: d.disposition
             for d in made[1].analysis.decisions}
    assert kinds == {"cam_read": "convert", "cam_peek": "manual"}
    assert scan() == []


@pytest.mark.parametrize("old, new, said", [
    ("pin_user_pages_fast", "get_user_pages_fast", "is still called"),
    ("if (pin_user_pages_fast(start, 1, 0, &page) != 1)", "if (start)",
     "cam_read() has 0 new calls for 1 old ones"),
    ("cam_peek", "cam_look", "is lost"),
    ("cam_keep(cam, page);", "put_page(page);", "became keep")])
def test_what_is_wrong_is_named(scan, old: str, new: str, said: str) -> None:
    assert any(said in line for line in scan(old, new))


def test_the_checkout_is_not_touched(made: Made) -> None:
    assert (made[0].kernel / FILE).read_text() == DRIVER


def test_calls_of_a_file_that_the_helpers_change_stay(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls of what the helpers add are none of the tree's; its own are."""
    lab.share_cache(monkeypatch)
    tree = older.make(tmp_path / "linux", "6.4")
    opts = Options(tree, None, tmp_path / "out", 2, None, None, "mission",
                   None, None, False)
    found = lab.analyse(tree)
    result = pipeline.Result(found, commits.make_plan(found), 0.0)
    series = commits.convert(tree, opts.out, found, result.groups, None)
    assert "lib/iov_iter.c" in rescan.converted(opts, series)
    assert not rescan.problems(opts, result, series, None)
