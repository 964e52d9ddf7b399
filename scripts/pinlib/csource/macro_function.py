# SPDX-License-Identifier: GPL-2.0-only
"""Write macros as functions, and functions that were macros as macros again.

A definition becomes a function on the same lines, with the text of its body: what
reads functions and what edits them then needs to know nothing of macros. Each
piece of text that is put in carries a comment found nowhere else in the file, by
which it is found again wherever an edit has moved it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pinlib.csource.macro_text import Define
from pinlib.csource.masking import CText

_TAB = 8


class NotClosed(Exception):
    """A function that was a macro cannot be written as one again."""


@dataclass(frozen=True)
class Change:
    """Text from start to end of the file, and what stands there instead."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Opened:
    """A macro that is written as a function.

    line, last: those it stands on. changes: in order; the first is the head, and
    those without a comment are where lines are joined.
    """

    name: str
    line: int
    last: int
    changes: tuple[Change, ...]

    @property
    def marked(self) -> list[Change]:
        """Return the changes that can be found again."""
        return [c for c in self.changes if "/*" in c.new]


@dataclass(frozen=True)
class OpenedFile:
    """The text of a file before its macros were written as functions."""

    text: str
    macros: tuple[Opened, ...]

    @property
    def changes(self) -> list[Change]:
        """Return all changes, in order."""
        return [change for one in self.macros for change in one.changes]

    def opened(self) -> str:
        """Return the text with functions in place of macros."""
        made, at = [], 0
        for change in self.changes:
            made += [self.text[at:change.start], change.new]
            at = change.end
        return "".join(made) + self.text[at:]

    def joined(self, text: str) -> str:
        """Return an edited text with macros of one line on one line again.

        What is longer than the macro is may have been laid out anew.
        """
        for one in self.macros:
            head, *_, tail = one.marked
            start, stop = text.find(head.new), text.find(tail.new)
            if one.line == one.last and 0 <= start < stop:
                text = text[:start] + re.sub(r"(\()?\s*\n\s*", lambda m: (
                    m[1] or " "), text[start:stop]) + text[stop:]
        return text

    def closed(self, text: str) -> str:
        """Return an edited text with macros in place of functions."""
        for one in self.macros:
            text = _closed(self.text, one, text)
        return text

    def column(self, line: int, column: int) -> int:
        """Return where a column of the text with functions is in the file."""
        start = CText(self.text).offset(line)
        moved = 0
        for change in self.changes:
            shown = change.start + moved - start
            if change.start >= start and shown < column and \
                    "\n" not in self.text[start:change.start]:
                moved += len(change.new) - (change.end - change.start)
        return column - moved

    def holds(self, line: int) -> bool:
        """Say whether a line is one of a macro that is written as a function."""
        return any(one.line <= line <= one.last for one in self.macros)


def opened(text: CText, define: Define, kind: str, types: Sequence[str],
           mark: str) -> Opened:
    """Return a definition as a function with a result and parameters of types.

    mark: what no comment of the file is.
    """
    raw = text.text
    names = define.params if define.params is not None else tuple(
        f"arg{n}" for n in range(len(types)))
    params = ", ".join(f"{t}{'' if t.endswith('*') else ' '}{n}"
                       for t, n in zip(types, names)) or "void"
    first, last = define.body
    gives = kind != "void"
    head = f"static inline {kind} {define.name}({params}) {{/*{mark}*/ " + (
        "return " if gives and not define.is_block else "")
    fold = raw.find("\\\n", define.start, first)
    changes = [Change(define.start, first if fold < 0 else fold, head)]
    inner = ""
    if define.is_block:
        opening = raw.index("(", first)
        changes.append(Change(opening, opening + 1, f"/*{mark}b*/"))
        value = _value(text, define) if gives else -1
        if value >= 0:
            changes.append(Change(value, value, f"/*{mark}r*/return "))
        changes.append(Change(last - 1, last, ""))
    elif define.alias:
        inner = f"({', '.join(names)})"
    end = "" if define.text[-1] in ";}" or define.is_block else ";"
    changes.append(Change(last, last, f"{inner}{end}/*{mark}e*/}}"))
    joined = [Change(define.start + m.start(), define.start + m.start() + 1,
                     " ") for m in re.finditer(
                         r"\\\n", raw[define.start:define.end])]
    changes += [c for c in joined if c.start != fold]
    if fold >= 0:
        changes[0] = Change(define.start, fold + 1, head)
    return Opened(define.name, define.line, text.line_of(define.end - 1), tuple(
        sorted(changes, key=lambda c: (c.start, c.end))))


def _value(text: CText, define: Define) -> int:
    """Return where the last statement of a statement expression begins."""
    shown = CText(text.visible[define.body[0]:define.body[1]].replace(
        "\\\n", " \n"))
    at = start = shown.code.index("{") + 1
    end = shown.code.rstrip(" \n)").rindex("}")
    while shown.code[at:end].strip():
        start, at = at, shown.statement_end(at)
    start += len(shown.code[start:]) - len(shown.code[start:].lstrip())
    return define.body[0] + start


def _closed(old: str, one: Opened, text: str) -> str:
    """Return a text with one function as the macro that it was."""
    marks = one.marked
    for change in marks:
        if text.count(change.new) != 1:
            raise NotClosed(f"{one.name}(): what stands for its definition "
                            "was changed")
    start = text.index(marks[0].new)
    stop = text.index(marks[-1].new)
    head, *rest = marks
    fold = old[head.end - 1:head.end] == "\\"
    body = text[start + len(head.new):stop]
    for change in rest[:-1]:
        body = body.replace(change.new, old[change.start:change.end])
    was = old[head.end:marks[-1].start]
    lines = [old[head.start:head.end - fold] + (
        "" if fold else body.split("\n", 1)[0])]
    lines += body.split("\n")[1:]
    known = old[head.start:marks[-1].start].split("\n")
    if any(c.new == "" for c in one.changes):
        lines[-1] += ")"
    made = [*_joined(lines[:-1], known), lines[-1]]
    if not was:
        raise NotClosed(f"{one.name}() has no body")
    return text[:start] + "\n".join(made) + text[stop + len(marks[-1].new):]


def _joined(lines: list[str], known: list[str]) -> Iterator[str]:
    """Yield lines that go on, as they were where they are among the known."""
    same = {line.rstrip("\\").rstrip(): line for line in known[:-1]}
    first = known[0] if len(known) > 1 else ""
    gap = first.rstrip("\\")[len(first.rstrip("\\").rstrip()):]
    width = _width(first.rstrip("\\"))
    for line in lines:
        bare = line.rstrip()
        if bare in same:
            yield same[bare]
            continue
        while "\t" in gap and _width(bare) < width:
            bare += "\t"
        yield bare + (" " * max(1, width - _width(bare)) if len(gap) > 1
                      and "\t" not in gap else "" if bare.endswith("\t")
                      else " ") + "\\"


def _width(line: str) -> int:
    return len(line.expandtabs(_TAB))
