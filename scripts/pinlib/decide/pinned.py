# SPDX-License-Identifier: GPL-2.0-only
"""Check whether calls that pin already release what they took as pins."""

from __future__ import annotations

from pinlib.base.codes import Code
from pinlib.base.records import Disposition
from pinlib.decide.bugs import mismatched
from pinlib.decide.decide import Decision
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import EventKind, RELEASE_KINDS
from pinlib.kernel import effects
from pinlib.program.locations import Resolver
from pinlib.program.program import Program


def decide(program: Program, resolver: Resolver, site: CallSite,
           decision: Decision) -> None:
    """Decide whether the releases of a call that pins drop pins."""
    releases = site.flow.of(*RELEASE_KINDS)
    decision.code = Code.PINS_AND_UNPINS
    wrong = [] if site.flow.of(EventKind.UNKNOWN) or site.flow.unclear else \
        mismatched.releases(program, resolver, site)
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
