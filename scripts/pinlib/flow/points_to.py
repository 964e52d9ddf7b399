# SPDX-License-Identifier: GPL-2.0-only
"""Find which object a member belongs to: where that object was created.

One member of one structure holds pages of several origins when different objects
of that structure do. An object is named by the place that allocates it; a
callback's object is the one that the callback was set on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pinlib.csource import jumps, types
from pinlib.csource.expr import Kind, Node
from pinlib.flow.callbacks import methods
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement
from pinlib.program.locations import (CONTAINERS, Location, LocationKind,
                                      Resolver)
from pinlib.program.program import Program

ANY = "any"
DEPTH = 12
_LOCKS = ("lock_page", "trylock_page", "lock_page_killable", "folio_lock",
          "folio_trylock", "folio_lock_killable")
_UNLOCKS = ("unlock_page", "folio_unlock")
# A function named on more lines serves the whole kernel, not one driver.
CALLERS = 30


@dataclass(frozen=True, order=True)
class Label:
    """An object: the tag of its outermost structure, and its allocation.

    origin is `any` when the facts do not show it; then only the tag is known.
    """

    tag: str
    origin: str


class Objects:
    """The objects behind expressions of one tree, by name."""

    def __init__(self, program: Program, resolver: Resolver,
                 inside: bool = False) -> None:
        """Set up the analysis.

        inside: an object that a function creates and returns also keeps its
        name inside that function, for what was stored in it there.
        """
        self.program = program
        self.resolver = resolver
        self.inside = inside
        # A variable being resolved maps to no label, which ends recursion.
        self._known: dict[tuple[str, str, str], set[Label]] = {}

    def of(self, function: Function, node: Node,
           level: int = 0) -> set[Label]:
        """Return the objects an expression may point to or lie in."""
        if level > DEPTH:
            return {Label("", ANY)}
        found = self._root(function, node)
        if isinstance(found, Label):
            return {found}
        if found.kind == Kind.CALL:
            return self._call(function, found, level)
        key = (function.file, function.name, found.value)
        if key not in self._known:
            self._known[key] = set()
            self._known[key] = self._variable(function, found.value, level)
        return self._known[key]

    def _root(self, function: Function, node: Node) -> Node | Label:
        """Return the variable or call whose object contains an expression.

        Embedding (`.`, `&`) is followed; a pointer loaded from memory leads to
        an object of which only the type is known.
        """
        place = False
        while node.kind not in (Kind.ID, Kind.CALL):
            if node.kind == Kind.UNARY and node.value == "&":
                place = True
            elif node.kind in (Kind.MEMBER, Kind.INDEX) or (
                    node.kind == Kind.UNARY and node.value == "*"):
                declared = self.resolver.type_of(function, node)
                if declared is None:
                    return Label("", ANY)
                if "*" in declared and not place:
                    return Label(types.tag_of(declared) or "", ANY)
                place = node.value.startswith(".")
            elif node.kind not in (Kind.CAST, Kind.POST, Kind.BINARY):
                return Label("", ANY)
            node = node.kids[0]
        return node

    def _call(self, function: Function, node: Node,
              level: int) -> set[Label]:
        name = node.kids[0].value
        declared = self.resolver.type_of(function, node) or ""
        tag = types.tag_of(declared) or ""
        if name in CONTAINERS and len(node.kids) > 1:
            inner = self.of(function, node.kids[1], level + 1)
            return {Label(la.tag, la.origin) if la.origin != ANY
                    else Label(tag or la.tag, ANY) for la in inner}
        if name in effects.ALLOCATORS or allocates(self.program, function, name):
            here = {Label(tag, f"{function.file}:{function.name}")}
            callee = self.program.definition(name, function.file)
            if not self.inside or callee is None or name in effects.ALLOCATORS:
                return here
            return here.union(*(
                self.of(callee, s.tree, level + 1)
                for s in callee.statements if s.fact.kind == "return"
                and s.tree is not None and s.tree.value not in ("NULL", "0")
                and not s.tree.calls("ERR_PTR", "ERR_CAST")))
        if name in ("READ_ONCE", "rcu_dereference") and len(node.kids) > 1:
            return self.of(function, node.kids[1], level + 1)
        return {Label(tag, ANY)}

    def _variable(self, function: Function, name: str,
                  level: int) -> set[Label]:
        declared = function.types.get(name, "")
        tag = types.tag_of(declared) or ""
        names = [n for _, n in function.params]
        if name in names:
            return self._parameter(function, names.index(name), tag, level)
        if tag and not types.depth_of(declared):
            return {Label(tag, f"{function.file}:{function.name}:{name}")}
        found: set[Label] = set()
        for _, value in values(function, name):
            if value.value in ("NULL", "0"):
                continue
            made = self.of(function, value, level + 1)
            found |= {Label(la.tag or tag, la.origin) if la.tag else
                      Label(tag, la.origin) for la in made}
        return found or {Label(tag, ANY)}

    def _parameter(self, function: Function, index: int, tag: str,
                   level: int) -> set[Label]:
        found: set[Label] = set()
        if self.program.named_often(function, CALLERS):
            return {Label(tag, ANY)}
        for caller, use in self.program.naming(function.name, function):
            parent = use.node.parent
            given = use.argument(index)
            if use.call:
                if given is not None:
                    found |= self.of(caller, given, level + 1)
            elif parent is not None and parent.kind == Kind.ASSIGN and \
                    parent.kids[0].kind == Kind.MEMBER:
                # A callback is called with the object it was set on.
                found |= self.of(caller, parent.kids[0], level + 1)
            else:
                found.add(Label(tag, ANY))
        return found or {Label(tag, ANY)}

    def behind(self, function: Function, node: Node,
               passed: dict[Location, list[tuple[Function, Statement, Node]]],
               level: int = 0) -> set[Label]:
        """Return the objects whose member a page or container was read from."""
        while node.kind in (Kind.INDEX, Kind.UNARY, Kind.CAST, Kind.BINARY,
                            Kind.POST) or _hands_on(node):
            node = node.kids[1] if node.kind == Kind.CALL else node.kids[0]
        if node.kind == Kind.MEMBER:
            return self.of(function, node.kids[0])
        if node.kind != Kind.ID or level > DEPTH:
            return {Label("", ANY)}
        where = Location(LocationKind.VAR, function.file, function.name, node.value)
        key = (function.file, function.name, node.value)
        if key in self._known:
            return self._known[key]
        self._known[key] = set()
        found: set[Label] = set()
        for caller, _, argument in passed.get(where, []):
            found |= self.behind(caller, argument, passed, level + 1)
        for _, value in values(function, node.value):
            if value.value not in ("NULL", "0"):
                found |= self.behind(function, value, passed, level + 1)
        self._known[key] = found or {Label("", ANY)}
        return self._known[key]

    def copied(self, tag: str, function: Function) -> bool:
        """Say whether an object of a structure is assigned or copied whole.

        Its pages then move to an object created elsewhere.
        """
        return any(
            any(self._copies(other, node, tag) for node in other.copies)
            or self._declared_as(other, tag) or self._given(other, tag)
            for other in self.program.in_folder(function.file, tag))

    def _is_value(self, function: Function, node: Node, tag: str) -> bool:
        """Say whether an expression is one of the structure's objects."""
        if any(n.kind == Kind.CALL for n in node.walk()):
            return False
        declared = self.resolver.type_of(function, node) or ""
        return types.tag_of(declared) == tag and \
            not types.depth_of(declared)

    @staticmethod
    def _declared_as(function: Function, tag: str) -> bool:
        """Say whether a local is initialised as a copy of another object."""
        return any(s.fact.kind == "declare" and s.tree is not None
                   and types.tag_of(s.fact.type) == tag
                   and not types.depth_of(s.fact.type)
                   and s.tree.kind not in (Kind.INIT, Kind.TYPE, Kind.CONST)
                   for s in function.statements)

    def _given(self, function: Function, tag: str) -> bool:
        """Say whether an object is passed to a call that can only copy it.

        By value, or as a local's address to a function of which only the name
        is known: nothing else outlives the call.
        """
        for statement in function.statements:
            for call in statement.nodes("("):
                if call.kind == Kind.CALL and any(
                        self._copied_by(function, call, index, kid, tag)
                        for index, kid in enumerate(call.kids[1:])):
                    return True
        return False

    def _copied_by(self, function: Function, call: Node, index: int,
                   argument: Node, tag: str) -> bool:
        inner = argument
        if argument.kind == Kind.UNARY and argument.value == "&":
            inner = argument.kids[0]
            if inner.kind != Kind.ID or not function.is_local(inner.value):
                return False
        name = call.kids[0].value
        return self._is_value(function, inner, tag) and \
            effects.effect(name, index) is None and \
            self.program.definition(name, function.file) is None and \
            methods(self.program, self.resolver, function,
                    call.kids[0]) is None

    def _copies(self, function: Function, node: Node, tag: str) -> bool:
        source = effects.copied_from(node)
        if source is not None:
            declared = self.resolver.type_of(function, source) or ""
            return types.tag_of(declared) == tag
        return node.kind == Kind.ASSIGN and \
            node.kids[1].kind not in (Kind.INIT, Kind.TYPE) and \
            self._is_value(function, node.kids[0], tag)

    def meet(self, one: set[Label], other: set[Label]) -> bool:
        """Say whether two sets of labels may name the same object."""
        return any(self._same(a, b) for a in one for b in other)

    def _same(self, one: Label, other: Label) -> bool:
        if one.origin != ANY and other.origin != ANY:
            return one == other
        if one.origin == ANY and other.origin == ANY:
            return True
        known, open_ = (one, other) if one.origin != ANY else (other, one)
        return not open_.tag or not known.tag or \
            self._holds(known.tag, open_.tag)

    def _holds(self, outer: str, inner: str) -> bool:
        """Say whether a structure contains another by value, at any level."""
        seen = set()
        work = [outer]
        while work:
            tag = work.pop()
            if tag == inner:
                return True
            if tag in seen:
                continue
            seen.add(tag)
            where = self.program.struct_places(tag.split("::")[0])
            members = self.program.members_of(
                tag, where[0][0]) if where else None
            work += [types.tag_of(t) or "" for t in (members or {}).values()
                     if types.tag_of(t) and "*" not in t]
        return False


