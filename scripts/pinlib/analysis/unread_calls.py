# SPDX-License-Identifier: GPL-2.0-only
"""Make a site of each call that could not be read, so the report is whole.

A call that the text has and the facts do not is a site of its own, left to a
person; and so is one on which the two do not agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pinlib.analysis import census
from pinlib.analysis.arms import split_calls
from pinlib.analysis.census import Token
from pinlib.base.codes import Code
from pinlib.base.records import Disposition
from pinlib.base.why_not import WhyNot
from pinlib.csource import parser
from pinlib.csource.expr import Kind, Node
from pinlib.csource.masking import CText
from pinlib.decide import early
from pinlib.decide.api_forms import Era
from pinlib.decide.decide import Decision
from pinlib.flow import call_sites
from pinlib.flow.call_sites import CallSite
from pinlib.flow.iterators import Kinds
from pinlib.kernel import effects
from pinlib.program.facts import Fact
from pinlib.program.function import Function, Statement
from pinlib.program.program import Program

_HEAD = re.compile(r"^[A-Za-z_][^;{}=()]*?\b(\w+)\s*\(", re.M)

Place = tuple[str, int, int]


def read(program: Program, known: list[CallSite],
         names: list[str]) -> census.Read:
    """Return the tokens of some names, compared with the calls of the facts."""
    tokens, found = census.unparsed(program, _compared(
        program, census.take(program, names), known, names))
    for token in tokens:
        if not token.kind or token.kind == "split":
            text = program.text(token.file)
            end = text.line_of(_end(text, token) - 1)
            found.append({
                "file": token.file, "line": token.line, "end": end,
                "tokens": 1, "why": split_calls.WHY
                if token.kind else _why(program, token)})
    found += [{"file": file, "line": 1, "end": program.text(file).line_of(
        program.text(file).size), "tokens": 0, "why": why}
        for file, why in sorted(program.files.failed.items())
        if file not in [r["file"] for r in found]]
    return census.Read([replace(t, kind=t.kind or "unparsed")
                        for t in tokens], found)


def _compared(program: Program, tokens: list[Token], known: list[CallSite],
              names: list[str]) -> list[Token]:
    """Return the tokens, with no kind where text and facts disagree on a call."""
    found = {_place(s) for s in known if s.api in names}
    made = []
    for token in tokens:
        kind, there = token.kind, (
            token.file, token.line, token.column) in found
        if there and not kind and token.name not in program.files.names:
            kind = "call"       # there are no facts of its calls
        made.append(replace(token, kind=kind if kind == "split" or there == (
            kind == "call") else ""))
    return made


def _place(site: CallSite) -> Place:
    return site.file, site.line, site.column


def _offset(text: CText, token: Token) -> int:
    return text.offset(token.line, token.column)


def _opening(text: CText, token: Token) -> int:
    return census.opens(text, token.name, _offset(text, token))


def _end(text: CText, token: Token) -> int:
    """Return where the call of a token ends."""
    opening = _opening(text, token)
    return census.call_end(text, opening) \
        if opening >= 0 else _offset(text, token) + len(token.name)


def _why(program: Program, token: Token) -> str:
    """Return, in a few words, why a call was not read."""
    text = program.text(token.file)
    opening = _opening(text, token)
    failed = program.files.failed.get(token.file)
    if failed:
        return f"the file could not be read ({failed})"
    if text.code[:opening].rstrip().endswith(")"):
        return "the name of the function stands in parentheses"
    for lost in program.files.unread(token.file):
        if lost.holds(token.line, token.column):
            return census.in_words(lost)
    if not any(_covers(text, f, token.line)
               for f in program.in_file(token.file)):
        return "the code around this call could not be parsed"
    return "the expression around this call could not be read"


def _covers(text: CText, function: Function, line: int) -> bool:
    low, high = function.body
    return 0 <= low and text.line_of(low) <= line <= text.line_of(high)


def calls(program: Program, tokens: list[Token]) -> Iterator[Token]:
    """Yield tokens that were not read and that are calls by the text."""
    for token in tokens:
        if token.kind in ("unparsed", "split"):
            opening = _opening(program.text(token.file), token)
            if opening >= 0 and not census.headed(
                    program.text(token.file), opening):
                yield token


def account(program: Program, era: Era, tokens: list[Token],
            made: list[Decision]) -> None:
    """Give each call that was not read a decision; add them to made."""
    known = {_place(d.site): d for d in made}
    taken = {d.site.id for d in made}
    split = split_calls.of(program, tokens)
    for token in calls(program, tokens):
        decision = known.get((token.file, token.line, token.column))
        if token in split and split[token] is None:
            if decision:
                made.remove(decision)
            continue
        if decision is None:
            decision = Decision(site_of(program, token, taken),
                                Disposition.MANUAL, Code.CALL_NOT_READ, "")
            made.append(decision)
        _decide(program, era, token, decision, split.get(token))
    made.sort(key=lambda d: (d.site.file, d.site.line, d.site.column))


def pointers(program: Program, era: Era, tokens: list[Token],
             made: list[Decision]) -> list[Decision]:
    """Return a decision for each place that takes the address of an interface.

    Its calls through the pointer are in no list of names.
    """
    taken = {d.site.id for d in made}
    found = []
    for token in tokens:
        if token.kind == "address":
            decision = Decision(site_of(program, token, taken),
                                Disposition.MANUAL, Code.CALL_NOT_READ, "")
            site = decision.site
            if not _decided(program, era, decision):
                leave_to_person(decision, WhyNot(
                    Code.CALLED_THROUGH_POINTER, "The address of "
                    f"{token.name}() is taken here; what is called through it "
                    "is not followed.", f"{site.file}:{site.line}"))
            found.append(decision)
    return found


def _decide(program: Program, era: Era, token: Token, decision: Decision,
            split: WhyNot | None) -> None:
    """Decide on a call of which only the text is known."""
    site = decision.site
    if not _decided(program, era, decision):
        leave_to_person(decision, split or WhyNot(
            Code.CALL_NOT_READ, "What becomes of these pages is not known: "
            f"{_why(program, token)}.", f"{site.file}:{site.line}"))


def _decided(program: Program, era: Era, decision: Decision) -> bool:
    """Decide on a call that would not convert if it were read; say whether."""
    site = decision.site
    own = early.of_interface(program, site,
                             _implements(program.text(site.file)))
    if own:
        decision.disposition, decision.code = own.disposition, own.code
        decision.reason = own.reason
    elif not era.pins:
        decision.disposition = Disposition.BLOCKED
        decision.code, decision.reason = Code.NO_PIN_API, early.NO_PINS
    else:
        return False
    return True


def leave_to_person(decision: Decision, why: WhyNot) -> None:
    """Leave a site to a person, whatever was decided before."""
    decision.leave(why)
    decision.releases, decision.needs_flag = [], False


def _implements(text: CText) -> bool:
    return any(text.defines(name, offset) for name in effects.TAKES
               for offset in text.words.get(name, ()))


def site_of(program: Program, token: Token, taken: set[str],
            text: CText | None = None) -> CallSite:
    """Return a site with what the text alone says of it.

    text: that of the file, if it is not the one that this kernel compiles.
    """
    text = text or program.text(token.file)
    start, end = _offset(text, token), _end(text, token)
    span = text.span_at(token.line)
    name = _function(program, text, token)
    last, column = text.place_of(max(start, end - 1))
    function = Function(token.file, name, span.start, text)
    statement = Statement(Fact("unread", token.file, name, token.line,
                               token.column, last, column), function, None,
                          start, end)
    called = re.sub(r"\s+", "", text.visible[start:end])
    stem, number = f"{token.file}:{name}:{token.name}:{called}", 1
    while f"{stem}#{number}" in taken:
        number += 1
    taken.add(f"{stem}#{number}")
    call = parser.parse(text.code[start:end])
    if call is None or call.kind != Kind.CALL or call.kids[0].kind != Kind.ID:
        call = Node(Kind.CALL, "(", [Node(Kind.ID, token.name)])
    kinds = Kinds({"unknown"}) if token.name in effects.EXTRACT else None
    return CallSite(f"{stem}#{number}", token.name, function, statement, call,
                    token.line, token.column, call_sites.pages_of(
                        program, statement, call), None, 0, kinds=kinds)


def _function(program: Program, text: CText, token: Token) -> str:
    """Return the function that a token is in by the text, or ""."""
    at = _offset(text, token)
    for function in program.in_file(token.file):
        if _covers(text, function, token.line):
            return function.name
    start = text.offset(text.span_at(token.line).start)
    found = [m.group(1) for m in _HEAD.finditer(text.code, start, at)
             if text.defines(m.group(1), m.start(1))]
    return found[-1] if found else ""
