# SPDX-License-Identifier: GPL-2.0-only
"""Say why a call site is not converted: one type, whoever finds it out."""

from __future__ import annotations

from dataclasses import dataclass

from pinlib.base.codes import Code


@dataclass(frozen=True)
class WhyNot:
    """The code, a sentence for the report, and the file:line to look at."""

    code: Code
    reason: str
    place: str


class Manual(Exception):
    """Ends the decision on a site that is left to a person."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.reason)
        self.why = why


def manual(code: Code, reason: str, place: str) -> Manual:
    """Return what to raise where a site is left to a person."""
    return Manual(WhyNot(code, reason, place))
