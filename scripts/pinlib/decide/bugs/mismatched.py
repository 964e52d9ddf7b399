# SPDX-License-Identifier: GPL-2.0-only
"""Find releases that do not match how the pages were taken."""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.decide.origins import mixing, passed_in
from pinlib.decide.origins.origins import Origins
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.kernel import effects
from pinlib.program.function import Function
from pinlib.program.locations import LocationKind, Resolver
from pinlib.program.program import Program

_TAKES_PINS = frozenset(effects.PINNING)
_PLAIN = effects.RELEASES - frozenset(effects.UNPIN)


def pins(site: CallSite) -> bool:
    """Say whether a call takes pins, not plain references."""
    return site.api in _TAKES_PINS


def releases(program: Program, resolver: Resolver,
             site: CallSite) -> list[Event]:
    """Return releases of these pages alone that do not match how they are taken."""
    wrong = _PLAIN if pins(site) else frozenset(effects.UNPIN)
    if pins(site) and site.flow.of(EventKind.REF):
        # A plain reference was added, which somebody has to put.
        return []
    origins = Origins(program, resolver, site)
    others = [o for o in origins.others()
              if o.kind != EventKind.ACQUIRE or pins(site) != (
                  str(o.call and o.call.kids[0]) in _TAKES_PINS)]
    drops = site.flow.of(*RELEASE_KINDS)
    right = {(e.function.key, e.location) for e in drops
             if e.detail not in wrong}
    # A function that drops them both ways chooses by some condition.
    return [e for e in drops if e.detail in wrong
            and ((e.function.key, e.location) not in right
                 or _alone(resolver, site, e, others))
            and not any(o.location == e.location for o in others)
            and origins.excluded(e, others) is None]


def _alone(resolver: Resolver, site: CallSite, release: Event,
           others: list[Event]) -> bool:
    """Say whether all pages in a variable of the site were taken in its way."""
    others = others + [o for o in site.flow.of(EventKind.ACQUIRE)
                       if (str(o.call and o.call.kids[0]) in _TAKES_PINS)
                       != pins(site)]
    return release.function.key == site.function.key and \
        release.location.kind == LocationKind.VAR and \
        release.function.is_local(release.location.name) and not any(
            passed_in.come_to(resolver, site.flow, o, release)
            for o in others)


def shared(resolver: Resolver, site: CallSite, release: Event) -> bool:
    """Say whether a release gets pages as well that were taken in another way."""
    return any(not _taken_as(other.function, other.node, pins(site))
               for other in mixing.foreign_callers(resolver, site, release))


def handed_others(resolver: Resolver, site: CallSite, release: Event) -> bool:
    """Say whether a function is given other pages too, to release them."""
    return bool(mixing.foreign_callers(resolver, site, release))


def _taken_as(caller: Function, argument: Node, as_pins: bool) -> bool:
    """Say whether a function takes what it passes on by a call of one kind."""
    names = {n.value for n in argument.walk() if n.kind == Kind.ID}
    calls = [call for s in caller.statements if s.tree is not None
             for call in s.tree.calls(*effects.TAKES)
             if any(n.value in names for k in call.kids[1:] for n in k.walk())]
    return bool(calls) and all(
        (str(call.kids[0]) in _TAKES_PINS) == as_pins for call in calls)
