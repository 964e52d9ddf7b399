# SPDX-License-Identifier: GPL-2.0-only
"""Find what a member of a value with pages is: a page, or what is in one."""

from __future__ import annotations

import re

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.program.function import Function
from pinlib.program.locations import Resolver

# Members of a page that keep nothing, and do not count who holds it.
_STATE = re.compile(r"flags|_last_cpupid|\w*_mapcount")
Step = tuple[str, int]


def step(parent: Node, category: str, depth: int) -> Step:
    """Step to a member of the value: of struct page, or of a table's entry."""
    name = parent.value.lstrip("->.")
    if name in ("bv_page", "page_link") and category in ("bvec", "sg"):
        return ("page", 1)
    if name in ("sgl", "sgt", "prv") and category == "sg":
        return ("sg", depth)
    if category != "page":
        return ("done:", 0)
    # An address inside the page (its list head) can keep the page.
    return ("done:unknown" if _address(parent) else "done:look", 0)


def of_type(resolver: Resolver, function: Function, node: Node, parent: Node,
            category: str, depth: int) -> Step | None:
    """Step to a folio's own page by its address, or to a number of its state.

    Or from an address to what lies there. None where the type of the value does
    not say that it is one.
    """
    if category == "addr":
        return _behind(node, parent)
    if category != "page" or parent.kind != Kind.MEMBER or depth > 1 or \
            not _address(parent):
        return None
    tag = types.tag_of(resolver.type_of(function, node) or "")
    name = parent.value.lstrip("->.")
    if tag == "folio" and name == "page":
        return ("page", 0)
    return ("done:look", 0) if tag in ("folio", "page") and \
        _STATE.fullmatch(name) else None


def _behind(node: Node, parent: Node) -> Step | None:
    """Step to what lies in a page from the address that a call has just given.

    None where the value may be a place that keeps such an address.
    """
    if parent.kids[0] is not node or parent.kind != Kind.INDEX and not (
            parent.kind == Kind.UNARY and parent.value == "*"):
        return None
    while node.kind in (Kind.CAST, Kind.BINARY):
        node = node.kids[0]
    return ("done:", 0) if node.kind == Kind.CALL else None


def _address(node: Node) -> bool:
    above = node.parent
    return above is not None and above.kind == Kind.UNARY and \
        above.value == "&"
