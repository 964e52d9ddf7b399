# SPDX-License-Identifier: GPL-2.0-only
"""Takes a call that the reader finds; says why Coccinelle does not.

Coccinelle names what it cannot read, if it is asked (`spatch --parse-c`). Three
losses it does not name: of what has a stand-in, of the later arms of an #if that
splits a statement, and of statements that a macro has as an argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.kernel.kernel_tree import cache_folder
from pinlib.reader import build, run
from pinlib.reader.output import File, Node
from pinlib.rewrite.stand_ins import StandIn
from pinlib.spatch import runner

UNREADABLE = "code that it says it cannot read"
LATER_ARM = "a later arm of an #if"
STATEMENTS = "statements in an argument"

_ERROR = re.compile(
    r'^ = File "(?P<file>.*)", line (?P<line>\d+),.*\n(?: .*\n)*'
    r"badcount: \d+\n(?P<before>(?:bad: .*\n)*)BAD:!!!!! .*\n"
    r"(?P<behind>(?:bad: .*\n)*)", re.M)


def explain(original: Path, copy: Path, away: Sequence[StandIn], line: int,
            column: int) -> str:
    """Return in what a call is lost, or "" if nothing explains it.

    copy: the file with its stand-ins, as Coccinelle was given it.
    """
    text = original.read_bytes()
    lines = text.split(b"\n")[:line - 1]
    at = sum(map(len, lines)) + len(lines) + column
    hidden = [one.construct for one in away if one.start <= at < one.end]
    if hidden:
        return hidden[0]
    if any(first <= line <= last for first, last in unreadable(copy)):
        return UNREADABLE
    return _passed_over(original, at)


def unreadable(path: Path) -> list[tuple[int, int]]:
    """Return the first and last lines of what Coccinelle says it cannot read."""
    found = []
    for error in _ERROR.finditer(runner.account(path)):
        line = int(error["line"])
        found.append((line - error["before"].count("\n"),
                      line + error["behind"].count("\n")))
    return found


def _passed_over(original: Path, at: int) -> str:
    """Return in what a call stands that Coccinelle passes over in silence."""
    try:
        [file] = run.files(build.ensure(cache_folder()), [original])
    except Gup2pinError:
        return ""
    for node, above in _found(file, at):
        if _in_later_arm(file, node.arm):
            return LATER_ARM
        if _in_statements(above):
            return STATEMENTS
    return ""


def _found(file: File, at: int) -> Iterator[tuple[Node, list[Node]]]:
    """Yield the names that stand at an offset, with all nodes around each."""
    for declaration in file.declarations:
        last = declaration.root.index
        for index in range(file.firsts[last], last + 1):
            node = Node(file, index)
            if file.starts[index] == at and node.kind == "name":
                yield node, [Node(file, other) for other in range(
                    index + 1, last + 1) if file.firsts[other] <= index]


def _in_later_arm(file: File, arm: int) -> bool:
    """Say whether an arm is read for itself, and another one before it."""
    while arm:
        one = file.arms[arm]
        if one.selected and any(
                other.group == one.group and other.start < one.start
                for other in file.arms[1:]):
            return True
        arm = one.parent
    return False


def _in_statements(above: Sequence[Node]) -> bool:
    """Say whether there is a statement between a node and an argument."""
    kinds = [node.kind for node in above]
    return any(kind == "arg" and set(kinds[:place]) & {
        "expression", "block", "return", "if", "statements"}
        for place, kind in enumerate(kinds))
