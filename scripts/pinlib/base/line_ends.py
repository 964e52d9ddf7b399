# SPDX-License-Identifier: GPL-2.0-only
"""Take the CR off lines that end in CR LF, and put it back after an edit.

A line that stays keeps its end. A new one ends as the lines that it replaces
did, or as the line before it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

CRLF = "\r\n"
# The option that git am needs for such a patch.
OPTION = "--keep-cr"


def plain(text: str) -> str:
    """Return a text with every line ended by LF alone."""
    return text.replace(CRLF, "\n")


def restored(old: str, new: str) -> str:
    """Return the new form of plain(old), with its lines ended as those of old."""
    if CRLF not in old:
        return new
    before, after = old.split("\n"), new.split("\n")
    matcher = difflib.SequenceMatcher(
        None, [line.removesuffix("\r") for line in before], after, False)
    ends = [line.endswith("\r") for line in before[:-1]]
    # What follows the last line break would end as the line before.
    ends.append(ends[-1])
    out = []
    for _, low, high, start, stop in matcher.get_opcodes():
        for number in range(start, stop):
            near = low + number - start
            near = near if near < high else high - 1 if high > low else low - 1
            out.append(after[number] + ("\r" if ends[max(near, 0)] else ""))
    # Nothing ends what follows the last line break.
    out[-1] = after[-1]
    return "\n".join(out)


def in_patch(diff: bytes) -> bool:
    """Say whether a patch shows lines that end in CR LF."""
    return any(line.endswith(b"\r") and line[:1] in (b" ", b"+", b"-")
               for line in diff.split(b"\n"))


def option(diffs: Iterable[str]) -> str:
    """Return the option that git am needs for some patches, or ""."""
    return OPTION if any(in_patch(d.encode("utf-8", "surrogateescape"))
                         for d in diffs) else ""
