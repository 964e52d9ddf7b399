# SPDX-License-Identifier: GPL-2.0-only
"""Make mutants to test the tests: patches broken on purpose.

Each mutant changes one thing that a generated patch added. A hash of the patch
and the mutant decides which ones are tried, never anybody's choice; one that was
drawn and cannot be tried counts as survived.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import re
from collections.abc import Iterator

from pinlib.base.records import Patch, PatchKind, Series
from pinlib.csource import masking
from pinlib.series.scratch.scratch_repo import Scratch

RELEASE = re.compile(r"\b(?:unpin_user_page(?:s(?:_dirty_lock)?)?|"
                     r"page_extract_release(?:_pages(?:_dirty_lock)?)?)\(")
WILL_PIN = re.compile(r"\biov_iter_extract_will_pin\(")
FLAG = re.compile(r"\bif \((?P<flag>[^()]*(?:pinned|need_unpin)[^()]*)\)")
DIRTY = re.compile(r"\bset_page_dirty(?:_lock)?\(")


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One change to one file of a patched kernel."""

    patch: str          # the subject of the patch that is broken
    file: str
    line: int
    kind: str
    old: str
    new: str
    text: str           # the whole file
    order: str          # its place in the order of trials
    sites: tuple[str, ...]


def mutants_of(patch: Patch, scratch: Scratch) -> Iterator[Mutant]:
    """Yield every mutant of one patch."""
    for file in patch.files:
        after = (scratch.read(patch.tree, file) or b"").decode(
            "utf-8", "surrogateescape")
        before = (scratch.read(patch.parent, file) or b"").decode(
            "utf-8", "surrogateescape")
        if not file.endswith((".c", ".h")):
            continue
        for kind, start, end, new in changes(before, after):
            text = after[:start] + new + after[end:]
            order = hashlib.sha256(
                f"{patch.tree} {file} {kind} {start}".encode()).hexdigest()
            yield Mutant(patch.subject, file, after.count("\n", 0, start) + 1,
                         kind, after[start:end], new, text, order,
                         tuple(patch.sites))


def changes(before: str, after: str
            ) -> Iterator[tuple[str, int, int, str]]:
    """Yield what to break in a patched file: the kind, where, and the new text."""
    whole = masking.CText(after)
    masked = whole.code
    added = _added(before, after)
    for match in RELEASE.finditer(masked):
        if not _within(match.start(), added):
            continue
        end = _statement_end(masked, match.end() - 1)
        if end is None:
            continue
        start, call = match.start(), after[match.start():end]
        yield "drop a release", start, end, ";"
        yield "double a release", start, end, f"{{ {call} {call} }}"
        plain = put_page(match[0][:-1], arguments(call))
        if plain:
            yield "put_page() for a release", start, end, plain
        if "dirty_lock" in match[0]:
            yield ("drop a dirty", start, end,
                   last_argument(call, "false"))
        if match[0].startswith("page_extract"):
            number = 1 if match[0] == "page_extract_release(" else 2
            flag = arguments(call)[number]
            yield ("drop the flag's test", start, end,
                   replace_argument(call, number, "true"))
            yield ("invert the flag", start, end,
                   replace_argument(call, number, f"!({flag})"))
    yield from _flags(masked, after, added)
    yield from _dirties(whole, added)


def _flags(masked: str, after: str, added: list[tuple[int, int]]
           ) -> Iterator[tuple[str, int, int, str]]:
    for match in FLAG.finditer(masked):
        if _within(match.start(), added):
            start, end = match.span("flag")
            yield "drop the flag's test", start, end, "true"
            yield "invert the flag", start, end, f"!({after[start:end]})"
    for match in WILL_PIN.finditer(masked):
        if _within(match.start(), added):
            yield "invert the flag", match.start(), match.start(), "!"


def _dirties(whole: masking.CText, added: list[tuple[int, int]]
             ) -> Iterator[tuple[str, int, int, str]]:
    """Return calls that dirty a page, where a release was added."""
    lines = {whole.line_of(m.start()) for m in RELEASE.finditer(whole.code)
             if _within(m.start(), added)}
    blocks = [b for b in whole.spans
              if any(b.start <= line <= b.end for line in lines)]
    for match in DIRTY.finditer(whole.code):
        line = whole.line_of(match.start())
        end = _statement_end(whole.code, match.end() - 1)
        if end is not None and any(b.start <= line <= b.end for b in blocks):
            yield "drop a dirty", match.start(), end, ";"


def _added(before: str, after: str) -> list[tuple[int, int]]:
    """Return the spans of text in lines that the patch added."""
    old, new = before.splitlines(True), after.splitlines(True)
    starts = [0]
    for line in new:
        starts.append(starts[-1] + len(line))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [(starts[j1], starts[j2]) for tag, _, _, j1, j2
            in matcher.get_opcodes() if tag != "equal" and j2 > j1]


def _within(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def _statement_end(text: str, bracket: int) -> int | None:
    """Return where the statement ends whose call's bracket opens there."""
    depth = 0
    for at in range(bracket, len(text)):
        if text[at] == "(":
            depth += 1
        elif text[at] == ")":
            depth -= 1
            if not depth:
                rest = re.match(r"\s*;", text[at + 1:])
                return at + 1 + rest.end() if rest else None
    return None


def arguments(call: str) -> list[str]:
    """Return the arguments of a call statement."""
    inner = call[call.index("(") + 1:call.rindex(")")]
    found, depth = [""], 0
    for char in inner:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and not depth:
            found.append("")
        else:
            found[-1] += char
    return [text.strip() for text in found]


def replace_argument(call: str, number: int, new: str) -> str:
    """Return the call with one argument changed."""
    found = arguments(call)
    found[number] = new
    return f"{call[:call.index('(')]}({', '.join(found)});"


def last_argument(call: str, new: str) -> str:
    """Return the call with its last argument changed."""
    return replace_argument(call, len(arguments(call)) - 1, new)


def put_page(name: str, args: list[str]) -> str:
    """Return a release by plain references in place of a release of pins."""
    if name in ("unpin_user_page", "page_extract_release"):
        return f"put_page({args[0]});"
    return f"release_pages({args[0]}, {args[1]});"


def draw(series: list[Series], scratch: Scratch) -> list[Mutant]:
    """Return every mutant of every conversion, in the order of their hashes."""
    return sorted((m for one in series for p in one.patches
                   if p.kind == PatchKind.CONVERT for m in mutants_of(p, scratch)),
                  key=lambda m: m.order)
