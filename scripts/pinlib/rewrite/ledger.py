# SPDX-License-Identifier: GPL-2.0-only
"""Compare the edits performed with those planned, or drop the whole group.

A program in C does it (scripts/ledger), which takes what each operation may
change from a file (as cocci/convert/ledger.txt) and shares no code with what makes
the edits. Everywhere else every token, comment and directive must be the same in
the same order. So a position that is off by one line discards the group, and so
does a brace that would attach an else to another if.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pinlib.base import host_program
from pinlib.base.edits import Alias, Edit, Include, Words
from pinlib.base.errors import RuleError
from pinlib.base.resources import COCCI, SCRIPTS
from pinlib.kernel.kernel_tree import cache_folder

__all__ = ["Checked", "LedgerMismatch", "built_aside", "check", "operations",
           "program", "record"]

RULES = COCCI / "convert" / "ledger.txt"
SOURCES = (SCRIPTS / "ledger", SCRIPTS / "reader")


class LedgerMismatch(RuleError):
    """The edits made are not those that were planned."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file = file
        self.line = line
        self.why = why


@dataclass(frozen=True)
class Checked:
    """A file before and after its edits."""

    file: str
    old: str
    new: str
    edits: Sequence[Edit]


def program() -> Path:
    """Return the program, which is built if it is not there."""
    return host_program.build("ledger", SOURCES, cache_folder()).path


@contextlib.contextmanager
def built_aside() -> Iterator[None]:
    """Have a copy of this process build the program while the block runs.

    No thread does, as the block may make copies of this process too.
    """
    child = os.fork()
    if not child:
        try:
            program()
        finally:
            os._exit(0)     # if it does not build, who needs it will say
    try:
        yield
    finally:
        os.waitpid(child, 0)


def check(*files: Checked, rules: Path = RULES) -> None:
    """Raise LedgerMismatch unless each new text is the old one with its edits.

    Comments, strings and includes are edited afterwards.
    """
    answers = _run(rules, b"".join(map(record, files)))
    if len(answers) != len(files):
        raise RuleError(f"ledger: {len(answers)} answers for "
                        f"{len(files)} files")
    for one, answer in zip(files, answers):
        if answer != "yes":
            _, line, _, why = answer.split(" ", 3)
            raise LedgerMismatch(one.file, int(line), why)


def operations(rules: Path = RULES) -> dict[str, tuple[str, ...]]:
    """Return the operations that the rules know, and where each may stand.

    A name with a $ is that of a field of the edit.
    """
    rows = [line.split() for line in _run(rules, b"", "--list")]
    return {row[0]: tuple(row[1:]) for row in rows}


def _run(rules: Path, text: bytes, *options: str) -> list[str]:
    """Return the lines that the program answers."""
    done = subprocess.run([program(), *options, rules], input=text, check=False,
                          capture_output=True)
    if done.returncode not in (0, 1):
        raise RuleError("ledger: " + (
            done.stderr.decode("latin-1").strip().removeprefix("ledger: ")
            or f"exit {done.returncode}"))
    return done.stdout.decode("latin-1").split("\n")[:-1]


def record(one: Checked) -> bytes:
    """Return a file as the program reads it."""
    parts = [one.old.encode("latin-1"), one.new.encode("latin-1"),
             b"".join(_fields(edit) for edit in one.edits
                      if not isinstance(edit, (Alias, Include, Words)))]
    return b" ".join([b"check", *(b"%d" % len(part) for part in parts)]
                     ) + b"\n" + b"".join(parts)


def _fields(edit: Edit) -> bytes:
    """Return what an edit says, less what it does not."""
    strings: list[str] = []
    for name, value in edit.to_json().items():
        if name != "file" and value is not False:
            strings += [name, str(value)]
    return "\0".join([*strings, "", ""]).encode("latin-1")
