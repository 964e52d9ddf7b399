# SPDX-License-Identifier: GPL-2.0-only
"""Pass the pin state as an argument of the helper that releases the pages.

Where no structure carries the pages to a release, a new parameter of the helper
that drops them says whether to unpin. A caller that still has the iterator asks
it; one that runs later reads a flag from where the helper's other argument comes
from, a member that was set while the iterator was at hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from pinlib.base import edits
from pinlib.base.edits import Edit
from pinlib.csource.expr import Kind, Node
from pinlib.decide.pin_state import in_struct
from pinlib.flow.declared import initialisers
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, flag_name
from pinlib.flow.iterators import MAKERS
from pinlib.flow.points_to import values
from pinlib.program.callers import calls
from pinlib.program.function import Function, Guard, Statement, Use
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program

DEPTH = 4


@dataclass(frozen=True)
class Argument:
    """One call of the helper, and what it says about the pages."""

    function: Function
    statement: Statement
    call: Node
    state: str


@dataclass(frozen=True)
class Setting:
    """The assignment that a flag is set behind, in the same object."""

    function: Function
    statement: Statement
    member: Location
    flag: str
    iterator: str


@dataclass(frozen=True)
class AsArgument:
    """The helper's new parameter, its arguments, and where a flag is set."""

    helper: Function
    name: str
    arguments: tuple[Argument, ...]
    settings: tuple[Setting, ...]


class _Impossible(Exception):
    """The state cannot be passed this way."""


def find(program: Program, resolver: Resolver, site: CallSite,
         releases: list[Event]) -> AsArgument | None:
    """Return how a helper can learn the pin state by a parameter, or None."""
    first = releases[0]
    helper = first.function
    try:
        if any(e.location != first.location for e in releases) or \
                first.location.kind != LocationKind.VAR or helper.key == \
                site.function.key or not _own_calls(program, helper):
            return None
        return _pass(program, resolver, site, helper, first.location)
    except _Impossible:
        return None


def _own_calls(program: Program, helper: Function) -> bool:
    """Say whether a helper is static, and named in its calls alone."""
    uses = program.naming(helper.name, helper)
    called = all(u.call for _, u in uses)
    named = len(helper.text.words.get(helper.name, ()))
    return helper.static and helper.file.endswith(".c") and called and \
        named == len(uses) + 1


def _pass(program: Program, resolver: Resolver, site: CallSite,
          helper: Function, pages: Location) -> AsArgument:
    names = [n for _, n in helper.params]
    if pages.name not in names:
        raise _Impossible
    index = names.index(pages.name)
    owners = _owners(program, site)
    name = flag_name(pages)
    if name in helper.text.words:
        raise _Impossible
    at_iterator: list[tuple[Argument, str]] = []
    elsewhere: list[tuple[Function, Statement, Node]] = []
    for caller, use in program.naming(helper.name, helper):
        call = use.node.parent
        assert call is not None
        where = resolver.locate(caller, call.kids[index + 1])
        iterator = owners.get(caller.key)
        if iterator and where and where[0].kind == LocationKind.VAR and \
                where[0].name not in [n for _, n in caller.params]:
            at_iterator.append((Argument(
                caller, use.statement, call,
                f"iov_iter_extract_will_pin({iterator})"), iterator))
        else:
            elsewhere.append((caller, use.statement, call))
    found = [a for a, _ in at_iterator]
    settings: list[Setting] = []
    for caller, statement, call in elsewhere:
        setting, state = _paired_flag(program, resolver, caller, call, at_iterator,
                                      name)
        found.append(Argument(caller, statement, call, state))
        if setting not in settings:
            settings.append(setting)
    return AsArgument(helper, name, tuple(found), tuple(settings))


def _owners(program: Program, site: CallSite) -> dict[tuple[str, str], str]:
    """Return the functions above the acquisition, with their iterator.

    The parameter must be the very one that the acquisition is given.
    """
    first = site.argument(0)
    found: dict[tuple[str, str], str] = {}
    work = [(site.function, first, 0)]
    while work:
        function, node, level = work.pop()
        names = [n for _, n in function.params]
        if node is None or node.kind != Kind.ID or node.value not in names or \
                _reinitialised(function, node.value):
            continue
        if found.setdefault(function.key, node.value) != node.value:
            raise _Impossible
        index = names.index(node.value)
        if level < DEPTH:
            work += [(caller, use.argument(index), level + 1)
                     for caller, use in calls(program, function)]
    return found


