# SPDX-License-Identifier: GPL-2.0-only
"""Find whether pages from another place may be among those that are released."""

from __future__ import annotations

from collections.abc import Iterator

from pinlib.base.codes import Code
from pinlib.base.why_not import Manual, manual
from pinlib.csource import jumps
from pinlib.csource.expr import Kind, Node
from pinlib.decide.origins import counters, entries, passed_in
from pinlib.decide.origins.origins import Origins
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, Flow
from pinlib.flow.other_tables import run_over
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.paths.tables import same_objects
from pinlib.program import callers
from pinlib.program.function import Function
from pinlib.program.locations import Location, LocationKind, Resolver

# So far a page is looked for above the function that it is passed by.
DEPTH = 4


def obstacle(release: Event, other: Event) -> Manual:
    """Return that a release may also drop pages of another place."""
    if release.detail in effects.FREES:
        return manual(Code.OTHER_ORIGIN, f"{release.detail}() here is for pages "
                      f"that come in at {other.place} ({other.detail}), and "
                      "nothing shows that none of these is left there.",
                      release.place)
    return manual(Code.OTHER_ORIGIN, f"{release.detail}() here may also see "
                  f"pages that come in at {other.place} ({other.detail}), "
                  "and no condition tells them apart.", release.place)


def distance(flow: Flow, release: Event, other: Event) -> tuple[bool, bool]:
    """Return how far a release is from where the other pages come in.

    Rather name one that drops them out of the table, and where they were put.
    """
    return (other.kind == EventKind.HANDED
            and flow.locations[release.location] == "page",
            release.location != other.location)


def reaches(resolver: Resolver, site: CallSite, other: Event,
            release: Event) -> bool:
    """Say whether pages from another place may be in what is released.

    Locations are not split by object, so anything that came into one
    member may be in all locations filled from it.
    """
    if entries.at_entry(resolver, other):
        return entries.comes_to(resolver, site.flow, other, release)
    if _reaches(resolver, site, other, release):
        return True
    containers = passed_in.behind(resolver, site.flow, other)
    if other.function.key == site.function.key:
        return bool(containers)
    target = _read_from(resolver, release) or release.location
    return bool(containers) and (target.kind == LocationKind.VAR or bool(
        _aliases(resolver, site.flow, target) & containers))


def _read_from(resolver: Resolver, release: Event) -> Location | None:
    """Return the table that a released page was read from just before.

    `for_each_sgtable_sg(&obj->table, sg, i) { page = sg_page(sg); put_page(page);`,
    where neither variable has got any other value in between.
    """
    function, node, at = release.function, release.node, release.statement.start
    for runs in (False, True):
        given = [v for v in _values(function, node.value) if v[0] < at] \
            if node.kind == Kind.ID and function.is_local(node.value) else []
        found = max(given, key=lambda v: v[0], default=None)
        if found is None or found[1] is None or found[2] != runs or \
                not function.within(found[0], at) or jumps.LABEL.search(
                    function.text.code, found[0], at):
            return None
        value = found[1]
        if runs:
            where = resolver.locate(function, value)
            return where[0] if where and where[0].kind == LocationKind.MEM \
                else None
        if value.kind != Kind.CALL or value.kids[0].value != "sg_page":
            return None
        node, at = value.kids[1], found[0]
    return None


def seen_with(resolver: Resolver, site: CallSite, release: Event,
              others: list[Event]) -> list[Event]:
    """Return the other places whose pages a release may drop."""
    return [o for o in others if reaches(resolver, site, o, release)
            and not counters.instead(resolver, site, o, release)
            ] + foreign_callers(resolver, site, release)


def foreign_callers(resolver: Resolver, site: CallSite,
                    event: Event) -> list[Event]:
    """Return callers that pass pages of their own to a releasing function.

    Or to one that hands on to it what it is given.
    """
    found = []
    work = _given(site, event.location)
    for location in work:
        for caller, statement, argument in site.flow.params.get(location, []):
            where = resolver.locate(caller, argument)
            if where is None or not _taken(resolver, site, caller, where[0]):
                found.append(Event(
                    EventKind.OTHER_WRITE, caller, statement, argument,
                    event.location, detail=str(argument)))
            else:
                work += [p for p in _given(site, where[0]) if p not in work]
    return found


