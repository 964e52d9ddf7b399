# SPDX-License-Identifier: GPL-2.0-only
"""Mend how pages are given back: as references, unmarked, or marked unlocked."""

from __future__ import annotations

from collections.abc import Iterator

from pinlib.audit.plain import mend
from pinlib.audit.plain.mend import Mend
from pinlib.base.edits import (Edit, MarkLocked, MarkPage, MarkRange, Place,
                               Unpin, UnpinPages)
from pinlib.base.why_not import Manual
from pinlib.decide import release_edits
from pinlib.decide.bugs import mismatched
from pinlib.decide.bugs.findings import Finding
from pinlib.decide.bugs.marks import may_sleep
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.program.function import Use
from pinlib.program.locations import Resolver
from pinlib.program.program import Program

_MARKS = {"unpin_user_pages": MarkRange, "unpin_user_page": MarkPage}


def dropped(program: Program, resolver: Resolver, site: CallSite,
            found: list[Finding]) -> Iterator[Mend]:
    """Yield what drops pins as pins, where each is proven to be dropped wrongly."""
    for event in mismatched.releases(program, resolver, site):
        place = _place(event)
        finding = _of(found, "mismatch", event)
        if place is None or finding is None or mismatched.shared(
                resolver, site, event):
            continue
        try:
            release_edits.check(resolver, site, event)
        except Manual:
            continue
        edit = release_edits.edit(resolver, site, event, place, None)
        if isinstance(edit, (Unpin, UnpinPages)):
            yield _mend(mend.PINS, finding, edit, event, site)


def marked(program: Program, site: CallSite,
           found: list[Finding]) -> Iterator[Mend]:
    """Yield what marks pages dirty where all of them are given back.

    Pages that the acquiring function drops after a failure nobody wrote to.
    """
    drops = site.flow.of(*RELEASE_KINDS)
    for finding in found:
        if finding.code != "not-dirtied" or not finding.fix:
            continue
        wanted = [e for e in drops if e.function.file == finding.file
                  and e.statement.line == finding.line] if \
            finding.function == site.function.name else [
                e for e in drops if e.function.key != site.function.key]
        edits = [_marking(program, e) for e in wanted]
        if None not in edits:
            yield from (_mend(mend.DIRTY, finding, edit, event, site)
                        for edit, event in zip(edits, wanted) if edit)


def locked(program: Program, site: CallSite,
           found: list[Finding]) -> Iterator[Mend]:
    """Yield what locks a page to mark it dirty."""
    for event in site.flow.of(EventKind.DIRTY):
        finding, place = _of(found, "dirtied-unlocked", event), _place(event)
        if finding and finding.fix and place and may_sleep.proven(
                program, event.function, event.statement.start):
            yield _mend(mend.LOCKED, finding, MarkLocked(*place), event, site)


def _marking(program: Program, event: Event) -> Edit | None:
    """Return what has a release mark the pages, where it may sleep for that."""
    place, kind = _place(event), _MARKS.get(event.detail)
    return kind(*place) if kind and place and may_sleep.proven(
        program, event.function, event.statement.start) else None


def _place(event: Event) -> Place | None:
    """Return where the function that an event calls is named."""
    if event.call is None:
        return None
    at = event.function.position(Use(event.statement, event.call.kids[0]))
    return (event.function.file, *at, event.call.kids[0].value) if at else None


def _of(found: list[Finding], code: str, event: Event) -> Finding | None:
    """Return the finding that an event is the wrong place of."""
    return next((f for f in found if (f.code, f.file, f.line) == (
        code, event.function.file, event.statement.line)), None)


def _mend(kind: str, finding: Finding, edit: Edit, event: Event,
          site: CallSite) -> Mend:
    return Mend(kind, finding, edit, event.function.name, site.function.name,
                site.file, site.api)
