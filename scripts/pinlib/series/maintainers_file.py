# SPDX-License-Identifier: GPL-2.0-only
"""Make get_maintainer.pl's work short: MAINTAINERS with fewer sections.

The script holds each line against each file that it is asked about, and makes a
regular expression of each pattern to do so. A section without N: and K: whose
patterns all begin otherwise than the files' names cannot be chosen, and empty
titles take the place of its lines. No line goes: the script sorts sections by
their lines' numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_ENTRY = re.compile(rb"[A-Z]:")
_NOTHING = re.compile(rb"\s*(?:#|$)")
# A pattern that has its plain beginning in common with what it matches.
_FILES = re.compile(rb"F:\s*([\w./@,:~#%&=-]*)[\w./@,:~#%&=*?-]*$", re.A)
# What else a section may be chosen for is always kept.
_PEOPLE = re.compile(rb"[ABCDHLMPQRSTWX]:")
_TITLE = b"-"
_HEADS = (b"diff", b"+++", b"---", b"rename", b" mode")


@dataclass
class _Section:
    """Numbers of its lines, and how the files' names begin that it is for."""

    lines: list[int] = field(default_factory=list)
    beginnings: set[bytes] = field(default_factory=set)


class MaintainersFile:
    """The lines of a tree's MAINTAINERS."""

    def __init__(self, path: Path) -> None:
        self._lines = path.read_bytes().split(b"\n")
        self._sections = [*self._read()]

    def _read(self) -> Iterator[_Section]:
        section = _Section()
        for number, line in enumerate(self._lines):
            if _ENTRY.match(line):
                section.lines.append(number)
                files = _FILES.match(line)
                if files:
                    section.beginnings.add(files[1])
                elif not _PEOPLE.match(line):
                    section.beginnings.add(b"")
            elif not _NOTHING.match(line):
                yield section
                section = _Section()
        yield section

    def only_for(self, names: Iterable[bytes]) -> bytes:
        """Return its text, less sections that are for none of the names."""
        starts = {name[:end] for name in names for end in range(len(name) + 1)}
        lines = [*self._lines]
        for section in self._sections:
            if section.beginnings.isdisjoint(starts):
                for number in section.lines:
                    lines[number] = _TITLE
        return b"\n".join(lines)


def names_in(diff: bytes) -> set[bytes]:
    """Return all that a script may take for a file's name in a patch."""
    return {name for line in diff.split(b"\n") if line.startswith(_HEADS)
            for word in line.split() for name in (
                word, word.partition(b"/")[2])}
