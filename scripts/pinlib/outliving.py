# SPDX-License-Identifier: GPL-2.0-only
"""Pages of a kernel iterator that are used after its owner was let go.

Extraction takes nothing on them, so they last as long as their owner keeps
them: until the call returns, or until it is told that the I/O is done. A
plain reference, which there was before, lasted until it was dropped.
"""

from __future__ import annotations

import re

from .entries import CALLERS, entries
from .flow import Event
from .function import Function
from .program import Program
from .sites import CallSite

LIMIT = 40
_WAITS = re.compile(r"\b\w*wait(?!queue)\w*\s*\(")
# How the owner of an asynchronous request is told, and the member that is
# called for it (include/linux/fs.h).
_TOLD = "ki_complete"


def released_later(program: Program, site: CallSite,
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
