# SPDX-License-Identifier: GPL-2.0-only
"""Find how long pages stay held, and which references are a function's own."""

from __future__ import annotations

import re

from pinlib.base.codes import Code
from pinlib.base.why_not import WhyNot
from pinlib.csource import jumps
from pinlib.csource.expr import Kind
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, Flow, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.paths import held_on_return
from pinlib.paths.always_drops import Stores
from pinlib.paths.caller_release import CallerReleases, on_stack
from pinlib.paths.kept.all_callers import AllCallers
from pinlib.paths.kept.dropped_again import DroppedAgain
from pinlib.paths.kept.kept_across import KeptAcross
from pinlib.program import callers
from pinlib.program.callers import Entry, entries
from pinlib.program.function import Function, Use
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program

# Functions above the releases that are looked at.
MOST = 60


def long_lived(program: Program, resolver: Resolver, site: CallSite,
               releases: list[Event]) -> bool | None:
    """Say whether the pages outlive the entry point that took them.

    False: the acquiring function or one that called it releases them, itself
    or by a call, or nothing keeps them when it has returned. True: every other
    release lies below other entry points, which the kernel calls. None: they
    share one, or who calls what drops the pages is not known.
    """
    home = site.function.key
    inside = [r for r in releases if r.function.key == home]
    outside = [r for r in releases if r.function.key != home]
    if inside and not outside and not _kept(site) or _local(program, site):
        return False
    by_callers = CallerReleases(program, site.function, outside,
                                Stores(site.flow))
    if outside and not inside and by_callers.ends_all(site.function,
                                                      site.statement.start):
        return False
    if held_on_return.ends_here(program, resolver, site, releases) or \
            DroppedAgain(program, resolver, site, releases).proven():
        return False
    above: set[tuple[str, str]] = set()
    mine = entries(program, site.function, site.statement.start,
                   passed_by=above)
    theirs, between = _success_entries(program, site, outside, by_callers)
    if theirs and mine and not any(
            m.meets(t) for m in mine for t in theirs) and all(
            _called_alone(program, resolver, e) for e in theirs) and not any(
            callers.hidden(program, program.functions[k]) for k in between
            ) and not any(callers.in_macro(program, program.functions[k])
                          for k in above) and not any(
            _unseen(program, e) for e in mine):
        return True
    if KeptAcross(program, resolver, site, releases).proven():
        return True
    return None


def unknown(program: Program, resolver: Resolver, site: CallSite,
            releases: list[Event], more: str) -> WhyNot:
    """Return that it is not known how long pages stay pinned, and why.

    What drops them may run whenever something completes: at an interrupt, from a
    queue of work, or as whoever was given it likes.
    """
    above = AllCallers(program, resolver)
    seen = {site.function.key}
    work = [r.function for r in releases if r.function.key != site.function.key]
    text = "It is not known how long the pages stay pinned"
    place = releases[0].place
    for function in work:
        if function.key in seen or len(seen) > MOST:
            continue
        seen.add(function.key)
        found = above.above(function)
        given = [use for _, use in found.handed if use]
        drops = f": {function.name}(), which drops them,"
        if given:
            text += f"{drops} {_given_to(given[0])} here, and the code does not " \
                "tell when it runs"
            place = str(given[0].statement)
            break
        if found.ending:
            text += f"{drops} runs with the last reference of a struct " \
                f"{found.ending.tag}, and the code does not tell when it goes"
            break
        work += [caller for caller, _ in found.calls]
    return WhyNot(Code.LIFETIME_UNKNOWN, f"{text}; answer `longterm` in the "
                  f"decisions file.{more}", place)


def _given_to(use: Use) -> str:
    """Say what becomes of the address of a function."""
    node = use.node
    while node.parent is not None and node.parent.kind in (Kind.CAST, Kind.UNARY):
        node = node.parent
    above = node.parent
    if above is not None and above.kind == Kind.CALL:
        return f"is given to {above.kids[0]}()"
    return f"is stored in {above.kids[0]}" if above is not None and \
        above.kind == Kind.ASSIGN else "is kept"


def to_device(site: CallSite) -> list[Event]:
    """Return where the pages are given to a device or to a table for one.

    Who gets a page's number from a function outside need not be one.
    """
    return [e for e in site.flow.of(EventKind.DEVICE) if not e.callee] or [
        e for e in site.flow.of(EventKind.INTO) if e.category == "page"
        and e.call is not None] or [
        e for e in site.flow.events if e.category in ("sg", "bvec")]


