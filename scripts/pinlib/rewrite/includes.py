# SPDX-License-Identifier: GPL-2.0-only
"""Add to the #include lines of a file, or behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinlib.csource import lexer
from pinlib.csource.masking import CText
from pinlib.rewrite.ledger import LedgerMismatch

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"][^>"\n]*[>"]).*$',
                      re.M)
_CONDITION = re.compile(r"^[ \t]*#[ \t]*(ifn?def|if|endif)\b.*$", re.M)


def _all(masked: CText) -> Iterator[tuple[re.Match[str], int]]:
    """Yield the #include lines that are code, with how many #ifs are around."""
    # Quoted names look like strings once masked, so read the raw text.
    depth = {match.start(): match.group(1)
             for match in _CONDITION.finditer(masked.visible)}
    for match in _INCLUDE.finditer(masked.text):
        inside = sum(-1 if word == "endif" else 1 for start, word
                     in depth.items() if start < match.start())
        if masked.visible[match.start():match.end()].strip():
            yield match, inside


def _next_line(masked: CText, at: int) -> int:
    """Return where the next line begins that is in no comment."""
    start = masked.offset(masked.line_of(at) + 1)
    for piece in lexer.hidden(masked.text):
        if piece.start < start < piece.start + len(piece.text):
            start = masked.offset(masked.line_of(
                piece.start + len(piece.text)) + 1)
    return start


def has(text: str, header: str, before: int) -> bool:
    """Say whether a header is included before an offset, in as few #ifs as any."""
    found = [(m, inside) for m, inside in _all(CText(text, None))
             if m.start() < before]
    least = min((inside for _, inside in found), default=0)
    return any(m.group(1) == f"<{header}>" and inside == least
               for m, inside in found)


def behind(file: str, text: str, first: int) -> int:
    """Return the offset of the line behind all #includes before an offset.

    It is in as few #ifs as any of these is.
    """
    masked = CText(text, None)
    found = [(m, inside) for m, inside in _all(masked) if m.start() < first]
    if not found:
        raise LedgerMismatch(file, 1, "no include to add something after")
    last, inside = found[-1]
    least = min(depth for _, depth in found)
    end = last.end()
    for match in _CONDITION.finditer(masked.visible, end):
        if inside == least:
            break
        inside += -1 if match.group(1) == "endif" else 1
        end = match.end()
    at = _next_line(masked, end)
    if at > first:
        raise LedgerMismatch(file, masked.line_of(first), "an include is in "
                             "the same #if")
    return at


def add(file: str, text: str, header: str) -> str:
    """Add the header among the unconditional includes, sorted if they are."""
    masked = CText(text)
    found = list(_all(masked))
    if any(m.group(1) == f"<{header}>" for m, _ in found):
        return text
    least = min((inside for _, inside in found), default=0)
    plain = [m for m, inside in found if inside == least]
    same = [m for m in plain if m.group(1).startswith("<linux/")]
    if not plain:
        raise LedgerMismatch(file, 1, "no include to add another after")
    names = [m.group(1) for m in same]
    place = (same or plain)[-1]
    if names == sorted(names):
        lower = [m for m in same if m.group(1) < f"<{header}>"]
        if lower:
            place = lower[-1]
        elif same:
            return (text[:same[0].start()] + f"#include <{header}>\n"
                    + text[same[0].start():])
    end = _next_line(masked, place.start())
    return text[:end] + f"#include <{header}>\n" + text[end:]
