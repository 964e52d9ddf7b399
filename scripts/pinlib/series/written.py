# SPDX-License-Identifier: GPL-2.0-only
"""Keep what people changed in OUT/series when the next run writes it anew.

A record says which files a run wrote and what was in them. A file that has
become another since was edited, and one that is not in it was put there: the
next run keeps the first aside and leaves the second alone.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pinlib.base.files import write_json
from pinlib.series.mailbox import COVER, MAILBOX, SCRIPT, mbox

RECORD = ".written.json"
ASIDE = "edited-"


@dataclasses.dataclass
class Entry:
    """One series: its subsystem, its lines of send.sh, and its files."""

    subsystem: str
    send: list[str]
    files: dict[str, str]       # below the series' folder, to their hashes


class Folder:
    """OUT/series as it is, and the new one that takes its place."""

    def __init__(self, old: Path, new: Path) -> None:
        self.old = old
        self.new = new
        self.before = _read(old)
        self.entries: dict[str, Entry] = {}
        self.moved: list[tuple[str, str]] = []

    def add(self, slug: str, subsystem: str, send: list[str]) -> None:
        """Note a series that was written to the new folder."""
        self.entries[slug] = Entry(subsystem, send, _hashes(self.new / slug))

    def take_over(self, ours: Callable[[str], bool]) -> None:
        """Copy what this run does not replace, and what was edited.

        ours says which subsystems the run was asked for.
        """
        if not self.old.is_dir():
            return
        for path in sorted(self.old.iterdir()):
            known = self.before.get(path.name)
            if path.name in (RECORD, SCRIPT):
                continue
            if path.is_symlink() or not path.is_dir() or (
                    known is None and path.name not in self.entries):
                _copy(path, self.new / path.name)
            elif known and path.name not in self.entries and \
                    not ours(known.subsystem):
                _copy(path, self.new / path.name)
                self.entries[path.name] = known
            else:
                self._edited(path, known.files if known else {})

    def _edited(self, folder: Path, files: dict[str, str]) -> None:
        """Keep files that were edited in a separate folder."""
        here = self.new / folder.name
        for path in sorted(folder.glob(f"{ASIDE}*")):
            _copy(path, here / path.name)
        found = {name: digest for name, digest in _hashes(folder).items()
                 if files.get(name) != digest
                 and not name.startswith(ASIDE)}
        if not found:
            return
        aside = _aside(here)
        for name in found:
            kept = f"{aside}/{name}"
            _copy(folder / name, here / kept)
            self.moved.append((f"{folder.name}/{name}",
                               f"{folder.name}/{kept}"))

    def script(self, text: Callable[[list[str]], str]) -> None:
        """Write send.sh, and the record of all that was written."""
        lines = [line for _, entry in sorted(
            self.entries.items(), key=lambda e: (e[1].subsystem, e[0]))
            for line in entry.send]
        was, known = self.old / SCRIPT, self.before.get(SCRIPT)
        if known and was.is_file() and known.files != {SCRIPT: _digest(was)}:
            kept = f"{_aside(self.new)}/{SCRIPT}"
            _copy(was, self.new / kept)
            self.moved.append((SCRIPT, kept))
        if not lines:
            return
        path = self.new / SCRIPT
        path.write_text(text(lines), encoding="utf-8",
                        errors="surrogateescape")
        self.entries[SCRIPT] = Entry("", [], {SCRIPT: _digest(path)})
        write_json(self.new / RECORD, self.entries)


@contextlib.contextmanager
def replaced(folder: Path) -> Iterator[Folder]:
    """Give an empty folder that takes the other's place if all goes well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}-*"):
        if (left / "old").is_dir() and not os.path.lexists(folder):
            os.rename(left / "old", folder)
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        new = work / "new"
        new.mkdir()
        yield Folder(folder, new)
        if os.path.lexists(folder):
            os.rename(folder, work / "old")
        try:
            os.rename(new, folder)
        except OSError:
            os.rename(work / "old", folder)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _aside(folder: Path) -> str:
    """Return the name of a new folder for what was edited."""
    number = 1
    while os.path.lexists(folder / f"{ASIDE}{number}"):
        number += 1
    return f"{ASIDE}{number}"


def _read(folder: Path) -> dict[str, Entry]:
    """Return the record of a folder; what an older version left has none."""
    try:
        found: dict[str, Any] = json.loads((folder / RECORD).read_text(
            encoding="utf-8", errors="surrogateescape"))
        return {name: Entry(str(e["subsystem"]), list(e["send"]),
                            dict(e["files"])) for name, e in found.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return _unrecorded(folder)


def _unrecorded(folder: Path) -> dict[str, Entry]:
    """Return what a folder without a record shows: a mailbox holds its mails."""
    found: dict[str, Entry] = {}
    try:
        text = (folder / SCRIPT).read_text("utf-8", "surrogateescape")
    except OSError:
        text = ""
    for box in sorted(folder.glob(f"*/{MAILBOX}")) + sorted(
            folder.glob(f"*/*/{MAILBOX}")):
        rest = [p for p in sorted(box.parent.glob("*.patch"))
                if p.name != COVER]
        try:
            same = mbox([box.parent / COVER, *rest]) == box.read_bytes()
        except OSError:
            same = False
        top = folder / box.relative_to(folder).parts[0]
        entry = found.setdefault(top.name, Entry("", [
            f"{line}\n" for line in text.splitlines() if re.match(
                rf"{re.escape(top.name)}(?:/\w+)?\) ", line)], {}))
        if same:
            entry.files |= {n: d for n, d in _hashes(top).items()
                            if (top / n).parent == box.parent}
    return found


def _hashes(folder: Path) -> dict[str, str]:
    """Return every file below a folder with a hash of what is in it."""
    return {path.relative_to(folder).as_posix(): _digest(path)
            for path in sorted(folder.rglob("*"))
            if path.is_symlink() or not path.is_dir()}


def _digest(path: Path) -> str:
    data = os.fsencode(os.readlink(path)) if path.is_symlink() else \
        path.read_bytes() if path.is_file() else b""
    return hashlib.sha256(data).hexdigest()


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.copytree(path, to, symlinks=True)
    else:
        shutil.copy2(path, to, follow_symlinks=False)
