# SPDX-License-Identifier: GPL-2.0-only
"""Find a short result that passes for a full one, on the paths of a function.

Fewer pages were acquired than requested, and the function goes on as if all were
there: the next batch goes behind entries that were never filled, or whoever
drops the pages later uses the number requested.
"""

from __future__ import annotations

import re

from pinlib.csource import value_sets
from pinlib.csource.expr import Kind, Node
from pinlib.csource.value_sets import Env, Unsigned, Values
from pinlib.paths.calls import counts
from pinlib.paths.loop_bounds import Loops
from pinlib.paths.watch import Watch, makes_table
from pinlib.program import cfg
from pinlib.program.function import Statement
from pinlib.program.locations import Resolver

_PART, _ASKED = frozenset({"part"}), frozenset({"asked"})
_TESTS = frozenset("< <= > >= == != && ||".split())
# The value of these is computed from their arguments.
_MADE = frozenset("likely unlikely WARN_ON WARN_ON_ONCE BUG_ON min max min_t "
                  "max_t clamp clamp_t IS_ERR_VALUE".split())
_CHOOSES = re.compile(r"\b(?:min|max|clamp)\w*\b")
_PRINTS = re.compile(r"^(?:trace_\w+|\w*(?:_|\b)(?:dbg|debug|err|warn|info|"
                     r"notice|printk|log|print)\w*)$")


