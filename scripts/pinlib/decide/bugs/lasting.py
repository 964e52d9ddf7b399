# SPDX-License-Identifier: GPL-2.0-only
"""Find pins that are said to last and are gone when the function returns.

FOLL_LONGTERM fails on mappings of files and moves pages out of movable memory,
for what is over at once.
"""

from __future__ import annotations

import re

from pinlib.csource.expr import Kind
from pinlib.decide.bugs import asked_flags
from pinlib.decide.bugs.leaks import is_local
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.kernel import effects
from pinlib.paths.walker import Walker
from pinlib.program.program import Program

_GIVES = (EventKind.STORE, EventKind.INTO, EventKind.RETURN, EventKind.UNKNOWN,
          EventKind.DEVICE, EventKind.CALL, EventKind.BORROW)
# Somebody else decides how long such a function takes.
_WAITS = re.compile(r"\b\w*(?:wait|sleep|schedule)\w*\s*\(")


def over_at_once(program: Program, site: CallSite, walker: Walker) -> bool:
    """Say whether long-lived pins are dropped again on every path of a function."""
    given = asked_flags.given(program, site)
    releases = site.flow.of(*RELEASE_KINDS)
    function = site.function
    return bool(given) and all("FOLL_LONGTERM" in str(g) for g in given) and \
        bool(releases) and is_local(site) and not walker.keeps and \
        not walker.mistakes and all(
            e.function.key == function.key for e in releases) and \
        not any(map(_handed_on, site.flow.events)) and \
        not _WAITS.search(function.text.code[slice(*function.body)])


def _handed_on(event: Event) -> bool:
    """Say whether somebody may have a page, its number or address from here on."""
    tree = event.statement.tree
    stored = event.statement.fact.kind == "declare" or \
        tree is not None and tree.kind == Kind.ASSIGN
    # An address is lent for a call, as to memcpy().
    lent = event.kind == EventKind.BORROW and event.category == "addr"
    return event.kind in _GIVES and not lent or \
        event.kind == EventKind.CPU and stored or \
        event.kind == EventKind.LOOK and event.detail in effects.NUMBERED
