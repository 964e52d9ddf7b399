# SPDX-License-Identifier: GPL-2.0-only
"""What makes a conversion wrong although every release is known."""

from __future__ import annotations

import re

from . import api, keeping
from .ctext import CText
from .flow import Event
from .function import Function, Statement
from .program import Program
from .resolve import Resolver
from .sites import CallSite

_VERSION = re.compile(r"\bLINUX_VERSION_CODE\b|\bKERNEL_VERSION\s*\(|"
                      r"\bRHEL_RELEASE_CODE\b")
# What a kiocb's owner is told by.
_DONE = "ki_complete"


def first(program: Program, resolver: Resolver,
          site: CallSite) -> tuple[str, str, str] | None:
    """A code, a sentence and the line in the way; None if there is nothing."""
    for event in site.flow.of("look"):
        if event.detail in api.COUNTS:
            return "count-seen", (
                f"{event.detail}() tells each pin of a small page as 1024 "
                "references."), event.place
    for place, text, number in _places(site):
        if any(_VERSION.search(c) for _, _, c in text.conditions_at(number)):
            return "for-some-versions", (
                "This line is compiled for some versions of the kernel only; "
                "not all of them have pins."), place
    other = in_two_arms(site)
    if other:
        return "in-two-arms", (
            f"Line {other} takes pages too, in the other arm of an #if."), \
            f"{site.file}:{other}"
    line = keeping.abandoned(program, resolver, site)
    if line:
        return "left-held", (
            f"The pages are still held when {site.function.name}() is left "
            "here, and no statement outside it drops them."), \
            f"{site.file}:{line}"
    return None


def late(program: Program, site: CallSite) -> Event | None:
    """What is done with the pages after their I/O was said to be done.

    Nothing is held of a kernel iterator's pages once they are extracted, and
    who brought them may drop them when it hears of that.
    """
    return next((e for e in site.flow.of("dirty", "cpu", "device")
                 if _told_before(program, e.function, e.statement.start, 0)),
                None)


def _told_before(program: Program, function: Function, offset: int,
                 level: int) -> bool:
    """Is the iterator's owner told before an offset, here or by a caller?"""
    if any(use.statement.start < offset and not _leaves(
            function, use.statement) for use in function.members.get(_DONE, ())
            if use.node.parent is not None and use.node.parent.kind == "call"
            and use.node.parent.kids[0] is use.node):
        return True
    return not level and any(
        _told_before(program, caller, use.statement.start, 1)
        for caller, use in program.naming(function.name, function)
        if caller.key != function.key)


def _leaves(function: Function, statement: Statement) -> bool:
    """Does the block of a statement end by leaving the function?"""
    _, high = function.block_at(statement.start)
    return high < function.body[1] and bool(re.search(
        r"\b(?:return|goto)\b[^;]*;\s*$",
        function.text.code[statement.end:high]))


def _places(site: CallSite) -> list[tuple[str, CText, int]]:
    """Where a site's pages are taken and dropped."""
    return [(e.place, e.function.text, e.statement.line) for e in [
        site.event(), *site.flow.of("release", "array-release", "dirty")]]


def in_two_arms(site: CallSite) -> int:
    """The line of a call like this one in another arm of an #if, or 0."""
    text = site.function.text
    mine = {start: arm for start, arm, _ in text.conditions_at(site.line)}
    low, high = site.function.body
    for name in (*api.MISSION, *api.OTHER_GET, *api.PINNING):
        for offset in text.words.get(name, ()):
            line = text.line_of(offset)
            if mine and low < offset < high and any(
                    mine.get(start, arm) != arm
                    for start, arm, _ in text.conditions_at(line)):
                return line
    return 0
