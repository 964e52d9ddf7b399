# SPDX-License-Identifier: GPL-2.0-only
"""Find pages of a kernel iterator that are used after their owner's release.

Extraction takes nothing on them, so they last as long as their owner keeps
them: until the call returns, or until the I/O is reported as complete. A
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
# The member that is called when an asynchronous request has completed
# (include/linux/fs.h).
_COMPLETION = "ki_complete"


def obstacle(program: Program, site: CallSite,
             releases: list[Event]) -> WhyNot | None:
    """Return why kernel pages would not be held long enough, or None."""
    later = _released_later(program, site, releases)
    if later:
        return WhyNot(
            Code.KERNEL_PAGES_OUTLIVE,
            "Kernel iterators reach this call, and nothing is taken on their "
            "pages by extraction. They are dropped here, when the owner of "
            "the iterator may have let go of them: nothing waits for this or "
            "is told of it.", later.place)
    late = used_late(program, site)
    if late:
        return WhyNot(
            Code.KERNEL_PAGES_LATE, "A kernel iterator's pages would not be "
            "held any more when they are used here, after the I/O was said to "
            "be done.", late.place)
    return None


def _released_later(program: Program, site: CallSite,
                    releases: list[Event]) -> Event | None:
    """Return a release for which the iterator's owner does not wait, or None.

    It is on a path from an entry point that does not lead to the acquisition, no
    function above the acquisition waits, and no file of these completes a struct
    kiocb.
    """
    above = _above(program, site.function)
    if any(_COMPLETION in f.text.words for f in above) or any(
            _WAITS.search(f.text.code[f.body[0]:f.body[1]]) for f in above):
        return None
    mine = entries(program, site.function, site.statement.start)
    for release in releases:
        if _COMPLETION in release.function.text.words:
            continue
        paths = entries(program, release.function, release.statement.start)
        if any(not any(path.meets(own) for own in mine) for path in paths):
            return release
    return None


def _above(program: Program, function: Function) -> list[Function]:
    """Return a function and all its callers, by name, up to the entry points."""
    found = [function]
    for current in found:
        if len(found) > LIMIT or program.named_often(current, CALLERS):
            break
        found += [caller for caller, use in program.naming(
            current.name, current)
            if caller.name and use.call and caller not in found]
    return found


def used_late(program: Program, site: CallSite) -> Event | None:
    """Return the first use of a site's pages after their I/O completed, or None.

    Their owner may release them once the I/O has completed.
    """
    return next((e for e in site.flow.of(EventKind.DIRTY, EventKind.CPU,
                                         EventKind.DEVICE)
                 if _completed_before(program, e.function, e.statement.start, 0)),
                None)


def _completed_before(program: Program, function: Function, offset: int,
                      level: int) -> bool:
    """Say whether the I/O is completed before an offset, here or by a caller."""
    if any(use.call and use.statement.start < offset
           and not _leaves(function, use.statement)
           for use in function.members.get(_COMPLETION, ())):
        return True
    return not level and any(
        _completed_before(program, caller, use.statement.start, 1)
        for caller, use in program.naming(function.name, function)
        if caller.key != function.key)


def _leaves(function: Function, statement: Statement) -> bool:
    """Say whether the block of a statement ends by leaving the function."""
    _, high = function.block_at(statement.start)
    return high < function.body[1] and bool(
        jumps.ENDS_BLOCK.search(function.text.code[statement.end:high]))
