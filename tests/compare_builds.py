#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares what two builds of gup2pin made of the same tree.

usage: tests/compare_builds.py BEFORE AFTER, two folders OUT that hold a series.

What the code that is patched depends on must not differ: report.json but for
its sentences, plan.json, and of every patch the diff, the list of files and
the order. That ends the run with 1. Sentences that differ are shown apart and
are no failure.
"""

from __future__ import annotations

import difflib
import email
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The members of report.json that people read; all else is for programs.
SENTENCES = frozenset(("reason", "why", "steps", "proof", "settle", "blocked_by",
                       "text", "mail", "patch"))
PLACES = ("graph",)     # their text is the tree's own


def flat(value: Any, path: tuple[str, ...] = ()) -> Iterator[
        tuple[tuple[str, ...], Any]]:
    """Every scalar of a JSON value with the way to it."""
    if isinstance(value, dict):
        for key in value:
            yield from flat(value[key], (*path, key))
    elif isinstance(value, list):
        yield (*path, "length"), len(value)
        for number, item in enumerate(value):
            yield from flat(item, (*path, str(number)))
    else:
        yield path, value


def is_sentence(path: tuple[str, ...]) -> bool:
    """Whether a member of report.json is for people."""
    if any(name in PLACES for name in path):
        return False
    return path[0] != "decisions" and bool(SENTENCES & set(path))


def json_changes(before: Any, after: Any) -> tuple[list[str], list[str]]:
    """What differs: for programs, and in sentences; a line each."""
    old, new = dict(flat(before)), dict(flat(after))
    real, wording = [], []
    for path in dict.fromkeys((*old, *new)):
        if path in old and path in new and old[path] == new[path]:
            continue
        line = f"{'/'.join(path)}: {old.get(path, '(none)')!r} -> " \
               f"{new.get(path, '(none)')!r}"
        (wording if is_sentence(path) else real).append(line)
    return real, wording


def mails(out: Path) -> list[tuple[str, Path]]:
    """The mails of the series in their order, each with its folder."""
    return [(path.parent.name, path) for path
            in sorted((out / "series").glob("*/*.patch"))]


def halves(path: Path) -> tuple[str, str]:
    """A mail's message, subject first, and its diff."""
    text = path.read_text("utf-8", "surrogateescape")
    head, mark, diff = text.partition("\ndiff --git ")
    message = email.message_from_string(head)
    body = str(message.get_payload())
    # Numbers of a diffstat belong to the diff, which is compared itself.
    return f"{message['Subject']}\n\n{body.partition(chr(10) + '---')[0]}", \
        mark + diff


def mail_changes(before: Path, after: Path) -> tuple[list[str], list[str]]:
    """What differs between two series: diffs and order, and messages."""
    old, new = mails(before), mails(after)
    real, wording = [], []
    if [folder for folder, _ in old] != [folder for folder, _ in new]:
        real.append(f"mails by folder: {[f for f, _ in old]} -> "
                    f"{[f for f, _ in new]}")
    for (_, a), (_, b) in zip(old, new):
        (was, first), (now, second) = halves(a), halves(b)
        name = f"{b.parent.name}/{b.name}"
        real += [f"{name}: {line}" for line in difflib.unified_diff(
            first.splitlines(), second.splitlines(), "before", "after",
            lineterm="", n=0)]
        wording += [f"{name}: {line}" for line in difflib.unified_diff(
            was.splitlines(), now.splitlines(), "before", "after",
            lineterm="", n=0)]
    return real, wording


def compare(before: Path, after: Path) -> tuple[list[str], list[str]]:
    """Everything that differs between two folders of results."""
    real, wording = mail_changes(before, after)
    for name in ("report.json", "plan.json"):
        a, b = (json.loads((out / name).read_text("utf-8", "surrogateescape"))
                for out in (before, after))
        more, words = json_changes(a, b)
        if name == "plan.json":
            more, words = more + words, []
        real += [f"{name}: {line}" for line in more]
        wording += [f"{name}: {line}" for line in words]
    return real, wording


def main(argv: list[str]) -> int:
    """Show what differs; 1 if anything but wording does."""
    if len(argv) != 2 or any(not (Path(a) / "report.json").is_file()
                             for a in argv):
        print((__doc__ or "").split("\n\n")[1], file=sys.stderr)
        return 2
    real, wording = compare(Path(argv[0]), Path(argv[1]))
    for title, lines in (("WORDING", wording), ("CHANGED", real)):
        for line in lines:
            print(f"{title} {line}")
    print(f"{len(real)} differences, {len(wording)} in wording only")
    return 1 if real else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
