# SPDX-License-Identifier: GPL-2.0-only
"""Define what every edit has: an operation, and the token that it stands on."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

# The file, line and column of a token, and the token.
Place = tuple[str, int, int, str]


class Op(StrEnum):
    """The operations, by the names that plan.json and the rules use."""

    PIN = "pin"
    LASTING = "lasting"
    EXTRACT = "extract"
    EXTRACT_FLAGS = "extract-flags"
    EXTRACT_ALLOC = "extract-alloc"
    UNPIN = "unpin"
    UNPIN_IF = "unpin-if"
    UNPIN_TOLD = "unpin-told"
    UNPIN_PAGES = "unpin-pages"
    DROP = "drop"
    FEWER = "fewer"
    MARK_RANGE = "mark-range"
    MARK_PAGE = "mark-page"
    MARK_LOCKED = "mark-locked"
    DROP_TAKEN = "drop-taken"
    GIVE_BACK = "give-back"
    ASK = "ask"
    SET = "set"
    PARAMETER = "parameter"
    ARGUMENT = "argument"
    STATE = "state"
    MEMBER = "member"
    MESSAGE = "message"
    COMMENT = "comment"
    INCLUDE = "include"
    ALIAS = "alias"


@dataclass(frozen=True)
class Refusal:
    """The test of an iterator, and what is done for a kvec in place of the call.

    leave: the statement that leaves; "" where the call's result is set in its
    place. clear: the array that a failed call leaves as NULL.
    """

    test: str
    leave: str = ""
    result: str = ""
    clear: str = ""


@dataclass(frozen=True)
class Edit:
    """One planned change, at a token of the old text.

    A member with a default is left out of the JSON where it has that value.
    """

    op: ClassVar[Op]
    rules: ClassVar[tuple[str, ...]] = ()   # none: it is edited as text
    behind: ClassVar[str] = ""  # the member that JSON names the op after

    file: str
    line: int
    column: int
    token: str

    @property
    def does(self) -> str:
        """Return the name of the operation."""
        return self.op.value

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the rules that may make it; none: it is edited as text."""
        return self.rules

    def to_json(self) -> dict[str, str | int]:
        """Return the edit as it is in plan.json, its members in their order."""
        made: dict[str, str | int] = {}
        if not self.behind:
            made["op"] = self.does
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Refusal):
                made.update(refuse=value.test, leave=value.leave,
                            result=value.result, clear=value.clear)
            elif value != field.default:
                made[field.name] = value
            if field.name == self.behind:
                made["op"] = self.does
        return made
