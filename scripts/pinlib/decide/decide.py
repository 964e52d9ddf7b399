# SPDX-License-Identifier: GPL-2.0-only
"""Decide from facts what may be converted, and why not.

Each decision has a code, one sentence and the line that a reader can open.
Whatever is not proven ends as `manual`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pinlib.base.codes import Code
from pinlib.base.edits import Refusal
from pinlib.base.records import Disposition
from pinlib.base.why_not import Manual, WhyNot, manual
from pinlib.decide import (after_completion, early, foll_flags, hazards,
                           kvec_refusal, lifetime, redundant_reference,
                           release_edits, unexplained, unread_text)
from pinlib.decide.api_forms import Era
from pinlib.decide.bugs.findings import Finder, Finding, SHORT
from pinlib.decide.bugs.leaks import Leak
from pinlib.decide.origins import mixing
from pinlib.decide.origins.origins import Origins
from pinlib.decide.pin_state import as_argument, in_struct
from pinlib.decide.pin_state.in_owner import Carriers
from pinlib.decide.pin_state.kinds import Always, PinState
from pinlib.decide.reviewed_answers import Answer, Decisions
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.kernel import effects
from pinlib.program import shims
from pinlib.program.locations import Location, Resolver
from pinlib.program.program import Program


@dataclass(eq=False)
class Decision:
    """The outcome for one site, and what its patch has to change."""

    site: CallSite
    disposition: Disposition
    code: Code
    reason: str
    blocked_by: str | None = None
    case: int | None = None
    longterm: bool = False
    asked_longterm: bool = False    # the call gives FOLL_LONGTERM already
    needs_flag: bool = False
    pin_state: PinState = Always()
    redundant: redundant_reference.Redundant | None = None
    refusal: Refusal | None = None
    releases: list[Event] = field(default_factory=list)
    left: list[tuple[Event, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reviewed: Answer | None = None
    until: Answer | None = None
    told_by: str = ""       # how releases learn whether to unpin, a clause
    leaks: list[Leak] = field(default_factory=list)
    core: dict[str, Any] | None = None     # the entry of a core rule
    passed: list[str] = field(default_factory=list)
    # Those near the call, and the leaks of exits; None if nobody looked yet.
    bugs: tuple[list[Finding], list[Finding]] | None = None
    # In what its calls are lost that the reader finds and Coccinelle does not.
    only_read: list[str] = field(default_factory=list)

    def leave(self, why: WhyNot) -> None:
        """Leave the site to a person."""
        self.disposition = Disposition.MANUAL
        self.code, self.reason = why.code, why.reason
        self.blocked_by = why.place

    @property
    def iterators(self) -> set[str]:
        """Return the kinds that reach the call and are not refused."""
        kinds = self.site.kinds.kinds if self.site.kinds else set()
        return kinds - {"kvec"} if self.refusal else kinds


class Decider:
    """The decisions on the sites of one tree."""

    def __init__(self, program: Program, resolver: Resolver,
                 decisions: Decisions, era: Era) -> None:
        self.program = program
        self.resolver = resolver
        self.decisions = decisions
        self.era = era
        self.finder = Finder(program, resolver)

    def decide(self, site: CallSite) -> Decision:
        """Return the decision on one site."""
        made = self._by_call(site)
        if made and not made.redundant:
            return made
        decision = made or Decision(site, Disposition.CONVERT, Code.PIN_SHORT, "")
        try:
            if not made:
                self._convert(site, decision)
                self._safe(site)
            decision.refusal = kvec_refusal.find(self.resolver, site)
        except Manual as stop:
            decision.leave(stop.why)
        return decision

    def already(self, site: CallSite) -> Decision:
        """Return the decision on a pinning call, before its releases."""
        own = early.of_interface(self.program, site)
        if own:
            return Decision(site, own.disposition, own.code, own.reason)
        return Decision(site, Disposition.CONVERTED, Code.PINS_AND_UNPINS,
                        "The pages are pinned here.")

    def _by_call(self, site: CallSite) -> Decision | None:
        """Return the decision on a site whose releases do not matter, or None."""
        known = early.decide(self.program, self.resolver, self.era, site)
        if known is None:
            return None
        lost = unread_text.obstacle(self.program, self.resolver, site) \
            if known.case else None
        if lost:
            return Decision(site, Disposition.MANUAL, lost.code, lost.reason,
                            lost.place)
        decision = Decision(site, known.disposition, known.code, known.reason,
                            known.blocked_by, known.case)
        decision.releases = site.flow.of(*RELEASE_KINDS)
        found = redundant_reference.find(site) \
            if known.code == Code.KERNEL_PAGES and \
            "pipe" not in decision.iterators and \
            not self.era.obstacle(site) else None
        if found:
            decision.disposition = Disposition.CONVERT
            decision.code = redundant_reference.CODE
            decision.case, decision.redundant = 1, found
            decision.reason = redundant_reference.reason(site, found)
        return decision

    def _safe(self, site: CallSite) -> None:
        """Raise the first bug of today that a conversion would carry on."""
        for bug in self.finder.on_paths(site, True):
            if not bug.code.startswith("leak-"):
                raise manual(
                    Code.SHORT_PIN_AS_FULL if bug.code == SHORT
                    else Code.RELEASE_WRONG_TODAY,
                    f"{bug.text} That needs a fix of its own first.",
                    f"{bug.file}:{bug.line}")
            if bug.confidence == "High":
                raise manual(Code.LEAK_TODAY, f"{bug.text} That needs a fix of "
                             "its own first.", f"{bug.file}:{bug.line}")

    def _convert(self, site: CallSite, decision: Decision) -> None:
        """Prove that every release is known, or raise the reason."""
        obstacle = self.era.obstacle(site)
        if obstacle:
            raise Manual(obstacle)
        if site.target is None:
            raise manual(Code.PAGES_UNKNOWN, f"What receives the pages "
                         f"({site.pages}) is not resolved.",
                         str(site.statement))
        if obstacle := early.unpinnable(self.program, site):
            raise Manual(obstacle)
        for mistake in self.finder.late(site):
            raise manual(Code.DIRTIED_AFTER_PUT, mistake.text,
                         f"{mistake.file}:{mistake.line}")
        for event in site.flow.of(EventKind.RELEASE):
            after = lifetime.used_after(site.flow, event)
            if after and event.location == site.target:
                raise manual(
                    Code.DROPPED_EARLY, "The page is used here after its "
                    "reference was dropped; a pin dropped there would end "
                    "too early.", after.place)
        for place, text in site.flow.unclear:
            file, _, line = place.rpartition(":")
            head = line == "1" or self.program.tree.is_kernel(file)
            raise manual(Code.UNCLEAR_MEMBER, text,
                         str(site.statement) if head else place)
        origins = Origins(self.program, self.resolver, site)
        decision.passed.append("call")
        self._lost(site)
        kept = lifetime.kept_on(self.resolver, site)
        if kept:
            raise Manual(kept)
        self._unknown_uses(site, origins)
        decision.passed.append("uses")
        self._choose_releases(site, decision, origins)
        hazard = hazards.first(self.program, self.resolver, site)
        if hazard:
            raise Manual(hazard.code == Code.LEFT_HELD and unexplained.in_macro(
                self.program, site) or hazard)
        for event in decision.releases:
            release_edits.check(self.resolver, site, event)
        decision.passed.append("releases")
        self._unexplained(site)
        decision.passed.append("unexplained")
        self._lifetime(site, decision)
        decision.passed.append("lifetime")
        self._exits(site, decision)
        decision.passed.append("exits")
        self._flag(site, decision)
        lost = unread_text.obstacle(self.program, self.resolver, site)
        if lost:
            raise Manual(lost)

    def _lost(self, site: CallSite) -> None:
        """Raise a leak that is one whatever the other uses of the pages are."""
        for leak in self.finder.lost(site):
            raise manual(Code.LEAK_TODAY, f"After {leak.after} the array is freed "
                         "with the pages still held. That needs a fix of its own "
                         "first.", f"{site.file}:{leak.line}")

    def _unknown_uses(self, site: CallSite, origins: Origins) -> None:
        others = origins.others()
        for event in site.flow.of(EventKind.UNKNOWN):
            if origins.excluded(event, others) is None:
                self._mixed_release(site, origins, event, others)
                raise manual(
                    Code.UNKNOWN_USE, f"{event.detail or event.node} does "
                    "something with the page that is not known.",
                    event.place)
        for event in site.flow.of(EventKind.REF):
            if origins.excluded(event, others) is None and \
                    not (lifetime.own_pair(site.flow, event) or
                         lifetime.given_away(site.flow, event)):
                raise manual(
                    Code.EXTRA_REFERENCE, "An extra reference is taken here "
                    f"by {event.detail}(); which release balances it is "
                    "not proven.", event.place)
        for event in site.flow.of(EventKind.ESCAPE):
            if self._released_below(site, event.location):
                raise manual(
                    Code.CALLBACK, "The function that releases the pages is "
                    "called through a pointer.", event.place)

    def _mixed_release(self, site: CallSite, origins: Origins, use: Event,
                       others: list[Event]) -> None:
        """Name the release that blocks it, rather than a use of other pages.

        What is done elsewhere with a holder that other pages are in as well
        may be done with them alone.
        """
        if use.function.key == site.function.key or not any(
                mixing.reaches(self.resolver, site, o, use)
                for o in others):
            return
        found = mixing.handed_on(self.resolver, origins, site)
        if found:
            raise mixing.obstacle(*found)

    @staticmethod
    def _released_below(site: CallSite, location: Location) -> bool:
        return location in [e.location for e in site.flow.of(
            EventKind.RELEASE, EventKind.ARRAY_RELEASE)]

    def _choose_releases(self, site: CallSite, decision: Decision,
                         origins: Origins) -> None:
        others = origins.others()
        blurred: list[tuple[Event, Event]] = []
        for event in site.flow.of(*RELEASE_KINDS):
            if why := origins.excluded(event, others) or lifetime.own_pair(
                    site.flow, event) or lifetime.given_away(site.flow, event):
                decision.left.append((event, why))
                continue
            mixed = mixing.seen_with(self.resolver, site, event, others)
            if mixed:
                why = origins.separated(event, mixed)
                if why is None:
                    blurred += [(event, other) for other in mixed]
                    continue
                decision.notes.append(
                    f"{event.place}: only these pages, {why}.")
            if self.program.tree.is_kernel(event.function.file):
                raise manual(Code.RELEASE_FORM, "A function of the kernel's "
                             f"own, {event.function.name}(), drops the "
                             "pages.", str(site.statement))
            decision.releases.append(event)
        if blurred:
            raise mixing.obstacle(*min(blurred, key=lambda two: mixing.distance(
                site.flow, *two)))
        if not decision.releases:
            if hidden := unexplained.in_macro(self.program, site):
                raise Manual(hidden)
            raise manual(Code.NO_RELEASE, "No statement was found that drops "
                         "these pages.", str(site.statement))

    def _unexplained(self, site: CallSite) -> None:
        """Raise the first release near the group that is not accounted for."""
        if self.program.is_ambiguous(site.function):
            raise manual(Code.TWO_DEFINITIONS, f"{site.function.name}() is "
                         "defined twice, under an #ifdef.", str(site.statement))
        own = [f for f in self.program.in_file(site.file)
               if f.name in effects.UNPIN + effects.PINNING
               and f.name not in shims.shims(self.program)]
        if own:
            raise manual(Code.NAME_TAKEN, f"The file has a {own[0].name}() of "
                         "its own.", f"{own[0].file}:{own[0].line}")
        if taken := shims.taken(self.program):
            raise manual(Code.NAME_TAKEN, f"The module has a {taken[0]}() of "
                         "its own.", taken[1])
        left = unexplained.unexplained(self.program, self.resolver, site)
        if left:
            raise Manual(left)
        hidden = unexplained.unseen(self.program, self.resolver, site)
        if hidden:
            raise Manual(hidden)

    def _lifetime(self, site: CallSite, decision: Decision) -> None:
        """Set CASE 1, 2 or 5, and whether FOLL_LONGTERM is needed."""
        decision.until = self.decisions.answer(site, "until")
        data = lifetime.to_device(site)
        decision.case = 1 if data or site.api in effects.EXTRACT else 5
        if site.api in effects.EXTRACT:
            return
        answer = self.decisions.answer(site, "longterm", decision.releases)
        flags = foll_flags.given(self.program, site)
        if flags.has("FOLL_LONGTERM"):
            decision.longterm = decision.asked_longterm = True
        elif answer:
            decision.longterm = answer.answer == "long"
            decision.reviewed = answer
        else:
            known = lifetime.long_lived(self.program, self.resolver, site,
                                        decision.releases)
            if known is None:
                # An answer would not help where a fix has to come first.
                self._safe(site)
                self._exits(site, decision)
                raise Manual(lifetime.unknown(
                    self.program, self.resolver, site, decision.releases,
                    self.decisions.elsewhere(site.id, "longterm")))
            decision.longterm = known
        if decision.longterm:
            decision.case = 2
            if self.era.refuses_longterm(site) or \
                    flags.has("FOLL_PCI_P2PDMA"):
                raise manual(
                    Code.LONGTERM_REFUSED, "The pages are kept for long, and "
                    f"{effects.PIN_OF[site.api]}() refuses FOLL_LONGTERM for "
                    "this call.", f"{site.file}:{site.line}")

    def _exits(self, site: CallSite, decision: Decision) -> None:
        decision.leaks = [leak for leak in self.finder.leaks(site)
                          if leak.blocks()]
        if decision.leaks:
            first = decision.leaks[0]
            what = "a short pin" if first.held == "part" else "this error"
            raise manual(Code.LEAK_TODAY, f"On {what} the pages taken so far "
                         "are not given back; that needs a fix of its own "
                         "first.", f"{site.file}:{first.line}")

    def _flag(self, site: CallSite, decision: Decision) -> None:
        """Unpin always, or only what the iterator said it would pin."""
        if site.api in effects.BY_ADDRESS:
            decision.code = Code.PIN_LONGTERM if decision.longterm \
                else Code.PIN_SHORT
            decision.reason = "Every release is known" + (
                " and the pages are kept across entry points (CASE 2, "
                "FOLL_LONGTERM)." if decision.longterm else ".")
            return
        kinds = site.kinds.kinds if site.kinds else set()
        if kinds <= {"user", "pipe", "kvec"}:
            decision.code = Code.UNPIN_ALWAYS
            proof = site.kinds.narrowed() if site.kinds else ""
            decision.reason = (
                "Every release is known, and only user iterators "
                + ("get past the refusal of a kvec here" if "kvec" in kinds
                   else "reach this call") + f" ({proof}).")
            return
        obstacle = after_completion.obstacle(self.program, site, decision.releases)
        if obstacle:
            raise Manual(obstacle)
        decision.needs_flag = True
        decision.code = Code.UNPIN_BY_FLAG
        try:
            decision.pin_state = found = in_struct.find(
                self.program, self.resolver, site, decision.releases)
            decision.told_by = f"{found.flag} records whether to unpin"
        except in_struct.NoCarrier:
            decision.told_by = self._elsewhere(decision)
            if not decision.told_by:
                raise
        decision.reason = ("Every release is known; kernel iterators reach "
                           f"this call too, so {decision.told_by}.")

    def _elsewhere(self, decision: Decision) -> str:
        """Find how releases learn the pin state without a struct, or return ""."""
        site = decision.site
        state = Carriers(self.program, self.resolver, site).find(
            decision.releases)
        if state is not None:
            decision.pin_state = state
            if state.calls:
                decision.code = Code.UNPIN_BY_ITERATOR
            return state.text
        passed = as_argument.find(self.program, self.resolver, site,
                                  decision.releases)
        if passed is None:
            return ""
        decision.pin_state = passed
        return f"a parameter of {passed.helper.name}() says whether to unpin"
