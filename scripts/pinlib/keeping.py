# SPDX-License-Identifier: GPL-2.0-only
"""Are pages kept from one entry point of a driver until another?

An entry point is a function that stands in a table of operations, or one
that a dispatcher calls from its switch.
"""

from __future__ import annotations

from . import api
from .flow import Event
from .function import Function
from .program import Program
from .resolve import Resolver
from .sites import CallSite
from .walk import Walker, Watch

LIMIT = 60
CALLERS = 60

Key = tuple[str, str]


def kept(program: Program, resolver: Resolver,
         site: CallSite) -> Event | None:
    """A release that only another entry point reaches, or None.

    None as well when a completion handler releases: then facts do not tell
    how long it takes.
    """
    above = _above(program, site.function, set())
    if above is None:
        return None
    found = None
    names: set[str] = set()
    for event in site.flow.of("release", "array-release"):
        if event.function.key in above or set(api.PAGES_ARG) & set(
                event.function.uses):
            continue
        behind = _above(program, event.function, set(above))
        if behind is None:
            return None
        names |= {name for _, name in behind}
        for key in behind:
            kind = _entry(program, program.functions.get(key), above)
            if kind == "handed":
                return None
            if kind == "entry":
                found = found or event
    if found and _survives(program, resolver, site.function,
                           frozenset(names), {site.function.key}):
        return found
    return None


def _survives(program: Program, resolver: Resolver, function: Function,
              helpers: frozenset[str], seen: set[Key]) -> bool:
    """Are the pages still held when an entry point above returns well?"""
    calls = [(c, u) for c, u in program.naming(function.name, function)
             if c.name and u.node.parent is not None
             and u.node.parent.kind == "call"
             and u.node.parent.kids[0] is u.node]
    if not calls:
        return True
    for caller, use in calls:
        if caller.key in seen:
            continue
        walker = Walker(resolver, Watch(
            caller, use.node.parent, use.statement, "", True,
            (_good(function),), helpers=helpers))
        walker.run()
        if walker.keeps and _survives(program, resolver, caller, helpers,
                                      seen | {caller.key}):
            return True
    return False


def _good(function: Function) -> str:
    """The class of what a function returns when all went well."""
    zero = any(s.fact.kind == "return" and s.tree is not None and any(
        n.value == "0" for n in s.tree.walk()) for s in function.statements)
    return "zero" if zero else "pos"


def _above(program: Program, function: Function,
           stop: set[Key]) -> set[Key] | None:
    """A function and all that call it, without entering stop."""
    seen = {function.key}
    work = [function]
    while work:
        callee = work.pop()
        if len(seen) > LIMIT or program.named_often(callee, CALLERS):
            return None
        for caller, use in program.naming(callee.name, callee):
            parent = use.node.parent
            if caller.name and parent is not None and \
                    parent.kind == "call" and parent.kids[0] is use.node \
                    and caller.key not in seen | stop:
                seen.add(caller.key)
                work.append(caller)
    return seen


def _entry(program: Program, function: Function | None,
           above: set[Key]) -> str:
    """entry, handed (a handler that somebody calls later), or neither."""
    if function is None:
        return "handed"
    kinds = set()
    for caller, use in program.naming(function.name, function):
        parent = use.node.parent
        if parent is not None and parent.kind == "call" and \
                parent.kids[0] is use.node:
            if caller.key in above and "switch" in caller.text.words and \
                    _switches(caller):
                kinds.add("entry")
        else:
            kinds.add("handed" if caller.name else "entry")
    return "handed" if "handed" in kinds else "entry" if kinds else ""


def _switches(function: Function) -> bool:
    low, high = function.body
    return any(low < at < high for at in function.text.words["switch"])
