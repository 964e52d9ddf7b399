# SPDX-License-Identifier: GPL-2.0-only
"""Make sites of the report of calls that a driver's own macro hides.

Each use in code of a macro that takes pages is one: `manual`, as what the macro
does is not followed. Where the macro pins, the releases must drop pins.
"""

from __future__ import annotations

from pinlib.analysis import api_macros
from pinlib.analysis.api_macros import Macro
from pinlib.base.codes import Code
from pinlib.base.records import Disposition
from pinlib.csource.expr import Kind, Node
from pinlib.decide import early, pinned
from pinlib.decide.api_forms import Era
from pinlib.decide.decide import Decision
from pinlib.flow import call_sites
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import EventKind
from pinlib.flow.iterators import Iterators
from pinlib.kept.answers import Answers
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement, Use
from pinlib.program.locations import Resolver
from pinlib.program.program import Program
from pinlib.program.facts import Fact

Macros = dict[str, list[Macro]]


def decide(program: Program, resolver: Resolver, iterators: Iterators,
           era: Era, names: list[str], kept: Answers) -> list[Decision]:
    """Return the decisions on all uses of macros that take pages."""
    found = api_macros.find(program, names, kept.once(
        f"pasted {names}",
        lambda: api_macros.pasted(program.anew(), names)))
    return [_decide(program, resolver, iterators, era, found, site)
            for site in _sites(program, resolver, found)]


def _sites(program: Program, resolver: Resolver,
           found: Macros) -> list[CallSite]:
    """Return one site for each use, in order of file and line."""
    made = []
    counts: dict[str, int] = {}
    places = sorted({(*place, name) for name in found
                     for place in api_macros.uses(program, found, name)})
    for file, offset, name in places:
        function, use = _at(program, file, offset, name)
        call = use.call
        what = call_sites.normal(call) if call else name
        taken = _taken(found, name)
        stem = f"{file}:{function.name}:{taken}:{what}"
        counts[stem] = counts.get(stem, 0) + 1
        pages = _pages(program, found, name, taken, call)
        where = resolver.locate(function, pages) if pages else None
        line, column = program.text(file).place_of(offset)
        made.append(CallSite(
            f"{stem}#{counts[stem]}", taken, function, use.statement,
            call or use.node, line, column, pages,
            where[0] if where else None, where[1] if where else 0))
    return made


def _at(program: Program, file: str, offset: int,
        name: str) -> tuple[Function, Use]:
    """Return the function around a use, or one that has the macro's name.

    A use that is not among the facts is built from its text.
    """
    text = program.text(file)
    line, column = text.place_of(offset)
    function = next((f for f in program.in_file(file)
                     if f.body[0] < offset < f.body[1]), None)
    for use in function.uses.get(name, ()) if function else ():
        if function and function.position(use) == (line, column):
            return function, use
    if function is None:
        function = Function(file, name, line, text)
    fact = Fact("call", file, function.name, line, column, line,
                column + len(name), name)
    node = Node(Kind.ID, name)
    return function, Use(Statement(fact, function, node, offset,
                                   offset + len(name)), node)


def _ends(found: Macros, name: str) -> set[str]:
    """Return the interfaces that a macro expands to, by all its definitions."""
    ends: set[str] = set()
    seen = {name}
    work = [name]
    while work:
        for macro in found[work.pop()]:
            if macro.calls not in found:
                ends.add(macro.api)
            elif macro.calls not in seen:
                seen.add(macro.calls)
                work.append(macro.calls)
    return ends or {found[name][0].api}


def _taken(found: Macros, name: str) -> str:
    """Return the interface that a macro stands for.

    One that gets pages, unless that is for kernels that cannot pin.
    """
    plain, pins = ([e for e in sorted(_ends(found, name)) if
                    (e in effects.PINNING) == which] for which in (False, True))
    return pins[0] if pins and (not plain or _by_year(found[name])) \
        else plain[0]


def _by_year(forms: list[Macro]) -> bool:
    """Say whether the kernel's version chooses among definitions."""
    return any(m.api in effects.PINNING for m in forms) and all(
        "LINUX_VERSION_CODE" in m.condition for m in forms)


def _pages(program: Program, found: Macros, name: str, taken: str,
           call: Node | None) -> Node | None:
    """Return the argument of a use that the pages come into."""
    shape = program.shapes.get(taken)
    index = shape.pages if shape else effects.EXTRACT_ARG.get(taken, -1)
    index = api_macros.argument(found, name, index)
    return call.kids[index + 1] if call is not None and \
        -1 < index < len(call.kids) - 1 else None


def _decide(program: Program, resolver: Resolver, iterators: Iterators,
            era: Era, found: Macros, site: CallSite) -> Decision:
    name = (site.call.kids[0] if site.call.kids else site.call).value
    first = next((m for m in found[name] if m.api == site.api),
                 found[name][0])
    place = f"{first.file}:{first.line}"
    own = early.of_interface(program, site)
    if own:
        return Decision(site, own.disposition, own.code, own.reason)
    if site.api in effects.PINNING:
        return _pinned(program, resolver, iterators, site, name, place)
    if not era.pins:
        return Decision(site, Disposition.BLOCKED, Code.NO_PIN_API,
                        early.NO_PINS, place)
    return Decision(
        site, Disposition.MANUAL, Code.HIDDEN_IN_MACRO,
        f"{name}() is a macro that calls {site.api}(); what a macro takes is "
        "not followed.", place)


def _pinned(program: Program, resolver: Resolver, iterators: Iterators,
            site: CallSite, name: str, place: str) -> Decision:
    """Decide on a use of a macro that pins by its releases."""
    decision = Decision(site, Disposition.CONVERTED, Code.PINS_AND_UNPINS, "")
    call_sites.trace(program, resolver, iterators, site)
    site.flow.events = [e for e in site.flow.events if e.kind != EventKind.UNKNOWN
                        or e.call is not site.call]
    pinned.decide(program, resolver, site, decision)
    decision.reason = f"{name}() ({place}) calls {site.api}(). {decision.reason}"
    return decision
