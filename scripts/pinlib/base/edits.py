# SPDX-License-Identifier: GPL-2.0-only
"""Define what may be changed in a file, one class for each operation.

The decisions make edits, the rules of cocci/convert perform them, and the report
lists them, so that they stand below all three. Which tokens an edit may change
is not said here: that is for the ledger to work out by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar

from pinlib.base.edit.kinds import Edit, Op, Place, Refusal
from pinlib.base.edit.mending import (DropTaken, GiveBack, MarkLocked, MarkPage,
                                      MarkRange)
from pinlib.base.errors import RuleError

__all__ = ["DropTaken", "Edit", "GiveBack", "MarkLocked", "MarkPage", "MarkRange",
           "Op", "Place", "Refusal"]

# The rule files in the order they run in: what goes by a place first, then
# acquisitions; a whole loop before a pair of statements before a call.
ORDER = ("give_back", "pin_member", "mark", "mark_dirty", "drop_taken", "pin_user",
         "extract", "extract_flags", "extract_alloc", "refuse", "pass_state",
         "set_flag", "unpin_loop_dirty", "unpin_loop", "unpin_dirty",
         "unpin_flag_loop", "unpin_flag", "unpin_told", "unpin_pages",
         "unpin_single", "drop_release", "ask")
# What JSON says of every edit; the rest are the parameters of its rule.
COMMON = ("op", "file", "line", "column", "token")


class Pages(StrEnum):
    """What an extraction is given for its array of pages."""

    POINTER = "pointer"     # a pointer, whose address can be passed
    OTHER = "other"         # an array or a member, which a new local points to


@dataclass(frozen=True)
class Acquisition(Edit):
    """A call that takes pages becomes one that pins or extracts them."""

    behind = "new"
    new: str


@dataclass(frozen=True)
class Pin(Acquisition):
    """A call that takes pages by address; flags: that argument's index."""

    op = Op.PIN
    rules = ("pin_user",)
    flags: int
    args: int
    longterm: bool
    spliced: bool = False       # the flags hold a macro that needs brackets


@dataclass(frozen=True)
class Lasting(Edit):
    """A use of a macro that passes its flags on asks for a long-lived pin.

    flags: that argument's index.
    """

    op = Op.LASTING
    rules = ("pin_user",)
    behind = "token"
    flags: int
    args: int
    spliced: bool = False


@dataclass(frozen=True)
class Extract(Acquisition):
    """A call that takes pages of an iterator.

    local: the pointer to declare. flag: where to keep whether it pins.
    """

    op = Op.EXTRACT
    rules: ClassVar[tuple[str, ...]] = ("extract",)
    pages: Pages
    local: str = ""
    flag: str = ""
    refusal: Refusal | None = None


@dataclass(frozen=True)
class ExtractFlags(Extract):
    """The same of a call with flags behind the offset, which are carried over."""

    op = Op.EXTRACT_FLAGS
    rules = ("extract_flags", "extract")


@dataclass(frozen=True)
class ExtractAlloc(Acquisition):
    """A call that takes pages of an iterator and allocates the array."""

    op = Op.EXTRACT_ALLOC
    rules = ("extract_alloc",)
    flag: str = ""
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Unpin(Edit):
    """A release drops a pin, with the loop or dirtying around it if it can.

    lacks: functions that it must not become, as the module does not have them.
    count: how far the loop around it goes, if that is never negative.
    """

    op = Op.UNPIN
    rules = ("unpin_loop_dirty", "unpin_loop", "unpin_dirty", "unpin_single")
    behind = "token"
    lacks: str = ""
    count: str = ""


@dataclass(frozen=True)
class UnpinIf(Edit):
    """A release drops a pin, if a flag says that there is one.

    lacks, count: as of one that always does.
    """

    op = Op.UNPIN_IF
    rules = ("unpin_flag_loop", "unpin_flag")
    behind = "token"
    flag: str
    lacks: str = ""
    count: str = ""


