# SPDX-License-Identifier: GPL-2.0-only
"""Check whether calls that pin already release what they took as pins.

The report follows them for a few rounds of facts, beginning with the releases of
their own files, and to the end where a table of pages goes through a pointer;
`audit` follows them to the end.
"""

from __future__ import annotations

from pinlib.base.codes import Code
from pinlib.base.records import Disposition
from pinlib.csource.expr import Kind
from pinlib.decide.bugs.findings import wrong_releases
from pinlib.decide.decide import Decision
from pinlib.flow import call_sites
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import EventKind, RELEASE_KINDS
from pinlib.flow.iterators import Iterators
from pinlib.flow.other_tables import TABLES
from pinlib.kernel import effects
from pinlib.program.locations import Resolver
from pinlib.program.program import Program

ROUNDS = 4
DEEPEST = 24
RELEASES = frozenset(n for n, arg in effects.EFFECTS if arg == 0
                     and effects.releases(n)) | frozenset(effects.UNPIN)


def decide_all(program: Program, resolver: Resolver, iterators: Iterators,
               made: list[Decision], names: list[str]) -> None:
    """Compare the decisions on pinning calls with their releases."""
    pinned = {d.site.id: d for d in made if d.disposition == Disposition.CONVERTED}
    for file in sorted({d.site.file for d in pinned.values()}):
        text = program.text(file)
        spans = {text.span_at(text.line_of(o)) for word in RELEASES
                 & set(text.words) for o in text.words[word]}
        program.load({file: {(s.start, s.end) for s in spans}})
    for number in range(DEEPEST):
        if not program.flush() and number:
            break
        for site in call_sites.find(program, resolver, names):
            decision = pinned.get(site.id)
            if decision is not None and number < _rounds(decision.site):
                decision.site = site
                call_sites.trace(program, resolver, iterators, site)
                decide(program, resolver, site, decision)


def _rounds(site: CallSite) -> int:
    """Return in how many rounds of facts a site is followed.

    A call through a pointer is not known until its tables are read; where those
    are not in the driver it stays so, and following it leads everywhere.
    """
    kinds = {e.kind for e in site.flow.of(EventKind.CALL, EventKind.UNKNOWN)
             if e.category in TABLES and e.call is not None
             and e.call.kids[0].kind != Kind.ID}
    return DEEPEST if EventKind.CALL in kinds else 2 * ROUNDS if kinds else ROUNDS


def decide(program: Program, resolver: Resolver, site: CallSite,
           decision: Decision) -> None:
    """Decide whether the releases of a call that pins drop pins."""
    releases = site.flow.of(*RELEASE_KINDS)
    # What an earlier round saw less of does not count.
    decision.disposition = Disposition.CONVERTED
    decision.code = Code.PINS_AND_UNPINS
    decision.blocked_by = None
    wrong = [] if site.flow.of(EventKind.UNKNOWN) or site.flow.unclear else \
        wrong_releases(program, resolver, site)
    if wrong:
        first = wrong[0]
        decision.releases = releases
        decision.disposition = Disposition.MISMATCH
        decision.code = Code.PIN_PUT
        decision.reason = (f"{first.detail}() drops what {site.api}() took "
                           "as a pin.")
        decision.blocked_by = first.place
        return
    right = [e for e in releases if e.detail in effects.UNPIN]
    if right:
        decision.releases = right
        decision.reason = ("The pages are pinned here; the pins are dropped "
                           f"with {right[0].detail}() ({right[0].place}).")
        return
    decision.code = Code.RELEASE_NOT_FOLLOWED
    decision.reason = ("The pages are pinned here; where the pins are "
                       "dropped was not followed.")
