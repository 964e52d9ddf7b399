# SPDX-License-Identifier: GPL-2.0-only
"""Walk a function with a mark, which says on each way what a table holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pinlib.csource.expr import HINTS, Kind, Node
from pinlib.csource.value_sets import Values
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Watch, results_of
from pinlib.program import cfg
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Resolver

# No name of C is in it, so that no write to a variable is one to the mark.
_MARK = "(1)"
_CLASSES = ("neg", "zero", "pos")
_TESTED = ("if", "while", "for", "return")
# From here on nothing is known.
LOST = "lost"


@dataclass(frozen=True)
class Act:
    """What a statement makes of the mark, where call returned one class."""

    becomes: Callable[[str, str], str]
    call: Node | None = None


def changes(table: dict[str, str], call: Node | None = None) -> Act:
    """Return an act that makes one mark another, or loses it."""
    return Act(lambda mark, _: table.get(mark, LOST), call)


def loses() -> Act:
    """Return an act after which nothing is known."""
    return changes({})


class MarkedWalk(Walker):
    """A walk that asks of each statement what it makes of the mark.

    good: nothing has denied what is to be proven, and no way was left out.
    """

    def __init__(self, resolver: Resolver, function: Function,
                 start: str) -> None:
        first = function.statements[0]
        super().__init__(resolver, Watch(function, None, Statement(
            first.fact, function, None, -1, -1), "", True, ()))
        self.good = True
        self._start = start
        self._acts: dict[Statement, Act | None] = {}

    def proven(self) -> bool:
        """Walk all ways, and say whether all went as it should."""
        self.run()
        return self.good and not self.gave_up

    def act(self, statement: Statement) -> Act | None:
        """Return what a statement does, or None if that is nothing."""
        raise NotImplementedError

    def ends(self, value: Values | None, mark: str) -> None:
        """Judge a way that ends with a result, which None says nothing of."""

    def tested(self, tree: Node | None, outcome: bool | None,
               mark: str) -> str:
        """Return what the mark is once a test came out so."""
        return mark

    def _mark(self, state: Any) -> str:
        return str(min(dict(state.env).get(_MARK, {self._start})))

    def _marked(self, state: Any, mark: str) -> Any:
        return self._with(state, {**dict(state.env), _MARK: frozenset({mark})})

    def _do(self, statement: Statement, state: Any) -> list[Any]:
        if statement not in self._acts:
            unread = statement.tree is None and statement.fact.kind != "declare"
            self._acts[statement] = loses() if unread else self.act(statement)
        act = self._acts[statement]
        if act is None:
            return list(super()._do(statement, state))
        found = []
        for name in _CLASSES if act.call is not None else ("",):
            known = dict.fromkeys(results_of(act.call), frozenset({name})) \
                if act.call is not None else None
            env = dict(self._assign(statement, statement.tree, state, known).env)
            if statement.fact.kind not in _TESTED:
                # From here on the text means the next call of it.
                env.pop(str(act.call), None)
            found.append(self._marked(self._with(state, env), act.becomes(
                self._mark(state), name)))
        return found

    def _branch(self, step: cfg.Step, tree: Node | None,
                outcome: bool | None, state: Any) -> Iterator[Any]:
        # Made once more, a call may answer something else: a loop comes to an end.
        calls = [str(n) for n in tree.walk() if n.kind == Kind.CALL] if tree else []
        for after in super()._branch(step, tree, outcome, state):
            known = self._with(after, {
                text: value for text, value in after.env
                if not any(call in text for call in calls)}) if calls else after
            yield self._marked(known, self.tested(tree, outcome,
                                                  self._mark(known)))

    def _leave(self, step: cfg.Step, state: Any) -> None:
        self.ends(self._returned(step, state), self._mark(state))


def always_made(statement: Statement, call: Node) -> bool:
    """Say whether a statement makes a call whenever control comes to it.

    And whether nothing is done with the result there but to store and test it.
    """
    node = call
    while node is not statement.tree:
        above = node.parent
        if above is None or not (
                above.kind == Kind.CAST
                or above.kind == Kind.ASSIGN and above.kids[1] is node
                and above.value == "="
                or above.kind == Kind.UNARY and above.value == "!"
                or above.kind == Kind.BINARY and above.value not in ("&&", "||")
                and above.kids[0] is node
                or above.kind == Kind.CALL and above.kids[0].value in HINTS):
            return False
        node = above
    return True


def through_pointer(function: Function, call: Node) -> bool:
    """Say whether a call's function is a value, so that it may be any."""
    return call.kids[0].kind != Kind.ID or \
        call.kids[0].value in function.types
