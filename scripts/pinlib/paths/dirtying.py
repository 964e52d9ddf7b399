# SPDX-License-Identifier: GPL-2.0-only
"""Find pages that are marked dirty too late, or without their lock.

A page whose reference was dropped may already belong to someone else when it is
marked. set_page_dirty() without the page lock races with truncation, which is
why set_page_dirty_lock() exists.
"""

from __future__ import annotations

from collections.abc import Iterable

from pinlib.csource.expr import Kind
from pinlib.csource.parser import parse
from pinlib.flow.graph import Event, EventKind
from pinlib.paths.watch import Watch
from pinlib.program.function import Function, Statement

MARKS = frozenset("set_page_dirty set_page_dirty_lock folio_mark_dirty "
                  "folio_mark_dirty_lock folio_set_dirty SetPageDirty "
                  "__set_page_dirty_nobuffers filemap_dirty_folio".split())
UNLOCKED = frozenset(("set_page_dirty", "folio_mark_dirty"))
_LOCKS = frozenset("lock_page trylock_page lock_page_killable "
                   "__lock_page folio_lock folio_trylock "
                   "folio_lock_killable".split())


def marks(event: Event) -> bool:
    """Say whether an event marks pages dirty."""
    return event.kind == EventKind.DIRTY or event.call is not None and \
        event.call.kids[0].value in MARKS


def late(watch: Watch, statement: Statement, dropped: int,
         done: Iterable[tuple[str, str, int]]) -> int:
    """Return the line that dropped pages a statement marks dirty, or 0.

    dropped: the line that dropped all of them; done: what was dropped one by one
    and has not changed since.
    """
    events = watch.dirties.get(statement.start, [])
    if not events:
        called = watch.markers and statement.tree is not None and any(
            n.kind == Kind.CALL and n.kids[0].value in watch.markers
            for n in statement.tree.walk())
        return dropped if called else 0
    for event in events:
        for kind, text, line in done:
            if kind == "release" and line != statement.line and \
                    _same(text, str(event.node)):
                return line
    return dropped


def _same(one: str, other: str) -> bool:
    """Say whether two expressions may name one page.

    Two different entries of one array do not.
    """
    if one == other:
        return True
    first, second = parse(one), parse(other)
    return first is None or second is None or not (
        first.kind == second.kind == Kind.INDEX)


def locked(event: Event, functions: Iterable[Function]) -> bool:
    """Say whether a page may be locked where it is marked dirty.

    True if one of the functions that see the page locks a page.
    """
    return any(name in f.uses for f in (event.function, *functions)
               for name in _LOCKS)


def unlocked(event: Event) -> bool:
    """Say whether an event marks a page dirty that should be locked."""
    return event.call is not None and event.call.kids[0].value in UNLOCKED
