# SPDX-License-Identifier: GPL-2.0-only
"""Decide on calls that need no look at their releases.

The API's own code and its tests, calls for which a plain reference is right, and
releases that can only drop plain references. Nothing here needs more than the
flow of the pages; what is left is to be converted or is `manual`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pinlib.base.codes import Code
from pinlib.base.records import Disposition
from pinlib.base.why_not import WhyNot
from pinlib.csource.expr import Kind, Node
from pinlib.decide import cpu_access, foll_flags, lifetime
from pinlib.decide.api_forms import Era
from pinlib.decide.origins.origins import Origins
from pinlib.flow.call_sites import CallSite, is_core, is_test
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.flow.looking_macros import passed_on
from pinlib.kernel import effects
from pinlib.paths import held_on_return
from pinlib.program import shims
from pinlib.program.locations import LocationKind, Resolver
from pinlib.program.program import Program

NO_PINS = ("This tree has no pin_user_pages_fast(), so there is nothing to "
           "convert to.")
NOTIFIERS = tuple(name + more for name in (
    "mmu_notifier_register", "__mmu_notifier_register", "mmu_notifier_get",
    "mmu_interval_notifier_insert") for more in ("", "_locked"))


@dataclass(frozen=True)
class Verdict:
    """The disposition of a site, the reason, and a line if one is named."""

    disposition: Disposition
    code: Code
    reason: str
    blocked_by: str | None = None
    case: int | None = None


def of_interface(program: Program, site: CallSite,
                 implements: bool = False) -> Verdict | None:
    """Return the verdict on a call of the interface's own code, or None.

    implements: whether the file is known to be part of the interface.
    """
    if implements or is_core(program, site):
        return Verdict(Disposition.CORE, Code.API_IMPLEMENTATION,
                       f"{site.file} implements the interface itself.")
    if is_test(site):
        return Verdict(Disposition.TEST, Code.API_TEST,
                       f"{site.file} tests the interface.")
    return None


def decide(program: Program, resolver: Resolver, era: Era,
           site: CallSite) -> Verdict | None:
    """Return the verdict on a site that needs no look at its releases, or None."""
    own = of_interface(program, site)
    if own:
        return own
    if not era.pins:
        return Verdict(Disposition.BLOCKED, Code.NO_PIN_API, NO_PINS)
    if site.misfit:
        return _misfit(program, site)
    wrapped = _into_object(program, site)
    if wrapped:
        return wrapped
    if site.pages is not None and site.pages.value in ("NULL", "0"):
        return Verdict(Disposition.KEEP, Code.NO_PAGES,
                       "The call asks for no pages (pages is NULL); a pin "
                       "needs a page to be released by.")
    owner = _plain_owner(program, resolver, site)
    if owner:
        return Verdict(Disposition.BLOCKED, owner.code, owner.reason,
                       owner.place)
    kinds = site.kinds.kinds if site.kinds else set()
    if site.kinds and kinds and "user" not in kinds:
        return Verdict(Disposition.KEEP, Code.KERNEL_PAGES,
                       f"Only {', '.join(sorted(kinds))} iterators reach "
                       f"this call ({site.kinds.proof[-1]}): kernel pages "
                       "are not pinned.")
    return _only_inspected(program, resolver, site) \
        if site.api in effects.BY_ADDRESS else None


def _into_object(program: Program, site: CallSite) -> Verdict | None:
    """Return the verdict on a call that takes pages into an object, or None.

    Its function has the same name whether it references or pins them.
    """
    if site.shape is None or site.shape.pages >= 0 or \
            site.api in effects.RETURNING:
        return None
    callee = program.definition(site.api, site.file)
    if callee is None or not any(n in callee.uses for n in effects.PINNING):
        return Verdict(Disposition.MANUAL, Code.NO_COUNTERPART, "This tree has no "
                       f"form of {site.api}() that pins.", str(site.statement))
    return Verdict(Disposition.CONVERTED, Code.RELEASE_NOT_FOLLOWED,
                   f"{site.api}() pins the pages itself ({callee.file}:"
                   f"{callee.line}); where the pins are dropped was not followed.")


def _misfit(program: Program, site: CallSite) -> Verdict:
    """Return why a call cannot be that of the interface's function."""
    macro = shims.macro(program, site.api)
    why = f"{site.api} is a macro of the driver's own here. {site.misfit}" \
        if macro else site.misfit
    return Verdict(Disposition.MANUAL, Code.OTHER_PROTOTYPE, why,
                   macro or f"{site.file}:{site.line}")


