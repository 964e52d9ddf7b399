# SPDX-License-Identifier: GPL-2.0-only
"""Find how tightly an expression of flags binds beside another operator.

`a & b | FLAG` is what was meant, yet compilers warn of it; behind `c ? a : b` or
an assignment it would be something else altogether. A macro is as loose as the
expression that it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pinlib.csource import lexer
from pinlib.csource.masking import CText
from pinlib.kernel.searches import Places

ASSIGN = ("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=")
# From the operator that binds weakest; all of a row are treated alike.
_LEVELS = (ASSIGN, ("?",), ("||",), ("&&",), ("|",), ("^",), ("&",),
           ("==", "!="), ("<", ">", "<=", ">="), ("<<", ">>"), ("+", "-"),
           ("*", "/", "%"))
_UNARY = ("&", "*", "+", "-")
_TYPE = re.compile(r"unsigned|signed|const|void|char|short|int|long|bool|__force|"
                   r"\w+_t|_*[us]\d+|_*[bl]e\d+|u(?:int|long|short|char)")
_DEFINE = re.compile(r"[ \t]*#[ \t]*define[ \t]+(\w+)(\([^()]*\))?(.*)", re.S)


def weakest(words: Sequence[str]) -> str:
    """Return the operator that joins an expression's tokens, or "".

    Text in brackets is one operand; so is a name with its arguments.
    """
    found = []
    depth, opened = 0, 0
    for at, word in enumerate(words):
        depth -= word in (")", "]", "}")
        if not depth and (word not in _UNARY or at and _ends_operand(
                words[at - 1]) and not _is_cast(words, opened, at)):
            found.append(word)
        opened = at if not depth and word == "(" else opened
        depth += word in ("(", "[", "{")
    return next((w for level in _LEVELS for w in found if w in level), "")


def _ends_operand(word: str) -> bool:
    return word in (")", "]", "}", "++", "--") or \
        re.fullmatch(r"[\w.]+|L?[\"'].*", word, re.S) is not None


def _is_cast(words: Sequence[str], start: int, end: int) -> bool:
    """Say whether tokens are a type in brackets, with no operand."""
    inside = words[start + 1:end - 1]
    return words[start] == "(" and words[end - 1] == ")" and bool(inside) \
        and not (start and _ends_operand(words[start - 1])) and all(
            word in ("*", "struct", "union", "enum") or _TYPE.fullmatch(word)
            or before in ("struct", "union", "enum")
            for before, word in zip(words[start:], inside))


def operands(words: Sequence[str]) -> list[str]:
    """Return the names outside all brackets, with those of called functions."""
    depth, found = 0, []
    for word in words:
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        if not depth and re.fullmatch(r"[A-Za-z_]\w*", word):
            found.append(word)
    return found


def is_loose(words: Sequence[str]) -> bool:
    """Say whether an expression needs brackets beside an `|`."""
    return weakest(words) not in ("", "|")


def spliced(text: CText, place: tuple[int, int], words: set[str],
            defined: Callable[[str], Places],
            text_of: Callable[[str], CText]) -> bool:
    """Say whether words of a call stand for looser text than they look like.

    Parameters of the macro that makes the call do, for anything may be given for
    them, and macros that are loose. defined: gives the lines that define one.
    """
    made = _DEFINE.match(_directive(text, text.offset(*place)))
    if made and words & set(re.findall(r"\w+", made[2] or "")):
        return True
    for word in sorted(words):
        for file, lines in defined(word).items():
            for number in lines:
                line = _DEFINE.match(_directive(
                    text_of(file), text_of(file).offset(number)))
                if line and is_loose(lexer.words(line[3])):
                    return True
    return False


def _directive(text: CText, offset: int) -> str:
    """Return the directive around an offset as one line, or ""."""
    start = text.visible.rfind("\n", 0, offset) + 1
    while text.visible[:start].endswith("\\\n"):
        start = text.visible.rfind("\n", 0, start - 1) + 1
    end = start
    while True:
        end = text.visible.find("\n", end)
        end = len(text.visible) if end < 0 else end
        if not text.visible[:end].endswith("\\"):
            break
        end += 1
    return text.visible[start:end].replace("\\\n", " ")
