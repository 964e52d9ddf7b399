# SPDX-License-Identifier: GPL-2.0-only
"""Count every token of the listed APIs and compare the tokens with the facts.

The tokens come from the text, the facts from Coccinelle: every token outside
comments and strings is exactly one of the kinds below. One that could not be
read is `unparsed`: it costs its own site, and the run goes on (unread_calls.py).
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinlib.base.resources import ROOT
from pinlib.csource.expr import Kind
from pinlib.csource.masking import CText
from pinlib.program.program import Program
from pinlib.spatch import runner

# Before a parenthesis these begin an expression; they are not called.
_HEADS = ("return", "else", "do", "case")
# The beginning of a prototype's parameter, which no argument has.
_TYPE = re.compile(r"\s*(?:const\s+)?(?:struct|union|enum|unsigned|signed|"
                   r"int|long|short|char|size_t|void)\b")

_NESTED = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")


@dataclass(frozen=True)
class Token:
    """One occurrence of an API's name in code, and its kind.

    kind: call, declaration, definition, export, macro, address, disabled or
    unparsed.
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
            for offset in text.words.get(name, ()):
                line, column = text.place_of(offset)
                tokens.append(Token(name, file, line, column, _kind(
                    text, name, offset, line, column, known)))
    return tokens


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
    if text.is_disabled(line):
        return "disabled"
    kind = known.get((line, column), "")
    if kind in ("definition", "declaration"):
        return kind
    opening = opens(text, name, offset)
    if opening >= 0 and across_if(text, offset, opening):
        return ""       # no arm of it is the whole call
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
    """Account for tokens in regions that spatch says it cannot parse.

    Lines that take an API's address are listed with them: what is called
    through it is not seen.
    """
    regions: list[dict[str, Any]] = [
        {"file": t.file, "line": t.line, "end": t.line, "tokens": 1,
         "why": f"the address of {t.name}() is taken here"}
        for t in tokens if t.kind == "address"]
    known = list(tokens)
    for file in sorted({t.file for t in tokens if not t.kind}):
        why = program.files.failed.get(file)
        bad = [(1, 1 << 30, why)] if why else [
            (a, b, "spatch cannot parse this region")
            for a, b in bad_regions(program, file, [
                t.line for t in tokens if t.file == file and not t.kind])]
        for start, end, reason in bad:
            inside = [t for t in known if t.file == file and not t.kind
                      and start <= t.line <= end]
            if inside:
                regions.append({"file": file, "line": start, "end": min(
                    end, len(program.text(file).text.split("\n"))),
                    "why": reason, "tokens": len(inside)})
                known = [Token(t.name, t.file, t.line, t.column, "unparsed")
                         if t in inside else t for t in known]
    return known, regions


def bad_regions(program: Program, file: str,
                lines: list[int]) -> list[tuple[int, int]]:
    """Return the blocks around lines that spatch drops.

    It says that it lost code in the file, and gave no function for the block.
    """
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        try:
            done = subprocess.run(
                ["spatch", "--parse-c", f"--macro-file={ROOT}"
                 "/cocci/macros.h", str(program.tree.path(file))],
                cwd=name, env=runner.environment(Path(name)), check=False,
                capture_output=True, timeout=runner.TIMEOUT)
        except subprocess.TimeoutExpired:
            return []       # what is left is listed token by token
    found = re.search(r"nb bad = (\d+)",
                      (done.stdout + done.stderr).decode("latin-1"))
    if found is None or found.group(1) == "0":
        return []
    heads = {f.line for f in program.files.facts(file)
             if f.kind == "function"}
    spans = {program.text(file).span_at(n) for n in lines}
    return sorted((s.start, s.end) for s in spans
                  if not any(s.start <= h <= s.end for h in heads))
