# SPDX-License-Identifier: GPL-2.0-only
"""An answer serves while what was read for it is as it was, and no longer."""

from __future__ import annotations

import pickle
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pinlib.kept import inputs
from pinlib.kept.answers import Answers, plain
from pinlib.kernel.view import View
from pinlib.kernel.word_index import Indexes


@pytest.fixture(name="ask")
def _ask(monkeypatch: pytest.MonkeyPatch,
         tmp_path: Path) -> Callable[[str, Path], tuple[bool, str]]:
    """Asks for a file's text; says whether it was read for that."""
    monkeypatch.setattr(inputs, "_GRAIN_NS", 20_000_000)
    cache = tmp_path / "cache"

    def asked(question: str, file: Path) -> tuple[bool, str]:
        read: list[Path] = []

        def make() -> str:
            read.append(file)
            return file.read_text()
        time.sleep(0.05)
        made = Answers(cache, View(file.parent), inputs.Now(
            Indexes(cache))).once(question, make)
        return bool(read), made
    return asked


def test_kept_until_it_changes(ask: Callable[[str, Path], tuple[bool, str]],
                               tmp_path: Path) -> None:
    file = tmp_path / "tree" / "a.c"
    file.parent.mkdir()
    file.write_text("one")
    assert ask("text", file) == (True, "one")
    assert ask("text", file) == (False, "one")
    assert ask("another text", file) == (True, "one")
    file.write_text("two")
    assert ask("text", file) == (True, "two")
    # What was changed back is what it was before, and after that again.
    for text in ("one", "two", "one"):
        file.write_text(text)
        assert ask("text", file) == (False, text)
    file.write_text("three")
    assert ask("text", file) == (True, "three")
    file.unlink()
    with pytest.raises(FileNotFoundError):
        ask("text", file)


def test_what_looks_the_same_is_not_read(
        ask: Callable[[str, Path], tuple[bool, str]], tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "tree" / "a.c"
    file.parent.mkdir()
    file.write_text("one")
    ask("text", file)
    monkeypatch.setattr(inputs, "_content", lambda path: "none")
    assert ask("text", file) == (False, "one")
    # It has the same bytes, but that is not to be seen.
    file.touch()
    assert ask("text", file) == (True, "one")


def test_only_own_classes_are_made() -> None:
    for made in (Path("x"), print, subprocess.Popen):
        with pytest.raises(pickle.UnpicklingError):
            plain(pickle.dumps(made))
    with pytest.raises(pickle.UnpicklingError):
        plain(b"cbuiltins\ngetattr\n(cpinlib.base.files\nPath\n"
              b"S'home'\ntR.")
