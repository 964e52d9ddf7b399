# SPDX-License-Identifier: GPL-2.0-only
"""Mend leaks and counts where the number of pages is known on every way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from pinlib.audit.plain import mend
from pinlib.audit.plain.held_at import HeldAt
from pinlib.audit.plain.mend import Mend
from pinlib.base.edits import DropTaken, Edit, GiveBack
from pinlib.csource import jumps
from pinlib.csource.expr import Kind, Node
from pinlib.decide.bugs.findings import Finder, Finding
from pinlib.decide.bugs.leaks import Leak
from pinlib.decide.release_edits import has_side_effects
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import EventKind
from pinlib.program.function import Function, Use

_EXIT = re.compile(r"\b(?:goto|return)\b")
_FREES = re.compile(r"free|put|release|destroy|delete")
# Only these have an error as a negative number, and any number of pages.
_SIGNED = re.compile(r"(?:const )?(?:int|long(?: int)?|ssize_t|s32|s64)")
_LOOPS = ("for", "while", "iterate")
_KINDS = MappingProxyType({"count-not-taken": mend.COUNT,
                           "negative-count": mend.NEGATIVE})


def taken(finder: Finder, site: CallSite, found: list[Finding]) -> Iterator[Mend]:
    """Yield what drops as many pages as were taken, and none after an error."""
    for event in site.flow.of(EventKind.ARRAY_RELEASE):
        call, function = event.call, event.function
        finding = next((f for f in found if f.code in _KINDS
                        and f.line == event.statement.line
                        and f.file == function.file), None)
        if finding is None or call is None or not _signed(site) or \
                function.key != site.function.key or not event.detail.startswith(
                    "unpin_user_pages"):
            continue
        place = function.position(Use(event.statement, call.kids[0]))
        maybe = HeldAt(finder.resolver, site, event.statement.start,
                       Node(Kind.ID, site.result)).guard()
        if place is not None and maybe is not None:
            yield _mend(_KINDS[finding.code], finding, DropTaken(
                function.file, *place, event.detail, site.result, maybe), site)


def given_back(finder: Finder, site: CallSite,
               found: list[Finding]) -> Iterator[Mend]:
    """Yield what drops the pages before an exit that leaks them."""
    for leak in finder.leaks(site):
        finding = next((f for f in found if f.code.startswith("leak-")
                        and f.line == leak.line and f.file == site.file
                        and f.function == site.function.name), None)
        if finding is None or leak.partly or leak.hidden or leak.by_caller:
            continue
        edit = next(_given(finder, site, leak), None)
        if edit:
            yield _mend(mend.LEAK, finding, edit, site)


def _given(finder: Finder, site: CallSite, leak: Leak) -> Iterator[Edit]:
    """Yield the edits that would do it, the one nearest to the exit first."""
    pages, shape = site.pages, site.shape
    if pages is None or shape is None or has_side_effects(pages):
        return
    asked = site.argument(shape.count)
    one = asked is None or str(asked) == "1"
    if one and (pages.kind, pages.value) != (Kind.UNARY, "&"):
        return
    number = Node(Kind.ID, site.result) if site.result else site.call
    if site.result and not _signed(site):
        return
    for place in _places(site.function, site.statement.start, leak.line):
        known = HeldAt(finder.resolver, site, place, number)
        maybe = known.guard()
        if maybe is None or maybe and (one or not site.result) or \
                not known.lost() or _moved(site, pages, place) or \
                _freed(site, pages, place):
            continue
        text = site.function.text
        line = text.line_of(place)
        token = re.compile(r"\w+").match(text.code, place)
        if token:
            at = (site.file, line, place - text.offset(line), token[0])
            yield GiveBack(*at, str(pages.kids[0])) if one else GiveBack(
                *at, str(pages), site.result, maybe)


def _signed(site: CallSite) -> bool:
    """Say whether the variable with the result has an error, too, as it is."""
    return bool(_SIGNED.fullmatch(site.function.types.get(site.result, "").strip()))


def _places(function: Function, start: int, line: int) -> Iterator[int]:
    """Yield where pages can be dropped for an exit: before it, or its block."""
    text = function.text
    low = text.offset(line)
    exits = list(_EXIT.finditer(text.code, low, low + len(text.code_line(line))))
    if len(exits) != 1 or exits[0].start() <= start:
        return
    yield exits[0].start()
    block = function.block_at(exits[0].start())
    code = text.code[block[0] + 1:exits[0].start()]
    if block != function.body and block[0] > start and code.strip() and \
            not re.search(r"[{}#]", code) and not jumps.JUMP.search(code) and \
            not jumps.LABEL_HERE.match(code.strip()):
        yield block[0] + 1 + len(code) - len(code.lstrip())


def _freed(site: CallSite, pages: Node, place: int) -> bool:
    """Say whether something may have freed an array, or what has it, by then."""
    function, start = site.function, site.statement.start
    names = {str(n) for n in pages.walk() if n.kind in (Kind.ID, Kind.MEMBER)}
    return any(
        _FREES.search(call.kids[0].value) and not names.isdisjoint(
            str(n) for kid in call.kids[1:] for n in kid.walk())
        for s in function.statements
        if s.tree is not None and start < s.start < place
        and function.block_at(s.start)[0] < place < function.block_at(s.start)[1]
        for call in s.tree.walk() if call.kind == Kind.CALL)


def _moved(site: CallSite, pages: Node, place: int) -> bool:
    """Say whether an array's expression may mean other entries at a place."""
    function, start = site.function, site.statement.start
    names = {str(n) for n in pages.walk() if n.kind in (Kind.ID, Kind.MEMBER)}
    around = _loop(function, place)
    # What is changed behind the place is so before the call is made again.
    end = place if around and around == _loop(function, start) and \
        function.block_at(start) == around else function.body[1]
    return any(str(n.kids[0]) in names for s in function.statements
               if s.tree is not None and start < s.start < end
               for n in s.tree.walk() if n.kids and (
                   n.kind in (Kind.ASSIGN, Kind.POST)
                   or n.kind == Kind.UNARY and n.value in ("++", "--")))


def _loop(function: Function, offset: int) -> tuple[int, int] | None:
    """Return the braces of the innermost loop around an offset."""
    heads = [s for s in function.statements if s.fact.kind in _LOOPS]
    around = [b for b in function.blocks if b[0] < offset < b[1] and any(
        re.fullmatch(r"\s*(?:;[^;{}]*)?\)\s*", function.text.code[s.end:b[0]])
        for s in heads if s.end <= b[0])]
    return max(around) if around else None


def _mend(kind: str, finding: Finding, edit: Edit, site: CallSite) -> Mend:
    return Mend(kind, finding, edit, site.function.name, site.function.name,
                site.file, site.api)
