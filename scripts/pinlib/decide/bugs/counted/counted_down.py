# SPDX-License-Identifier: GPL-2.0-only
"""Find loops that count the bytes of pages down without the first one's offset.

A page is dropped for each PAGE_SIZE bytes that are left. Where the first page was
entered behind its start, the bytes are in one page more.
"""

from __future__ import annotations

import re

from pinlib.csource.expr import Kind, Node
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.flow.points_to import values
from pinlib.program.function import Function

_MIN = frozenset(("min", "min_t", "umin"))


def short(site: CallSite) -> list[tuple[Event, str]]:
    """Return the releases that leave out the offset, with what they count by."""
    offset = _offset(site)
    return [(event, left) for event in site.flow.of(EventKind.RELEASE)
            if offset and event.function.key == site.function.key
            and event.node.kind == Kind.INDEX
            for left in _counted(event, offset)
            if _unset_before(site, event, offset)]


def _offset(site: CallSite) -> str:
    """Return the variable that receives where the first page is entered."""
    last = site.call.kids[-1]
    name = last.kids[0].value if last.kind == Kind.UNARY and \
        last.value == "&" and last.kids[0].kind == Kind.ID else ""
    return name if "iov_iter" in site.api and site.function.is_local(
        name) else ""


def _counted(event: Event, offset: str) -> set[str]:
    """Return what is counted down by at most PAGE_SIZE where a page is dropped.

    As long as some is left, and nothing else of the offset being said there.
    """
    function = event.function
    low, high = function.block_at(event.statement.start)
    if re.search(rf"\b{offset}\b", function.text.code[low:high]):
        return set()
    left = {str(g.test) for g in function.guards_at(event.statement.start)
            if g.holds and g.test.kind == Kind.ID}
    return {name for name in left for use in function.uses.get(name, ())
            if low < use.statement.start < high and use.node.parent is not None
            and use.node.parent.kind == Kind.ASSIGN
            and use.node.parent.value == "-="
            and _a_page(function, use.node.parent.kids[1], name, low, high)}


def _a_page(function: Function, step: Node, left: str, low: int,
            high: int) -> bool:
    """Say whether a step is PAGE_SIZE, or what is left if that is less."""
    given = [v for s, v in values(function, step.value)
             if low < s.start < high] if step.kind == Kind.ID else [step]
    return len(given) == 1 and given[0].kind == Kind.CALL and \
        given[0].kids[0].value in _MIN and {"PAGE_SIZE", left} <= {
            str(k) for k in given[0].kids[1:]}


def _unset_before(site: CallSite, event: Event, offset: str) -> bool:
    """Say whether the loop may be come to with the offset as it was returned.

    Straight on, or by a jump from before the first statement that sets it.
    """
    function, code = site.function, site.function.text.code
    sets = [u.statement.start for u in function.uses.get(offset, ())
            if u.setting and site.statement.end < u.statement.start <
            event.statement.start]
    labels = re.findall(r"^\s*(\w+):", code[
        site.statement.end:event.statement.start], re.M)
    first = min(sets, default=event.statement.start)
    return not sets or bool(labels) and bool(re.search(
        rf"\bgoto\s+{labels[-1]}\s*;", code[site.statement.end:first]))