class Shortfall:
    """The paths of one function after its acquisition came out short."""

    def __init__(self, resolver: Resolver, watch: Watch, loops: Loops,
                 unsigned: Unsigned) -> None:
        self.resolver = resolver
        self.watch = watch
        self.loops = loops
        self._unsigned = unsigned
        self._asked = watch.asked if "part" in watch.taken else ""
        self._result, self.noted = self._receiver()
        self.returned = False         # a short result is returned unchanged
        self._measures = self._same_measure()
        self._places = self._positions()

    def start(self) -> tuple[tuple[str, Values], ...]:
        """Return what is known at the start: the number requested."""
        return ((self._asked, _ASKED),) if self._asked else ()

    def renewed(self, env: Env) -> Env:
        """Return the state before the call; a new request has no copies."""
        if not self._asked or env.get(self._asked) == _ASKED:
            return env
        return {**{k: v for k, v in env.items() if v != _ASKED},
                self._asked: _ASKED}

    def tells(self, statement: Statement, tree: Node, env: Env) -> bool:
        """Say whether the number of pages is stored, passed on or returned."""
        if statement.fact.kind == "return":
            value = self._value(tree, env)
            return self._mentions(tree, env) if value is None \
                else "part" in value
        return any(self._used(n, tree, env) for n in tree.walk()
                   if self._counts(n, env))

    def goes_ahead(self, tree: Node, env: Env) -> bool:
        """Say whether the next batch is placed by the number requested."""
        for node in tree.walk():
            if node.kind != Kind.ASSIGN or str(node.kids[0]) not in self._places:
                continue
            value = node.kids[1]
            moved = node.value in ("+=", "-=") or node.value == "=" and any(
                str(n) == str(node.kids[0]) for n in value.walk())
            if moved and self._whole(value, env):
                return True
        return False

    def walks_all(self, tree: Node | None, got: str, env: Env) -> bool:
        """Say whether a loop covers as many entries as were requested."""
        return got == "part" and tree is not None and \
            tree.kind == Kind.BINARY and tree.value in ("<", "<=") and \
            self._value(tree.kids[1], env) == _ASKED

    def walks_beyond(self, step: cfg.Step, tree: Node | None, held: bool,
                     got: str, env: Env) -> bool:
        """Say whether a loop drops as many entries as were requested.

        One that tests each entry first may know which are there.
        """
        classes = ("neg", "zero", "part") if held else ("neg", "zero")
        return not self._asks_entry(step) and got in classes and \
            self.walks_all(tree, "part", env)

    def walks_error(self, step: cfg.Step, tree: Node | None,
                    env: Env) -> bool:
        """Say whether a loop drops as many entries as an error code says."""
        return tree is not None and tree.kind == Kind.BINARY and (
            tree.value == "!=" or tree.value == "<"
            and self._unsigned(*tree.kids)) and not self._asks_entry(step) \
            and self._value(tree.kids[1], env) == value_sets.NEG

    def _asks_entry(self, step: cfg.Step) -> bool:
        """Say whether a loop tests an entry before it drops it."""
        assert step.body is not None
        low, high = step.body
        return any(g.start > low for at in self.watch.releases
                   if low <= at < high
                   for g in self.watch.function.guards_at(at))

    def given_all(self, statement: Statement, tree: Node, env: Env) -> bool:
        """Say whether a function is to handle as many pages as requested."""
        calls = [e.call for e in self.watch.moves.get(statement.start, [])
                 if makes_table(e) and e.call is not None
                 and counts.made(e.call, tree, env, self._unsigned)]
        if any(self._value(k, env) == _ASKED for c in calls
               for k in c.kids[1:]):
            return True
        for node in tree.walk():
            drops = self.watch.counts.get(node.kids[0].value) \
                if node.kind == Kind.CALL else None
            if drops and (any(
                    i in drops.params and self._value(k, env) == _ASKED
                    for i, k in enumerate(node.kids[1:]))
                    or self._kept_whole(drops.members, env)):
                return True
        return False

    def left(self, reported: bool, ahead: int, env: Env,
             value: Values | None) -> tuple[int, bool]:
        """Return where a successful return has lost the short result.

        The result is a line, and whether that is certain; the line is 0 if the
        caller can know the number. value: what is returned.
        """
        self.returned |= value == _PART
        if not self._asked or not self.watch.counts:
            return 0, False
        members = frozenset(m for c in self.watch.counts.values()
                            for m in c.members | c.passed)
        if self._kept_whole(members, env):
            return ahead or self._stored(members) or \
                self.watch.statement.line, True
        if reported:
            return 0, False
        return ahead or self.watch.statement.line, bool(ahead)

    def _receiver(self) -> tuple[str, bool]:
        """Return where the result is stored, and if others may read it."""
        call, statement = self.watch.call, self.watch.statement
        if call is None:
            return "", True
        if statement.fact.kind == "declare":
            return statement.fact.name, False
        node = call
        while node.parent is not None and node.parent.kind in (
                Kind.CAST, Kind.UNARY, Kind.COND):
            node = node.parent
        if node.parent is None:
            return str(call), statement.fact.kind == "return"
        if node.parent.kind != Kind.ASSIGN:
            tested = statement.fact.kind in ("if", "while", "for")
            return str(call), not tested
        target = node.parent.kids[0]
        return str(target), target.kind != Kind.ID or \
            not self.watch.function.is_local(target.value) and \
            target.value not in [n for _, n in self.watch.function.params]

    def _value(self, node: Node, env: Env) -> Values | None:
        return value_sets.evaluate(node, env, self._unsigned)

    def _counts(self, node: Node, env: Env) -> bool:
        """Say whether a name holds the number of pages that were taken."""
        return node.kind in (Kind.ID, Kind.MEMBER) and (
            str(node) == self._result or env.get(str(node)) == _PART) or (
            node.kind == Kind.CALL and str(node) == self._result)

    def _mentions(self, tree: Node, env: Env) -> bool:
        return any(self._counts(n, env) for n in tree.walk())

    def _used(self, node: Node, tree: Node, env: Env) -> bool:
        """Say whether the number is not just tested, copied or printed."""
        while node is not tree and node.parent is not None:
            above = node.parent
            if above.kind == Kind.BINARY and above.value in _TESTS or \
                    above.kind == Kind.UNARY and above.value == "!" or \
                    above.kind == Kind.COND and above.kids[0] is node:
                return False
            if above.kind == Kind.CALL and above.kids[0].value not in _MADE:
                return above.kids[0] is not node and not _message(above)
            if above.kind == Kind.ASSIGN:
                if above.kids[0] is node:
                    return False
                local = above.kids[0].kind == Kind.ID and \
                    self.watch.function.is_local(above.kids[0].value)
                return not local or above.value != "=" or \
                    self._value(above.kids[1], env) is None
            node = above
        return node.kind not in (Kind.ID, Kind.MEMBER) and node.kind != Kind.CALL

    def _whole(self, value: Node, env: Env) -> bool:
        """Say whether an amount is based on the request, not the result."""
        known = env.get(self._asked) == _ASKED
        return not self._mentions(value, env) and any(
            self._value(n, env) == _ASKED or known
            and str(n) in self._measures for n in value.walk()
            if n.kind in (Kind.ID, Kind.MEMBER, Kind.CONST, Kind.BINARY, Kind.CALL))

    def _kept_whole(self, members: frozenset[str], env: Env) -> bool:
        """Say whether a member that releases rely on holds the request."""
        return any(value == _ASKED and re.split(r"->|\.", key)[-1] in members
                   and ("->" in key or "." in key)
                   for key, value in env.items())

    def _stored(self, members: frozenset[str]) -> int:
        """Return the line where the acquiring function sets such a member."""
        return max((u.statement.line for m in members for u in
                    self.watch.function.members.get(m, [])
                    if u.node.parent is not None
                    and u.node.parent.kind == Kind.ASSIGN
                    and u.node.parent.kids[0] is u.node
                    and u.node.parent.kids[1].kind != Kind.CONST), default=0)

    def _given(self) -> list[tuple[str, Node]]:
        """Return what the function assigns to each name, as text and value."""
        found = []
        for statement in self.loops.statements:
            tree = statement.tree
            if tree is None:
                continue
            if statement.fact.kind == "declare":
                found.append((statement.fact.name, tree))
            found += [(str(n.kids[0]), n.kids[1]) for n in tree.walk()
                      if n.kind == Kind.ASSIGN]
        return found

    def _same_measure(self) -> frozenset[str]:
        """Return the names of the request in other units, such as bytes."""
        known = {self._asked} - {""}
        given = self._given() if known else []
        for _ in range(3):
            for name, value in given:
                operands = _operands(value)
                if len(operands) != 1 or _CHOOSES.search(str(value)):
                    continue
                if operands <= known and all(
                        _operands(v) <= known for n, v in given if n == name):
                    known.add(name)
                elif name in known:
                    known |= operands
        return frozenset(known) - {self._asked, self._result}

    def _positions(self) -> frozenset[str]:
        """Return the names that decide where, or if, the next batch begins."""
        statement, call = self.watch.statement, self.watch.call
        inside = [s for s in self.loops.spans
                  if s[0] <= statement.start < s[1]]
        if not self._asked or call is None or not inside:
            return frozenset()
        low, high = inside[0]
        tests = [s.tree for s in self.loops.statements
                 if s.fact.kind in ("for", "while") and s.tree is not None
                 and any(a <= s.start < b for a, b in inside)]
        known = {str(n) for top in [*call.kids[1:], *tests]
                 for n in top.walk() if n.kind in (Kind.ID, Kind.MEMBER)}
        within = [(str(n.kids[0]), n.kids[1])
                  for s in self.loops.statements if s.tree is not None
                  and low <= s.start < high
                  for n in s.tree.walk() if n.kind == Kind.ASSIGN]
        for _ in range(3):
            known |= {str(n) for name, value in within if name in known
                      for n in value.walk() if n.kind in (Kind.ID, Kind.MEMBER)}
        return frozenset(known)


def _operands(value: Node) -> frozenset[str]:
    """Return the variables a value is made of; constants are in capitals."""
    return frozenset(
        str(n) for n in value.walk() if n.kind in (Kind.ID, Kind.MEMBER)
        and not str(n).isupper() and not (
            n.parent is not None and (
                n.parent.kind == Kind.CALL and n.parent.kids[0] is n
                or n.parent.kind == Kind.MEMBER)))


def _message(call: Node) -> bool:
    """Say whether a call only prints a message."""
    name = call.kids[0].value
    return bool(_PRINTS.match(name)) or any(
        k.kind == Kind.CONST and k.value.startswith('"') and "%" in k.value
        for k in call.kids[1:])
