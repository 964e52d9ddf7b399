# SPDX-License-Identifier: GPL-2.0-only
"""Count every token of a member, and hold it against what the reader read.

The tokens come from the text, where comments and strings are masked, the kinds
from the reader. One that the reader does not give is `unread`.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable
from dataclasses import dataclass

from pinlib.csource.masking import CText
from pinlib.engine import uses
from pinlib.engine.uses import Kind, Use
from pinlib.program.program import C_FILES, Program


@dataclass(frozen=True)
class Token:
    """One token of the member in code, with what the reader read there."""

    name: str
    file: str
    line: int
    column: int
    offset: int
    kind: Kind
    use: Use | None = None

    @property
    def place(self) -> str:
        """Return where it stands, for a person."""
        return f"{self.file}:{self.line}"


def take(program: Program, name: str) -> list[Token]:
    """Return every token of a name in the C of a tree, in order of place."""
    files = sorted(file for file in program.naming_files(name)
                   if file.endswith(C_FILES))
    program.files.read(files)
    return [token for file in files for token in of_file(program, file, name)]


def of_file(program: Program, file: str, name: str) -> list[Token]:
    """Return the tokens of a file."""
    text = program.text(file)
    read = program.files.file(file)
    plain = text.for_reader()
    found = [Token(name, file, *text.place_of(offset), offset, Kind.DISABLED)
             for offset in text.dead_words.get(name, ())]
    for offset in text.words.get(name, ()):
        use = uses.at(read, plain, offset) if read else None
        found.append(Token(name, file, *text.place_of(offset), offset,
                           _kind(text, offset, use), use))
    return sorted(found, key=lambda token: token.offset)


def _kind(text: CText, offset: int, use: Use | None) -> Kind:
    if text.directive_at(offset):
        return Kind.MACRO
    return use.kind if use else Kind.UNREAD


def counted(tokens: Iterable[Token]) -> dict[str, int]:
    """Return how many tokens there are of each kind, none left out."""
    found = collections.Counter(token.kind for token in tokens)
    return {kind.value: found[kind] for kind in Kind}
