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
from collections.abc import (Callable, Container, Iterator, Mapping,
                             Sequence)
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pinlib.base import own_digest
from pinlib.csource.written import comments
from pinlib.csource.written.heard import Code, LOOKED_FOR, WRITTEN
from pinlib.kept import code_digests
from pinlib.kernel import word_index

# These look at nothing but what they are given, and that was read here too.
PROGRAMS = frozenset(("index", "digest", "reader", "ledger", "spatch",
                      "parallel", "gcc", "make", "dpkg-query"))
# What changed shortly before a run may change again and look the same.
_GRAIN_NS = 2_000_000_000
_WRITES = os.O_WRONLY | os.O_RDWR
# The audit event of what another process read for this one: its Inputs.
ADDED = "pinlib.inputs"
# The audit event of a question that another process answers, and of what it says.
TOLD = "pinlib.told"
# The audit event of a process that starts as a copy of this one: what it reads from
# there on, it says itself.
PARTED = "pinlib.parted"
# Those that are heard, of all that Python raises.
_EVENTS = frozenset((LOOKED_FOR, WRITTEN, ADDED, TOLD, PARTED,
                     word_index.ASKED, "open", "os.scandir", "os.listdir",
                     "subprocess.Popen"))
# What is no input: the tool, which is told apart by its digest, and no files.
_NO_INPUT = (*own_digest.TOOL, Path("/proc"), Path("/dev"), Path("/sys"))


Signature = tuple[int, int, int, int, int] | None