def _hands_on(node: Node) -> bool:
    """Say whether a call's first argument leads to the page it returns.

    What allocates a table says nothing about where it is stored.
    """
    if node.kind != Kind.CALL or len(node.kids) < 2:
        return False
    name = node.kids[0].value
    effect = effects.effect(name, 0)
    return bool(effect and effect.result) or name in (
        *CONTAINERS, *effects.FROM_NUMBER, *effects.FROM_ADDRESS)


def allocates(program: Program, function: Function, name: str) -> bool:
    """Say whether a function returns what it allocates itself."""
    callee = program.definition(name, function.file)
    if callee is None:
        return False
    for statement in callee.statements:
        tree = statement.tree
        if statement.fact.kind != "return" or tree is None:
            continue
        if tree.calls(*effects.ALLOCATORS):
            return True
        if tree.kind == Kind.ID and any(
                v.calls(*effects.ALLOCATORS)
                for _, v in values(callee, tree.value)):
            return True
    return False


def empty(program: Program, function: Function, name: str) -> bool:
    """Say whether a function returns an array that it allocates and leaves bare."""
    callee = program.definition(name, function.file)
    if callee is None or not allocates(program, function, name):
        return False
    returned = {s.tree.value for s in callee.statements
                if s.fact.kind == "return" and s.tree is not None
                and s.tree.kind == Kind.ID}
    return not any(_may_fill(use.node) for local in returned
                   for use in callee.uses.get(local, ()))


