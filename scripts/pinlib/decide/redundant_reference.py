# SPDX-License-Identifier: GPL-2.0-only
"""Find references that are dropped before the page is put to use.

The maker of a kernel iterator holds its pages, so such a reference protects
nothing: an extraction takes none, and the release goes. Code that counts the
references in between then finds one less.
"""

from __future__ import annotations

from dataclasses import dataclass

from pinlib.base.codes import Code
from pinlib.base.edits import Drop, Edit, Fewer, Place
from pinlib.csource.expr import Kind
from pinlib.decide import lifetime
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.program.function import Use
from pinlib.program.locations import LocationKind

CODE = Code.REFERENCE_NOT_TAKEN


@dataclass(frozen=True)
class Redundant:
    """The release that goes, and the counts that are compared before it."""

    release: Event
    used: Event
    counts: tuple[tuple[Event, int], ...]


def find(site: CallSite) -> Redundant | None:
    """Return what changes at a site that only kernel iterators reach, or None."""
    target, most = site.target, site.argument(3)
    if target is None or target.kind != LocationKind.VAR or "alloc" in site.api or \
            site.api not in effects.EXTRACT or str(most) != "1" or \
            str(site.pages) != f"&{target.name}" or \
            values(site.function, target.name):
        return None
    mine = [e for e in site.flow.events if e.location == target]
    drops = [e for e in mine if e.kind in RELEASE_KINDS]
    if len(drops) != 1 or drops[0].statement.tree is not drops[0].call or \
            drops[0].detail != "put_page" or len(drops) != len(site.flow.of(
                EventKind.RELEASE, EventKind.ARRAY_RELEASE)) or \
            any(e.kind in (EventKind.REF, EventKind.PLAIN_OWNER) for e in mine) or \
            not lifetime.follows(site.event(), drops[0]):
        return None
    used = lifetime.used_after(site.flow, drops[0])
    counts = [(e, _limit(e)) for e in mine
              if e.kind == EventKind.LOOK and e.detail in effects.COUNTS
              and e.statement.start < drops[0].statement.start]
    if used is None or any(n < 1 for _, n in counts) or \
            _apart(site, drops[0]):
        return None
    return Redundant(drops[0], used, tuple(counts))


def reason(site: CallSite, found: Redundant) -> str:
    """Return the sentence of the decision."""
    proof = site.kinds.proof[-1] if site.kinds else ""
    return (f"The page is used at line {found.used.statement.line}, after "
            "its reference was dropped: whoever made the iterator holds it, "
            f"and only kernel iterators reach this call ({proof}). "
            "Extraction takes nothing on their pages, so nothing is dropped.")


def _apart(site: CallSite, release: Event) -> bool:
    """Say whether a release stands in another block than the acquisition."""
    function = site.function
    return function.block_at(release.statement.start) != \
        function.block_at(site.statement.start)


def _limit(event: Event) -> int:
    """Return the number that a count must be below, as in `count(page) < 2`."""
    call = event.call
    test = call.parent if call else None
    if call is None or test is None or test.kind != Kind.BINARY or \
            test.value != "<" or test.kids[0] is not call or \
            not test.kids[1].value.isdecimal():
        return 0
    return int(test.kids[1].value)


def edits(found: Redundant) -> list[Edit]:
    """Return the edits of one site besides the call: its release and its counts."""
    return [Drop(*_place(found.release)), *(
        Fewer(*_place(event), str(limit - 1))
        for event, limit in found.counts)]


def _place(event: Event) -> Place:
    function, call = event.function, event.call
    place = function.position(Use(event.statement, call.kids[0])) \
        if call else None
    if place is None:
        raise LookupError(event.place)
    return function.file, *place, event.detail
