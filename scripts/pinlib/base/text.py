# SPDX-License-Identifier: GPL-2.0-only
"""Prepare text for people: what may be shown, and lines of a width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable


WIDTH = 80


def printable(text: str) -> str:
    """Return text with control and undecodable characters spelled out."""
    return text if text.isprintable() else "".join(
        c if c.isprintable() else
        c.encode("utf-8", "surrogateescape").decode("latin-1")
        .encode("unicode_escape").decode() for c in text)


def wrap(text: str, indent: int = 0, width: int = WIDTH) -> str:
    """Return one paragraph, with all lines but the first indented.

    A word breaks only when it is wider than a line, as a path may be.
    """
    lead = text[:len(text) - len(text.lstrip(" "))]
    words = printable(" ".join(text.split()))
    return "\n".join(textwrap.wrap(
        words, width, initial_indent=lead, subsequent_indent=" " * indent,
        break_on_hyphens=False)) or lead


def joined(words: Iterable[str]) -> str:
    """Return words as English has them: a, b and c."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
