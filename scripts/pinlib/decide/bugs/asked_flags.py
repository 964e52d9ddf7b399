# SPDX-License-Identifier: GPL-2.0-only
"""Find what the flags of an acquisition may be, and what they say of the use."""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.flow.call_sites import CallSite
from pinlib.program.program import Program


def given(program: Program, site: CallSite) -> list[Node]:
    """Return what the flags may be; a parameter stands for what is passed."""
    node = site.argument(site.shape.flags) if site.shape else None
    names = [n for _, n in site.function.params]
    if node is None or node.value not in names or own(site):
        return own(site)
    passed = [use.argument(names.index(node.value)) for _, use in
              program.naming(site.function.name, site.function)]
    known = [p for p in passed if p is not None and (
        p.kind != Kind.ID or p.value.startswith("FOLL_"))]
    return known if len(known) == len(passed) else []


def own(site: CallSite) -> list[Node]:
    """Return what the flags argument may be; a variable stands for its values."""
    node = site.argument(site.shape.flags) if site.shape else None
    if node is None:
        return []
    if node.kind != Kind.ID or node.value.startswith("FOLL_"):
        return [node]
    found = []
    for use in site.function.uses.get(node.value, []):
        if use.setting:
            found.append(use.setting.kids[1])
    for statement in site.function.statements:
        if statement.fact.kind == "declare" and statement.tree and \
                statement.fact.name == node.value:
            found.append(statement.tree)
    return found


def from_device(site: CallSite) -> bool:
    """Say whether a device is to write, as the choice of flags says."""
    node = site.argument(site.shape.flags) if site.shape else None
    return node is not None and node.kind == Kind.ID and any(
        n.value in ("DMA_FROM_DEVICE", "DMA_BIDIRECTIONAL")
        for use in site.function.uses.get(node.value, ()) if use.setting
        for g in site.function.guards_at(use.statement.start) if g.holds
        for n in g.test.walk())


def writes(node: Node) -> bool:
    """Say whether flags may ask for write access. FOLL_WRITE is 1."""
    return "FOLL_WRITE" in str(node) or node.value == "1" or \
        node.kind == Kind.BINARY and node.value in ("==", "!=")


def writes_always(node: Node) -> bool:
    """Say whether flags ask for write access whatever else is asked."""
    while node.kind == Kind.CAST:
        node = node.kids[0]
    if node.kind == Kind.BINARY and node.value == "|":
        return any(writes_always(k) for k in node.kids)
    return node.value in ("FOLL_WRITE", "1")
