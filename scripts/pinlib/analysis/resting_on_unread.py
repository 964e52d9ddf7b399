# SPDX-License-Identifier: GPL-2.0-only
"""Leave to a person the sites that may rest on code that was not read.

Pages of a call that was not read may come to the release of another one. What
the text of its function names says where they may go: into a member, down into
what is called, and up to a caller that gave the array.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from pinlib.analysis.census import Token
from pinlib.analysis.unread_calls import calls, leave_to_person
from pinlib.base.codes import Code
from pinlib.base.records import Disposition
from pinlib.base.why_not import WhyNot
from pinlib.csource.masking import CText
from pinlib.decide.decide import Decision
from pinlib.program.function import Function
from pinlib.program.locations import LocationKind
from pinlib.program.program import Program

# Dispositions that more facts might have changed.
DECIDED = (Disposition.CONVERT, Disposition.KEEP, Disposition.BLOCKED,
           Disposition.MISMATCH)
ALL = 1 << 30
_WORD = re.compile(r"[A-Za-z_]\w*")
_MEMBER = re.compile(r"(?:->|\.)\s*([A-Za-z_]\w*)")
# A function's head by which pages may come in, or go out.
_GIVEN = re.compile(r"\b(?:page|folio|scatterlist|sg_table|bio_vec|void\s*\*)")

Key = tuple[str, str]


@dataclass(frozen=True)
class Gap:
    """Lines in which something was not read, and the line that says so."""

    file: str
    start: int
    end: int
    line: int
    why: str
    code: Code = Code.RESTS_ON_UNREAD   # of what may rest on it

    def holds(self, function: Function) -> bool:
        """Say whether a function is in these lines."""
        return function.file == self.file and \
            self.start <= function.line <= self.end


def gaps(program: Program, tokens: list[Token]) -> list[Gap]:
    """Return files that are not whole, and functions with an unread call."""
    found = [Gap(file, 1, ALL, 1, why)
             for file, why in sorted(program.files.failed.items())]
    for token in calls(program, tokens):
        span = program.text(token.file).span_at(token.line)
        found.append(Gap(token.file, span.start, span.end, token.line,
                         f"a call of {token.name}() " + (
                             "is written across the arms of an #if"
                             if token.kind == "split" else
                             "could not be read"),
                         Code.SHARES_RELEASE if token.kind == "split"
                         else Code.RESTS_ON_UNREAD))
    return found


def leave_dependent_sites(program: Program, found: list[Gap],
                          made: list[Decision]) -> None:
    """Leave each site that may rest on what was not read."""
    lost = {g.file: g for g in found if g.end == ALL}
    reach = Reach(program)
    for decision in made:
        site = decision.site
        if decision.disposition not in DECIDED or \
                decision.code == Code.NO_PIN_API:
            continue
        if site.file in lost:
            leave_to_person(decision, WhyNot(
                Code.FACTS_NOT_WHOLE, "Not all of this file could be read "
                f"({lost[site.file].why}), so nothing is proven here.",
                f"{site.file}:{site.line}"))
            continue
        gap = next((g for g in found if decision.disposition == Disposition.CONVERT
                    and reach.meets(g, decision)), None)
        if gap:
            leave_to_person(decision, WhyNot(
                gap.code, "What releases these pages may release "
                f"others as well, which were not followed: {gap.why}.",
                f"{gap.file}:{gap.line}"))


class Reach:
    """The code that the pages of an unread call may reach, by the text."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._named: dict[str, list[Function]] = {}
        for function in program.everything():
            self._named.setdefault(function.name.partition("@")[0],
                                   []).append(function)
        self.of = functools.lru_cache(maxsize=None)(self._of)

    def meets(self, gap: Gap, decision: Decision) -> bool:
        """Say whether they may share a function or a holder with a site's pages."""
        site = decision.site
        functions = [site.function, *(e.function for e in (
            *site.flow.events, *decision.releases))]
        if any(map(gap.holds, functions)):
            return True
        keys, members = self.of(gap)
        own = site.target is not None and site.target.kind == LocationKind.VAR and \
            site.target.name not in [n for _, n in site.function.params]
        return any(f.key in keys and not (own and f is site.function)
                   for f in functions) or any(
            la.kind == LocationKind.MEM and la.name.rpartition(".")[2] in members
            for la in site.flow.locations)

    def _of(self, gap: Gap) -> tuple[set[Key], set[str]]:
        """Return the functions and members that some lines lead to."""
        text = self.program.text(gap.file)
        start = text.offset(gap.start)
        end = text.offset(gap.end) if gap.end != ALL else len(text.code)
        parts = [(gap.file, text.code[start:end])]
        if gap.end != ALL:
            parts += [(f.file, _code(f)) for f in self._above(
                gap.file, text, start, end)]
        keys: set[Key] = set()
        members: set[str] = set()
        while parts:
            file, code = parts.pop()
            members |= set(_MEMBER.findall(code))
            for function in [f for word in set(_WORD.findall(code))
                             for f in self._meant(word, file)]:
                if function.key not in keys:
                    keys.add(function.key)
                    parts.append((function.file, _code(function)))
        return keys, members

    def _meant(self, name: str, user: str) -> list[Function]:
        return [f for f in self._named.get(name, ()) if not f.static
                or f.file == user or f.file.endswith(".h")]

    def _above(self, file: str, text: CText, start: int,
               end: int) -> list[Function]:
        """Return callers that may have given the array, or get the pages."""
        heads = [(file, text.code[start:end].partition("{")[0])]
        found: list[Function] = []
        while heads:
            where, head = heads.pop()
            if not _GIVEN.search(head):
                continue
            names = set(_WORD.findall(head))
            for function in self.program.everything():
                if function not in found and names & _called(function) and (
                        function.file == where or not re.search(
                            r"\bstatic\b", head) or where.endswith(".h")):
                    found.append(function)
                    heads.append((function.file, _head(function)))
        return found


def _code(function: Function) -> str:
    low, high = function.body
    return function.text.code[low:high] if 0 <= low < high else ""


def _head(function: Function) -> str:
    text, low = function.text, function.body[0]
    return text.code[text.offset(max(1, function.line - 1)):low]


def _called(function: Function) -> set[str]:
    return set(re.findall(r"([A-Za-z_]\w*)\s*\(", _code(function)))
