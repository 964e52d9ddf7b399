# SPDX-License-Identifier: GPL-2.0-only
"""Find members in which a function lends a page to what it calls.

The page is there from one assignment until the same function clears the member
again. Nothing else may put a page there, and every mention of the member has to
be one that was read: who reads it in between is then followed like any user.
"""

from __future__ import annotations

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.flow.graph import Edge
from pinlib.flow.points_to import Objects, values
from pinlib.program import cfg
from pinlib.program.function import Function, Statement, Use
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program


def lends(program: Program, resolver: Resolver, member: Location,
          put: Edge | None) -> bool:
    """Say whether what is put into a member is gone when the function is left."""
    tree = put.statement.tree if put else None
    if put is None or tree is None or tree.kind != Kind.ASSIGN or \
            put.statement.fact.kind != "effect" or \
            member.kind != LocationKind.MEM or \
            types.depth_of(resolver.declared(member)) != 1:
        return False
    function = put.function
    uses, unclear = resolver.uses(member)
    written = [use for _, use in uses if use.setting or use.addressed]
    stores = [use for use in written if not _clears(use)]
    clears = [use.statement.start for use in written
              if use.statement.function is function and _clears(use)
              and str(use.node) == str(tree.kids[0])]
    return not unclear and len(stores) == 1 and \
        stores[0].setting is tree and tree.value == "=" and \
        _all_read(program, resolver, member, len(uses)) and \
        _one_object(function, tree.kids[0]) and \
        _always_comes_to(program, put.statement, clears) and \
        not Objects(program, resolver).copied(member.owner, function)


def _clears(use: Use) -> bool:
    """Say whether a whole statement sets a member to NULL."""
    made = use.setting
    return made is not None and made.parent is None and made.value == "=" and \
        use.statement.fact.kind == "effect" and made.kids[1].value == "NULL"


def _all_read(program: Program, resolver: Resolver, member: Location,
              uses: int) -> bool:
    """Say whether a member's name stands nowhere but in its uses.

    And once where it is declared. No other structure may have one of that name,
    and no macro or text that is left out may name it.
    """
    return uses + 1 == sum(len(program.text(file).words.get(member.name, ()))
                           for file in resolver.sees(member))


def _one_object(function: Function, place: Node) -> bool:
    """Say whether a member's text means the same object all through a function."""
    base = place.kids[0]
    while base.kind == Kind.MEMBER and base.value.startswith("."):
        base = base.kids[0]
    if base.kind != Kind.ID or base.value not in function.types or \
            base.value in function.shadowed:
        return False
    given = base.value in [name for _, name in function.params]
    return (given or function.is_local(base.value)) and \
        len(values(function, base.value)) == (not given) and not any(
            use.addressed or use.stepped
            for use in function.uses.get(base.value, ()))


def _always_comes_to(program: Program, statement: Statement,
                     places: list[int]) -> bool:
    """Say whether each way on from a statement meets a place before it ends."""
    function = statement.function
    steps = cfg.steps(cfg.first_step(
        function, program.macros.seen_by(function.file)))
    work = [follow for step in steps if step.start <= statement.start < step.end
            for follow, _ in step.next]
    seen: set[cfg.Step] = set()
    found = False
    while work:
        step = work.pop()
        if step.kind in (cfg.StepKind.RETURN, cfg.StepKind.END):
            return False
        if any(step.start <= place < step.end for place in places):
            found = True
        elif step not in seen:
            seen.add(step)
            work += [follow for follow, _ in step.next]
    return found
