# SPDX-License-Identifier: GPL-2.0-only
"""Find releases that drop only the pages which nothing else has got.

    for (i = 0; i < got; i++)           for (; i < got; i++)
        if (keep(object, pages[i]))             put_page(pages[i]);
            break;

What was kept before is not among them.
"""

from __future__ import annotations

import re

from pinlib.csource.expr import Kind, Node
from pinlib.flow.graph import Event
from pinlib.paths.always_drops import Stores
from pinlib.paths.watch import Watch
from pinlib.program.function import Function

_LOOP = re.compile(r"\b(for|while)\s*(?=\()")
_UP = re.compile(r"\+\+|\+=")


def leave_rest(watched: Watch, stores: Stores) -> None:
    """Take such releases out of what is watched."""
    watched.releases = {
        at: events for at, events in watched.releases.items()
        if not any(_drops_rest(e, last) for e in events
                   if (last := stores.last(watched.function, at)) >= 0)}


def _drops_rest(event: Event, stored: int) -> bool:
    """Say whether a release leaves out entries that were stored before it.

    stored: where the last of them was.
    """
    function, names = event.function, _indices(event.node)
    if is_part(event.node):
        return True
    code = function.text.code
    for loop in _LOOP.finditer(code, max(stored, function.body[0]),
                               event.statement.start):
        opening = loop.end()
        close = function.text.matching(opening)
        if function.text.statement_end(loop.start()) <= event.statement.start:
            continue
        head = code[opening + 1:close]
        start, _, rest = head.partition(";") if loop[1] == "for" else (
            "", "", head)
        for name in names:
            given = re.search(rf"\b{name}\s*=(?!=)\s*([^,]*)", start)
            if given:
                if _UP.search(rest) and given[1].strip() != "0":
                    return True
            elif re.search(rf"\b{name}\s*>=?(?!=|\s*0\b)", rest):
                return True
            elif re.search(rf"\b{name}\s*(?:<|!=)|(?<!-)>\s*{name}\b", rest) and \
                    not _reset(function, name, stored, loop.start()):
                return True
    return False


def is_part(node: Node) -> bool:
    """Say whether an argument is an array from some later entry on."""
    while node.kind == Kind.CAST:
        node = node.kids[0]
    if node.kind == Kind.UNARY and node.value == "&" and \
            node.kids[0].kind == Kind.INDEX and node.parent is not None and \
            node.parent.kind == Kind.CALL and len(node.parent.kids) > 2:
        node = node.kids[0]
    elif node.kind != Kind.BINARY or node.value != "+":
        return False
    return node.kids[1].value != "0"


def _indices(node: Node) -> set[str]:
    """Return the variables that choose the entry."""
    return {n.value for index in node.walk() if index.kind == Kind.INDEX
            for n in index.kids[1].walk() if n.kind == Kind.ID}


def _reset(function: Function, name: str, after: int, before: int) -> bool:
    """Say whether a variable begins at zero again between two places."""
    return any(
        after < use.statement.start < before and use.setting is not None
        and use.setting.kids[1].value == "0"
        for use in function.uses.get(name, ()))
