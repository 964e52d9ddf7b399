# SPDX-License-Identifier: GPL-2.0-only
"""A fact: one piece of code of a kind that the analysis asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
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
