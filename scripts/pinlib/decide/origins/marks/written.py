# SPDX-License-Identifier: GPL-2.0-only
"""Say whether every write to a mark is an assignment that is seen.

A macro may set what it is passed, another member of a union is the same memory,
and whoever copies or fills a whole object fills the mark with it.
"""

from __future__ import annotations

import re

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.csource.macro_text import defines
from pinlib.csource.value_sets import number
from pinlib.flow.points_to import Objects
from pinlib.paths.set_by_macros import set_by_macro
from pinlib.program.function import Function, Use
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program

_UNION = re.compile(r"\bunion\b[^;{}()]*\{")
# They fill the memory that they are given.
_FILLS = re.compile(r"(?:__)?(?:mem(?:cpy|move|set)|copy_(?:struct_)?from)\w*")


def seen(resolver: Resolver, mark: Location, function: Function) -> bool:
    """Say whether nothing but plain assignments can change a member."""
    program = resolver.program
    uses, unclear = resolver.uses(mark)
    base = mark.owner.split("::")[0]
    return mark.kind == LocationKind.MEM and not unclear and \
        not _overlaid(program, mark) and not _in_macro(resolver, mark) and \
        all(_plain(program, f, use) for f, use in uses) and \
        not Objects(program, resolver).copied(mark.owner, function) and \
        not any(_filled(resolver, user, node, mark.owner)
                for user in program.in_folder(function.file, base)
                for statement in user.statements
                for node in statement.nodes("("))


def _overlaid(program: Program, mark: Location) -> bool:
    """Say whether a member may lie in a union."""
    text = program.text(mark.file)
    places = text.words.get(mark.name, ())
    unions = [m.end() - 1 for m in _UNION.finditer(text.code)] if places else []
    return any(low < at < text.matching(low) for low in unions for at in places)


def _in_macro(resolver: Resolver, mark: Location) -> bool:
    """Say whether a macro names a member: its text is no use of it."""
    member = re.compile(rf"(?:->|\.)\s*{re.escape(mark.name)}\b")
    texts = map(resolver.program.text, resolver.sees(mark))
    return any(member.search(define.text) for text in texts
               if mark.name in text.words for define in defines(text))


def _plain(program: Program, function: Function, use: Use) -> bool:
    """Say whether one mention of a member reads it, or is a plain assignment."""
    return not use.addressed and not use.stepped and (
        use.setting is None or use.setting.value == "=") and \
        not set_by_macro(program, function.file, use.node)


def _filled(resolver: Resolver, function: Function, call: Node, tag: str) -> bool:
    """Say whether a call fills an object of a structure, but not with zeroes."""
    if call.kind != Kind.CALL or len(call.kids) < 3 or \
            not _FILLS.fullmatch(call.kids[0].value):
        return False
    if call.kids[0].value == "memset" and number(call.kids[2]) == 0:
        return False
    node, depth = call.kids[1], 1
    if node.kind == Kind.UNARY and node.value == "&":
        node, depth = node.kids[0], 0
    kind = resolver.type_of(function, node) or ""
    return types.tag_of(kind) == tag and types.depth_of(kind) == depth
