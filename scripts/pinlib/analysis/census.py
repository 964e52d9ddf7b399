# SPDX-License-Identifier: GPL-2.0-only
"""Count every token of the listed APIs and compare the tokens with the facts.

The tokens come from the text, the facts from the reader: every token outside
comments and strings is exactly one of the kinds below. One that could not be
read is `unparsed`: it costs its own site, and the run goes on (unread_calls.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pinlib.csource.masking import CText
from pinlib.program.facts import Unread
from pinlib.program.program import Program

# What follows the parameters of each.
_HEADED = {"definition": "{", "declaration": ";"}
# Before a parenthesis these begin an expression; they are not called.
_HEADS = ("return", "else", "do", "case")
# The beginning of a prototype's parameter, which no argument has.
_TYPE = re.compile(r"\s*(?:const\s+)?(?:struct|union|enum|unsigned|signed|"
                   r"int|long|short|char|size_t|void)\b")

_NESTED = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
# Why code was not read, where the reader's word does not say what it is.
_REASONS = {
    "asm": "this text for the assembler could not be read",
    "unbalanced": "a bracket here has no other half",
    "unended": "a comment, string or character here does not end",
    "c++": "this is C++",
    "depth": "this is nested too deep to be read",
    "budget": "this is too intricate to be read",
    "arms": "this arm of an #if is in no choice of arms that could be read",
    "directive": "an #if, #else or #endif here lacks its others"}


@dataclass(frozen=True)
class Token:
    """One occurrence of an API's name in code, and its kind.

    kind: call, declaration, definition, export, macro, address, disabled, split
    (a call across the arms of an #if) or unparsed.
    """

    name: str
    file: str
    line: int
    column: int
    kind: str


@dataclass
class Read:
    """The tokens of some names, and the code that was not analysed."""

    tokens: list[Token]
    regions: list[dict[str, Any]]

    def counts(self) -> dict[str, int]:
        """Return how many tokens there are, and how many are of a known kind."""
        return {"tokens": len(self.tokens), "accounted": sum(
            t.kind != "unparsed" for t in self.tokens)}


def take(program: Program, names: list[str]) -> list[Token]:
    """Classify every token; kind is "" where nothing accounts for it."""
    tokens = []
    for file in sorted({file for name in names
                        for file in program.naming_files(name)}):
        text = program.text(file)
        known = _facts(program, file, names)
        for name in names:
            found = left_out(text, file, name)
            for offset in text.words.get(name, ()):
                line, column = text.place_of(offset)
                found.append(Token(name, file, line, column, _kind(
                    text, name, offset, line, column, known)))
            tokens += sorted(found, key=lambda t: (t.line, t.column))
    return tokens


def left_out(text: CText, file: str, name: str) -> list[Token]:
    """Return the tokens of a name in #if arms that are never compiled."""
    return [Token(name, file, *text.place_of(offset), "disabled")
            for offset in text.dead_words.get(name, ())]


def _facts(program: Program, file: str,
           names: list[str]) -> dict[tuple[int, int], str]:
    """Return the positions and kinds that facts give to names in a file."""
    known: dict[tuple[int, int], str] = {}
    for name in names:
        for fact in program.facts(file, name):
            kind = {"call": "call", "function": "definition",
                    "prototype": "declaration"}.get(fact.kind)
            if kind and fact.name == name:
                known[fact.line, fact.column] = kind
        for function in program.mentioning(name, {file}):
            for use in function.uses.get(name, ()):
                place = function.position(use)
                if use.call is None and place:
                    known.setdefault(place, "address")
    return known


def _kind(text: CText, name: str, offset: int, line: int, column: int,
          known: dict[tuple[int, int], str]) -> str:
    directive = text.directive_at(offset)
    if directive:
        return "macro"
    kind = known.get((line, column), "")
    opening = opens(text, name, offset)
    if kind in _HEADED:
        # `odd f(a, b);` is C as well, of which the text says that it is none.
        return kind if opening >= 0 and headed(
            text, opening) == _HEADED[kind] else ""
    if opening >= 0 and across_if(text, offset, opening):
        # No arm of it is the whole call.
        return "" if headed(text, opening) else "split"
    if kind == "call" or kind and opening < 0:
        return kind
    before = text.code[max(0, offset - 60):offset]
    if re.search(r"\bEXPORT_SYMBOL\w*\s*\(\s*$", before):
        return "export"
    # The initialiser of a pointer at file scope is in no function.
    if opening < 0:
        return "address"
    return "declaration" if headed(text, opening) == ";" else ""


def opens(text: CText, name: str, offset: int) -> int:
    """Return where the arguments of a call of this name begin, or -1.

    The name may be in parentheses, behind a cast or not.
    """
    code = text.code
    after = _next(code, offset + len(name))
    at = offset
    while code[after:after + 1] == ")":
        at = _enclosing(code, at)
        word = re.search(r"(\w+|\])\s*$", code[max(0, at - 80):max(0, at)])
        if at < 0 or word and word.group(1) not in _HEADS:
            return -1
        after = _next(code, after + 1)
    return after if code[after:after + 1] == "(" else -1


def _next(code: str, offset: int) -> int:
    while offset < len(code) and code[offset].isspace():
        offset += 1
    return offset


def _enclosing(code: str, offset: int) -> int:
    """Return the parenthesis around an offset, within its statement, or -1."""
    depth = 0
    for at in range(offset - 1, -1, -1):
        if code[at] in ";{}":
            break
        depth += (code[at] == ")") - (code[at] == "(")
        if depth < 0:
            return at
    return -1


def call_end(text: CText, opening: int) -> int:
    """Return where the arguments that begin at an offset end."""
    close = text.matching(opening)
    limit = text.span_at(text.line_of(opening)).end
    if close < 0 or text.line_of(close) > limit:
        # One arm of an #if has a parenthesis that another closes as well.
        close = text.code.find(";", opening)
    return close + 1 if close >= 0 else len(text.code)


def across_if(text: CText, offset: int, opening: int) -> bool:
    """Say whether an arm of an #if holds one part of a call and not another."""
    return text.left_out(offset, call_end(text, opening))


def headed(text: CText, opening: int) -> str:
    """Return what follows parameters: "{" or ";"; "" if these are arguments."""
    end = call_end(text, opening)
    inside, left = text.code[opening + 1:end - 1], ""
    while inside != left:
        left, inside = inside, _NESTED.sub("", inside)
    if not any(map(_TYPE.match, inside.split(","))):
        return ""
    found = re.compile(r"[^;{}=]*?([;{])").match(text.code, end)
    return found.group(1) if found else ""


def unparsed(program: Program, tokens: list[Token]) -> tuple[
        list[Token], list[dict[str, Any]]]:
    """Account for tokens in code that the reader says it could not read.

    Lines that take an API's address are listed with them: what is called
    through it is not seen.
    """
    regions: list[dict[str, Any]] = [
        {"file": t.file, "line": t.line, "end": t.line, "tokens": 1,
         "why": f"the address of {t.name}() is taken here"}
        for t in tokens if t.kind == "address"]
    known = list(tokens)
    for file in sorted({t.file for t in tokens if not t.kind}):
        for lost, why in _lost(program, file):
            inside = [t for t in known if t.file == file and not t.kind
                      and lost.holds(t.line, t.column)]
            if inside:
                regions.append({"file": file, "line": lost.start[0],
                                "end": lost.end[0], "why": why,
                                "tokens": len(inside)})
                known = [Token(t.name, t.file, t.line, t.column, "unparsed")
                         if t in inside else t for t in known]
    return known, regions


def _lost(program: Program, file: str) -> list[tuple[Unread, str]]:
    """Return the code of a file that was not read, and why, in words."""
    why = program.files.failed.get(file)
    if why:
        text = program.text(file)
        return [(Unread((1, 0), text.place_of(text.size), ""), why)]
    return [(lost, in_words(lost)) for lost in program.files.unread(file)]


def in_words(lost: Unread) -> str:
    """Return why code was not read, in words for people."""
    return _REASONS.get(lost.reason, f"this {lost.reason} could not be read")
