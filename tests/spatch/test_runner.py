# SPDX-License-Identifier: GPL-2.0-only
"""A spatch that loses something is not believed, and costs one file alone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pinlib.base.resources import COCCI
from pinlib.spatch import runner
from trees import lab

RULE = (COCCI / "find/acquire.cocci").read_text()
TEXT = lab.c("""\
int good(unsigned long addr)
{
    struct page *page;

    if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
        return -EFAULT;
    put_page(page);
    return 0;
}
""")


def fake_spatch(folder: Path, script: str) -> str:
    """A PATH on which spatch is a script; $REAL is the true one."""
    real = shutil.which("spatch")
    folder.mkdir()
    path = folder / "spatch"
    path.write_text(f"#!/bin/sh\nREAL='{real}'\n{script}\n")
    path.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def collect(top: Path, names: str, script: str,
            patch: pytest.MonkeyPatch) -> runner.Outcome:
    """What the rule finds in files of these names, one process for each."""
    patch.setenv("PATH", fake_spatch(top / "bin", script))
    patch.setenv("GUP2PIN_CACHE", lab.cold_cache(top / "cache"))
    files = [top / name for name in names.split()]
    for file in files:
        file.write_text(TEXT)
    return runner.collect(RULE, ["get_user_pages_fast", "put_page"], files, 1)


@pytest.mark.parametrize("script, why", [
    # The closing count is lost, or a fact before it.
    ('"$REAL" "$@" | sed "/\\"end\\"/d"', "cut short"),
    ('"$REAL" "$@" | sed "0,/\\"call\\"/{/\\"call\\"/d}"', "cut short"),
    ('"$REAL" "$@" | head -c 150', "cut short"),
    ('echo "Fatal error: exception EXN:Stack_overflow" >&2', "EXN"),
    ("exit 3", "spatch: 3")])
def test_a_spatch_that_does_not_finish(
        tmp_path: Path, script: str, why: str,
        monkeypatch: pytest.MonkeyPatch) -> None:
    found = collect(tmp_path, "good.c", script, monkeypatch)
    assert found.facts == []
    assert list(found.failed) == [str(tmp_path / "good.c")]
    assert why in found.failed[str(tmp_path / "good.c")]


def test_a_file_that_fails_takes_no_other_with_it(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = collect(tmp_path, "good.c bad.c", 'case "$*" in *bad.c*) exit 1;; '
                    'esac\nexec "$REAL" "$@"', monkeypatch)
    assert list(found.failed) == [str(tmp_path / "bad.c")]
    assert [(f["file"], f["at"][:2]) for f in found.facts] == [
        (str(tmp_path / "good.c"), [5, 5]), (str(tmp_path / "good.c"), [7, 1])]
