# SPDX-License-Identifier: GPL-2.0-only
"""Find where the pin state of an extraction is kept until the release.

A kernel iterator's pages are not pinned, so whether to unpin must travel with
the pages: in the structure that they are acquired or stored into.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pinlib.base.codes import Code
from pinlib.base.why_not import Manual, WhyNot
from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.decide import lifetime
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, flag_name
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import C_FILES, Program


class NoCarrier(Manual):
    """Nothing beside the pages can carry the state."""


def _no_carrier(code: Code, reason: str, place: str) -> NoCarrier:
    return NoCarrier(WhyNot(code, reason, place))


@dataclass(frozen=True)
class InStruct:
    """The member that a flag goes beside, and the flag at the acquisition."""

    member: Location
    flag: str


def find(program: Program, resolver: Resolver, site: CallSite,
         releases: list[Event]) -> InStruct:
    """Return the structure that can carry the pin flag to every release."""
    target, node = site.target, site.pages
    assert target is not None and node is not None
    if target.kind != LocationKind.MEM:
        target, node = _stored(resolver, site, releases) or (target, node)
    if target.kind != LocationKind.MEM or not program.alone(
            target.owner, target.file):
        into = next((e for e in site.flow.of(EventKind.INTO)
                     if e.detail.startswith("struct ")), None)
        raise _no_carrier(Code.FLAG_CARRIER, "Kernel iterators reach this call, "
                          "and no structure carries the pages from here to "
                          "their release.",
                          into.place if into else str(site.statement))
    for event in releases:
        if event.location != target:
            raise _no_carrier(Code.FLAG_CARRIER, "Kernel iterators reach this "
                              "call, and this release does not see the "
                              "structure that the pages were acquired into.",
                              event.place)
    uncounted = [e for e in releases if not lifetime.counted(resolver, e)]
    plain = unzeroed(program, target) \
        if uncounted or target != site.target else None
    if plain and uncounted:
        raise _no_carrier(Code.FLAG_UNSET, "A pin flag could be read here before "
                          "it was ever set.", uncounted[0].place)
    if plain:
        raise _no_carrier(Code.FLAG_UNSET, f"struct {target.owner} is not "
                          "zeroed where it is made here, so a pin flag "
                          "could be read before it was set.", plain)
    while node.kind != Kind.MEMBER:
        node = node.kids[0]
    arrow = "->" if node.value.startswith("->") else "."
    return InStruct(target, str(Node(Kind.MEMBER, arrow + flag_name(target),
                                     node.kids)))


def _stored(resolver: Resolver, site: CallSite,
            releases: list[Event]) -> tuple[Location, Node] | None:
    """Return the one member that the acquiring function stores the pages in.

    The object must be the same, and be there, from the acquisition to the store,
    since the flag is set at the acquisition.
    """
    target = releases[0].location
    stores = [e for e in site.flow.of(EventKind.INTO, EventKind.STORE)
              if e.detail == str(target)]
    if target.kind != LocationKind.MEM or len(stores) != 1:
        return None
    event = stores[0]
    tree = event.statement.tree
    if event.function.key != site.function.key or tree is None or \
            tree.kind != Kind.ASSIGN or tree.kids[0].kind != Kind.MEMBER or \
            resolver.member(site.function, tree.kids[0]) != target:
        return None
    low, high = site.function.block_at(event.statement.start)
    if not low < site.statement.start < min(high, event.statement.start):
        return None
    base = tree.kids[0].kids[0]
    if base.kind != Kind.ID or not _steady(site.function, base.value,
                                           site.statement):
        return None
    return target, tree.kids[0]


def _steady(function: Function, name: str, site: Statement) -> bool:
    """Say whether a pointer keeps its value, and is not tested, from a call on."""
    if any(g.start > site.end and any(n.value == name and n.kind == Kind.ID and
                                      (n.parent is None or
                                       n.parent.kind != Kind.MEMBER)
                                      for n in g.test.walk())
           for g in function.guards):
        return False
    given = [s for s, _ in values(function, name)]
    if name in [n for _, n in function.params]:
        return not given
    return len(given) == 1 and given[0].start < site.start and \
        function.block_at(given[0].start)[0] < site.start < \
        function.block_at(given[0].start)[1]


def unzeroed(program: Program, member: Location) -> str | None:
    """Return a place that makes an object of a member's struct unzeroed.

    One that lies in another structure, or is made nowhere in sight, counts.
    """
    tag = member.owner
    for file in sorted(_naming(program, tag)):
        text = program.text(file)
        inside = re.search(rf"\bstruct\s+{tag}\s+\w+\s*[;=\[,]", text.code)
        if inside:
            return f"{file}:{text.line_of(inside.start())}"
    made = allocations(program, member)
    for _, statement in made:
        if statement.tree is None or not statement.tree.calls(*effects.ZEROING):
            return str(statement)
    return None if made else f"{member.file}:1"


def allocations(program: Program,
                member: Location) -> list[tuple[Function, Statement]]:
    """Return where objects of a member's structure are allocated."""
    found = []
    for function in program.mentioning(member.owner, _naming(
            program, member.owner)):
        for name, declared in function.types.items():
            if types.tag_of(declared) == member.owner:
                found += [(function, s) for s, v in values(function, name)
                          if v.calls(*effects.ALLOCATORS)]
    return found


def _naming(program: Program, tag: str) -> set[str]:
    """Return the files that name a structure."""
    return {file for file in program.naming_files(tag)
            if file.endswith(C_FILES) and not file.startswith("tools/")}
