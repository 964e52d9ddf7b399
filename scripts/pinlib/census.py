# SPDX-License-Identifier: GPL-2.0-only
"""Counts every token of the listed APIs and holds it against the facts.

The tokens come from the text, the facts from Coccinelle: every token outside
comments and strings must be exactly one of the kinds below, or the run fails.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import spatch
from .ctext import CText
from .errors import IdentityError
from .program import Program

KINDS = ("call", "declaration", "definition", "export", "macro", "address",
         "disabled", "unparsed")


@dataclass(frozen=True)
class Token:
    """One occurrence of an API's name in code, and what it is."""

    name: str
    file: str
    line: int
    column: int
    kind: str


def take(program: Program, names: list[str]) -> list[Token]:
    """Classify every token; kind is "" where nothing accounts for it."""
    tokens = []
    hits = program.hits(set(names))
    for file in sorted({h.file for found in hits.values() for h in found}):
        text = program.text(file)
        known = _facts(program, file)
        for name in names:
            for offset in text.words.get(name, ()):
                line, column = text.place_of(offset)
                tokens.append(Token(name, file, line, column, _kind(
                    text, name, offset, line, column, known)))
    return tokens


def _facts(program: Program, file: str) -> dict[tuple[int, int], str]:
    """Positions that facts give to tokens of a file."""
    known: dict[tuple[int, int], str] = {}
    for fact in program.store.facts(file):
        kind = {"call": "call", "function": "definition",
                "prototype": "declaration"}.get(fact.kind)
        if kind:
            known[fact.line, fact.column] = kind
    for function in program.in_file(file):
        for uses in function.uses.values():
            for use in uses:
                parent = use.node.parent
                if parent is None or parent.kind != "call" or \
                        parent.kids[0] is not use.node:
                    place = function.position(use)
                    if place:
                        known.setdefault(place, "address")
    return known


def _kind(text: CText, name: str, offset: int, line: int, column: int,
          known: dict[tuple[int, int], str]) -> str:
    directive = text.directive_at(offset)
    if directive:
        return "macro"
    if text.is_disabled(line):
        return "disabled"
    if (line, column) in known:
        return known[line, column]
    before = text.code[max(0, offset - 60):offset]
    if re.search(r"\bEXPORT_SYMBOL\w*\s*\(\s*$", before):
        return "export"
    # What gives a pointer at file scope its first value is in no function.
    after = text.code[offset + len(name):offset + len(name) + 200].lstrip()
    return "" if after.startswith("(") else "address"


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
    settled = list(tokens)
    for file in sorted({t.file for t in tokens if not t.kind}):
        why = program.store.failed.get(file)
        bad = [(1, 1 << 30, why)] if why else [
            (a, b, "spatch cannot parse this region")
            for a, b in bad_regions(program, file, [
                t.line for t in tokens if t.file == file and not t.kind])]
        for start, end, reason in bad:
            inside = [t for t in settled if t.file == file and not t.kind
                      and start <= t.line <= end]
            if inside:
                regions.append({"file": file, "line": start, "end": min(
                    end, len(program.text(file).text.split("\n"))),
                    "why": reason, "tokens": len(inside)})
                settled = [Token(t.name, t.file, t.line, t.column, "unparsed")
                           if t in inside else t for t in settled]
    return settled, regions


def bad_regions(program: Program, file: str,
                lines: list[int]) -> list[tuple[int, int]]:
    """Blocks around lines that spatch drops: it says that it lost code in
    the file, and gave no function for the block."""
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        done = subprocess.run(
            ["spatch", "--parse-c", f"--macro-file={spatch.ROOT}"
             "/cocci/macros.h", str(program.tree.path(file))],
            cwd=name, env=spatch.environment(Path(name)), check=False,
            capture_output=True, timeout=spatch.TIMEOUT)
    found = re.search(r"nb bad = (\d+)",
                      (done.stdout + done.stderr).decode("latin-1"))
    if found is None or found.group(1) == "0":
        return []
    heads = {f.line for f in program.store.facts(file)
             if f.kind == "function"}
    spans = {program.text(file).span_at(n) for n in lines}
    return sorted((s.start, s.end) for s in spans
                  if not any(s.start <= h <= s.end for h in heads))


def check(tokens: list[Token]) -> None:
    """Fail, naming the tokens, unless every one is accounted for."""
    missing = [t for t in tokens if not t.kind]
    if missing:
        raise IdentityError(
            f"{len(missing)} token(s) unaccounted for: " + ", ".join(
                f"{t.file}:{t.line} {t.name}" for t in missing[:8]))
