# SPDX-License-Identifier: GPL-2.0-only
"""Takes a run; gives what it read of the machine, and later whether it changed.

Python tells of each file that a run opens and of each program that it starts
(sys.addaudithook); what it asks of an index, and whether there is a file, it
tells itself. So nothing that a run rests on can be forgotten here.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pinlib.kernel import word_index

# These look at nothing but what they are given, and that was read here too.
PROGRAMS = frozenset(("index", "reader", "ledger", "spatch", "parallel", "gcc",
                      "make", "dpkg-query"))
# What changed shortly before a run may change again and look the same.
_GRAIN_NS = 2_000_000_000
_WRITES = os.O_WRONLY | os.O_RDWR


@dataclass
class Inputs:
    """What a run read: files, folders, whether there is a file, and indexes.

    answers: by tree and question, what the index of the tree said.
    programs: those that it started.
    """

    began: int = 0      # ns since the epoch
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    programs: set[str] = field(default_factory=set)

    def snapshot(self) -> dict[str, Any] | None:
        """Return what was read as it is; None if that cannot be known.

        A program may have read anything, and what changed since the run began
        is not what it read.
        """
        paths = self.files | self.folders
        if self.programs - PROGRAMS or any(
                _changed(path) >= self.began - _GRAIN_NS for path in paths):
            return None
        return {"files": {path: _content(path) for path in sorted(self.files)},
                "folders": {path: _names(path)
                            for path in sorted(self.folders)},
                "answers": self.answers}


@contextlib.contextmanager
def recorded(without: Sequence[Path], but: Sequence[Path]) -> Iterator[Inputs]:
    """Record what is read until the end of the block.

    without: folders that hold nothing of a user's; but: those in them that do.
    """
    made = Inputs(time.time_ns())
    hidden = (f"{os.path.realpath(tempfile.gettempdir())}/gup2pin-", *(
        f"{os.path.realpath(path)}/" for path in without))
    shown = tuple(f"{os.path.realpath(path)}/" for path in but)
    hears = True
    heard: set[str] = set()     # most files are opened again and again

    def is_input(path: str) -> bool:
        return path.startswith(shown) or not path.startswith(hidden)

    def hear(event: str, args: tuple[Any, ...]) -> None:
        # There is no way to take a hook back.
        if not hears:
            return
        if event == "pinlib.reads" or event == "open" and _is_path(
                args[0]) and not _writes(args[1:]):
            given = os.fsdecode(args[0])
            if given in heard:
                return
            heard.add(given)
            path = _absolute(given)
            if is_input(path):
                made.files.add(path)
        elif event in ("os.scandir", "os.listdir") and _is_path(args[0]):
            path = _absolute(args[0])
            if is_input(f"{path}/"):
                made.folders.add(path)
        elif event == word_index.ASKED:
            tree, question, answer = args
            if is_input(f"{tree}/"):
                made.answers.setdefault(tree, {})[question] = answer
        elif event == "subprocess.Popen":
            made.programs.add(os.path.basename(os.fsdecode(args[0])))

    sys.addaudithook(hear)
    try:
        yield made
    finally:
        hears = False


def unchanged(known: dict[str, Any], cache: Path) -> bool:
    """Say whether all of a snapshot is as it was."""
    return all(_content(path) == was
               for path, was in known["files"].items()) and all(
        _names(path) == was for path, was in known["folders"].items()) and all(
        _same_answers(Path(tree), asked, cache)
        for tree, asked in known["answers"].items())


def _same_answers(tree: Path, asked: dict[str, str], cache: Path) -> bool:
    if not tree.is_dir():
        return False
    index = word_index.of(tree, cache)
    return all(index.answer(question) == was
               for question, was in asked.items())


def _is_path(given: object) -> bool:
    return isinstance(given, (str, bytes, os.PathLike))


def _absolute(path: Any) -> str:
    return os.path.realpath(os.fsdecode(path))


def _writes(how: Sequence[Any]) -> bool:
    """Say whether a file is only written, by its mode or its flags."""
    mode, flags = how
    if mode is not None:
        return any(letter in mode for letter in "wxa")
    return bool(flags & _WRITES)


def _changed(path: str) -> int:
    """Return when a file was last changed, or when its folder was."""
    try:
        found = os.lstat(path)
    except OSError:
        return 0
    return max(found.st_ctime_ns, found.st_mtime_ns)


def _content(path: str) -> str | None:
    """Return a digest of a file; None for anything else."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, "rb") as stream:
            return hashlib.sha256(stream.read()).hexdigest()
    except OSError:
        return None


def _names(path: str) -> str | None:
    """Return a digest of the names in a folder; None for anything else."""
    try:
        names = sorted(os.listdir(path))
    except OSError:
        return None
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()
