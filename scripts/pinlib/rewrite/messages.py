# SPDX-License-Identifier: GPL-2.0-only
"""Find the comments and strings of a file that its conversion makes stale.

A name of the old API becomes that of the new one, where no call of its kind is
left in the file; words about references are listed for a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pinlib.base.edits import Message
from pinlib.csource import lexer
from pinlib.csource.masking import CText
from pinlib.kernel import effects

# Calls that do the same in several forms, and what one of them becomes.
_FAMILIES = (effects.EXTRACT, tuple(effects.PIN_OF))
_REFERENCES = re.compile(
    r"\b(?:put_page|page refs?|page references?|unreference|"
    r"(?:take|taken?|took|drop(?:s|ped)?) (?:a )?ref(?:erence)?s?)\b")


@dataclass(frozen=True)
class Converted:
    """What a group converts in one file.

    calls: the old API by the offset of each call. new: what each becomes. spans:
    the functions with a call, and those with a release.
    """

    file: str
    text: CText
    calls: Mapping[int, str]
    new: Mapping[str, str]
    acquiring: Collection[tuple[int, int]]
    releasing: Collection[tuple[int, int]]


def stale(made: Converted) -> tuple[list[Message], list[str]]:
    """Return the edits of a file's messages, and what is said of the others."""
    edits: list[Message] = []
    notes: list[str] = []
    for family in _FAMILIES:
        left = any(at not in made.calls for name in family
                   for at in made.text.words.get(name, ()))
        mine = not set(family).isdisjoint(made.calls.values())
        if left and not mine:
            continue
        for name, at in _named(made.text, family):
            line = made.text.line_of(at)
            new = {**effects.PIN_OF, **made.new}.get(
                name, "iov_iter_extract_pages")
            if mine and (not left or name in made.new
                         and _inside(at, made.acquiring)):
                edits.append(Message(made.file, line, 0, name, name, new))
            else:
                notes.append(f"{made.file}:{line} names {name}() in a comment "
                             "or string and is left as it is.")
    notes += [f"{made.file}:{line} speaks of references and is left as it is."
              for line in _of_references(made)]
    return list(dict.fromkeys(edits)), notes


def _named(text: CText, family: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield where comments and strings name a function, and which."""
    for match in re.finditer(rf"\b(?:{'|'.join(family)})\b", text.text):
        name, at = match[0], match.start()
        if at not in text.words.get(name, ()) and \
                at not in text.dead_words.get(name, ()):
            yield name, at


def _of_references(made: Converted) -> list[int]:
    """Return the lines of comments about references, in what is changed."""
    spans = [*made.acquiring, *made.releasing]
    return sorted({made.text.line_of(piece.start + match.start())
                   for piece in lexer.hidden(made.text.text)
                   if piece.text.startswith("/") and _inside(piece.start, spans)
                   for match in _REFERENCES.finditer(piece.text)})


def _inside(at: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(low <= at <= high for low, high in spans)
