# SPDX-License-Identifier: GPL-2.0-only
"""Find pages that are marked dirty though nobody was allowed to write to them.

A page taken without FOLL_WRITE may be a file's that the task can only read. Who
marks it dirty has it written back, past the filesystem's page_mkwrite().
"""

from __future__ import annotations

from pinlib.decide import foll_flags
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.program.program import Program

_YES = ("true", "1")


def marked(program: Program, site: CallSite) -> list[Event]:
    """Return where pages are marked whatever they were taken for.

    Nothing is said where pages of another call may be among them.
    """
    given = foll_flags.given(program, site)
    if not given.never_writes or given.has("FOLL_FORCE") or \
            site.flow.entries or len(
                {e.place for e in site.flow.of(EventKind.ACQUIRE)}) > 1:
        return []
    return [e for e in site.flow.of(EventKind.DIRTY, *RELEASE_KINDS)
            if e.kind == EventKind.DIRTY or _dirties(e)]


def _dirties(release: Event) -> bool:
    return release.detail.endswith("dirty_lock") and release.call is not None \
        and release.call.kids[-1].value in _YES
