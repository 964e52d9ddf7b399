# SPDX-License-Identifier: GPL-2.0-only
"""Print the patches of a series on a terminal, in colour."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from pinlib.base.errors import UsageError
from pinlib.base.options import Options
from pinlib.base.text import printable
from pinlib.commands import allowance
from pinlib.kernel.subsystem_filter import matches
from pinlib.report import json_report
from pinlib.series import mail_reader
from pinlib.series.scratch.scratch_repo import BASE_REF, Scratch


COLOURS = {"+": "32", "-": "31", "@": "36", "d": "1"}


def run(opts: Options) -> None:
    """Print what the last run of `series` made for the subsystems asked."""
    found = json_report.read(opts.out / "report.json")
    wanted = [p for p in found["patches"]
              if matches(p["subsystem"], opts.subsystem)]
    if not wanted:
        what = f" of {opts.subsystem}" if opts.subsystem else ""
        raise UsageError(f"{opts.out}: no patch{what} was made here; `make "
                         "series` makes them")
    unchanged(opts.module or opts.kernel, opts.out,
              sorted({f for p in wanted for f in p["files"]}))
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    # All or nothing: a mail that cannot be read ends it before any is shown.
    texts = [shown(mail_reader.read(opts.out / entry["mail"]), colour)
             for entry in wanted]
    for text in texts:
        print(text)
    allowance.end_of(opts, found)


def unchanged(kernel: Path, out: Path, files: list[str]) -> None:
    """Refuse a series of a tree that has changed since it was made."""
    scratch = Scratch(out / "scratch.git")
    base = scratch.resolve(BASE_REF)
    if base is None:
        raise UsageError(f"{scratch.path}: it has no branch base; run `make "
                         "series` again")
    entries = scratch.entries(base)
    for file in files:
        path = kernel / file
        now = blob(path.read_bytes()) if path.is_file() else ""
        was = entries[file].blob if file in entries else ""
        if now != was:
            raise UsageError(f"{file}: it has changed since the series was "
                             "made; run `make series` again")


def blob(data: bytes) -> str:
    """Return the id that git gives to a file."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def shown(mail: mail_reader.Mail, colour: bool) -> str:
    """Return one patch as text; control characters of the tree never get out."""
    lines = [mail.subject, "", *mail.text.splitlines(), ""]
    head = len(lines)
    lines += mail.diff.splitlines()
    made = []
    for number, line in enumerate(lines):
        text = "\t".join(printable(part) for part in line.split("\t"))
        code = "1" if not number else COLOURS.get(line[:1]) \
            if number >= head else None
        made.append(f"\033[{code}m{text}\033[m" if colour and code else text)
    return "\n".join(made)
