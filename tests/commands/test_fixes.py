# SPDX-License-Identifier: GPL-2.0-only
"""The patches that an audit makes of findings whose fix is plain."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from trees import lab

KEPT = "drivers/mismatch/kept.c"


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
    assert f"{folder}: 4 patches" in said
    mails = sorted(folder.glob("0*[1-9]-*.patch"))
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
    before = (made / KEPT).read_text()
    for mail in mails:
        subprocess.run(["patch", "-p1", "-s", "-d", made, "-i", mail], check=True)
    assert (made / KEPT).read_text() == before.replace(
        "put_page(last)", "unpin_user_page(last)")
    # Mended, it is neither found nor patched again.
    said = _audit(gup2pin, made, out)
    assert not folder.exists()
    assert (out / "audit.txt").read_text().count(
        "drops what pin_user_pages") == 1


def test_what_is_accepted_is_not_patched(gup2pin, made, tmp_path):
    answers = tmp_path / "answers.toml"
    answers.write_text("".join(
        f'[[finding]]\nfinding = "mismatch drivers/mismatch/{name}"\n'
        'reason = "It waits."\nwho = "me"\nwhen = "2026-11-30"\n'
        for name in ("alike.c alike_drop#1", "alike.c alike_drop#2",
                     "kept.c kept_free#1", "main.c mismatch_bad#1")))
    out = tmp_path / "out"
    _audit(gup2pin, made, out, f"--decisions={answers}")
    mails = "".join(m.read_text() for m in (out / "series").glob("fix-*/0*.patch"))
    assert "drivers/one_exit" in mails and "drivers/mismatch" not in mails


def test_conversions_leave_the_fixes_alone(gup2pin, made, tmp_path):
    out = tmp_path / "out"
    _audit(gup2pin, made, out)
    [folder] = (out / "series").glob("fix-toy-drivers")
    was = {p.name: p.read_bytes() for p in folder.iterdir()}
    done = gup2pin("series", f"--kernel={made}", f"--out={out}")
    assert done.returncode in (0, 3), done.stderr
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == was
    _audit(gup2pin, made, out)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == was
    others = [p for p in (out / "series").iterdir()
              if p.is_dir() and not p.name.startswith("fix-")]
    assert others


def test_no_fix_makes_no_series(gup2pin, made, tmp_path):
    shutil.rmtree(made / "drivers")
    out = tmp_path / "out"
    _audit(gup2pin, made, out)
    assert not (out / "series").exists() and not (out / "scratch.git").exists()
