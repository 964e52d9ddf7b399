# SPDX-License-Identifier: GPL-2.0-only
"""Find where an object that has the pages becomes known to who drops them."""

from __future__ import annotations

import re

from pinlib.csource.expr import Kind, Node
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.program.locations import LocationKind

_LISTS = re.compile(r"h?list_add\w*|llist_add|xa_(?:store|insert|alloc)\w*|"
                    r"idr_alloc\w*|radix_tree_insert|rb_link_node\w*|rb_add\w*")
_UNLISTS = re.compile(r"h?list_del\w*|xa_erase\w*|idr_remove|rb_erase\w*|"
                      r"radix_tree_delete")


def listed(site: CallSite) -> list[Event]:
    """Return the calls that put the pages' object where a release is.

    The acquiring function made it, and does not take it back from there.
    """
    function, target = site.function, site.target
    name = _object(site.pages)
    if target is None or target.kind != LocationKind.MEM or \
            not function.is_local(name) or not any(
                e.location == target and e.function.key != function.key
                for e in site.flow.of(*RELEASE_KINDS)):
        return []
    found = []
    for use in function.uses.get(name, []):
        call = _call(use.node)
        if call is None or use.statement.start < site.statement.end:
            continue
        if _UNLISTS.fullmatch(str(call.kids[0])):
            return []
        if _LISTS.fullmatch(str(call.kids[0])):
            found.append(Event(EventKind.INTO, function, use.statement,
                               use.node, target, call))
    return found


def _object(node: Node | None) -> str:
    """Return the variable that points to what has the member, or ""."""
    while node is not None and node.kind in (
            Kind.BINARY, Kind.INDEX, Kind.UNARY, Kind.CAST):
        node = node.kids[0]
    return node.kids[0].value if node is not None and \
        node.kind == Kind.MEMBER and node.kids[0].kind == Kind.ID else ""


def _call(node: Node) -> Node | None:
    """Return the call that is given an object, or a member's address in it."""
    above = node.parent
    while above is not None and (above.kind in (Kind.MEMBER, Kind.CAST) or
                                 above.kind == Kind.UNARY
                                 and above.value == "&"):
        above = above.parent
    return above if above is not None and above.kind == Kind.CALL else None
