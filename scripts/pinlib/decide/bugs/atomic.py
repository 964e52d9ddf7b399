# SPDX-License-Identifier: GPL-2.0-only
"""Find pages marked dirty by a function that sleeps, where nothing may sleep.

Completion handlers of bios, tasklets, timers and interrupt handlers run where
nothing may sleep; set_page_dirty_lock() waits for the page's lock.
"""

from __future__ import annotations

import re

from pinlib.csource.expr import Kind
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.flow.call_sites import CallSite
from pinlib.program.function import Function, Use
from pinlib.program.program import Program

SLEEPS = frozenset("set_page_dirty_lock folio_mark_dirty_lock "
                   "unpin_user_pages_dirty_lock "
                   "unpin_user_page_range_dirty_lock".split())
_HANDLERS = frozenset("tasklet_init tasklet_setup timer_setup".split())
_MEMBERS = frozenset(("bi_end_io",))
_ASKS = re.compile(r"\bin_(?:interrupt|atomic|hardirq|softirq|task|irq)\b|"
                   r"\birqs_disabled\b|\bpreemptible\b|\bbio_check_pages_dirty\b")
_MOST = 40


def sleeping(program: Program, site: CallSite) -> list[tuple[Event, Use]]:
    """Return each such mark, with the use that makes a handler of its caller."""
    found = []
    for event in site.flow.of(EventKind.DIRTY, *RELEASE_KINDS):
        call = event.call
        if call is None or call.kids[0].value not in SLEEPS or \
                call.kids[-1].value in ("false", "0"):
            continue
        use = handler(program, event.function)
        if use is not None:
            found.append((event, use))
    return found


def handler(program: Program, function: Function) -> Use | None:
    """Return the use that has a function called where nothing may sleep.

    Handlers are made in the function's own folder.
    """
    folder = function.file.rpartition("/")[0]
    if not any(file.rpartition("/")[0] == folder
               for name in (*_HANDLERS, *_MEMBERS)
               for file in program.naming_files(name)):
        return None
    seen = {function.key}
    work = [function]
    while work and len(seen) < _MOST:
        callee = work.pop()
        if _ASKS.search(callee.text.code[slice(*callee.body)]):
            continue
        for caller, use in program.naming(callee.name, callee):
            if use.call is not None and caller.name:
                if caller.key not in seen:
                    seen.add(caller.key)
                    work.append(caller)
            elif _registered(use):
                return use
    return None


def _registered(use: Use) -> bool:
    """Say whether a use makes a function such a handler."""
    above = use.node.parent
    while above is not None and (
            above.kind == Kind.CAST or above.kind == Kind.UNARY
            and above.value == "&"):
        above = above.parent
    if above is None:
        return False
    if above.kind == Kind.ASSIGN:
        return above.kids[0].kind == Kind.MEMBER and \
            above.kids[0].value.lstrip("->.") in _MEMBERS
    return above.kind == Kind.CALL and above.kids[0].value in _HANDLERS