def _taken(resolver: Resolver, site: CallSite, function: Function,
           where: Location, level: int = 0) -> bool:
    """Say whether all pages in a location come from calls that pin together.

    What else is put there stands in the way of the call that fills it. So does
    that of a parameter, or a copy, which holds what others have.
    """
    if where in site.flow.locations or where in site.converted_together:
        return True
    if where.kind != LocationKind.VAR or level > DEPTH or any(
            use.addressed for use in function.uses.get(where.name, ())):
        return False
    given = [(function, v) for _, v in values(function, where.name)]
    names = [n for _, n in function.params]
    if where.name in names:
        at = names.index(where.name) + 1
        passed = callers.calls(resolver.program, function)
        if not passed or not callers.only_called(resolver.program, function):
            return False
        given += [(caller, use.call.kids[at]) for caller, use in passed
                  if use.call is not None and at < len(use.call.kids)]
    ends = [(f, resolver.locate(f, v)) for f, v in given]
    return bool(ends) and all(end is not None and _taken(
        resolver, site, f, end[0], level + 1) for f, end in ends)


def _values(function: Function,
            name: str) -> Iterator[tuple[int, Node | None, bool]]:
    """Yield where a local gets a value, and which.

    None for one that is not told; and whether it runs over that table.
    """
    for use in function.uses.get(name, ()):
        over = run_over(use.node)
        if over is not None:
            yield use.statement.start, over, True
        elif use.setting:
            yield use.statement.start, use.setting.kids[1] if \
                use.setting.value == "=" else None, False
        elif use.addressed or use.stepped:
            yield use.statement.start, None, False


def _given(site: CallSite, location: Location) -> list[Location]:
    """Return the parameters by which pages may have come to a location.

    A local may be a copy of one; the acquiring function fills its own.
    """
    if location in site.flow.params:
        return [location]
    function = location.file, location.owner
    return [] if location.kind != LocationKind.VAR or \
        function == site.function.key else [
            p for p in site.flow.params if (p.file, p.owner) == function]


def handed_on(resolver: Resolver, origins: Origins,
              site: CallSite) -> tuple[Event, Event] | None:
    """Return a release of mixed pages that the acquiring function names.

    It is called there, or passed on as a callback, so it surely is for these
    pages, unless it takes back what it got itself. The other event is where the
    function, or one that it names, gets the other pages, if one does.
    """
    others = origins.others()
    named = {site.function.name, *site.function.uses}
    takers = {site.function.key} | {o.function.key for o in others}
    for release in site.flow.of(EventKind.RELEASE):
        if release.function.key in takers or \
                release.function.name not in named or \
                origins.excluded(release, others):
            continue
        mixed = seen_with(resolver, site, release, others)
        if mixed and origins.separated(release, mixed) is None:
            return release, min(mixed, key=lambda o: (
                o.function.name not in named, o.location != release.location))
    return None


def _reaches(resolver: Resolver, site: CallSite, other: Event,
             release: Event) -> bool:
    target = release.location
    if other.location == target:
        return True
    if other.category == "addr":
        return target in site.flow.onward(other.location)
    table = other.category in ("sg", "bvec")
    listed = site.flow.locations.get(target) == "page" and \
        target.kind == LocationKind.MEM
    if other.kind == EventKind.HANDED and listed:
        return False
    if passed_in.is_page(other):
        return target in site.flow.onward(other.location)
    if other.location.kind == LocationKind.VAR:
        passed = site.flow.destinations(other.location)
        if passed & {"into", "store"} or \
                passed and target.kind == LocationKind.VAR:
            return True
    # What a table lists is never read back into an array of pages, and what a
    # descriptor only shows is read back nowhere.
    return not (table and listed) and \
        target in passed_in.onward(resolver, site.flow, other)


def _aliases(resolver: Resolver, flow: Flow,
             location: Location) -> set[Location]:
    """Return the containers that assignments make the same.

    What a function makes the same behind its parameters, its callers pass.
    """
    pairs: list[tuple[Function, Node, Node]] = []
    # Nothing comes of a pair whose left half is none of these.
    asked = {location, *flow.locations, *flow.params}
    places = [resolver.program.function(la.file, la.owner)
              for la in flow.locations if la.kind == LocationKind.VAR]
    for function in {f.key: f for f in (
            *(e.function for e in flow.events), *places) if f}.values():
        pairs += ((function, *pair) for pair in same_objects.pairs(
            resolver, function, asked))
    ends = [(resolver.locate(f, a), resolver.locate(f, b))
            for f, a, b in pairs]
    known = [(a[0], b[0]) for a, b in ends if a and b]
    work = [end[0] for (_, left, _), (a, b) in zip(pairs, ends)
            for end in (a, b) if end and a and b and left.kids
            and a[0] in flow.params]
    came = set(work)
    while work:
        param = work.pop()
        for caller, _, given in flow.params.get(param, ()):
            where = resolver.locate(caller, given)
            if where:
                known.append((param, where[0]))
                work += {where[0]} - came
                came.add(where[0])
    found = {location}
    while True:
        more = {x for pair in known if found & set(pair) for x in pair
                if x in flow.locations} - found
        if not more:
            return found
        found |= more
