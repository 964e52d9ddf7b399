# SPDX-License-Identifier: GPL-2.0-only
"""Render a hunk as two tables: side by side, and one below the other, in colour.

The two are the same lines; the page shows one of them.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Callable
from itertools import zip_longest

from markupsafe import Markup
from pygments.lexers import CLexer
from pygments.token import Comment, Keyword, Name, Number, String

from pinlib.base.text import printable
from pinlib.series.mail_reader import Hunk, Row

CLASSES = ((Comment.Preproc, "p"), (Comment, "c"), (Keyword.Type, "t"),
           (Keyword, "k"), (String, "s"), (Number, "u"), (Name.Function, "f"))
NAMES = {"-": "del", "+": "add", " ": "ctx"}

Marks = Callable[[Row], Markup]


def shown(text: str) -> str:
    """Return text of the tree for a page: tabs stay, control characters do not."""
    return "\t".join(printable(part) for part in text.split("\t"))


# The helpers are added in each series.
@functools.lru_cache(maxsize=64)
def coloured(lines: tuple[str, ...]) -> tuple[Markup, ...]:
    """Return each line of C with its words marked, escaped."""
    made: list[list[str]] = [[]]
    lexer = CLexer(stripnl=False, ensurenl=False)
    for kind, text in lexer.get_tokens("\n".join(map(shown, lines))):
        name = next((c for t, c in CLASSES if kind in t), "")
        for number, part in enumerate(text.split("\n")):
            if number:
                made.append([])
            if part:
                made[-1].append(_span(name, part))
    while len(made) < len(lines):
        made.append([])
    return tuple(Markup("".join(parts)) for parts in made)


def _span(name: str, text: str) -> str:
    safe = html.escape(text)
    return f'<i class="{name}">{safe}</i>' if name else safe


def colours(hunk: Hunk) -> dict[int, Markup]:
    """Return the coloured text of each row, by its index; each side by itself."""
    found: dict[int, Markup] = {}
    for sides in (" -", " +"):
        rows = [n for n, row in enumerate(hunk.rows) if row.sign in sides]
        lines = coloured(tuple(hunk.rows[n].text.rstrip("\r")
                               for n in rows))
        found.update(zip(rows, lines))
    return found


def pairs(hunk: Hunk) -> list[tuple[int | None, int | None]]:
    """Pair the rows that stand beside each other: what goes and what comes."""
    made: list[tuple[int | None, int | None]] = []
    gone: list[int] = []
    come: list[int] = []
    for number, row in enumerate([*hunk.rows, Row(" ", "", 0, 0)]):
        if row.sign == "-" and come or row.sign == " ":
            made += zip_longest(gone, come)
            gone, come = [], []
        if row.sign == "-":
            gone.append(number)
        elif row.sign == "+":
            come.append(number)
        elif number < len(hunk.rows):
            made.append((number, number))
    return made


def side_by_side(hunk: Hunk, text: dict[int, Markup], mark: Marks) -> Markup:
    """Return the hunk with the old lines at the left."""
    out = []
    for left, right in pairs(hunk):
        cells = ""
        for number, side in ((left, "old"), (right, "new")):
            if number is None:
                cells += "<td></td><td></td>"
                continue
            row = hunk.rows[number]
            sign = "" if row.sign == " " else row.sign
            marks = mark(row) if side == "old" or row.sign == "+" else ""
            cells += (f"<td>{getattr(row, side)}</td>"
                      f'<td class="{NAMES[row.sign]}"><b>{sign}</b>'
                      f"{text[number]}{marks}</td>")
        out.append(f"<tr>{cells}</tr>")
    return Markup("\n".join(out))


def unified(hunk: Hunk, text: dict[int, Markup], mark: Marks) -> Markup:
    """Return the hunk as diff prints it."""
    out = []
    for number, row in enumerate(hunk.rows):
        out.append(f"<tr><td>{row.old or ''}</td><td>{row.new or ''}</td>"
                   f'<td class="{NAMES[row.sign]}"><b>{row.sign.strip()}</b>'
                   f"{text[number]}{mark(row)}</td></tr>")
    return Markup("\n".join(out))
