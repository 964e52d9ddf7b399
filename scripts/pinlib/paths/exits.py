# SPDX-License-Identifier: GPL-2.0-only
"""The exits of the acquiring function, and whether each releases the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pinlib.csource import jumps
from pinlib.csource.expr import Kind, Node, conditions
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.kernel import effects
from pinlib.program.function import Function, Guard
from pinlib.program.locations import LocationKind

_LOOP = re.compile(r"\b(?:for|while|do|\w*for_each\w*)\b(?=\s*[({])")


@dataclass(frozen=True)
class Leak:
    """An exit that leaves pages held: its line, and on which path."""

    line: int
    path: str  # short-pin | error


def leaks(site: CallSite, releases: list[Event]) -> list[Leak]:
    """Return the exits after the acquisition that release nothing.

    An exit is fine when nothing was acquired there, when a release (or a call
    of a helper that releases) precedes it in its block or follows the label it
    jumps to, or when it does not return an error.
    """
    function = site.function
    after = site.statement.end
    tests = _failure_tests(site)
    # A page that was not acquired: one pointer, set only by the call.
    single = site.pages is not None and site.pages.value == "&"
    absent = tests | {str(site.pages)[1:]} if single else tests
    found = []
    for match in jumps.LEAVES.finditer(function.text.code, after,
                                       function.body[1]):
        guards = [g for g in function.guards_at(match.start())
                  if g.start > after]
        if any(_nothing_taken(g, _still(site, g, absent)) for g in guards) \
                or \
                other_arm(function, site.statement.start, match.start()):
            continue
        if match.group(1) == "goto" and _not_counted(site, match, releases):
            found.append(Leak(function.text.line_of(match.start()), "error"))
            continue
        partial = next((g for g in guards if g.holds and
                        _mentions_any(g.test, tests) and
                        not _all_taken(g, site)), None)
        if partial is None and not _is_error(match, guards):
            continue
        if _gives_back(function, match, after, releases):
            continue
        if match.group(1) == "goto" and partial is None:
            continue
        found.append(Leak(function.text.line_of(match.start()),
                          "short-pin" if partial else "error"))
    return found


def other_arm(function: Function, one: int, other: int) -> bool:
    """Say whether two places are in different branches of an if run once."""
    arms = function.guards_at(one)
    for guard in function.guards_at(other):
        if any(a.test is guard.test and a.holds != guard.holds
               for a in arms):
            return runs_once(function, function.text.offset(guard.line),
                             max(one, other))
    return False


def runs_once(function: Function, start: int, end: int) -> bool:
    """Say whether nothing leads from the end of a stretch back to its start.

    No loop is around it, and no label precedes its end.
    """
    low, code = function.body[0], function.text.code
    return not jumps.LABEL.search(code, low, end) and not any(
        function.text.statement_end(m.start()) > end
        for m in _LOOP.finditer(code, low, start))


def leaves_early(function: Function, after: int, before: int,
                 result: str) -> bool:
    """Is there an exit between two places on which pages are held?"""
    for match in jumps.LEAVES.finditer(function.text.code, after, before):
        guards = [g for g in function.guards_at(match.start())
                  if g.start > after]
        if not any(_nothing_taken(g, {result}) for g in guards):
            return True
    return False


def _is_error(match: re.Match[str], guards: list[Guard]) -> bool:
    value = match.group(2).strip()
    if match.group(1) != "return":
        return False
    if value in effects.GOES_ON:
        return False
    if value.startswith(("-E", "ERR_PTR")) or ": -E" in value:
        return True
    return value.isidentifier() and any(
        g.holds and _mentions(g.test, value) for g in guards)


def _failure_tests(site: CallSite) -> set[str]:
    """Return the result, and the locals computed from it."""
    names = {site.result, str(site.call)} - {""}
    for statement in site.function.statements:
        tree = statement.tree
        if tree is None or statement.start <= site.statement.start:
            continue
        if tree.kind == Kind.ASSIGN and tree.kids[0].kind == Kind.ID and \
                _mentions(tree.kids[1], site.result):
            names.add(tree.kids[0].value)
    return names


def _still(site: CallSite, guard: Guard, names: set[str]) -> set[str]:
    """Return the names that still hold the result where a guard tests them.

    One variable may hold the results of several calls in turn.
    """
    found = set(names)
    for statement in site.function.statements:
        tree = statement.tree
        if tree is None or tree.kind != Kind.ASSIGN or \
                not site.statement.start <= statement.start or \
                statement.fact.line >= guard.line:
            continue
        name = str(tree.kids[0])
        if name in names:
            ours = statement is site.statement or any(
                _mentions(tree.kids[1], n) for n in names)
            (found.add if ours else found.discard)(name)
    return found


def _mentions(node: Node, name: str) -> bool:
    return bool(name) and any(str(n) == name for n in node.walk())


def _nothing_taken(guard: Guard, names: set[str]) -> bool:
    """Say whether a condition means that no page was acquired."""
    return any(_none(test, holds, names)
               for test, holds in conditions(guard.test, guard.holds)
               ) or guard.holds and _each_none(guard.test, names)


def _each_none(test: Node, names: set[str]) -> bool:
    """Does each side of an `or` say that no page was taken?"""
    while test.kind == Kind.CALL and test.kids[0].value in (
            "likely", "unlikely") and len(test.kids) == 2:
        test = test.kids[1]
    if test.kind == Kind.BINARY and test.value == "||":
        return all(_each_none(k, names) for k in test.kids)
    if test.kind == Kind.UNARY and test.value == "!" and \
            test.kids[0].kind == Kind.ID:
        return str(test.kids[0]) in names
    return _none(test, True, names)


def _all_taken(guard: Guard, site: CallSite) -> bool:
    """Say whether a condition means that all pages are there.

    Then others drop them.
    """
    asked = site.argument(site.shape.count) if site.shape else None
    target = site.target
    return asked is not None and target is not None and (
        target.kind == LocationKind.MEM or not site.function.is_local(target.name)
        or bool(site.flow.of(EventKind.INTO, EventKind.RETURN))) and any(
        test.kind == Kind.BINARY and test.value in ("==", ">=") and holds and
        [str(k) for k in test.kids] == [site.result, str(asked)]
        for test, holds in conditions(guard.test, guard.holds))


_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=",
            "!=": "=="}


def _none(node: Node, holds: bool, names: set[str]) -> bool:
    if str(node) in names:
        return not holds
    if node.kind != Kind.BINARY or node.value not in _NEGATED:
        return False
    left, right = node.kids
    operator = node.value if holds else _NEGATED[node.value]
    if str(left) not in names and not _mentions_any(left, names):
        return False
    if right.value == "0":
        return operator in ("<", "<=", "==")
    if right.value == "1":
        return operator in ("<", "!=")
    return False


def _mentions_any(node: Node, names: set[str]) -> bool:
    return any(_mentions(node, n) for n in names)


def _gives_back(function: Function, match: re.Match[str], after: int,
                releases: list[Event]) -> bool:
    helpers = {r.function.name for r in releases
               if r.function.key != function.key}
    here = [r.statement.start for r in releases
            if r.function.key == function.key]
    here += [s.start for s in function.statements
             if s.tree is not None and s.tree.calls(*helpers)]
    low, _ = function.block_at(match.start())
    if any(max(low, after) < at < match.start() for at in here):
        return True
    if match.group(1) == "goto":
        label = _label(function, match)
        return label is not None and any(at > label for at in here)
    return False


def _label(function: Function, match: re.Match[str]) -> int | None:
    """Return where the label of a goto is."""
    found = re.compile(rf"^\s*{re.escape(match.group(2).strip())}\s*:",
                       re.M).search(function.text.code, *function.body)
    return found.start() if found else None


def _not_counted(site: CallSite, match: re.Match[str],
                 releases: list[Event]) -> bool:
    """Say whether a goto leads to a loop that counts the newest pages later.

    The pages are stored in an array from some entry on, and the loop drops as
    many as a counter says, which is incremented after the goto.
    """
    function, label = site.function, _label(site.function, match)
    if label is None or label < match.start() or site.pages is None or not (
            site.pages.kind == Kind.BINARY or any(
                n.kind == Kind.INDEX for n in site.pages.walk())):
        return False
    bounds = {str(g.test.kids[1]) for r in releases
              if r.function.key == function.key and r.statement.start > label
              for g in function.guards_at(r.statement.start)
              if g.holds and g.start > label and g.test.value == "<"}
    raised = [s.start for s in function.statements
              if s.tree is not None and s.start > site.statement.end
              and any(n.kind in (Kind.ASSIGN, Kind.POST, Kind.UNARY)
                      and n.value not in "-!~&*" and str(n.kids[0]) in bounds
                      for n in s.tree.walk())]
    return bool(raised) and match.start() < min(raised)
