# SPDX-License-Identifier: GPL-2.0-only
"""Runs the reader on a piece of C, and writes its tree on one line."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

from pinlib.reader import build, run
from pinlib.reader.output import (AMBIGUOUS, File, MACRO, Node, NO_SEMICOLON,
                                  OLD_STYLE, Piece)

LEAVES = ("name", "number", "char", "string", "operator")


@cache
def reader() -> build.Reader:
    """The reader, built once for all tests of a run."""
    return build.ensure(Path(os.environ["GUP2PIN_TEST_CACHE"]))


def read(text: bytes | str, kernel: str = "", tokens: bool = False) -> File:
    """What is read of a file with a text."""
    data = text.encode("utf-8", "surrogateescape") \
        if isinstance(text, str) else text
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / "a.c").write_bytes(data)
        return run.read(reader(), ["a.c"], Path(work), Path(work) / "out",
                        ("-k", kernel) if kernel else (), tokens).file(0)


class Writer:
    """Writes trees: (kind operator children), with leaves as their text.

    A `?` behind the kind says that it is ambiguous, `~` that no semicolon
    ends it, `!` that a macro makes it, `%` that it is of the old style. A
    type's name begins with a colon, and `@1` names an arm.
    """

    def __init__(self, text: bytes | str, arms: bool = False) -> None:
        self._text = text.encode("utf-8", "surrogateescape") \
            if isinstance(text, str) else text
        self._arms = arms

    def text(self, piece: Piece) -> str:
        """The text of a piece, on one line."""
        return " ".join(self._text[piece.start:piece.end].decode(
            "utf-8", "replace").split())

    def write(self, piece: Piece) -> str:
        """The tree of a piece."""
        arm = piece.arm if self._arms and isinstance(piece, Node) else 0
        at = f"@{arm}" if arm else ""
        if piece.kind in LEAVES and not piece.children:
            return self.text(piece) + at
        if piece.kind == "type-name":
            mark = "?" if piece.flags & AMBIGUOUS else ""
            return f":{self.text(piece)}{mark}{at}"
        if piece.kind in ("keyword", "pointer"):
            return self.text(piece) + at
        marks = "".join(mark for flag, mark in (
            (AMBIGUOUS, "?"), (NO_SEMICOLON, "~"), (MACRO, "!"),
            (OLD_STYLE, "%")) if piece.flags & flag)
        op = piece.op if piece.kind not in ("struct", "sizeof", "typeof") \
            else self._text[piece.start:piece.end].split()[0].decode(
                "ascii").split("(")[0]
        words = [piece.kind + marks + at, *([op] if op else []),
                 *(self.write(child) for child in piece.children)]
        return "(" + " ".join(words) + ")"


def trees(text: str | bytes, arms: bool = False) -> list[str]:
    """The trees of all declarations of a file."""
    writer = Writer(text, arms)
    return [writer.write(d.root) for d in read(text).declarations]


def statements(text: str, arms: bool = False) -> list[str]:
    """The trees of the statements of a function."""
    whole = "void f(void)\n{\n" + text + "\n}\n"
    file = read(whole)
    assert not [r.reason for r in file.regions]
    writer = Writer(whole, arms)
    (declaration,) = file.declarations
    return [writer.write(s) for s in declaration.root.children[-1].children]


def expression(text: str) -> str:
    """The tree of an expression."""
    (tree,) = statements(f"x = {text};")
    return tree.removeprefix("(expression (assign = x ").removesuffix("))")
