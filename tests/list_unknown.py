#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Lists the functions given pages of which nothing is known.

    tests/list_unknown.py KERNEL

Asked are the calls in each file that takes pages, and those that the pages come to
elsewhere. A name is known by the table (kernel/effects.toml), or by a definition
that the analysis follows or reads. Printed is a line for each other name: which of
its arguments is a page, an array, a scatterlist or a bio_vec, how many calls there
are, and one of them. tests/expected/unknown-*.toml say why each is left.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from pinlib.analysis import open_program  # noqa: E402
from pinlib.csource import types  # noqa: E402
from pinlib.csource.expr import Kind, Node  # noqa: E402
from pinlib.decide import api_forms  # noqa: E402
from pinlib.flow import call_sites  # noqa: E402
from pinlib.flow.graph import EventKind, category_of  # noqa: E402
from pinlib.flow.tracer import Tracer  # noqa: E402
from pinlib.kept.inputs import Now  # noqa: E402
from pinlib.kernel import effects, kernel_tree, known_macros  # noqa: E402
from pinlib.kernel.view import prepared  # noqa: E402
from pinlib.kernel.word_index import Indexes  # noqa: E402
from pinlib.program.function import Function, Statement, Use  # noqa: E402
from pinlib.program.locations import Location, Resolver, variable  # noqa: E402
from pinlib.program.program import Program  # noqa: E402

LISTED = effects.MISSION + effects.OTHER_GET
# The table also names the argument that holds the pages afterwards.
CARRIERS = {(name, effect.into) for (name, _), effect in effects.EFFECTS.items()
            if effect.into >= 0}
# A name, with the number of an argument.
Asked = tuple[str, int]


@dataclass(frozen=True)
class Given:
    """An argument of a call, and what it is: as a Tracer has it."""

    function: Function
    statement: Statement
    call: Node
    index: int
    category: str
    depth: int

    @property
    def asked(self) -> Asked:
        """Return the name that is called, and which argument this is."""
        return self.call.kids[0].value, self.index

    def by_name(self) -> bool:
        """Say whether a function is called, rather than a pointer to one."""
        head = self.call.kids[0]
        return head.kind == Kind.ID and head.value not in self.function.types


class OneCall(Tracer):
    """What one call does; where the pages go from there is not followed."""

    def is_unknown(self, given: Given) -> bool:
        """Say whether nothing is known of what a call does with an argument."""
        self._home = given.function.file
        self._missing = False
        self._call(variable(given.function, ""), given.function, given.statement,
                   given.call.kids[given.index + 1], given.call, given.category,
                   given.depth)
        self.flow.events.clear()
        return self._missing

    def _into(self, location: Location, use: Use, call: Node, index: int,
              category: str, depth: int, callee: Function | None,
              name: str) -> None:
        super()._into(location, use, call, index, category, depth, callee, name)
        self._missing |= callee is None or \
            self.flow.events[-1].kind == EventKind.UNKNOWN

    def reach(self, location: Location, category: str,
              source: Location | None = None) -> None:
        """Stop there."""

    def _effect(self, *_: object) -> None:
        """Leave what the table knows."""

    def _borrow(self, *_: object) -> None:
        """Leave what the callee keeps: it is read."""

    _read_back = _borrow


def read(kernel: Path) -> Program:
    """Return the functions of a tree, as the report reads them."""
    cache = kernel_tree.cache_folder()
    tree = prepared(kernel, {}, cache, None,
                    known_macros.of(kernel, None, cache))
    era = api_forms.read(kernel)
    return open_program.with_macros(tree, cache, Now(Indexes(cache)), LISTED,
                                    LISTED, era)


def by_type(resolver: Resolver, file: str) -> Iterator[Given]:
    """Yield the arguments of calls in a file that are pages by their type."""
    for function in resolver.program.in_file(file):
        for statement in function.statements:
            for call in statement.tree.walk() if statement.tree else ():
                for index, node in enumerate(
                        call.kids[1:] if call.kind == Kind.CALL else ()):
                    while node.kind == Kind.CAST:
                        node = node.kids[0]
                    declared = resolver.type_of(function, node) or ""
                    if category_of(declared) and types.depth_of(declared):
                        yield Given(function, statement, call, index, category_of(
                            declared), types.depth_of(declared))


def by_flow(resolver: Resolver, site: call_sites.CallSite) -> Iterator[Given]:
    """Yield the arguments of calls that the pages of one site come to."""
    if site.target is None:
        return
    flow = Tracer(resolver.program, resolver).trace(site.target, site.file)
    for event in flow.of(EventKind.UNKNOWN, EventKind.BORROW):
        for index, node in enumerate(event.call.kids[1:] if event.call else ()):
            if event.call and node is event.node and event.category != "addr":
                yield Given(event.function, event.statement, event.call, index,
                            event.category, event.depth)


def unknown(kernel: Path) -> dict[Asked, list[str]]:
    """Return each name and argument of which nothing is known, with its calls."""
    program = read(kernel)
    resolver = Resolver(program)
    sites = [s for s in call_sites.find(program, resolver, list(LISTED))
             if not call_sites.is_core(program, s)
             and not call_sites.is_test(s)]
    one = OneCall(program, resolver)
    found: dict[Asked, set[tuple[str, int]]] = {}
    for arguments in (*(by_type(resolver, f) for f in {s.file for s in sites}),
                      *(by_flow(resolver, s) for s in sites)):
        for given in arguments:
            if given.by_name() and given.asked not in CARRIERS and \
                    one.is_unknown(given):
                found.setdefault(given.asked, set()).add(
                    (given.function.file, given.statement.line))
    return {asked: [f"{file}:{line}" for file, line in sorted(places)]
            for asked, places in sorted(found.items())}


def main() -> int:
    """Print the list of one tree."""
    if len(sys.argv) != 2:
        sys.stderr.write(str(__doc__))
        return 2
    for (name, argument), places in unknown(Path(sys.argv[1])).items():
        print(f"{name} argument {argument}: {len(places)} calls, {places[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
