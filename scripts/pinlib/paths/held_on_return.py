# SPDX-License-Identifier: GPL-2.0-only
"""Find whether pages are still held on return, and who drops them then.

An entry point is a function in a table of operations, or one that a dispatcher
calls from its switch.
"""

from __future__ import annotations

from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, RELEASE_KINDS
from pinlib.kernel import effects
from pinlib.paths.always_drops import Stores, droppers
from pinlib.paths.rest_drops import is_part, leave_rest
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Watch, helpers, watch
from pinlib.program.callers import CallerSearch, calls, only_called
from pinlib.program.function import Function, Use
from pinlib.program.locations import LocationKind, Resolver
from pinlib.program.program import Program

LIMIT = 60
CALLERS = 60

Key = tuple[str, str]


def kept(program: Program, resolver: Resolver,
         site: CallSite) -> Event | None:
    """Return a release that only another entry point reaches, or None.

    It is also None if a completion handler releases: then the facts do not
    show how long it takes.
    """
    above = _above(program, site.function, set())
    if above is None:
        return None
    found = None
    names: set[str] = set()
    for event in site.flow.of(*RELEASE_KINDS):
        if event.function.key in above or any(
                name in event.function.uses for name in effects.TAKES):
            continue
        behind = _above(program, event.function, set(above))
        if behind is None:
            return None
        names |= {name for _, name in behind}
        for key in behind:
            kind = _entry(program, program.function(*key), above)
            if kind == "handed":
                return None
            if kind == "entry":
                found = found or event
    if found and _survives(program, resolver, site.function,
                           frozenset(names), {site.function.key}):
        return found
    return None


def abandoned(program: Program, resolver: Resolver, site: CallSite) -> int:
    """Return the line of a successful return with pages held for no one.

    For no one: every release there is belongs to this entry point, so whoever
    gets the pages drops them where the facts do not look. The line is in the
    outermost function that still holds them, or 0 if there is none.
    """
    names = helpers(program, site)
    seen = watch(site, names)
    # Only whether the pages are dropped matters here, not where they go.
    seen.moves = {}
    above = _above(program, site.function, set()) or set()
    # A caller's own table only holds what that caller took.
    later = [e for e in site.flow.of(*RELEASE_KINDS)
             if e.location.kind == LocationKind.MEM or e.function.key not in above]
    return _left(program, resolver, site, seen, later, set())


def ends_here(program: Program, resolver: Resolver, site: CallSite,
              releases: list[Event]) -> bool:
    """Say whether the acquiring function never ends well with pages held."""
    function, stores = site.function, Stores(site.flow)
    later = [r for r in releases if r.function.key != function.key]
    seen = watch(site, frozenset(
        name for name in droppers(program, later) if all(
            use.call and (_passed(site, use) or not stores.follow(
                function, use.statement.start))
            and not _for_rest(stores, function, use)
            for use in function.uses.get(name, ()))))
    seen.moves = {}
    seen.releases = {
        at: events for at, events in seen.releases.items()
        if any(e.location == site.target for e in events)
        or not stores.follow(function, at)}
    if later:
        leave_rest(seen, stores)
    walker = Walker(resolver, seen)
    return not any(m.kind == "leak" for m in walker.run()) and \
        not walker.keeps


def _for_rest(stores: Stores, function: Function, use: Use) -> bool:
    """Say whether a call is given only what was not put anywhere before."""
    return use.call is not None and any(
        is_part(kid) for kid in use.call.kids[1:]) and \
        stores.last(function, use.statement.start) >= 0


def _passed(site: CallSite, use: Use) -> bool:
    """Say whether a call is given what received the pages."""
    return use.call is not None and site.target is not None and \
        site.target.kind == LocationKind.VAR and any(
            n.value == site.target.name for kid in use.call.kids[1:]
            for n in kid.walk())


def handed_out(program: Program, resolver: Resolver, site: CallSite) -> bool:
    """Say whether the pages themselves leave the function, for no one."""
    params = [n for _, n in site.function.params]
    own = all(at.kind == LocationKind.VAR and at.owner == site.function.name and
              at.name not in params for at in site.flow.locations)
    return not own and bool(abandoned(program, resolver, site))


def _left(program: Program, resolver: Resolver, site: CallSite, seen: Watch,
          later: list[Event], chain: set[Key]) -> int:
    """Return the same as abandoned(), from one function on the call chain."""
    function = seen.function
    walker = Walker(resolver, seen)
    walker.run()
    chain = chain | {function.key}
    if not walker.keeps or any(_apart(program, chain, e) for e in later):
        return 0
    here = walker.kept_at or function.line
    above = calls(program, function)
    if not above or not only_called(program, function):
        return here
    for caller, use in above:
        if caller.key in chain:
            continue
        outer = Watch(caller, use.node.parent, use.statement, "", True,
                      (good(function),), helpers=seen.helpers)
        for event in site.flow.of(*RELEASE_KINDS):
            if event.function.key == caller.key:
                outer.releases.setdefault(event.statement.start,
                                          []).append(event)
        if _left(program, resolver, site, outer, later, chain):
            return here
    return 0


def _apart(program: Program, chain: set[Key], event: Event) -> bool:
    """Say whether a release can be reached outside a chain of callers."""
    if event.function.key in chain:
        return False
    behind = _above(program, event.function, chain)
    if behind is None:
        return True
    for key in behind:
        function = program.function(*key)
        if function is None or not only_called(program, function):
            return True
        found = {c.key for c, _ in calls(program, function)}
        if not found or found - chain - behind:
            return True
    return False


def _survives(program: Program, resolver: Resolver, function: Function,
              helpers: frozenset[str], seen: set[Key]) -> bool:
    """Say whether the pages are still held when an entry point above succeeds."""
    above = calls(program, function)
    if not above:
        return True
    for caller, use in above:
        if caller.key in seen:
            continue
        walker = Walker(resolver, Watch(
            caller, use.node.parent, use.statement, "", True,
            (good(function),), helpers=helpers))
        walker.run()
        if walker.keeps and _survives(program, resolver, caller, helpers,
                                      seen | {caller.key}):
            return True
    return False


def good(function: Function) -> str:
    """Return the class of a function's return value on success."""
    zero = any(s.fact.kind == "return" and s.tree is not None and any(
        n.value == "0" for n in s.tree.walk()) for s in function.statements)
    return "zero" if zero else "pos"


def _above(program: Program, function: Function,
           stop: set[Key]) -> set[Key] | None:
    """Return a function and all its callers, without entering stop."""
    return CallerSearch(program, function, LIMIT, CALLERS, stop).all()


def _entry(program: Program, function: Function | None,
           above: set[Key]) -> str:
    """Return "entry", "handed" for a handler called later, or neither."""
    if function is None:
        return "handed"
    kinds = set()
    for caller, use in program.naming(function.name, function):
        if use.call:
            if caller.key in above and "switch" in caller.text.words and \
                    _switches(caller):
                kinds.add("entry")
        else:
            kinds.add("handed" if caller.name else "entry")
    return "handed" if "handed" in kinds else "entry" if kinds else ""


def _switches(function: Function) -> bool:
    low, high = function.body
    return any(low < at < high for at in function.text.words["switch"])