def _called_alone(program: Program, resolver: Resolver, entry: Entry) -> bool:
    """Say whether the kernel, and nothing else, calls an entry point.

    And not because somebody puts the last reference of an object.
    """
    function = program.functions[entry.file, entry.name]
    return callers.enters(program, function) and \
        AllCallers(program, resolver).above(function).ending is None


def _unseen(program: Program, entry: Entry) -> bool:
    """Say whether an unknown caller of an entry point may call the release too."""
    function = program.functions[entry.file, entry.name]
    return callers.exported(program, function) or \
        function.static and not program.naming(function.name, function) \
        and not callers.enters(program, function)


def _kept(site: CallSite) -> bool:
    """Say whether the pages outlast the call in a member or a static variable."""
    text = site.function.text
    names = {la.name for la in site.flow.locations if la.kind == LocationKind.VAR
             and la.owner == site.function.name}
    low, high = site.function.body
    for name in names:
        for offset in text.words.get(name, ()):
            if low < offset < high and re.match(
                    r"\s*static\b", text.code_line(text.line_of(offset))):
                return True
    return any(e.detail.startswith("struct ") for e in site.flow.of(EventKind.INTO))


def _local(program: Program, site: CallSite) -> bool:
    """Say whether only variables, gone when a call returns, hold the pages."""
    for where in site.flow.locations:
        function = program.function(where.file, where.owner)
        if where.kind == LocationKind.MEM and on_stack(program, where):
            continue
        if where.kind == LocationKind.MEM or function is None:
            return False
        if where.kind == LocationKind.VAR and \
                not function.is_local(where.name) and \
                where.name not in [n for _, n in function.params]:
            return False
    return not site.flow.unclear


def _success_entries(program: Program, site: CallSite,
                     releases: list[Event], by_callers: CallerReleases
                     ) -> tuple[set[Entry], set[tuple[str, str]]]:
    """Return entry points above releases, and functions between.

    Error paths do not count.
    """
    found: set[Entry] = set()
    between: set[tuple[str, str]] = set()
    for release in releases:
        function = release.function
        above: set[Entry] = set()
        passed = False
        between.add(function.key)
        for caller, use in program.naming(function.name, function):
            if not use.call or not caller.name:
                above.add(Entry(*function.key, 0))
            elif caller.key == site.function.key or by_callers.fails_there(
                    caller, use.statement):
                passed = True
            else:
                above |= entries(program, caller, use.statement.start,
                                 by_callers.fails_there, between)
        found |= above if above or passed else entries(
            program, function, release.statement.start)
    return found, between


def used_after(flow: Flow, release: Event) -> Event | None:
    """Return a use of the page that follows its release in straight code.

    The code then relies on another reference to the page; a pin dropped at the
    same place would not be covered by it.
    """
    function = release.function
    guards = _guards(function, release.statement.start)
    for event in flow.of(EventKind.RETURN, EventKind.INTO, EventKind.CALL,
                         EventKind.DEVICE, EventKind.CPU, EventKind.UNKNOWN,
                         EventKind.PLAIN_OWNER):
        start = event.statement.start
        if event.function.key == function.key and \
                event.location == release.location and \
                str(event.node) == str(release.node) and \
                start > release.statement.end and \
                guards <= _guards(function, start) and \
                not _left_or_set(release, start):
            return event
    return None


def follows(event: Event, release: Event) -> bool:
    """Say whether a release follows an event of its function in straight code."""
    function, start = event.function, release.statement.start
    return start > event.statement.end and \
        _guards(function, start) <= _guards(function, event.statement.start) \
        and not _left_or_set(event, start)


def _guards(function: Function, offset: int) -> set[tuple[int, int]]:
    """Return the ranges, around an offset, over which a condition is known."""
    return {(g.start, g.end) for g in function.guards_at(offset)}


def _left_or_set(release: Event, before: int) -> bool:
    """Say whether the block is left, or the variable set, before an offset."""
    function, after = release.function, release.statement.end
    guards = _guards(function, release.statement.start)
    # The path to a `return page` does not end at its own keyword.
    way = re.sub(r"\breturn[\s(]*$", "", function.text.code[after:before])
    exits = jumps.JUMP.finditer(way)
    if any(_guards(function, after + m.start()) <= guards
           for m in exits):
        return True
    for use in function.uses.get(release.location.name, []):
        if after < use.statement.start < before and (
                use.setting or use.addressed):
            return True
    return False


