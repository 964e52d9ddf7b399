# SPDX-License-Identifier: GPL-2.0-only
"""Blank comments and strings, and answer what is asked of them."""

from __future__ import annotations

import re

HIDDEN = re.compile(
    r'//[^\\\n]*(?:\\\n?[^\\\n]*)*|/\*.*?\*/|'
    r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blanks(text: str) -> str:
    """Return as many blanks as a text has characters, lines kept."""
    return "\n".join([" " * len(line) for line in text.split("\n")])


def blank(match: re.Match[str]) -> str:
    """Return the same for what was found."""
    text = match.group()
    return blanks(text) if "\n" in text else " " * len(text)


def blanked(text: str) -> str:
    """Return a text with blanks in place of its comments."""
    return HIDDEN.sub(lambda match: blank(match) if match[0][0] == "/"
                      else match[0], text)


def said(text: str, asked: str) -> str:
    """Return the answer to what heard.WRITTEN tells of."""
    if asked[0] == "/":
        return str(matches(text, asked[1:]))
    if asked[0] == "#":
        return str(len(re.findall(rf"\b{asked[1:]}\b", text, re.ASCII)))
    if asked[0] == "*":
        return str(remarks(text, asked[1:]))
    return text[slice(*map(int, asked.split(":")))]


def matches(text: str, pattern: str) -> list[int]:
    """Return where a pattern finds something in a text."""
    return [match.start() for match in re.finditer(pattern, text)]


def remarks(text: str, pattern: str) -> list[tuple[int, int]]:
    """Return where comments begin in which it does, and where in them."""
    return [(hidden.start(), at) for hidden in HIDDEN.finditer(text)
            if hidden[0][0] == "/" for at in matches(hidden[0], pattern)]
