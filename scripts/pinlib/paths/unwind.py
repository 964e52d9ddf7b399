# SPDX-License-Identifier: GPL-2.0-only
"""Find loops that undo what was just put into a container.

`for (i = 0; …; i++)` fills entry i and jumps out on an error; after the label,
`for (; i >= 0; i--)` or `while (--i >= 0)` drops what was filled. Or the start
of a table is saved while a pointer advances over what a function filled, and
`while (start < pointer)` walks over the same entries again. The entries dropped
are the ones just filled, whatever was there before.
"""

from __future__ import annotations

import re

from pinlib.csource import jumps
from pinlib.csource.expr import Kind, Node
from pinlib.flow import other_tables
from pinlib.flow.graph import Event
from pinlib.flow.points_to import values
from pinlib.program.function import Function, Statement, Use
from pinlib.program.program import Program


def filled_by(release: Event, fill: Event) -> int:
    """Return the line that filled every entry a release drops, or 0."""
    function = release.function
    target = _entry(fill)
    if fill.function.key != function.key or not target or \
            fill.location != release.location or _entry(release) != target:
        return 0
    index = target[target.rindex("[") + 1:-1]
    body = _loop_up(function, fill.statement.start, index)
    start = release.statement.start
    if body is None or not body[1] < start:
        return 0
    label = _label(function, body[1], start)
    down = _loop_down(function, label[1], start, index) if label else None
    if label is None or down is None:
        return 0
    gotos = re.finditer(rf"\bgoto\s+{label[0]}\b", function.text.code[
        function.body[0]:function.body[1]])
    if not all(body[0] < function.body[0] + g.start() < body[1]
               for g in gotos):
        return 0
    good = _exits_agree(function, body, fill, index, down)
    return fill.statement.line if good else 0


def refilled(fill: Event, event: Event) -> bool:
    """Say whether an event may see another page than the one that was filled in.

    What was filled gets one by an assignment, or by a call that is given its
    address; or the index, or the pointer, is at another entry by then.
    """
    function = fill.function
    names = {fill.location.name} | {
        n.value for e in _indexed(event) for n in e.kids[1].walk()
        if n.kind == Kind.ID}
    low, high = function.block_at(event.statement.start)
    last, ends = event.statement.end, ""
    if low > fill.statement.start:
        # What steps at the end of the loop around an event is another one then.
        ends = function.text.code[high:function.text.code.find(";", high)]
        last = high
    return any(_changes(ends, name) or any(
        fill.statement.end <= use.statement.start < last and _sets(use)
        for use in (*function.uses.get(name, ()),
                    *function.members.get(name, ()))) for name in names)


def _indexed(event: Event) -> list[Node]:
    """Return the entries by index that an event's expression has."""
    return [n for n in (event.node, *event.node.walk())
            if n.kind == Kind.INDEX]


def _sets(use: Use) -> bool:
    """Say whether a use gives a variable, or what is behind it, another value."""
    node, above = use.node, use.node.parent
    while above is not None and above.kids[0] is node and (
            above.kind in (Kind.INDEX, Kind.POST) or
            above.kind == Kind.UNARY and above.value in ("*", "++", "--")):
        node, above = above, above.parent
    if node.kind == Kind.POST or node.value in ("++", "--"):
        return True
    if above is not None and above.kind == Kind.ASSIGN and \
            above.kids[0] is node:
        return above.kids[1].value not in ("NULL", "0")
    return other_tables.run_over(node) is not None or \
        above is not None and above.kind == Kind.UNARY and \
        above.value == "&" and above.parent is not None and \
        above.parent.kind == Kind.CALL


def walked_again(program: Program, release: Event, filler: Function) -> int:
    """Return the line where walking the entries filled by a function starts.

    filler: the only function that receives the advancing pointer.
    """
    function = release.function
    for guard in function.guards_at(release.statement.start):
        test = guard.test
        if not guard.holds or test.kind != Kind.BINARY or test.value != "<" or \
                any(k.kind != Kind.ID for k in test.kids):
            continue
        start, moving = (k.value for k in test.kids)
        given = values(function, start)
        if len(given) == 1 and str(given[0][1]) == moving and \
                _only_steps(function, start, given[0][0], moving) and \
                _given_to(program, function, moving, filler) and \
                start in _sources(function, release):
            return given[0][0].line
    return 0