def own_pair(flow: Flow, event: Event) -> str | None:
    """Return the proof that an event is one of a function's own get/put pair.

    The reference is taken outside any branch, and one put_page() of the same
    page, outside any branch as well, is on the way to every return that follows.
    None where this is not so.
    """
    function = event.function
    mine = [e for e in flow.of(EventKind.REF, EventKind.RELEASE)
            if e.function.key == function.key
            and str(e.node) == str(event.node)]
    taken = [e for e in mine if e.kind == EventKind.REF and _outermost(e)]
    given = [e for e in mine if e.kind == EventKind.RELEASE and _outermost(e)]
    if len(taken) != 1 or not given:
        return None
    last = max(given, key=lambda e: e.statement.start)
    if event not in (taken[0], last):
        return None
    start, end = taken[0].statement.end, function.body[1]
    exits = [m.start() for m in re.finditer(
        r"\breturn\b", function.text.code[start:end])]
    if all(start + at > last.statement.start for at in exits):
        return (f"balances the reference taken at line "
                f"{taken[0].statement.line}")
    return None


def given_away(flow: Flow, event: Event) -> str | None:
    """Return the proof that an event is of a reference that a function gives away.

    It is passed the page. It takes the reference outside any branch, and
    so it hands the page to an owner that will drop it; what leaves in between drops
    it there and then. Those that passed the page keep what they had.
    """
    function, name = event.function, str(event.node)
    mine = [e for e in flow.of(EventKind.REF, EventKind.RELEASE,
                               EventKind.PLAIN_OWNER)
            if e.function.key == function.key and str(e.node) == name]
    taken = [e for e in mine if e.kind == EventKind.REF]
    owned = [e for e in mine if e.kind == EventKind.PLAIN_OWNER]
    if len(taken) != 1 or len(owned) != 1 or not all(
            map(_outermost, taken + owned)) or \
            name not in [n for _, n in function.params]:
        return None
    start, end = taken[0].statement.end, owned[0].statement.start
    drops = [e.statement for e in mine if e.kind == EventKind.RELEASE]
    left = [found.start() for found in jumps.JUMP.finditer(
        function.text.code, start, end)]
    if not start < end or event.statement not in [
            taken[0].statement, owned[0].statement, *drops] or any(
                use.setting for use in function.uses[name]):
        return None
    paired = [d.start < at and function.block_at(d.start) == function.block_at(at)
              and function.text.code.startswith("return", at)
              for d, at in zip(drops, left)]
    return f"balances the reference taken at line {taken[0].statement.line}" \
        if len(drops) == len(left) and all(paired) and all(
            one < drop.start for one, drop in zip(left, drops[1:])) else None


def kept_on(resolver: Resolver, site: CallSite) -> WhyNot | None:
    """Return why an object with a reference of its own prevents a pin.

    The acquiring function drops its references itself while the object keeps one
    more, for another function to drop.
    """
    flow = site.flow
    drops = flow.of(*RELEASE_KINDS)
    mine = [r for r in drops if r.function.key == site.function.key or any(
        caller.key == site.function.key
        for caller, _, _ in flow.params.get(r.location, []))]
    for ref in flow.of(EventKind.REF) if mine else ():
        if ref.function.key == site.function.key:
            continue
        kept = next((la for e in flow.of(EventKind.INTO) for la in flow.locations
                     if la.kind == LocationKind.MEM and str(la) == e.detail
                     and e.function.key == ref.function.key
                     and str(e.node) == str(ref.node)), None)
        late = next((r for r in drops if r not in mine and kept
                     and _read_from(resolver, r, kept)), None)
        if late:
            return WhyNot(
                Code.RELEASED_AT_SUBMISSION, "The function that takes the "
                "pages gives them back itself (line "
                f"{mine[0].statement.line} of {mine[0].function.file}), while "
                f"{kept} keeps a reference of its own, taken here and dropped "
                f"at {late.place}: unpinned where they are given back, they "
                "would not be pinned until the I/O is done.", ref.place)
    return None


def _read_from(resolver: Resolver, event: Event, member: Location) -> bool:
    """Say whether a release drops what was read from a member."""
    if event.location == member:
        return True
    if event.node.kind != Kind.ID:
        return False
    found = [resolver.locate(event.function, v)
             for _, v in values(event.function, event.node.value)]
    return any(w is not None and w[0] == member for w in found)


def _outermost(event: Event) -> bool:
    function = event.function
    return function.block_at(event.statement.start) == function.body and \
        not any(g.holds for g in function.guards_at(event.statement.start))


def counted(resolver: Resolver, event: Event) -> bool:
    """Say whether a release is reached only while its object counts pages.

    Then a flag in the same object was set when the count was.
    """
    function = event.function
    for guard in function.guards_at(event.statement.start):
        if not guard.holds:
            continue
        for node in guard.test.walk():
            where: Location | None = resolver.member(function, node) \
                if node.kind == Kind.MEMBER else None
            if where and where.owner == event.location.owner:
                return True
    return False