def _plain_owner(program: Program, resolver: Resolver,
                 site: CallSite) -> WhyNot | None:
    origins = Origins(program, resolver, site)
    others = origins.others()
    for event in site.flow.of(EventKind.PLAIN_OWNER):
        # Only a condition in the code is proof enough here.
        if not (origins.excluded(event, others) or "").startswith("line ") and \
                not lifetime.given_away(site.flow, event):
            name = event.detail + ("" if " " in event.detail else "()")
            return WhyNot(
                Code.PLAIN_OWNER, f"{name} hands the page to an owner that "
                "drops it with put_page().", event.place)
    for location in site.flow.locations:
        if (location.owner, location.name) in effects.PLAIN_MEMBERS:
            return WhyNot(
                Code.PLAIN_OWNER,
                f"The pages go into {location}, whose owner drops them with "
                "put_page().", str(site.statement))
    return None


def _only_inspected(program: Program, resolver: Resolver,
                    site: CallSite) -> Verdict | None:
    """Return a verdict where only struct page, its address or the data is read."""
    stored = _stored(site, _placing(site))
    folder = program.tree.home(site.file)
    if stored is not None and _dropped_at(site, stored) and \
            _placed_only(site) and _notified(program, folder):
        return Verdict(Disposition.KEEP, Code.MMU_NOTIFIER,
                       "The page is dropped at once, and its address is good "
                       "for as long as the MMU notifiers of this folder leave "
                       "it so (CASE 3).",
                       case=3)
    if not _touches_data(site) and not held_on_return.handed_out(program, resolver,
                                                                 site):
        if _numbers_given(site) and _notified(program, site.file):
            return Verdict(
                Disposition.KEEP, Code.MMU_NOTIFIER, "What is made of the "
                "page's number is torn down by this file's MMU notifier; "
                "nothing is held (CASE 3).", case=3)
        if passed_on(_numbers(site)):
            return None
        return Verdict(Disposition.KEEP, Code.STRUCT_PAGE_ONLY,
                       "Only struct page is looked at, never the data "
                       "(CASE 4): a plain reference is right.", case=4)
    if cpu_access.only(site) and foll_flags.given(program, site).never_writes:
        return Verdict(Disposition.KEEP, Code.ONLY_READ,
                       "The CPU only reads the data, and the page is dropped "
                       "in the same function (CASE 4): nothing has to know "
                       "of it.", case=4)
    return None


def _placed_only(site: CallSite) -> bool:
    """Say whether only the address of the pages is used."""
    places = {id(e) for e in _placing(site)}
    kept = {id(e.statement) for e in _placing(site)}
    return not site.flow.unclear and all(
        id(e) in places or e.kind == EventKind.INTO and id(e.statement) in kept
        or e.kind in (EventKind.LOOK, EventKind.RELEASE, EventKind.ACQUIRE,
                      EventKind.CLEAR)
        for e in site.flow.events)


def _touches_data(site: CallSite) -> bool:
    """Say whether data is read or written, or the page kept anywhere."""
    if site.target is None or site.target.kind == LocationKind.MEM:
        return True
    outlives = _outlives if site.api not in effects.FAST else _in_member
    if any(outlives(e) for e in _numbers(site)):
        return True
    if site.flow.of(EventKind.DEVICE, EventKind.CPU, EventKind.INTO,
                    EventKind.DIRTY, EventKind.RETURN, EventKind.UNKNOWN):
        return True
    if cpu_access.described(site):
        return True
    return any(e.kind == EventKind.CALL and e.detail != f"{site.function.name}()"
               for e in site.flow.events) or bool(site.flow.unclear)


def _numbers(site: CallSite) -> list[Event]:
    return [e for e in site.flow.of(EventKind.LOOK, EventKind.DEVICE)
            if e.detail in effects.NUMBERED]


def _placing(site: CallSite) -> list[Event]:
    """Return where a page's number is made, or an address for good."""
    return _numbers(site) + [
        e for e in site.flow.of(EventKind.CPU, EventKind.LOOK)
        if e.detail in effects.ADDRESSED
        and not any("unmap" in name for name in e.function.uses)]


