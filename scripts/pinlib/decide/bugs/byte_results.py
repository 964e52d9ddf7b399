# SPDX-License-Identifier: GPL-2.0-only
"""Find results in bytes that do not say how many pages are dropped."""

from __future__ import annotations

from pinlib.csource import jumps
from pinlib.csource.expr import Kind, Node, bare_test
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.paths.caller_release import steps_from
from pinlib.program.function import Function, Use

_TESTS = frozenset("< <= > >= == !=".split())


def unasked(site: CallSite) -> bool:
    """Say whether the result of an extraction is only checked for an error.

    A short result then passes for a full one. Where one page is asked for, the
    result cannot be short.
    """
    function = site.function
    # The form that allocates the array has no limit of pages.
    count = None if "alloc" in site.api else site.argument(3)
    if site.api not in (*effects.EXTRACT, *effects.PINNING) or \
            site.api in effects.PIN_OF.values() or \
            count is not None and count.value == "1":
        return False
    if not site.result:
        return _only_tested(site.call)
    if not function.is_local(site.result):
        return False
    after = [u for u in _seeing(site) if u.statement is not site.statement]
    if any(u.setting and _counts_down(u.node) for u in after):
        return False
    uses = [u for u in after if not u.setting]
    tested = [u for u in uses if _only_tested(u.node)]
    return bool(tested) and all(
        u in tested or is_error(u.statement.start, site) for u in uses)


def _seeing(site: CallSite) -> list[Use]:
    """Return the uses of the result that may see it as it came.

    Not those behind another value, or where an error left the way.
    """
    function = site.function
    uses = function.uses.get(site.result, [])
    stops = [u.statement.start for u in uses if u.setting
             and u.statement is not site.statement
             and not _counts_down(u.node)]
    stops += [at for at in (m.start() for m in jumps.JUMP.finditer(
        function.text.code, *function.body)) if is_error(at, site)]
    steps = steps_from(function, site.statement.start, stops)
    return [u for u in uses if any(
        step.start <= u.statement.start < step.end for step in steps)]


def dropped_as_asked(site: CallSite) -> Event | None:
    """Return a release of as many pages as were asked for, or None.

    The result is only checked for an error, and then returned.
    """
    asked, function = site.argument(2), site.function
    limit = None if "alloc" in site.api else site.argument(3)
    after = [u for u in function.uses.get(site.result, [])
             if u.statement.start > site.statement.start]
    if asked is None or not (site.api in effects.EXTRACT or site.api in
                             effects.PINNING and "iov_iter" in site.api) or \
            limit is not None and limit.value == "1" or \
            not function.is_local(site.result) or any(
                u.setting or not (_only_tested(u.node)
                                  or is_error(u.statement.start, site)
                                  or u.statement.fact.kind == "return")
                for u in after):
        return None
    known = {str(n) for n in asked.walk() if n.kind in (Kind.ID, Kind.MEMBER)}
    for event in site.flow.of(*RELEASE_KINDS):
        if event.function.key == function.key and any(
                _made_of(function, bound, known) for bound in bounds(event)):
            return event
    return None


def bounds(event: Event) -> list[Node]:
    """Return what says how many pages a release drops."""
    if event.kind == EventKind.ARRAY_RELEASE:
        return [*event.call.kids[2:3]] if event.call is not None else []
    return [g.test.kids[1] for g in event.function.guards_at(
        event.statement.start) if g.holds and g.test.value == "<"]


def _made_of(function: Function, bound: Node, known: set[str]) -> bool:
    """Say whether a number is made of what was asked for, and fixed."""
    given = [v for _, v in values(function, bound.value)
             ] if bound.kind == Kind.ID else [bound]
    if len(given) != 1 or bound.kind == Kind.ID and not function.is_local(
            bound.value):
        return False
    names = {str(n) for n in given[0].walk()
             if n.kind in (Kind.ID, Kind.MEMBER)}
    return not known.isdisjoint(names) and all(
        not u.node.parent or u.node.parent.kind not in (Kind.POST, Kind.UNARY)
        and (u.node.parent.kind != Kind.ASSIGN
             or u.node.parent.kids[0] is not u.node
             or u.node.parent.value == "=")
        for u in function.uses.get(bound.value, ()))


def _counts_down(node: Node) -> bool:
    """Say whether the new value of a variable depends on the old one."""
    above = node.parent
    return above is not None and (above.kind != Kind.ASSIGN
                                  or above.value != "=")


def _only_tested(node: Node) -> bool:
    """Say whether a value is only compared with a constant."""
    above = node.parent
    while above is not None and (
            above.kind == Kind.CAST or above.kind == Kind.CALL
            and above.kids[0].value in ("likely", "unlikely")
            or above.kind == Kind.ASSIGN and above.kids[1] is node):
        node, above = above, above.parent
    return above is not None and above.kind == Kind.BINARY and \
        above.value in _TESTS and all(
            k is node or k.kind == Kind.CONST for k in above.kids)


def is_error(at: int, site: CallSite) -> bool:
    """Say whether the result is an error or zero at an offset."""
    for guard in site.function.guards_at(at):
        test, holds = bare_test(guard.test, guard.holds)
        if holds and test.kind == Kind.BINARY and \
                str(test.kids[0]) == site.result and \
                test.value in ("<", "<=") and test.kids[1].value == "0":
            return True
    return False
