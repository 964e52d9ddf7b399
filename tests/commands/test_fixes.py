# SPDX-License-Identifier: GPL-2.0-only
"""The patches that an audit makes of findings whose fix is plain."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from trees import lab

KEPT = "drivers/mismatch/kept.c"
# What the patches of the small drivers mend, by kind; all other findings have no
# plain fix, or none that is right on every way to the place, or may sleep there.
MENDED = {
    "mismatch": "mismatch/alike.c mismatch/kept.c mismatch/main.c one_exit/main.c",
    "not-dirtied": "advised/dirty.c dirty/main.c dma_ways/main.c sleeping/main.c "
    "unmarked/main.c",
    "dirtied-unlocked": "dirtied/main.c",
    "not-longterm": "longterm/main.c",
    "leak-error": "advised/main.c aliased/main.c asked_again/main.c "
    "by_address/main.c callbacks/main.c chunks/main.c error/reused.c flex/main.c "
    "meant/main.c",
    "leak-short-pin": "batches/main.c counted_guard/main.c exits/main.c "
    "short_pin/main.c summed/main.c undone/main.c",
    "count-not-taken": "beyond/main.c", "negative-count": "negative/main.c"}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A tree in which pins are put; other findings have no patch."""
    return lab.make(tmp_path / "linux", None, "audit")


def _audit(gup2pin, tree, out, *more):
    done = gup2pin("audit", f"--kernel={tree}", f"--out={out}", *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_patch_mends_what_was_found(gup2pin, made, tmp_path):
    out = tmp_path / "out"
    said = _audit(gup2pin, made, out)
    [folder] = (out / "series").glob("fix-toy-drivers")
    assert f"{folder}: {sum(map(len, map(str.split, MENDED.values())))} " \
        "patches" in said
    mails = _mails(folder)
    patch = next(m for m in mails if f"+++ b/{KEPT}" in m.read_text()).read_text()
    assert "Subject: [PATCH " in patch and "\n-\tput_page(last);" in patch
    assert "\n+\tunpin_user_page(last);" in patch
    said = " ".join(patch.split())
    assert "kept_ring() pins pages with pin_user_pages_fast(); kept_free() " \
        "drops them with put_page()." in said
    # What drops references as well is not one release for both.
    assert not any("mismatch/both.c" in m.read_text() for m in mails)
    # It came with the pins, which this file takes.
    assert "-Spin_user_pages_fast(" in patch
    before, was = (made / KEPT).read_text(), _found(out)
    for mail in mails:
        subprocess.run(["patch", "-p1", "-s", "-d", made, "-i", mail], check=True)
    assert (made / KEPT).read_text() == before.replace(
        "put_page(last)", "unpin_user_page(last)")
    # Mended, it is neither found nor patched again.
    said = _audit(gup2pin, made, out)
    assert not folder.exists()
    gone = was - _found(out)
    assert {code: sorted({file for c, file, _ in gone if c == code})
            for code in MENDED} == {
        code: [f"drivers/{f}" for f in files.split()]
        for code, files in MENDED.items()}
    assert {code for code, _, _ in gone} == set(MENDED)
    # Now that the pins are dropped at once, there is no reason for the flag.
    assert {f"{code} {name}" for code, _, name in _found(out) - was} == {
        "longterm-for-a-moment meant_else", "longterm-for-a-moment meant_elsewhere"}


def _mails(folder: Path) -> list[Path]:
    """The patches of a series, in their order; some are posted in parts."""
    return sorted(m for m in folder.rglob("0*.patch")
                  if not m.name.startswith("0000"))


def _found(out: Path) -> set[tuple[str, str, str]]:
    """Code, file and function of each finding."""
    return {(f["code"], f["file"], f["function"]) for f in json.loads(
        (out / "audit.json").read_text())["findings"]}


def test_what_is_written_before_an_exit(gup2pin, made, tmp_path):
    out = tmp_path / "out"
    _audit(gup2pin, made, out)
    text = "".join(m.read_text() for m in _mails(out / "series/fix-toy-drivers"))
    said = " ".join(text.split())
    assert "exits_block() pins pages with pin_user_pages_fast(), and may leave " \
        "with an error while pages are held." in said
    added = text[text.index("+++ b/drivers/exits/main.c"):].split("\n--", 1)[0]
    # Where its number is gone, or none may be there, nothing is dropped.
    assert [row for row in added.split("\n")[1:] if row.startswith("+")] == [
        "+\t\tif (got > 0)", "+\t\t\tunpin_user_pages(row, got);"]
    added = text[text.index("+++ b/drivers/sleeping/main.c"):].split("\n--", 1)[0]
    # Neither under a lock, nor by a tasklet.
    assert [row for row in added.split("\n") if row.startswith("-")] == [
        "-\tunpin_user_pages(desk->pages, desk->count);\t/* @not-dirtied */",
        "-\tunpin_user_pages(row, got);\t/* @not-dirtied */"]
    assert "+++ b/drivers/sleeping/later.c" not in text
    # Before the array is freed, not behind it.
    assert "+\t\tunpin_user_pages(haul->pages, got);\n \t\tkfree(haul->pages);" \
        in text


def test_what_is_accepted_is_not_patched(gup2pin, made, tmp_path):
    answers = tmp_path / "answers.toml"
    answers.write_text("".join(
        f'[[finding]]\nfinding = "mismatch drivers/mismatch/{name}"\n'
        'reason = "It waits."\nwho = "me"\nwhen = "2026-11-30"\n'
        for name in ("alike.c alike_drop#1", "alike.c alike_drop#2",
                     "kept.c kept_free#1", "main.c mismatch_bad#1")))
    out = tmp_path / "out"
    _audit(gup2pin, made, out, f"--decisions={answers}")
    mails = "".join(m.read_text() for m in _mails(out / "series"))
    assert "drivers/one_exit" in mails and "drivers/mismatch" not in mails


def test_conversions_leave_the_fixes_alone(gup2pin, made, tmp_path):
    out = tmp_path / "out"
    _audit(gup2pin, made, out)
    [folder] = (out / "series").glob("fix-toy-drivers")
    was = _files(folder)
    done = gup2pin("series", f"--kernel={made}", f"--out={out}")
    assert done.returncode in (0, 3), done.stderr
    assert _files(folder) == was
    _audit(gup2pin, made, out)
    assert _files(folder) == was
    others = [p for p in (out / "series").iterdir()
              if p.is_dir() and not p.name.startswith("fix-")]
    assert others


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes()
            for p in folder.rglob("*") if p.is_file()}


def test_no_fix_makes_no_series(gup2pin, made, tmp_path):
    shutil.rmtree(made / "drivers")
    out = tmp_path / "out"
    _audit(gup2pin, made, out)
    assert not (out / "series").exists() and not (out / "scratch.git").exists()
