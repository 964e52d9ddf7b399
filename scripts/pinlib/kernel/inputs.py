# SPDX-License-Identifier: GPL-2.0-only
"""Takes a run; gives what it read of the machine, and later whether it changed.

Python tells of each file that a run opens and of each program that it starts
(sys.addaudithook); what it asks of an index, and whether there is a file, it
tells itself. So nothing that a run rests on can be forgotten here.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pinlib.base import own_digest
from pinlib.kernel import word_index

# These look at nothing but what they are given, and that was read here too.
PROGRAMS = frozenset(("index", "reader", "ledger", "spatch", "parallel", "gcc",
                      "make", "dpkg-query"))
# What changed shortly before a run may change again and look the same.
_GRAIN_NS = 2_000_000_000
_WRITES = os.O_WRONLY | os.O_RDWR
# The audit event of what another process read for this one: its Inputs.
ADDED = "pinlib.inputs"
# The audit event of a question that another process answers, and of what it says.
TOLD = "pinlib.told"
# What is no input: the tool, which is told apart by its digest, and no files.
_NO_INPUT = (*own_digest.TOOL, Path("/proc"), Path("/dev"), Path("/sys"))


@dataclass
class Inputs:
    """What a run read: files, folders, whether there is a file, and indexes.

    answers: by tree and question, what the index of the tree said. told: what
    the run that asked for this one answered itself. programs: those that it
    started.
    """

    began: int = 0      # ns since the epoch
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    told: dict[str, bool] = field(default_factory=dict)
    programs: set[str] = field(default_factory=set)

    def add(self, other: Inputs) -> None:
        """Add what another process read for this one."""
        self.files |= other.files
        self.folders |= other.folders
        self.programs |= other.programs
        for tree, asked in other.answers.items():
            self.answers.setdefault(tree, {}).update(asked)

    def snapshot(self, now: Now) -> dict[str, Any] | None:
        """Return what was read as it is; None if that cannot be known.

        A program may have read anything, and what changed since the run began
        is not what it read.
        """
        paths = self.files | self.folders
        if self.programs - PROGRAMS or any(
                now.changed(path) >= self.began - _GRAIN_NS for path in paths):
            return None
        return {"files": {path: now.content(path)
                          for path in sorted(self.files)},
                "folders": {path: now.names(path)
                            for path in sorted(self.folders)},
                "answers": self.answers, "told": self.told}


class Now:
    """The machine as it is, of which each thing is looked at once.

    told: the questions that whoever asks says yes to.
    """

    def __init__(self, indexes: word_index.Indexes,
                 told: Container[str] = frozenset()) -> None:
        self._indexes = indexes
        self._told = told
        self._answers: dict[tuple[str, str], str | None] = {}
        self.changed = functools.cache(_changed)
        self.content = functools.cache(_content)
        self.names = functools.cache(_names)

    def holds(self, known: Mapping[str, Any]) -> bool:
        """Say whether all of a snapshot is as it was."""
        return all(self.content(path) == was
                   for path, was in known["files"].items()) and all(
            self.names(path) == was
            for path, was in known["folders"].items()) and all(
            self._answer(tree, question) == was
            for tree, asked in known["answers"].items()
            for question, was in asked.items()) and all(
            (question in self._told) == was
            for question, was in known["told"].items())

    def _answer(self, tree: str, question: str) -> str | None:
        """Return what the index of a tree says; None if there is no tree."""
        if (tree, question) not in self._answers:
            self._answers[tree, question] = self._indexes.of(
                Path(tree)).answer(question) if os.path.isdir(tree) else None
        return self._answers[tree, question]


@contextlib.contextmanager
def recorded(without: Sequence[Path], but: Sequence[Path]) -> Iterator[Inputs]:
    """Record what is read until the end of the block.

    without: folders that hold nothing of a user's, besides the tool's; but: those
    in them that do.
    """
    made = Inputs(time.time_ns())
    hidden = (f"{os.path.realpath(tempfile.gettempdir())}/gup2pin-", *(
        f"{os.path.realpath(path)}/" for path in (
            *without, *map(Path, sys.path), *_NO_INPUT)))
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
        elif event == TOLD:
            made.told[args[0]] = args[1]
        elif event == ADDED:
            made.add(args[0])
        elif event == "subprocess.Popen":
            made.programs.add(os.path.basename(os.fsdecode(args[0])))

    sys.addaudithook(hear)
    try:
        yield made
    finally:
        hears = False


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
