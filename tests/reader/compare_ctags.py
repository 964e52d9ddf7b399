#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds the functions that the reader finds in a tree against Universal Ctags.

    tests/reader/compare_ctags.py TREE [FOLDER...]

Prints how many both find, and what one of them only finds, by kind. With -v
each of those is a line. Exits 1 when a function is missing for no known reason.
"""

from __future__ import annotations

import bisect
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import samples  # noqa: E402
from pinlib.reader import run  # noqa: E402
from pinlib.reader.build import Reader  # noqa: E402
from pinlib.reader.output import MACRO, Declaration, File  # noqa: E402

BATCH = 1500
_NAMED_BY_MACRO = re.compile(rb"\s*\([^()]*\)\s*\(")
# Kinds of what one of them only finds that need no second look.
EXPLAINED = ("in an arm that is never compiled", "in code that was not read",
             "in the definition of a macro", "a call, or a macro's table",
             "no body: a declaration", "another name for a function here",
             "inside of a function", "a macro makes its head",
             "a macro makes its name",
             "behind a macro without a semicolon",
             "behind the type of a function", "behind one of these",
             "behind an arm that is never compiled",
             "a default argument of C++",
             "parentheses before its name", "in a later arm of an #if")


@dataclass
class Found:
    """What the reader has in a file: functions by line, and what is around.

    Each function with why ctags may not find it, "" for no reason.
    """

    functions: dict[tuple[int, str], str] = field(default_factory=dict)
    spans: list[tuple[int, int, str]] = field(default_factory=list)
    dead: list[tuple[int, int]] = field(default_factory=list)
    unread: list[tuple[int, int]] = field(default_factory=list)


def tags(tree: Path, files: list[str]) -> dict[str, set[tuple[int, str]]]:
    """Functions as ctags has them: line and name, by file."""
    done = subprocess.run(
        ["ctags", "--options=NONE", "--languages=C", "--map-C=+.h",
         "--kinds-C=f", "--excmd=number", "--fields=", "--sort=no", "-f", "-",
         "-L", "-"], cwd=tree, check=True, capture_output=True,
        input="\n".join(files), text=True, errors="surrogateescape")
    found: dict[str, set[tuple[int, str]]] = {}
    for line in done.stdout.splitlines():
        if not line.startswith("!"):
            name, file, number = line.split("\t")[:3]
            found.setdefault(file, set()).add((int(number.strip(';"')), name))
    return found


def found_in(file: File, text: bytes) -> Found:
    """What the reader has in a file, by lines."""
    lines = _newlines(text)

    def line(offset: int) -> int:
        return bisect.bisect_left(lines, offset) + 1

    found = Found()
    before = b""
    end = 0
    later = _later_arms(file)
    for d in sorted(file.declarations, key=lambda d: d.start):
        if d.kind == "function":
            name = text[slice(*d.name)].decode("utf-8", "replace")
            why = hidden(d, text, before, later)
            if not why and any(a.dead and end <= a.start < a.end <= d.start
                               for a in file.arms):
                why = "behind an arm that is never compiled"
            found.functions.setdefault((line(d.name[0]), name), why)
        if d.kind != "define" or b"(" in text[d.start:d.end]:
            found.spans.append((line(d.start), line(d.end), d.kind))
        if d.kind != "define":
            before, end = text[d.start:d.end], d.end
    found.dead = [(line(a.start), line(a.end)) for a in file.arms if a.dead]
    found.unread = [(r.line, line(r.end)) for r in file.regions]
    return found


def _later_arms(file: File) -> set[int]:
    """The arms that are not the first of their #if, and those inside."""
    found: set[int] = set()
    groups = {0xffffffff}
    for number, arm in enumerate(file.arms):
        if arm.group in groups and number or arm.parent in found:
            found.add(number)
        groups.add(arm.group)
    return found


def hidden(d: Declaration, text: bytes, before: bytes, later: set[int]) -> str:
    """Why ctags may not find a function, "" for no reason."""
    if _NAMED_BY_MACRO.match(text, d.name[1]):
        return "a macro makes its name"
    if d.root.flags & MACRO:
        return "a macro makes its head"
    if before and not before.endswith((b";", b"}")):
        return "behind a macro without a semicolon"
    if before.startswith(b"typedef") and b")(" in before:
        return "behind the type of a function"
    if b"(" in text[d.start:d.name[0]]:
        return "parentheses before its name"
    if b"=" in text[d.name[1]:d.end].partition(b"{")[0]:
        return "a default argument of C++"
    return "in a later arm of an #if" if d.arm in later else ""


def _newlines(text: bytes) -> list[int]:
    """Offsets of all newlines."""
    found, at = [], text.find(b"\n")
    while at >= 0:
        found.append(at)
        at = text.find(b"\n", at + 1)
    return found


def reason(found: Found, line: int) -> str:
    """Why the reader has no function where ctags has one."""
    if any(a <= line <= b for a, b in found.dead):
        return "in an arm that is never compiled"
    if any(a <= line <= b for a, b in found.unread):
        return "in code that was not read"
    kinds = {kind for a, b, kind in found.spans if a <= line <= b}
    if "define" in kinds:
        return "in the definition of a macro"
    if "macro-call" in kinds:
        return "a call, or a macro's table"
    if any(at == line for at, _ in found.functions):
        return "another name for a function here"
    if "function" in kinds:
        return "inside of a function"
    if kinds:
        return "no body: a declaration"
    return "missing"


def compare(reader: Reader, tree: Path,
            files: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each function with "both", or who only has it and why."""
    with tempfile.TemporaryDirectory() as work:
        for at in range(0, len(files), BATCH):
            some = files[at:at + BATCH]
            theirs = tags(tree, some)
            for file in run.read(reader, some, tree, Path(work) / "out"):
                text = (tree / file.path).read_bytes()
                found = found_in(file, text)
                yield from differences(file.path, found,
                                       theirs.get(file.path, set()))


def differences(path: str, found: Found,
                wanted: set[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    """Yield the same for one file."""
    missed = False
    for line, name in sorted(wanted | found.functions.keys()):
        where = f"{path}:{line}: {name}"
        if (line, name) not in found.functions:
            yield f"only ctags: {reason(found, line)}", where
        elif (line, name) in wanted:
            yield "both", "1"
            missed = False
        else:
            why = found.functions[line, name]
            if missed and not why:
                why = "behind one of these"
            yield f"only the reader: {why}", where
            missed = True


def explained(kind: str) -> bool:
    """Say whether what compare() yields needs no second look."""
    return kind == "both" or kind.endswith(EXPLAINED)


if __name__ == "__main__":
    sys.exit(samples.tell(compare, explained, sys.argv[1:]))
