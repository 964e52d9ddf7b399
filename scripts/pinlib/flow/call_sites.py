# SPDX-License-Identifier: GPL-2.0-only
"""Find the call sites of the listed APIs, and what is known about each."""

from __future__ import annotations

import re
from collections.abc import Collection, Container
from dataclasses import dataclass, field

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.flow.graph import Event, EventKind, Flow
from pinlib.flow.iterators import Iterators, Kinds
from pinlib.flow.tracer import Tracer
from pinlib.kernel import effects
from pinlib.kernel.effects import Shape
from pinlib.program import prototypes
from pinlib.program.function import Function, Statement, Use
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program


@dataclass(eq=False)
class CallSite:
    """One call of a listed API with its place, pages and their flow."""

    id: str
    api: str
    function: Function
    statement: Statement
    call: Node
    line: int
    column: int
    pages: Node | None
    target: Location | None
    below: int
    # None for a call that does not match the tree's declaration.
    shape: Shape | None = None
    flow: Flow = field(default_factory=Flow)
    kinds: Kinds | None = None
    # How the call differs from the declaration, as a sentence.
    misfit: str = ""
    # Locations filled by calls that convert only together with this one.
    converted_together: Container[Location] = frozenset()

    @property
    def file(self) -> str:
        """Return the file of the call."""
        return self.function.file

    @property
    def place(self) -> tuple[str, int, int]:
        """Return file, line and column of the call."""
        return self.file, self.line, self.column

    def event(self) -> Event:
        """Return the call as an event of its own flow."""
        target = self.target or Location(LocationKind.VAR, self.file,
                                         self.function.name, "")
        return Event(EventKind.ACQUIRE, self.function, self.statement, self.call,
                     target, self.call, self.api)

    @property
    def result(self) -> str:
        """Return the variable that the result is stored in, or ""."""
        parent = self.call.parent
        if parent is not None and parent.kind == Kind.ASSIGN:
            return str(parent.kids[0])
        fact = self.statement.fact
        return fact.name if fact.kind == "declare" else ""

    def argument(self, index: int) -> Node | None:
        """Return one argument of the call, counted from 0."""
        return (self.call.kids[index + 1]
                if 0 <= index < len(self.call.kids) - 1 else None)


def normal(call: Node) -> str:
    """Return the call without blanks, for an id that survives reformatting."""
    return re.sub(r"\s+", "", str(call))


def find(program: Program, resolver: Resolver, names: list[str],
         within: str | None = None,
         files: Collection[str] | None = None) -> list[CallSite]:
    """Return all calls of the named APIs, in order of file and line.

    files: those to look in, without asking which have the names.
    """
    found = []
    counts: dict[str, int] = {}
    functions = {f.key: f for name in names for f in
                 program.mentioning(name, program.naming_files(name)
                                    if files is None else files)}
    for key in sorted(functions):
        function = functions[key]
        if program.tree.is_kernel(function.file) or within is not None \
                and not function.file.startswith(within):
            continue
        uses = [(u, n) for n in names for u in function.uses.get(n, [])]
        for use, name in sorted(uses, key=lambda p: (
                p[0].statement.start, p[0].node.token)):
            call = use.node.parent
            place = function.position(use)
            if call is None or call.kind != Kind.CALL or \
                    call.kids[0] is not use.node or place is None:
                continue
            stem = f"{function.file}:{function.name}:{name}:{normal(call)}"
            counts[stem] = counts.get(stem, 0) + 1
            found.append(_site(resolver, function, use, name, call, place,
                               f"{stem}#{counts[stem]}"))
    return found


def _site(resolver: Resolver, function: Function, use: Use, name: str,
          call: Node, place: tuple[int, int], key: str) -> CallSite:
    program = resolver.program
    misfit = prototypes.misfit(resolver, function, call,
                               program.declared.get(name, ()))
    pages = None if misfit else pages_of(program, use.statement, call)
    pages = pages or _by_type(resolver, function, call)
    where = resolver.locate(function, pages) if pages else None
    shape = program.shapes.get(name)
    if misfit or shape and shape.arguments != len(call.kids) - 1:
        shape = None
    return CallSite(key, name, function, use.statement, call, place[0],
                    place[1], pages, where[0] if where else None,
                    where[1] if where else 0, shape, misfit=misfit)


def pages_of(program: Program, statement: Statement,
             call: Node) -> Node | None:
    """Return the argument that receives pages, as the tree declares it."""
    name = call.kids[0].value
    shape = program.shapes.get(name)
    if name in effects.RETURNING:
        if call.parent is not None and call.parent.kind == Kind.ASSIGN:
            return call.parent.kids[0]
        return Node(Kind.ID, statement.fact.name) \
            if statement.fact.kind == "declare" else None
    index = effects.EXTRACT_ARG.get(name, -1)
    if shape and len(call.kids) - 1 == shape.arguments:
        index = shape.pages
    return call.kids[index + 1] if -1 < index < len(call.kids) - 1 else None


def _by_type(resolver: Resolver, function: Function,
             call: Node) -> Node | None:
    """Return the pages argument in a call of another kernel's form."""
    for node in call.kids[1:]:
        if node.kind == Kind.UNARY and node.value == "&":
            node, depth = node.kids[0], 1
        else:
            depth = 2
        declared = resolver.type_of(function, node) or ""
        if types.is_page(declared) and types.depth_of(declared) == depth:
            return node if depth == 2 else node.parent
    return None


def is_core(program: Program, site: CallSite) -> bool:
    """Say whether the call is in a file that defines an API of its family.

    What no header of the tree declares is of a driver, whatever its name.
    """
    return any(f.name in program.declared and not (
        f.static and site.file.endswith(".c"))
               for f in program.in_file(site.file))


_TEST = re.compile(r"(?:^|[/_-])(?:(?:self)?test|benchmark)s?(?:[/_.-]|$)|kunit")


def is_test(site: CallSite) -> bool:
    """Say whether the file is a test or a benchmark by its name."""
    return bool(_TEST.search(site.file))


def trace(program: Program, resolver: Resolver, iterators: Iterators,
          site: CallSite) -> None:
    """Follow the pages of a site, and the iterators that reach it."""
    if site.target is None or is_core(program, site) or is_test(site):
        return
    site.flow = Tracer(program, resolver).trace(site.target, site.file)
    if site.api in effects.EXTRACT:
        first = site.argument(0)
        if first is not None:
            site.kinds = iterators.of(site.function, site.statement, first)


def pages_kind(resolver: Resolver, site: CallSite) -> tuple[str, str, str]:
    """Return kind, type and name of the pages' receiver, for the report."""
    if site.target is None:
        return "single", "", str(site.pages or "")
    declared = resolver.declared(site.target)
    text = str(site.pages)
    if site.target.kind == LocationKind.MEM:
        return "field", declared, text
    depth = types.depth_of(declared)
    names = [n for _, n in site.function.params]
    if site.target.name in names:
        return "param", declared, text
    if depth == 1:
        return "single", declared, text
    return ("local-array" if "[" in declared else "local-pointer"), \
        declared, text
