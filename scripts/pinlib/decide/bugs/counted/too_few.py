# SPDX-License-Identifier: GPL-2.0-only
"""Find ranges that are dropped by less than the number of pages in them.

The count is what was taken, or asked for, less some: a part of the pages stays.
"""

from __future__ import annotations

from pinlib.csource import value_sets
from pinlib.csource.expr import Kind, Node
from pinlib.decide.bugs import ways
from pinlib.decide.bugs.findings import Finding
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS

# The least that makes less of a number above 0.
_LEAST = {"-": 1, "/": 2, ">>": 1}
_ELSEWHERE = (EventKind.INTO, EventKind.STORE, EventKind.CALL, EventKind.RETURN,
              EventKind.UNKNOWN, EventKind.PLAIN_OWNER, EventKind.ESCAPE)


def found(site: CallSite) -> list[Finding]:
    """Return the releases that leave pages, where nothing else can have them.

    Every other release is of a whole range, too.
    """
    asked = site.argument(site.shape.count) if site.shape else None
    drops = site.flow.of(*RELEASE_KINDS)
    names = {site.result, str(asked)}
    if not site.result or asked is None or site.flow.unclear or \
            site.flow.of(*_ELSEWHERE) or not all(
                _whole(site, e) for e in drops) or _changed(site, names):
        return []
    return [Finding(
        site.file, e.statement.line, site.function.name, "count-too-small", "High",
        f"{site.file}:{site.line}",
        f"This drops fewer pages than {site.api}() took; nobody drops the others.",
        (ways.of_call(site), *ways.of_event(e)), ways.taken(site),
        ways.count_of(e)) for e in drops
        if e.call is not None and _less(e.call.kids[2], names)]


def _whole(site: CallSite, event: Event) -> bool:
    """Say whether a release is of the site's array, from its first entry on."""
    call = event.call
    return event.kind == EventKind.ARRAY_RELEASE and call is not None and \
        event.function.key == site.function.key and len(call.kids) > 2 and \
        str(call.kids[1]) == str(site.pages)


def _less(count: Node, names: set[str]) -> bool:
    """Say whether a count is one of some numbers, less a part of it."""
    if count.kind != Kind.BINARY or count.value not in _LEAST:
        return False
    number = value_sets.number(count.kids[1])
    return str(count.kids[0]) in names and number is not None and \
        number >= _LEAST[count.value]


def _changed(site: CallSite, names: set[str]) -> bool:
    """Say whether a number is set once more behind the call."""
    return any(
        str(n.kids[0]) in names for s in site.function.statements
        if s.tree is not None and s is not site.statement
        and s.start > site.statement.start for n in s.tree.walk()
        if n.kids and (n.kind in (Kind.ASSIGN, Kind.POST) or n.kind == Kind.UNARY
                       and n.value in ("++", "--", "&")))