@dataclass(frozen=True)
class UnpinTold(Edit):
    """A release becomes a helper's call, with a flag that says whether to unpin."""

    op = Op.UNPIN_TOLD
    rules = ("unpin_told",)
    behind = "token"
    new: str
    flag: str


@dataclass(frozen=True)
class UnpinPages(Edit):
    """A release of an array drops pins."""

    op = Op.UNPIN_PAGES
    rules = ("unpin_pages",)
    behind = "token"


@dataclass(frozen=True)
class Drop(Edit):
    """A release is deleted, as nothing was taken."""

    op = Op.DROP
    rules = ("drop_release",)


@dataclass(frozen=True)
class Fewer(Edit):
    """A count of references is compared with another limit."""

    op = Op.FEWER
    rules = ("drop_release",)
    limit: str


@dataclass(frozen=True)
class Ask(Edit):
    """A call of a helper that drops pages is made only if a flag is set."""

    op = Op.ASK
    rules = ("ask",)
    flag: str


@dataclass(frozen=True)
class Set(Edit):
    """A flag is set from the iterator before a call."""

    op = Op.SET
    rules = ("set_flag",)
    flag: str
    iterator: str


@dataclass(frozen=True)
class Parameter(Edit):
    """A function gets the pin state as one more parameter."""

    op = Op.PARAMETER
    rules = ("pass_state",)
    name: str


@dataclass(frozen=True)
class Argument(Edit):
    """A call passes the pin state on."""

    op = Op.ARGUMENT
    rules = ("pass_state",)
    state: str


@dataclass(frozen=True)
class State(Edit):
    """A flag is set from the iterator after the assignment of a target."""

    op = Op.STATE
    rules = ("pass_state",)
    target: str
    flag: str
    iterator: str


@dataclass(frozen=True)
class Member(Edit):
    """A structure gets a flag after one of its members.

    Its line is only known once the file is read.
    """

    op = Op.MEMBER
    rules = ("pin_member",)
    struct: str
    after: str
    name: str


@dataclass(frozen=True)
class Words(Edit):
    """Words that are no code are others."""

    old: str
    new: str


@dataclass(frozen=True)
class Message(Words):
    """The comments and strings of a line name the new function."""

    op = Op.MESSAGE


@dataclass(frozen=True)
class Comment(Words):
    """A comment, which begins in the line, is another one, by reviewed words."""

    op = Op.COMMENT


@dataclass(frozen=True)
class Include(Edit):
    """A file includes a header, besides those that it does."""

    op = Op.INCLUDE
    header: str


@dataclass(frozen=True)
class Alias(Edit):
    """In kernels before a release, names of a file stand for older ones.

    names: pairs of words, NEW=OLD.
    """

    op = Op.ALIAS
    before: str
    names: str


_ALL: tuple[type[Edit], ...] = (
    Pin, Lasting, Extract, ExtractFlags, ExtractAlloc, Unpin, UnpinIf, UnpinTold,
    UnpinPages, Drop, Fewer, MarkRange, MarkPage, MarkLocked, DropTaken, GiveBack,
    Ask, Set, Parameter, Argument, State, Member, Message, Comment, Include, Alias)
KINDS = MappingProxyType({kind.op: kind for kind in _ALL})


def from_json(raw: Mapping[str, Any]) -> Edit:
    """Read one edit of a plan; raise RuleError where there is no such edit."""
    values = dict(raw)
    op, file = values.pop("op"), values["file"]
    if op not in set(Op):
        raise RuleError(f"{file}: no rule does {op!r}")
    if "refuse" in values:
        values["refusal"] = Refusal(values.pop("refuse"), *(
            values.pop(key, "") for key in ("leave", "result", "clear")))
    if "pages" in values:
        values["pages"] = Pages(values["pages"])
    try:
        return KINDS[Op(op)](**values)
    except TypeError as error:
        raise RuleError(f"{file}: {op}: {error}") from error
