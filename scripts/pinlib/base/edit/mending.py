# SPDX-License-Identifier: GPL-2.0-only
"""Define the edits that mend what an audit finds."""

from __future__ import annotations

from dataclasses import dataclass

from pinlib.base.edit.kinds import Edit, Op


@dataclass(frozen=True)
class MarkRange(Edit):
    """A range of pins is dropped by what marks the pages dirty first."""

    op = Op.MARK_RANGE
    rules = ("mark_dirty",)


@dataclass(frozen=True)
class MarkPage(Edit):
    """A pin, whose page has an address, is dropped by what marks it dirty first."""

    op = Op.MARK_PAGE
    rules = ("mark_dirty",)


@dataclass(frozen=True)
class MarkLocked(Edit):
    """A page is marked dirty under its lock."""

    op = Op.MARK_LOCKED
    rules = ("mark_dirty",)


@dataclass(frozen=True)
class DropTaken(Edit):
    """A range of pins is dropped by the number that was taken.

    maybe: there may be none, and the number be below 0.
    """

    op = Op.DROP_TAKEN
    rules = ("drop_taken",)
    count: str
    maybe: bool = False


@dataclass(frozen=True)
class GiveBack(Edit):
    """Pins are dropped before a statement: those of an array, or of one page.

    maybe: as where those taken are dropped.
    """

    op = Op.GIVE_BACK
    rules = ("give_back",)
    array: str
    count: str = ""
    maybe: bool = False
