# SPDX-License-Identifier: GPL-2.0-only
"""Read C as a stream of tokens, whatever its layout."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

# A search for one of a few characters skips the rest of a text at once.
_HIDDEN = re.compile(
    r"/(?:/[^\n]*|\*.*?\*/)"
    r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
# The L of a wide literal; a word or a number can end with another.
_WIDE = re.compile(r"(?<!\w)L")
_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)"
    r'|(?P<literal>L?"(?:\\.|[^"\\\n])*"|L?\'(?:\\.|[^\'\\\n])*\')'
    r"|(?P<fold>\\\n)|(?P<blank>[ \t\r\f\v\n]+)"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)"
    r"|(?P<mark><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||##"
    r"|[-+*/%&|^]=|.)", re.S)


@dataclass(frozen=True)
class Token:
    """A piece of the text and where it starts."""

    text: str
    start: int


@functools.lru_cache(maxsize=64)
def tokens(text: str) -> list[Token]:
    """Return every token, in order."""
    return [Token(match.group(), match.start())
            for match in _TOKEN.finditer(text)
            if match.lastgroup not in ("comment", "blank", "fold")]


def words(text: str) -> list[str]:
    """Return the text of every token, in order."""
    return [token.text for token in tokens(text)]


def hidden(text: str) -> list[Token]:
    """Return every comment and every literal, in order."""
    made = []
    for match in _HIDDEN.finditer(text):
        start, end = match.span()
        if text[start] != "/" and start and _WIDE.match(text, start - 1):
            start -= 1
        made.append(Token(text[start:end], start))
    return made
