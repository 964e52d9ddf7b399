# SPDX-License-Identifier: GPL-2.0-only
"""What a run reads is recorded, from the moment when it is read."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pinlib.kept import inputs
from pinlib.kernel.view import View
from pinlib.kernel.word_index import Indexes


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file counts as settled soon, so that tests need not wait."""
    monkeypatch.setattr(inputs, "_GRAIN_NS", 20_000_000)


def now(cache: Path) -> inputs.Now:
    """The machine as it is, of which nothing was looked at yet."""
    return inputs.Now(Indexes(cache))


def test_a_program_that_reads_on_its_own(tmp_path: Path) -> None:
    with inputs.recorded([], []) as read:
        subprocess.run(["true"], check=True)
    assert read.programs == {"true"} and read.snapshot(now(tmp_path)) is None


def test_what_changes_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("one")
    time.sleep(0.05)
    with inputs.recorded([], []) as read:
        file.read_text()
    assert read.snapshot(now(tmp_path)) is not None
    file.write_text("two")
    assert read.snapshot(now(tmp_path)) is None


def test_what_is_gone_meanwhile(tmp_path: Path) -> None:
    """Nor is that what was read which stands in its place."""
    changes: list[Callable[[Path], object]] = [
        Path.unlink, lambda file: file.with_name("b").rename(file)]
    for change in changes:
        for name in ("a", "b"):
            (tmp_path / name).write_text(name)
        time.sleep(0.05)
        with inputs.recorded([], []) as read:
            (tmp_path / "a").read_text()
        change(tmp_path / "a")
        time.sleep(0.05)
        assert read.snapshot(now(tmp_path)) is None


def test_what_was_read_for_all(tmp_path: Path) -> None:
    """It counts from when it was read, not from when it was added."""
    file = tmp_path / "a"
    file.write_text("one")
    time.sleep(0.05)
    with inputs.recorded([], []) as first:
        file.read_text()
    file.write_text("two")
    time.sleep(0.05)
    with inputs.recorded([], []) as read:
        sys.audit(inputs.ADDED, first)
    assert read.snapshot(now(tmp_path)) is None


def test_a_process_that_parts(tmp_path: Path) -> None:
    """What it reads from there on it says itself, and nobody looks at it again."""
    file = tmp_path / "a"
    file.write_text("one")
    (tmp_path / "b").symlink_to(file)
    time.sleep(0.05)
    with inputs.recorded([], []) as read:
        sys.audit(inputs.PARTED)
        with inputs.recorded([], []) as parted:
            (tmp_path / "b").read_text()
    assert not read.files and parted.files.keys() == {str(file)}
    assert parted.links == {str(tmp_path / "b"): str(file)}
    with inputs.recorded([], []) as read:
        sys.audit(inputs.ADDED, parted)
        file.write_text("two")
        file.read_text()
    assert read.files == parted.files


def test_a_recorder_that_goes_on(tmp_path: Path) -> None:
    """Each block has all that was read in it, and nothing else."""
    files = [tmp_path / name for name in "abc"]
    for folder in (tmp_path, tmp_path / "over"):
        folder.mkdir(exist_ok=True)
        (folder / "a").write_text("one\n")
    for file in files:
        file.write_text("two\n")
    view = View(tmp_path, tmp_path / "over", frozenset(("a",)))
    recorder = inputs.Recorder([], [])
    for asked in files[:2]:
        with recorder.recorded() as read:
            asked.read_text()
            # What is kept of it is kept for all who ask.
            assert view.is_new("a", 1)
        files[2].read_text()
        assert read.files.keys() == {
            str(file) for file in (asked, files[0], tmp_path / "over/a")}


def test_a_digest_that_is_known(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is as it was when its digest was taken is not read for it."""
    file = tmp_path / "a"
    file.write_text("one")
    time.sleep(0.05)
    with inputs.recorded([], []) as read:
        file.read_text()
    before = read.snapshot(now(tmp_path))
    assert before is not None
    monkeypatch.setattr(inputs, "_content", lambda path: "read")
    later = now(tmp_path)
    assert later.holds(before) and read.snapshot(later) == before
    assert read.snapshot(now(tmp_path)) != before


def test_what_is_read(tmp_path: Path) -> None:
    """What is written is none of it, nor what is in a folder without input."""
    (tmp_path / "own/tree").mkdir(parents=True)
    for name in ("a", "own/b", "own/tree/c"):
        (tmp_path / name).write_text("text")
    with inputs.recorded([tmp_path / "own"], [tmp_path / "own/tree"]) as read:
        for name in ("a", "own/b", "own/tree/c", "none"):
            path = tmp_path / name
            text = path.read_text() if path.exists() else ""
            (tmp_path / f"{path.name}.out").write_text(text)
        with pytest.raises(OSError):
            (tmp_path / "missing").read_bytes()
        sorted((tmp_path / "own/tree").iterdir())
    (tmp_path / "a").read_text()
    assert {Path(p).name for p in read.files} == {"a", "c", "missing"}
    assert {Path(p).name for p in read.folders} == {"tree"}
