# SPDX-License-Identifier: GPL-2.0-only
"""Two conversions in one file that have nothing to do with each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis import release_groups
from pinlib.series import commits
from pinlib.series.scratch.scratch_repo import Scratch
from trees import lab

FILE = "drivers/cam/buf.c"
FUNCTION = """\
static int cam_%s(struct cam *cam, unsigned long start)
{
    struct page *page;

    if (get_user_pages_fast(start, 1, 0, &page) != 1)
        return -EFAULT;
    cam_copy(cam, page_address(page));
    put_page(page);
    return 0;
}
"""


def test_both_are_in_one_patch(tmp_path: Path,
                               monkeypatch: pytest.MonkeyPatch) -> None:
    lab.share_cache(monkeypatch)
    tree = lab.make(tmp_path / "linux", {FILE: lab.c(
        "#include <linux/mm.h>\n" + FUNCTION % "a" + "\n" + FUNCTION % "b")})
    found = lab.analyse(tree)
    assert len(release_groups.groups(found.decisions)) == 1
    [series] = commits.convert(tree, tmp_path / "out", found,
                               commits.make_plan(found), None)
    [patch] = series.patches
    assert len(patch.sites) == 2
    text = Scratch(tmp_path / "out/scratch.git").read(patch.tree, FILE)
    assert text and text.count(b"unpin_user_page(page)") == 2
    assert text.count(b"pin_user_pages_fast(") == 2
    assert b"put_page(" not in text.replace(b"unpin_user_page(", b"")