def _outlives(event: Event) -> bool:
    """Say whether a page's number or address goes where the caller finds it."""
    target = _kept_in(event)
    if target is None:
        return event.statement.fact.kind == "return"
    return target.kind == Kind.UNARY and target.value == "*" or any(
        n.kind == Kind.MEMBER for n in target.walk())


def _kept_in(event: Event) -> Node | None:
    """Return what a page's number or address is assigned to, or None."""
    node = event.call
    while node is not None and node.kind != Kind.ASSIGN:
        node = node.parent
    return node.kids[0] if node else None


def _in_member(event: Event) -> bool:
    target = _kept_in(event)
    return target is not None and any(
        n.kind == Kind.MEMBER for n in target.walk())


def _stored(site: CallSite, places: list[Event]) -> Event | None:
    """Return where the acquiring function stores a page's number or address."""
    return next((e for e in places if _outlives(e)
                 and e.function.key == site.function.key), None)


def _dropped_at(site: CallSite, stored: Event) -> Event | None:
    """Return the release that follows a line in straight code, or None."""
    return next((r for r in site.flow.of(*RELEASE_KINDS)
                 if r.function.key == site.function.key
                 and lifetime.follows(stored, r)), None)


def _numbers_given(site: CallSite) -> bool:
    """Say whether a page's number is an argument of a call."""
    return any(e.call is not None and e.call.parent is not None
               and e.call.parent.kind == Kind.CALL for e in _numbers(site))


def _notified(program: Program, where: str) -> bool:
    """Say whether a folder (with its last slash) or file has an MMU notifier."""
    files = [f for word in NOTIFIERS for f in program.naming_files(word)]
    return any(where in (f, f[:f.rfind("/") + 1]) for f in files)


def unpinnable(program: Program,
               site: CallSite) -> WhyNot | None:
    """Return why a pin would be wrong here, whatever releases the page, or None."""
    if site.api not in effects.BY_ADDRESS:
        return None
    stored = _stored(site, _numbers(site))
    if stored is not None:
        drop = _dropped_at(site, stored)
        if drop is not None:
            return WhyNot(
                Code.DROPPED_EARLY,
                "The page's address is left here, and its reference dropped "
                f"at {drop.place}: a pin dropped there would end too early.",
                stored.place)
        if stored.detail == "page_to_pfn" and not any(
                e.kind == EventKind.INTO and e.category == "page"
                for e in site.flow.events) and not _dropped_by(site, stored):
            return WhyNot(
                Code.KEPT_BY_NUMBER, "The page's number is left here, and "
                "whoever finds the page by it may drop it.", stored.place)
    given = _given_elsewhere(site) if _touches_data(site) else \
        passed_on(_numbers(site))
    if given is not None:
        return WhyNot(
            Code.NUMBER_GIVEN, "The page's number goes on here; whether the "
            "data is used by it, and for how long, is not known.", given.place)
    return _reader(program, site) or foll_flags.obstacle(program, site)


def _given_elsewhere(site: CallSite) -> Event | None:
    """Return where a function outside gets a page and gives its number on, or None.

    Where the data is reached in another way it does not matter who has that.
    """
    reached = [e for e in site.flow.of(EventKind.DEVICE, EventKind.CPU,
                                       EventKind.DIRTY)]
    return reached[0] if reached and all(e.callee for e in reached) else None


def _dropped_by(site: CallSite, stored: Event) -> bool:
    """Say whether the pages are dropped by a number that a member keeps."""
    dropped = {e.location for e in site.flow.of(*RELEASE_KINDS)}
    return any(edge.statement is stored.statement and place.kind ==
               LocationKind.MEM and dropped & site.flow.onward(place)
               for place, edge in site.flow.edges.items())


def _reader(program: Program, site: CallSite) -> WhyNot | None:
    """Return why it is unknown who reads the data that nothing writes, or None."""
    doubt = cpu_access.doubt(site)
    if doubt is None or site.api in effects.FAST or \
            doubt.kind not in (EventKind.CPU, EventKind.BORROW) or \
            lifetime.to_device(site) or \
            not foll_flags.given(program, site).never_writes:
        return None
    return WhyNot(
        Code.READER_UNKNOWN, "Nothing writes the data. Where the CPU alone "
        "reads it a plain reference is right; who reads it by the address "
        "made here is not known.", doubt.place)