@dataclass
class Inputs:
    """What a run read: files, folders, whether there is a file, and indexes.

    code: files of which it looked at no comment, but for what written has: by file
    and what was asked, a digest of the answer. links: paths as they were given,
    with what they led to where that is another. answers: by tree and question,
    what the index of the tree said. told: what the run that asked for this one
    answered itself. programs: those that it started.
    """

    began: int = 0      # ns since the epoch
    # With what told each from others when it was first heard of.
    files: dict[str, Signature] = field(default_factory=dict)
    code: dict[str, Signature] = field(default_factory=dict)
    folders: dict[str, Signature] = field(default_factory=dict)
    written: dict[str, dict[str, str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    told: dict[str, bool] = field(default_factory=dict)
    programs: set[str] = field(default_factory=set)

    def add(self, other: Inputs) -> None:
        """Add what another process read for this one."""
        self.began = min(self.began, other.began)
        for mine, theirs in ((self.files, other.files),
                             (self.code, other.code),
                             (self.folders, other.folders)):
            for path, was in theirs.items():
                mine.setdefault(path, was)
        self.links |= other.links
        self.programs |= other.programs
        for said, others in ((self.answers, other.answers),
                             (self.written, other.written)):
            for place, more in others.items():
                said.setdefault(place, {}).update(more)

    def snapshot(self, now: Now) -> dict[str, Any] | None:
        """Return what was read as it is; None if that cannot be known.

        Of a file it has what tells it from others, and a digest. A program may
        have read anything, and what changed since the run began is not what it
        read.
        """
        if self.programs - PROGRAMS or any(
                sign(path) != was or was is not None
                and max(was[-2:]) >= self.began - _GRAIN_NS
                for sign, read in ((_of_file, self.files),
                                   (_of_file, self.code),
                                   (_of_folder, self.folders))
                for path, was in read.items()):
            return None
        code = sorted(self.code.keys() - self.files.keys())
        digests = now.code([(path, self.code[path]) for path in code])
        return {"files": {path: [self.files[path], now.content(
                            path, self.files[path])]
                          for path in sorted(self.files)},
                "code": {path: [self.code[path], digest]
                         for path, digest in zip(code, digests)},
                "written": {path: self.written[path] for path in code
                            if path in self.written},
                "folders": {path: now.names(path)
                            for path in sorted(self.folders)},
                "links": self.links, "answers": self.answers,
                "told": self.told}

    def as_now(self, now: Now) -> Inputs:
        """Return what was read before and is as it was, as if read now."""
        return replace(self, began=time.time_ns(), files={
            path: now.sign(path) for path in self.files}, code={
                path: now.sign(path) for path in self.code}, folders={
                    path: _of_folder(path) for path in self.folders})


class Now:
    """The machine as it is, of which each thing is looked at once."""

    def __init__(self, indexes: word_index.Indexes) -> None:
        self.indexes = indexes
        self._answers: dict[tuple[str, str], str | None] = {}
        self._signed: dict[str, Signature] = {}
        self._known: dict[tuple[str, Signature], str | None] = {}
        self._code: dict[tuple[str, Signature], str | None] = {}

    def sign(self, path: str) -> Signature:
        """Return what told a file from others when it was first looked at."""
        if path not in self._signed:
            self._signed[path] = _of_file(path)
        return self._signed[path]

    def content(self, path: str, signed: Signature) -> str | None:
        """Return a digest of a file that has this signature; None for no file."""
        key = path, signed
        if key not in self._known:
            self._known[key] = signed and _content(path)
        return self._known[key]

    def code(self, files: Sequence[tuple[str, Signature]]) -> list[str | None]:
        """Return a digest of the code of each of some files of a signature."""
        wanted = sorted({path for path, signed in files
                         if signed and (path, signed) not in self._code})
        made = code_digests.of(wanted, self.indexes.cache) if wanted else {}
        self._code.update(((path, signed), made.get(path))
                          for path, signed in files
                          if (path, signed) not in self._code)
        return [self._code[one] for one in files]

    def _has_its_code(self, path: str, known: tuple[
            Sequence[int] | None, str | None], written: Mapping[str, str]) -> bool:
        """Say the same of its code, and of what was read as it is written."""
        was, digest = known
        signed = self.sign(path)
        if signed is not None and was is not None and signed == tuple(was):
            self._code[path, signed] = digest
            return True
        signed = _of_file(path)
        return self.code([(path, signed)]) == [digest] and (
            not written or _has(path, written))

    def _is_as_it_was(self, path: str, was: Sequence[int] | None,
                      digest: str | None) -> bool:
        """Say whether a file has the content that a snapshot has.

        One that looks the same need not be read: it changed long before.
        """
        signed = self.sign(path)
        if signed is None or was is None or signed != tuple(was):
            return self.content(path, _of_file(path)) == digest
        self._known[path, signed] = digest
        return True

    @staticmethod
    def names(path: str) -> str | None:
        """Return a digest of the names in a folder; None for anything else."""
        return _names(path)

    def holds(self, known: Mapping[str, Any],
              told: Container[str] = frozenset()) -> bool:
        """Say whether all of a snapshot is as it was.

        told: the questions that whoever asks says yes to.
        """
        return all(self._is_as_it_was(path, *was)
                   for path, was in known["files"].items()) and all(
            self._has_its_code(path, was, known["written"].get(path, {}))
            for path, was in known["code"].items()) and all(
            self.names(path) == was
            for path, was in known["folders"].items()) and all(
            os.path.realpath(path) == was
            for path, was in known["links"].items()) and all(
            self._answer(tree, question) == was
            for tree, asked in known["answers"].items()
            for question, was in asked.items()) and all(
            (question in told) == was
            for question, was in known["told"].items())

    def _answer(self, tree: str, question: str) -> str | None:
        """Return what the index of a tree says; None if there is no tree."""
        if (tree, question) not in self._answers:
            self._answers[tree, question] = self.indexes.of(
                Path(tree)).answer(question) if os.path.isdir(tree) else None
        return self._answers[tree, question]


def recorded(without: Sequence[Path],
             but: Sequence[Path]) -> AbstractContextManager[Inputs]:
    """Record what is read until the end of the block, as a Recorder does."""
    return Recorder(without, but).recorded()


class Recorder:
    """Hears what is read, in one block after another.

    There is no way to take a hook back, and each costs time to the end: so who
    records often keeps one.

    without: folders that hold nothing of a user's, besides the tool's; but: those
    in them that do.
    """

    def __init__(self, without: Sequence[Path], but: Sequence[Path]) -> None:
        # How the paths begin that are no inputs, and those among them that are.
        self._hidden = (
            f"{os.path.realpath(tempfile.gettempdir())}/gup2pin-", *(
                f"{os.path.realpath(path)}/" for path in (
                    *without, *_NO_INPUT, *(
                        Path(path) for path in sys.path
                        if path.startswith(f"{sys.prefix}/")))))
        self._shown = tuple(
            f"{name}/" for path in but
            for name in (os.path.abspath(path), os.path.realpath(path)))
        self._hears = False
        self._begin()
        sys.addaudithook(self._hook)

    def _begin(self) -> None:
        self._made = Inputs(time.time_ns())
        # Most files are opened again and again.
        self._heard: set[str] = set()
        self._heard_code: set[str] = set()
        self._folders: dict[str, str] = {}      # with what each leads to

    @contextlib.contextmanager
    def recorded(self) -> Iterator[Inputs]:
        """Record what is read until the end of the block, and nothing of before."""
        self._begin()
        self._hears = True
        try:
            yield self._made
        finally:
            self._hears = False

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in _EVENTS or not self._hears:
            return
        if event == LOOKED_FOR or event == "open" and _is_path(
                args[0]) and not _writes(args[1:]):
            heard, read = (self._heard_code, self._made.code) if isinstance(
                args[0], Code) else (self._heard, self._made.files)
            given = str(os.fsdecode(args[0]))
            if given not in heard and given not in read:
                heard.add(given)
                self._hear(given, read, _of_file)
        elif event in ("os.scandir", "os.listdir") and _is_path(args[0]):
            self._hear(os.fsdecode(args[0]), self._made.folders, _of_folder)
        else:
            self._hear_answer(event, args)

    def _hear_answer(self, event: str, args: tuple[Any, ...]) -> None:
        if event == word_index.ASKED:
            tree, question, answer = args
            if self._is_input(tree):
                self._made.answers.setdefault(tree, {})[question] = answer
        elif event == WRITTEN:
            path, asked, said = args
            self._made.written.setdefault(os.path.realpath(path), {})[
                asked] = _digest(said)
        elif event == TOLD:
            self._made.told[args[0]] = args[1]
        elif event == ADDED:
            self._made.add(args[0])
        elif event == PARTED:
            self._hears = False
        elif event == "subprocess.Popen":
            self._made.programs.add(os.path.basename(os.fsdecode(args[0])))

    def _hear(self, given: str, read: dict[str, Signature],
              sign: Callable[[str], Signature]) -> None:
        path, real = os.path.abspath(given), self._real(given)
        if not self._is_input(real) and \
                not f"{path}/".startswith(self._shown):
            return
        if path != real:
            self._made.links[path] = real
        if real not in read:
            read[real] = sign(real)

    def _real(self, given: str) -> str:
        """Return what a path leads to; its folder is looked at once."""
        folder, name = os.path.split(given)
        if given != os.path.abspath(given) or not name:
            return os.path.realpath(given)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        real = os.path.join(self._folders[folder], name)
        return os.path.realpath(real) if os.path.islink(real) else real

    def _is_input(self, path: str) -> bool:
        path = f"{path}/"
        return path.startswith(self._shown) or not path.startswith(self._hidden)


def _is_path(given: object) -> bool:
    return isinstance(given, (str, bytes, os.PathLike))


def _writes(how: Sequence[Any]) -> bool:
    """Say whether a file is only written, by its mode or its flags."""
    mode, flags = how
    if mode is not None:
        return any(letter in mode for letter in "wxa")
    return bool(flags & _WRITES)


def _of_file(path: str) -> Signature:
    """Return what tells a file from what it was before; None if there is none."""
    return _signature(path, stat.S_ISREG)


def _of_folder(path: str) -> Signature:
    """Return the same of a folder."""
    return _signature(path, stat.S_ISDIR)


def _signature(path: str, kind: Callable[[int], bool]) -> Signature:
    """Return a signature; its last two numbers say when a thing changed, in ns."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    if not kind(found.st_mode):
        return None
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns,
            found.st_ctime_ns)


def _content(path: str) -> str | None:
    """Return a digest of a file; None for one that cannot be read."""
    try:
        with open(path, "rb", buffering=0) as stream:
            return hashlib.sha256(stream.readall()).hexdigest()
    except OSError:
        return None


def _has(path: str, written: Mapping[str, str]) -> bool:
    """Say whether a file as it is written has what it had."""
    try:
        with open(path, "rb", buffering=0) as stream:
            text = stream.readall().decode("latin-1")
    except OSError:
        return False
    return all(_digest(comments.said(text, asked)) == digest
               for asked, digest in written.items())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("latin-1")).hexdigest()


def _names(path: str) -> str | None:
    """Return a digest of the names in a folder; None for anything else."""
    try:
        names = sorted(os.listdir(path))
    except OSError:
        return None
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()