def bare(function: Function, array: Node, passed: Statement) -> bool:
    """Say whether a local array has no entry when a statement passes it on."""
    return function.is_local(array.value) and not any(
        _may_fill(use.node) for use in function.uses.get(array.value, ())
        if use.statement is not passed)


def _may_fill(node: Node) -> bool:
    """Say whether an array gets an entry here, or may get one from a call."""
    above = node.parent
    while above is not None and above.kids[0] is node and (
            above.kind in (Kind.INDEX, Kind.CAST) or
            above.kind == Kind.UNARY and above.value == "*"):
        if above.parent is not None and above.parent.kind == Kind.ASSIGN and \
                above.parent.kids[0] is above:
            return True
        node, above = above, above.parent
    if above is None or above.kind != Kind.CALL or above.kids[0] is node:
        return False
    effect = effects.effect(above.kids[0].value, next(
        i for i, kid in enumerate(above.kids[1:]) if kid is node))
    return effect is None or effect.kind not in (
        "look", "free-array", "clear-array")


def values(function: Function, name: str) -> list[tuple[Statement, Node]]:
    """Return every value assigned to a local, with the statement."""
    found = []
    for use in function.uses.get(name, []):
        if use.setting:
            found.append((use.statement, use.setting.kids[1]))
    for statement in function.statements:
        if statement.fact.kind == "declare" and statement.tree and \
                statement.fact.name == name:
            found.append((statement, statement.tree))
    return found


def unlocked_here(function: Function, statement: Statement) -> int:
    """Return the line of an unlock_page() in the same straight-line code.

    Pages from user space are not locked by whoever took them, so a page
    released beside an unlock_page() came from the page cache. What leaves in
    between unlocks one itself. The same is true of folios.
    """
    if any(name in function.uses for name in _LOCKS):
        return 0
    code = function.text.code
    low, high = function.block_at(statement.start)
    breaks = re.compile(r"[{}]|^\s*\w+:", re.M)
    run_start = max([low] + [m.end() for m in breaks.finditer(
        code, low, statement.start)])
    run_end = statement.end
    while stop := breaks.search(code, run_end, high):
        run_end = stop.start()
        close = function.text.matching(run_end) if code[run_end] == "{" else -1
        leaves = jumps.JUMP.search(code, run_end, close + 1)
        if close < 0 or leaves and not re.search(
                rf"\b(?:{'|'.join(_UNLOCKS)})\b",
                code[run_end:leaves.start()]):
            break
        run_end = close + 1
    for other in function.statements:
        if run_start <= other.start < (run_end if stop else high) and \
                other.tree is not None and \
                other.tree.calls(*_UNLOCKS) and \
                function.block_at(other.start) == (low, high):
            return other.line
    return 0
