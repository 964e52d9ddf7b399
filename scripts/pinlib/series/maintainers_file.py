# SPDX-License-Identifier: GPL-2.0-only
"""Make get_maintainer.pl's work short: MAINTAINERS with fewer patterns.

The script makes a regular expression of each pattern for each file that it is
asked about, which takes most of its time. A pattern whose plain beginning none of
the files has cannot match, and its line is made an empty one. No line goes: the
script sorts sections by their lines' numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_PATTERN = re.compile(rb"[FX]:\s*([\w./@,:~#%&=-]*)[\w./@,:~#%&=*?-]*\r?$", re.A)
_HEADS = (b"diff", b"+++", b"---", b"rename", b" mode")
# A type that the script does not know.
_NOTHING = b"Z:"


class MaintainersFile:
    """The lines of a tree's MAINTAINERS, read when they are first needed."""

    def __init__(self, path: Path) -> None:
        self._lines = path.read_bytes().split(b"\n")
        # By number of line, the plain beginning of a pattern.
        self._heads = {number: match[1] for number, match in enumerate(
            map(_PATTERN.match, self._lines)) if match}

    def only_for(self, names: Iterable[bytes]) -> bytes:
        """Return its text, less patterns that match none of the names."""
        known = tuple(names)
        starts = {name[:end] for name in known
                  for end in range(len(name) + 1)}
        lines = [*self._lines]
        for number, head in self._heads.items():
            if head not in starts:
                lines[number] = _NOTHING
        return b"\n".join(lines)


def names_in(diff: bytes) -> set[bytes]:
    """Return all that a script may take for a file's name in a patch."""
    return {name for line in diff.split(b"\n") if line.startswith(_HEADS)
            for word in line.split() for name in _without_folders(word)}


def _without_folders(word: bytes) -> Iterator[bytes]:
    """Yield a word, and what is left of it without its first folder."""
    yield word
    yield word.partition(b"/")[2]
