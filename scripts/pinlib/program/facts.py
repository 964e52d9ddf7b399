# SPDX-License-Identifier: GPL-2.0-only
"""What is known of a file: facts, and the code that was not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Fact(NamedTuple):
    """One piece of code; line from 1, columns from 0 in bytes.

    kind: function, prototype, declare, struct, effect, return, if, while, for,
    iterate, or call. text: its tokens, with blanks between them.
    """

    kind: str
    file: str
    function: str
    line: int
    column: int
    line_end: int
    column_end: int
    text: str = ""
    name: str = ""
    type: str = ""
    params: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Unread:
    """Code that the reader could not read, and in one word why.

    start, end: line from 1 and column from 0; the end is behind its last byte.
    """

    start: tuple[int, int]
    end: tuple[int, int]
    reason: str

    def holds(self, line: int, column: int) -> bool:
        """Say whether a place is in this code."""
        return self.start <= (line, column) < self.end
