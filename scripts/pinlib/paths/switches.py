# SPDX-License-Identifier: GPL-2.0-only
"""Know on one path which label of a switch another test of the value leads to.

A variable that nothing else can write says the same to each switch and `if` of
one call, until an assignment, which the walk sees.
"""

from __future__ import annotations

from typing import Any

from pinlib.csource import value_sets
from pinlib.csource.expr import Kind, Node
from pinlib.csource.parser import parse
from pinlib.csource.value_sets import Unsigned
from pinlib.paths.set_by_macros import set_by_macro
from pinlib.program import cfg
from pinlib.program.function import Function
from pinlib.program.program import Program

_SAME = ("==", "!=")


class Switches:
    """The switches of one function over variables that others test as well."""

    def __init__(self, program: Program, function: Function, first: cfg.Step,
                 unsigned: Unsigned) -> None:
        self.program = program
        self.function = function
        self._unsigned = unsigned
        self._all = sorted((s for s in cfg.steps(first) if s.cases),
                           key=lambda s: s.start)
        self._tests: dict[cfg.Step, list[tuple[str, Node]]] = {}

    def into(self, step: cfg.Step, follower: cfg.Step, value: Node | None,
             states: list[Any]) -> list[Any]:
        """Return the states of a walk that can get from a step to a follower.

        Behind a label of a switch they know its value.
        """
        if not step.cases or value is None:
            return states
        if step not in self._tests:
            self._tests[step] = self._asked(step, value)
        taken = follower.label if follower in step.cases else ""
        for label, test in self._tests[step]:
            states = [state._replace(env=tuple(sorted({
                **env, str(test): value_sets.POS if label == taken
                else value_sets.ZERO}.items())))
                for state in states for env in value_sets.assume(
                    test, label == taken, dict(state.env), self._unsigned)]
        return states

    def _asked(self, step: cfg.Step, value: Node) -> list[tuple[str, Node]]:
        """Return the labels of a switch that matter elsewhere, as tests."""
        if not self._steady(value):
            return []
        name = value.value
        uses = [(u.statement, u.node.parent)
                for u in self.function.uses.get(name, ())]
        compared = {str(above.kids[1]) for _, above in uses
                    if above is not None and above.kind == Kind.BINARY
                    and above.value in _SAME and str(above.kids[0]) == name}
        # A number is one for each test, also for `if (value)`.
        asked = any(s.fact.kind in ("if", "while", "for") for s, _ in uses)
        others = {case.label for other in self._all if other is not step
                  for case in other.cases if self._text(other) == name}
        found = []
        for label in sorted({c.label for c in step.cases}):
            test = parse(f"{name} == {label}")
            if test is not None and label != "default" and (
                    label in compared | others
                    or asked and value_sets.number(test.kids[1]) is not None):
                found.append((label, test))
        return found

    def _text(self, step: cfg.Step) -> str:
        """Return the name of what a switch is over."""
        return step.words(self.function.text.code).strip()

    def _steady(self, value: Node) -> bool:
        """Say whether only assignments change a value: a variable of this call."""
        function, name = self.function, value.value
        return value.kind == Kind.ID and name not in function.shadowed and (
            function.is_local(name) or name in [
                n for _, n in function.params]) and not any(
            u.addressed or set_by_macro(self.program, function.file, u.node)
            for u in function.uses.get(name, ()))
