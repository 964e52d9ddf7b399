# SPDX-License-Identifier: GPL-2.0-only
"""Find numbers of pages that are made of bytes without the first one's offset.

A buffer that begins within a page ends in one page more than its length says.
"""

from __future__ import annotations

import re

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.csource.parser import parse
from pinlib.decide.bugs.byte_results import bounds
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.program.function import Function
from pinlib.program.locations import Resolver
from pinlib.program.program import Program

_OFFSET = re.compile(r"(?:^|_)off(?:set|s)?$")


def short(program: Program, resolver: Resolver,
          site: CallSite) -> list[tuple[Event, str]]:
    """Return the releases that leave out the offset, with what they count by."""
    if "iov_iter" not in site.api:
        return []
    found = []
    for event in site.flow.of(*RELEASE_KINDS):
        length = _stepped(event) or _result(site, event)
        if length is not None and (
                str(length) == site.result or _has_offset(
                    program, resolver, event.function, length)):
            found.append((event, str(length)))
    return found


def _stepped(event: Event) -> Node | None:
    """Return the length up to which a loop of releases counts in pages, or None.

    It begins at 0 and asks nothing else.
    """
    function = event.function
    for statement in function.statements:
        tree = statement.tree
        if tree is None or tree.kind != Kind.ASSIGN or tree.value != "+=" or \
                str(tree.kids[1]) != "PAGE_SIZE":
            continue
        name = str(tree.kids[0])
        begun = [v for _, v in values(function, name) if v.value != "+="]
        tests = re.findall(rf"\b{name}\s*<\s*([\w.>-]+)\s*\)",
                           function.text.code[slice(*function.body)])
        if begun and all(str(v) in ("0", "PAGE_SIZE") for v in begun) and \
                len(tests) == 1 and function.within(
                    statement.start, event.statement.start):
            node = parse(tests[0])
            return node if node is not None and node.kind == Kind.MEMBER \
                else None
    return None


def _result(site: CallSite, event: Event) -> Node | None:
    """Return the result in bytes, where alone it bounds what is dropped."""
    function = site.function
    if event.function.key != function.key or not site.result or any(
            u.setting is not None and u.statement is not site.statement
            for u in function.uses.get(site.result, ())):
        return None
    for bound in bounds(event):
        given = [v for _, v in values(function, bound.value)
                 ] if bound.kind == Kind.ID else [bound]
        if len(given) == 1 and _in_pages(given[0]) == site.result:
            return Node(Kind.ID, site.result)
    return None


def _in_pages(node: Node) -> str:
    """Return what is turned into a number of pages, alone, as text, or ""."""
    if node.kind == Kind.CALL and len(node.kids) > 1 and \
            node.kids[0].value in ("DIV_ROUND_UP", "PFN_UP"):
        return str(node.kids[1])
    if node.kind == Kind.BINARY and (node.value, str(node.kids[1])) in (
            ("/", "PAGE_SIZE"), (">>", "PAGE_SHIFT")):
        return str(node.kids[0])
    return ""


def _has_offset(program: Program, resolver: Resolver, function: Function,
                length: Node) -> bool:
    """Say whether the object of a length has an offset that goes unread."""
    tag = types.tag_of(resolver.type_of(function, length.kids[0]) or "")
    known = program.members_of(tag, function.file) if tag else None
    named = {m for m in known or () if _OFFSET.search(m)}
    return bool(named) and not any(re.search(
        rf"(?:->|\.)\s*{name}\b", function.text.code[slice(*function.body)])
        for name in named)
