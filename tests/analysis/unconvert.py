# SPDX-License-Identifier: GPL-2.0-only
"""Turns a driver that pins back to the plain references it began with.

The kernel's own drivers are the ground truth: what is turned back here and
then converted must be the driver again. A release of an array is written as
drivers wrote it before there was a call for it: a loop where it stands, or
a function of the file that loops.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pinlib.csource.masking import CText

COUNTER = "plain_i"
HELPER = "plain_put_pages"
_ARRAYS = re.compile(
    r"\bunpin_user_page(?:s|s_dirty_lock|_range_dirty_lock)\b(?=\s*\()")
# A loop over single pages, as tokens.
_LEFT = re.compile(
    rf"for \( {COUNTER} = 0 ; {COUNTER} < ([^;]*?) ; {COUNTER} \+ \+ \) "
    rf"(?P<open>{{ )?(unpin_\w+) \( ([^;]*? {COUNTER} \]) ((?:, [^;]*?)?)\) ;"
    r"(?(open) })")
_HEAD = (f"static void {HELPER}(struct page **pages, unsigned long n,\n"
         "\t\t\t    bool dirty)\n{\n")


@dataclass(frozen=True)
class Drop:
    """A statement that releases an array of pages."""

    start: int
    end: int
    pages: str
    count: str
    dirty: str
    indent: str
    bare: bool
    # A run of pages of memory, and not an array of pointers.
    near: bool = False

    @property
    def page(self) -> str:
        """The one page of the array, or ""."""
        return self.pages[1:] if self.count == "1" and \
            self.pages.startswith("&") else ""


def plain(text: str, helper: bool) -> str:
    """The driver with plain references."""
    text = _short(text)
    used = helper and any(not d.page and not d.near for d in _drops(text))
    made = _each(text, lambda drop: _one(drop) if drop.page else
                 _call(drop) if helper and not drop.near else _loop(drop, COUNTER),
                 [] if helper else _bodies(text))
    made = re.sub(r"\bunpin_user_page\b", "put_page", re.sub(
        r"\bpin_user_pages_fast\b", "get_user_pages_fast", made))
    return _with_helper(made, "\tunsigned long i;\n\n\t" + _loop(
        Drop(0, 0, "pages", "n", "dirty", "\t", False), "i") + "\n"
        ) if used else made


def pinned(text: str, helper: bool) -> str:
    """What the plain driver has to become."""
    text = _short(text)
    used = helper and any(not d.page and not d.near for d in _drops(text))
    text = _each(text, lambda drop: (
        f"unpin_user_page({drop.page});" if drop.page and not drop.dirty else
        _call(drop) if helper and not drop.page and not drop.near else
        f"unpin_user_pages({drop.pages}, {drop.count});" if not drop.dirty
        else ""))
    return _with_helper(text, "\tunpin_user_pages_dirty_lock("
                        "pages, n, dirty);\n") if used else text


def same(one: str, other: str) -> bool:
    """Do two texts hold the same code, and release the same pages?

    A loop whose count may be negative stays a loop, of single pages.
    """
    return _tokens(one) == _tokens(other)


def _tokens(text: str) -> str:
    """The code of a text, without comments, strings and the counter."""
    code = re.sub(rf"\bint {COUNTER};", "", CText(_short(text)).visible)
    return _LEFT.sub(_whole, " ".join(re.findall(
        r"\w+|->|[-+*/&|<>=!]=?|\S", code)))


def _whole(loop: re.Match[str]) -> str:
    """A loop over single pages as one call."""
    count, _, call, pages, rest = loop.groups()
    pages = pages.removeprefix("& ").removesuffix(f" [ {COUNTER} ]")
    if pages.endswith(f" + {COUNTER} ]"):
        pages = f"& {pages.removesuffix(f' + {COUNTER} ]')} ]"
    if call == "unpin_user_page":
        return f"unpin_user_pages ( {pages} , {count} ) ;"
    return f"{call} ( {pages} , {count} {rest.removeprefix(', 1 ')}) ;"


def arguments(code: str, opening: int) -> tuple[list[str], int]:
    """The arguments of a call, and the offset behind it."""
    depth, start, found = 0, opening + 1, []
    for at in range(opening, len(code)):
        depth += (code[at] in "([{") - (code[at] in ")]}")
        if depth == 0 or depth == 1 and code[at] == ",":
            found.append(" ".join(code[start:at].split()))
            start = at + 1
        if depth == 0:
            return found, at + 1
    raise ValueError("a call that does not end")


def _short(text: str) -> str:
    """The same pins, without a word on how long they live."""
    text = re.sub(r"\s*\|\s*FOLL_LONGTERM\b|\bFOLL_LONGTERM\s*\|\s*", "",
                  text)
    return re.sub(r"\bFOLL_LONGTERM\b", "0", text)


def _drops(text: str) -> Iterator[Drop]:
    code = CText(text).code
    for match in _ARRAYS.finditer(code):
        given, end = arguments(code, code.index("(", match.end()))
        dirty = (*given, "false")[2]
        before = code[:match.start()]
        line = before[before.rindex("\n") + 1:]
        yield Drop(match.start(), code.index(";", end) + 1, given[0],
                   given[1], "" if dirty in ("false", "0") else dirty,
                   line[:len(line) - len(line.lstrip())],
                   before.rstrip().endswith((")", "else")),
                   "range" in match.group())


def _each(text: str, write: Callable[[Drop], str],
          bodies: Iterable[int] = ()) -> str:
    """Each release of an array in other words, where there are any."""
    edits = [(d.start, d.end, write(d)) for d in _drops(text)]
    edits += [(at, at, f"\n\tint {COUNTER};") for at in bodies]
    for start, end, new in sorted(edits, reverse=True):
        if new:
            text = text[:start] + new + text[end:]
    return text


def _bodies(text: str) -> list[int]:
    """Where the functions that drop arrays begin."""
    code = CText(text).code
    return sorted({code.rindex("\n{", 0, d.start) + 2 for d in _drops(text)
                   if not d.page})


def _one(drop: Drop) -> str:
    lines = _marked(drop, drop.page)
    if len(lines) > 1 and drop.bare:
        lines = ["{", *lines, "}"]
    return f"\n{drop.indent}".join(lines)


def _loop(drop: Drop, counter: str) -> str:
    page = f"{drop.pages}[{counter}]"
    if drop.near:
        page = f"nth_page({drop.pages}, {counter})"
    elif drop.pages.startswith("&") and drop.pages.endswith("]"):
        page = f"{drop.pages[1:-1]} + {counter}]"
    elif " + " in drop.pages:
        page = f"{drop.pages.replace(' + ', '[', 1)} + {counter}]"
    lines = ["\t" + line for line in _marked(drop, page)]
    opening, closing = (" {", ["}"]) if len(lines) > 1 else ("", [])
    return f"\n{drop.indent}".join([
        f"for ({counter} = 0; {counter} < {drop.count}; {counter}++)"
        + opening, *lines, *closing])


def _marked(drop: Drop, page: str) -> list[str]:
    mark = f"set_page_dirty_lock({page});"
    if not drop.dirty:
        return [f"put_page({page});"]
    if drop.dirty in ("true", "1"):
        return [mark, f"put_page({page});"]
    return [f"if ({drop.dirty})", f"\t{mark}", f"put_page({page});"]


def _call(drop: Drop) -> str:
    return f"{HELPER}({drop.pages}, {drop.count}, {drop.dirty or 'false'});"


def _with_helper(text: str, body: str) -> str:
    last = [m.end() for m in re.finditer(r"^#include .*\n", text, re.M)][-1]
    return f"{text[:last]}\n{_HEAD}{body}}}\n{text[last:]}"
