# SPDX-License-Identifier: GPL-2.0-only
"""Read C as a stream of tokens, whatever its layout."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

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
def _scan(text: str) -> tuple[list[Token], list[Token]]:
    """Return tokens, and comments with literals, in order."""
    tokens: list[Token] = []
    masked: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup, Token(match.group(), match.start())
        if kind in ("comment", "literal"):
            masked.append(piece)
        if kind not in ("comment", "blank", "fold"):
            tokens.append(piece)
    return tokens, masked


def tokens(text: str) -> list[Token]:
    """Return every token, in order."""
    return _scan(text)[0]


def words(text: str) -> list[str]:
    """Return the text of every token, in order."""
    return [token.text for token in tokens(text)]


def hidden(text: str) -> list[Token]:
    """Return every comment and every literal, in order."""
    return _scan(text)[1]