def _only_steps(function: Function, start: str, kept: Statement,
                moving: str) -> bool:
    """Say whether both pointers only advance once the start was saved."""
    changed = []
    for name in (start, moving):
        for use in function.uses.get(name, []):
            parent = use.node.parent
            if parent is None or parent.kids[0] is not use.node:
                continue
            if parent.kind == Kind.UNARY and parent.value == "&":
                return False
            if parent.kind == Kind.ASSIGN and parent.value != "+=" and \
                    use.statement is not kept:
                return False
            if parent.kind in (Kind.ASSIGN, Kind.POST) and \
                    use.statement is not kept:
                changed.append(use.statement.start)
    return bool(changed) and kept.start < min(changed)


def _given_to(program: Program, function: Function, name: str,
              filler: Function) -> bool:
    """Say whether a pointer is passed to one function only."""
    calls = [u.node.parent for u in function.uses.get(name, [])
             if u.node.parent is not None and u.node.parent.kind == Kind.CALL]
    return bool(calls) and all(
        program.definition(c.kids[0].value, function.file) is filler
        for c in calls)


def _sources(function: Function, release: Event) -> set[str]:
    """Return the variables that the dropped page may be read through."""
    names = {n.value for n in release.node.walk() if n.kind == Kind.ID}
    for name in list(names):
        names |= {n.value for _, v in values(function, name)
                  for n in v.walk() if n.kind == Kind.ID}
    return names


def _entry(event: Event) -> str:
    """Return the container's entry that a statement uses, by one variable."""
    tree = event.statement.tree
    found = {str(n) for n in (tree.walk() if tree else ())
             if n.kind == Kind.INDEX and n.kids[1].kind == Kind.ID
             and _named(n, event)}
    return found.pop() if len(found) == 1 else ""


def _named(node: Node, event: Event) -> bool:
    inner = node.kids[0]
    return inner.kind == Kind.ID and inner.value == event.location.name


def _loop_up(function: Function, at: int,
             index: str) -> tuple[int, int] | None:
    """Return the braces of the counting loop whose block has an offset."""
    low, high = function.block_at(at)
    head = re.compile(rf"\bfor\s*\(\s*{index}\s*=\s*0\s*;[^;{{}}]*;\s*"
                      rf"(?:{index}\s*\+\+|\+\+\s*{index})\s*\)\s*$")
    if head.search(function.text.code, function.body[0], low):
        return low, high
    return None


def _label(function: Function, after: int,
           before: int) -> tuple[str, int] | None:
    """Return the one label between the loops, unless it can be fallen into."""
    code = function.text.code
    labels = list(jumps.ANY_LABEL.finditer(code, after, before))
    if len(labels) != 1 or not jumps.ENDS_BLOCK.search(
            code[after:labels[0].start()]):
        return None
    return labels[0].group(1), labels[0].end()


def _loop_down(function: Function, after: int, at: int,
               index: str) -> bool | None:
    """Say whether the loop around a release includes its first index."""
    code = function.text.code[after:at]
    form = re.search(
        rf"(for\s*\(\s*;\s*{index}\s*>=\s*0\s*;\s*(?:{index}\s*--|--\s*"
        rf"{index})\s*\))|while\s*\(\s*(?:{index}\s*--(?:\s*>\s*0)?|"
        rf"--\s*{index}\s*>=\s*0)\s*\)", code)
    if form is None or _changes(code[:form.start()], index) or \
            re.search(r"[;}]", code[form.end():]):
        return None
    return bool(form.group(1))


def _changes(code: str, index: str) -> int:
    """Return how often code writes to a variable, or takes its address."""
    return len(re.findall(
        rf"(?<![\w.>]){index}\s*(?:[-+*/|&^%]?=(?!=)|\+\+|--)|"
        rf"(?:\+\+|--|(?<!&)&)\s*{index}\b", code))


def _exits_agree(function: Function, body: tuple[int, int], fill: Event,
                 index: str, inclusive: bool) -> bool:
    """Say whether the index is the last filled entry at every exit."""
    code = function.text.code
    stepped = 0
    for match in jumps.JUMP.finditer(code, *body):
        low = function.block_at(match.start())[0]
        before = code[max(low, body[0]):match.start()]
        step = bool(re.search(rf"(?:\b{index}\s*--|--\s*{index})\s*;",
                              before)) and low != body[0]
        early = match.start() < fill.statement.start
        if match.group() in ("break", "continue") and early or \
                step != (early and inclusive):
            return False
        stepped += step
    return _changes(code[body[0]:body[1]], index) == stepped
