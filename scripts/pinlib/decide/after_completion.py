# SPDX-License-Identifier: GPL-2.0-only
"""Pages of a kernel iterator that are used after its owner was let go.

Extraction takes nothing on them, so they last as long as their owner keeps
them: until the call returns, or until it is told that the I/O is done. A
plain reference, which there was before, lasted until it was dropped.
"""

from __future__ import annotations

import re

from pinlib.base.codes import Code
from pinlib.base.why_not import WhyNot
from pinlib.csource import jumps
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.program.callers import CALLERS, entries
from pinlib.program.function import Function, Statement
from pinlib.program.program import Program

LIMIT = 40
_WAITS = re.compile(r"\b\w*wait(?!queue)\w*\s*\(")
# How the owner of an asynchronous request is told, and the member that is
# called for it (include/linux/fs.h).
_TOLD = "ki_complete"


def obstacle(program: Program, site: CallSite,
             releases: list[Event]) -> WhyNot | None:
    """A code, a sentence and the named line; None if there is nothing."""
    later = _released_later(program, site, releases)
    if later:
        return WhyNot(
            Code.KERNEL_PAGES_OUTLIVE,
            "Kernel iterators reach this call, and nothing is taken on their "
            "pages by extraction. They are dropped here, when the owner of "
            "the iterator may have let go of them: nothing waits for this or "
            "is told of it.", later.place)
    late = _used_late(program, site)
    if late:
        return WhyNot(
            Code.KERNEL_PAGES_LATE, "A kernel iterator's pages would not be "
            "held any more when they are used here, after the I/O was said to "
            "be done.", late.place)
    return None


def _released_later(program: Program, site: CallSite,
                    releases: list[Event]) -> Event | None:
    """A release that the owner of the iterator neither waits for nor hears of.

    It stands on a way that no caller of the acquisition is on, no function
    from there up waits, and no file of these completes a struct kiocb.
    """
    above = _above(program, site.function)
    if any(_TOLD in f.text.words for f in above) or any(
            _WAITS.search(f.text.code[f.body[0]:f.body[1]]) for f in above):
        return None
    mine = entries(program, site.function, site.statement.start)
    for release in releases:
        if _TOLD in release.function.text.words:
            continue
        ways = entries(program, release.function, release.statement.start)
        if any(not any(way.meets(own) for own in mine) for way in ways):
            return release
    return None


def _above(program: Program, function: Function) -> list[Function]:
    """A function and all that call it, by name, up to the entry points."""
    found = [function]
    for current in found:
        if len(found) > LIMIT or program.named_often(current, CALLERS):
            break
        found += [caller for caller, use in program.naming(
            current.name, current)
            if caller.name and use.call and caller not in found]
    return found


def _used_late(program: Program, site: CallSite) -> Event | None:
    """What is done with the pages after their I/O was said to be done.

    Who brought them may drop them when it hears of that.
    """
    return next((e for e in site.flow.of(EventKind.DIRTY, EventKind.CPU,
                                         EventKind.DEVICE)
                 if _told_before(program, e.function, e.statement.start, 0)),
                None)


def _told_before(program: Program, function: Function, offset: int,
                 level: int) -> bool:
    """Is the iterator's owner told before an offset, here or by a caller?"""
    if any(use.call and use.statement.start < offset
           and not _leaves(function, use.statement)
           for use in function.members.get(_TOLD, ())):
        return True
    return not level and any(
        _told_before(program, caller, use.statement.start, 1)
        for caller, use in program.naming(function.name, function)
        if caller.key != function.key)


def _leaves(function: Function, statement: Statement) -> bool:
    """Does the block of a statement end by leaving the function?"""
    _, high = function.block_at(statement.start)
    return high < function.body[1] and bool(
        jumps.ENDS_BLOCK.search(function.text.code[statement.end:high]))