def _reinitialised(function: Function, name: str) -> bool:
    """Say whether an iterator parameter is initialised or set elsewhere."""
    for use in function.uses.get(name, ()):
        node, parent = use.node, use.node.parent
        while parent is not None and parent.kind in (Kind.UNARY, Kind.MEMBER):
            node, parent = parent, parent.parent
        if parent is not None and (
                parent.kind == Kind.ASSIGN and parent.kids[0] is node
                or parent.kind == Kind.CALL
                and parent.kids[0].value in MAKERS):
            return True
    return bool(values(function, name))


def _paired_flag(program: Program, resolver: Resolver, caller: Function,
                 call: Node, at_iterator: list[tuple[Argument, str]],
                 name: str) -> tuple[Setting, str]:
    """Find the flag beside a member that reaches the helper the same way.

    The callers at the iterator pass the variable that the member is set from, so
    the code itself pairs the member's object with the pages.
    """
    for index, argument in enumerate(call.kids[1:]):
        member = resolver.member(caller, argument) \
            if argument.kind == Kind.MEMBER else None
        if member is None or resolver.declared(member) != "bool":
            continue
        for setter, statement, target, value in _only_assignment(program, resolver,
                                                                 member):
            iterator = next((i for a, i in at_iterator
                             if a.function.key == setter.key), None)
            if iterator is None or any(
                    str(a.call.kids[index + 1]) != str(value)
                    for a, _ in at_iterator) or not _set_on_allocation(
                        program, setter, statement, target, member):
                continue
            flag = _sibling(target, name)
            if name in (program.members_of(member.owner, member.file) or ()) \
                    or not program.alone(member.owner, member.file):
                raise _Impossible
            return (Setting(setter, statement, member, flag, iterator),
                    _sibling(argument, name))
    raise _Impossible


def _only_assignment(program: Program, resolver: Resolver, member: Location
                     ) -> list[tuple[Function, Statement, Node, Node]]:
    """Return the one assignment of a member from a variable, or nothing."""
    uses, unclear = resolver.uses(member)
    found = []
    for function, use in uses:
        parent = use.node.parent
        if parent is None or parent.kind == Kind.UNARY and parent.value == "&":
            return []
        if parent.kind == Kind.ASSIGN and parent.kids[0] is use.node:
            found.append((function, use.statement, use.node, parent.kids[1]))
    plain = [f for f in found if f[3].kind == Kind.ID and f[2].kids[0].kind ==
             Kind.ID and f[1].tree is f[2].parent]
    alone = len(found) == 1 == len(plain) and not unclear and \
        not any(initialisers.fields(resolver, member))
    return plain if alone else []


def _set_on_allocation(program: Program, function: Function, setting: Statement,
                       target: Node, member: Location) -> bool:
    """Say whether a member is set where its object is allocated, once."""
    if in_struct.unzeroed(program, member):
        return False
    root = target.kids[0].value
    allocations = in_struct.allocations(program, member)
    mine = [s for f, s in allocations if f.key == function.key]
    if len(allocations) != len(mine) or len(mine) != 1:
        return False
    allocation = mine[0]
    low, high = function.block_at(allocation.start)
    before = function.guards_at(allocation.start)
    return low < allocation.start < setting.start < high and all(
        g in before or _is_allocated(g, root)
        for g in function.guards_at(setting.start))


def _is_allocated(guard: Guard, name: str) -> bool:
    """Say whether a condition only says that the object was allocated."""
    test, holds = guard.test, guard.holds
    if test.kind == Kind.UNARY and test.value == "!":
        test, holds = test.kids[0], not holds
    return test.kind == Kind.ID and test.value == name and holds


def _sibling(node: Node, name: str) -> str:
    arrow = "->" if node.value.startswith("->") else "."
    return str(Node(Kind.MEMBER, arrow + name, node.kids))


def plan(passed: AsArgument) -> list[Edit]:
    """Return the edits that pass the state; every place is of the old text."""
    helper = passed.helper
    offset = next(o for o in helper.text.words[helper.name]
                  if o >= helper.text.offset(helper.span[0]))
    made: list[Edit] = [edits.Parameter(*_place(
        helper, helper.text.place_of(offset), helper.name), passed.name)]
    for argument in passed.arguments:
        place = argument.function.position(Use(
            argument.statement, argument.call.kids[0]))
        made.append(edits.Argument(*_place(
            argument.function, place, helper.name), argument.state))
    for setting in passed.settings:
        tree = setting.statement.tree
        assert tree is not None
        root = tree.kids[0].kids[0]
        place = setting.function.position(Use(setting.statement, root))
        made.append(edits.State(
            *_place(setting.function, place, root.value),
            str(tree.kids[0]), setting.flag, setting.iterator))
    return made


def _place(function: Function, place: tuple[int, int] | None,
           token: str) -> edits.Place:
    if place is None:
        raise LookupError(f"{function.file}:{function.line}")
    return function.file, *place, token
