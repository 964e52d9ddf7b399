# SPDX-License-Identifier: GPL-2.0-only
"""Parse the output of make: what one run printed about each object.

make runs with --output-sync=target: the lines of an object stand together, each
group opened by kbuild's short command (` CC [M] a.o`).
"""

from __future__ import annotations

import collections
import dataclasses
import posixpath
import re

_SHORT = re.compile(r"^  ([A-Z][A-Z0-9_+]*)(?: \[M\])?\s+(\S+)$")
_ERROR = re.compile(r"^make(?:\[\d+\])?: \*\*\* \[\S*?: (\S+)\] "
                    r"(?:Error|Interrupt|Killed|Terminated)")
_NO_RULE = re.compile(r"No rule to make target '([^']+)'")
_DIAGNOSTIC = re.compile(
    r"^(?P<file>[^\s:][^:]*):(?:\d+:)?(?:\d+:)? "
    r"(?P<what>(?:fatal )?(?:warning|error)): (?P<text>.*)$")
_MORE = re.compile(r"^[^\s:][^:]*:\d+:\d+:\s{2,}(\S.*)$")
_NUMBERS = (re.compile(r":\d+(?::\d+)?"), re.compile(r"\+0x[0-9a-f]+"))

EXCERPT_LINES = 30


@dataclasses.dataclass
class ObjectLog:
    """The diagnostics of one object, stripped of line numbers."""

    compiler: list[str] = dataclasses.field(default_factory=list)
    sparse: list[str] = dataclasses.field(default_factory=list)
    lines: list[str] = dataclasses.field(default_factory=list)

    def excerpt(self) -> str:
        """Return the lines that explain a failure."""
        return "\n".join(self.lines[-EXCERPT_LINES:])


@dataclasses.dataclass
class BuildLog:
    """One make run: its objects, which of them failed, and which it lacks."""

    objects: dict[str, ObjectLog]
    failed: set[str]
    unknown: set[str]
    text: str

    def tail(self) -> str:
        """Return the end of the whole output."""
        return "\n".join(self.text.splitlines()[-EXCERPT_LINES:])


def normalise(line: str, source: str) -> str | None:
    """Return a diagnostic without line numbers, None if it is not one."""
    match = _DIAGNOSTIC.match(line.replace(f"{source}/", ""))
    if not match:
        return None
    text = match["text"]
    for numbers in _NUMBERS:
        text = numbers.sub("", text)
    file = posixpath.normpath(match["file"])
    return f"{file}: {match['what']}: {text}"


def parse(text: str, source: str) -> BuildLog:
    """Attribute every line of make's output; source is the tree's path."""
    log = BuildLog({}, set(), set(), text)
    current: ObjectLog | None = None
    checking = False
    for line in text.splitlines():
        short = _SHORT.match(line)
        if short:
            current, checking = _open_group(log, short, source)
            continue
        error = _ERROR.match(line)
        if error:
            log.failed.add(posixpath.normpath(error[1]))
        unknown = _NO_RULE.search(line)
        if unknown:
            log.unknown.add(posixpath.normpath(unknown[1]))
        if current is None or line.startswith("make"):
            continue
        current.lines.append(line.replace(f"{source}/", ""))
        _add(current.sparse if checking else current.compiler, line, source)
    return log


def _open_group(log: BuildLog, short: re.Match[str],
                source: str) -> tuple[ObjectLog | None, bool]:
    """Return the object that a short command is about."""
    command, name = short.groups()
    name = posixpath.normpath(name.replace(f"{source}/", ""))
    if command == "CHECK":
        name = posixpath.splitext(name)[0] + ".o"
    elif command not in ("CC", "AS"):
        return None, False
    return log.objects.setdefault(name, ObjectLog()), command == "CHECK"


def _add(found: list[str], line: str, source: str) -> None:
    """Add a diagnostic, or the further lines of sparse to the last one."""
    diagnostic = normalise(line, source)
    if diagnostic:
        found.append(diagnostic)
    elif found and (more := _MORE.match(line)):
        found[-1] += " | " + _NUMBERS[0].sub("", more[1])


def new_diagnostics(before: list[str], after: list[str]) -> list[str]:
    """Return what after has more often than before, in its order."""
    surplus = collections.Counter(after) - collections.Counter(before)
    return sorted(surplus.elements())
