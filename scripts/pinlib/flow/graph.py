# SPDX-License-Identifier: GPL-2.0-only
"""The value-flow graph: where the pages of one acquisition can be.

Plain data; tracer.py fills it and decide.py reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pinlib.csource import types
from pinlib.csource.expr import Node
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location


class Manual(Exception):
    """A site to be left to a person: code, sentence and file:line."""

    def __init__(self, code: str, reason: str, place: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.place = place


@dataclass(eq=False)
class Event:
    """What happens to a page at one occurrence of a location.

    kind: acquire | release | array-release | dirty | ref | look | cpu | device
    | into | store | borrow | clear | clear-array | fresh | free-array |
    other-write | fill | plain-owner | call | return | escape | unknown. store
    is into a member that already holds such pages; callee is the function that
    a call was followed into.
    """

    kind: str
    function: Function
    statement: Statement
    node: Node
    location: Location
    call: Node | None = None
    detail: str = ""
    depth: int = 1
    category: str = "page"
    callee: Function | None = None

    @property
    def place(self) -> str:
        """Return file:line of the statement."""
        return str(self.statement)


@dataclass(frozen=True)
class Edge:
    """How the pages reached a location: from which other one, and where."""

    source: Location
    function: Function
    statement: Statement


@dataclass
class Flow:
    """All that is known about one acquisition's pages.

    read_back: members of a request through which a table is passed, each with
    the files that passed it and may read it back.
    """

    locations: dict[Location, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    entries: dict[Location, list[Event]] = field(default_factory=dict)
    edges: dict[Location, Edge] = field(default_factory=dict)
    unclear: list[tuple[str, str]] = field(default_factory=list)
    read_back: dict[Location, set[str]] = field(default_factory=dict)
    params: dict[Location, list[tuple[Function, Statement, Node]]] = field(
        default_factory=dict)
    # Members in which another subsystem borrows these pages; only what the
    # pages' own subsystem does with them is followed.
    lent: set[Location] = field(default_factory=set)

    def of(self, *kinds: str) -> list[Event]:
        """Return the events of the given kinds, in the order found."""
        return [e for e in self.events if e.kind in kinds]

    def ways(self, start: Location) -> set[str]:
        """Return how a variable's value goes on, also in functions called."""
        found: set[str] = set()
        seen = {start}
        work = [start]
        for location in work:
            for event in self.of("into", "store", "call", "return"):
                if event.location != location:
                    continue
                found.add(event.kind)
                callee = event.callee
                if callee is None or event.call is None:
                    continue
                for (_, name), kid in zip(callee.params, event.call.kids[1:]):
                    way = Location("var", callee.file, callee.name, name)
                    if event.node in kid.walk() and way not in seen:
                        seen.add(way)
                        work.append(way)
        return found


def category_of(type_text: str) -> str:
    """Return the category of a type: page, sg or bvec; "" for any other."""
    tag = types.tag_of(type_text)
    if tag in ("page", "folio"):
        return "page"
    if tag in ("scatterlist", "sg_table", "sg_append_table"):
        return "sg"
    return "bvec" if tag == "bio_vec" else ""


def flag_name(member: Location) -> str:
    """Return the name of the member that says whether pages are pinned."""
    return f"{member.name}_pinned"


def flag_at(event: Event, member: Location) -> str:
    """Return the pin flag beside the member that a release drops, as text."""
    node = event.node
    while node.kind != "member" or \
            node.value.lstrip("->.") != member.name:
        node = node.kids[0]
    arrow = "->" if node.value.startswith("->") else "."
    return str(Node("member", arrow + flag_name(member), node.kids))
