# SPDX-License-Identifier: GPL-2.0-only
"""Turn the value-flow graph of a site into plain data for the report.

A node names the node that its pages came from, which stands before it in the
list; so whoever draws a path only walks back.
"""

from __future__ import annotations

from pinlib.base.records import Handoff, Left, Node, Release
from pinlib.flow.graph import Event, Flow
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location


class Graph:
    """The nodes of one flow, and which of them its events belong to."""

    def __init__(self, flow: Flow, function: Function,
                 statement: Statement) -> None:
        self.nodes: list[Node] = []
        self._index: dict[Location, int] = {}
        for location in flow.locations:
            edge = flow.edges.get(location)
            where = (edge.function, edge.statement) if edge \
                else (function, statement)
            source = self._index.get(edge.source) if edge else None
            self._index[location] = len(self.nodes)
            self.nodes.append(Node(
                str(location), source, where[0].file, where[1].line,
                where[0].name, source_line(*where)))

    def via(self, location: Location) -> int | None:
        """Return the index of a location's node, or None if it has none."""
        return self._index.get(location)

    def release(self, event: Event) -> Release:
        """Return a release that is converted, with the node of its pages."""
        return Release(event.function.file, event.statement.line,
                       event.function.name, str(event.call or event.node),
                       self.via(event.location))

    def left(self, event: Event, why: str) -> Left:
        """Return a release that stays as it is, and why."""
        return Left(event.function.file, event.statement.line,
                    event.function.name, str(event.call or event.node), why,
                    self.via(event.location))

    def handoff(self, event: Event) -> Handoff:
        """Return a place where the pages pass into another holder."""
        return Handoff(event.function.file, event.statement.line,
                       event.function.name, event.detail,
                       self.via(event.location))

    def at(self, flow: Flow, place: str | None) -> int | None:
        """Return the node whose pages an event at file:line deals with."""
        for event in flow.events if place else ():
            if event.place == place:
                return self.via(event.location)
        return None


def source_line(function: Function, statement: Statement) -> str:
    """Return the first line of a statement, as it is in the file."""
    return function.text.line(statement.line).strip()
