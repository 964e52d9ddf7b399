# SPDX-License-Identifier: GPL-2.0-only
"""Define the value-flow graph: where the pages of one acquisition can be.

Plain data; tracer.py fills it and decide.py reads it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location, LocationKind


class EventKind(enum.StrEnum):
    """What an occurrence of a location does with the pages that it holds."""

    ACQUIRE = "acquire"
    RELEASE = "release"
    ARRAY_RELEASE = "array-release"
    DIRTY = "dirty"
    REF = "ref"
    LOOK = "look"
    CPU = "cpu"
    DEVICE = "device"
    INTO = "into"
    STORE = "store"           # into a member that already holds such pages
    BORROW = "borrow"
    CLEAR = "clear"
    CLEAR_ARRAY = "clear-array"
    FRESH = "fresh"
    FREE_ARRAY = "free-array"
    OTHER_WRITE = "other-write"
    FILL = "fill"
    PLAIN_OWNER = "plain-owner"
    CALL = "call"
    RETURN = "return"
    ESCAPE = "escape"
    UNKNOWN = "unknown"
    HANDED = "handed"


# Drop a reference or a pin: of one page, or of all that a table holds.
RELEASE_KINDS = (EventKind.RELEASE, EventKind.ARRAY_RELEASE)
# Leave nobody with a page who would drop it later. What a device is given, or
# what goes to another place, is looked at there.
KEEPS_NOTHING = frozenset({
    EventKind.LOOK, EventKind.CPU, EventKind.BORROW, EventKind.CALL,
    EventKind.INTO, EventKind.RETURN, EventKind.FRESH, EventKind.CLEAR,
    EventKind.FREE_ARRAY, EventKind.DEVICE})


@dataclass(eq=False)
class Event:
    """What happens to a page at one occurrence of a location.

    callee is what a call was followed into, or was read to see what it does.
    """

    kind: EventKind
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
    # Every location that what another one holds goes to.
    follow: dict[Location, set[Location]] = field(default_factory=dict)
    unclear: list[tuple[str, str]] = field(default_factory=list)
    read_back: dict[Location, set[str]] = field(default_factory=dict)
    params: dict[Location, list[tuple[Function, Statement, Node]]] = field(
        default_factory=dict)
    # Members in which another subsystem borrows these pages; only what the
    # pages' own subsystem does with them is followed.
    borrowed: set[Location] = field(default_factory=set)

    def of(self, *kinds: EventKind) -> list[Event]:
        """Return the events of the given kinds, in the order found."""
        return [e for e in self.events if e.kind in kinds]

    def onward(self, start: Location,
               without: frozenset[Location] = frozenset()) -> set[Location]:
        """Return a location, and all that what it holds may be copied to.

        without: what a copy by way of does not count.
        """
        found = {start}
        work = [start]
        for location in work:
            more = self.follow.get(location, set()) - found - without
            found |= more
            work += more
        return found

    def destinations(self, start: Location) -> set[str]:
        """Return the kinds of places that a variable's value goes to.

        Also in the functions that it is passed to.
        """
        found: set[str] = set()
        seen = {start}
        work = [start]
        for location in work:
            for event in self.of(EventKind.INTO, EventKind.STORE,
                                 EventKind.CALL, EventKind.RETURN):
                if event.location != location:
                    continue
                found.add(event.kind)
                callee = event.callee
                if callee is None or event.call is None:
                    continue
                for (_, name), kid in zip(callee.params, event.call.kids[1:]):
                    parameter = Location(LocationKind.VAR, callee.file,
                                         callee.name, name)
                    if event.node in kid.walk() and parameter not in seen:
                        seen.add(parameter)
                        work.append(parameter)
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
    while node.kind != Kind.MEMBER or \
            node.value.lstrip("->.") != member.name:
        node = node.kids[0]
    arrow = "->" if node.value.startswith("->") else "."
    return str(Node(Kind.MEMBER, arrow + flag_name(member), node.kids))
