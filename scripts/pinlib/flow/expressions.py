# SPDX-License-Identifier: GPL-2.0-only
"""Find what an expression does with the pages at one occurrence in it."""

from __future__ import annotations

import re

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node, choices
from pinlib.flow.declared import initialisers, page_members
from pinlib.flow.graph import Edge, Event, EventKind, Flow, category_of
from pinlib.flow.other_tables import entry_of, given_back, other_page
from pinlib.flow.points_to import empty, values
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement, Use
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program

_NUMBER = re.compile(r"^(?:const )?(?:unsigned |signed )?(?:int|short|char|"
                     r"bool|[us](?:8|16|32)|loff_t|pgoff_t|gfp_t|size_t|"
                     r"ssize_t|sector_t|__[lb]e\d+|phys_addr_t|dma_addr_t)$")
_VOID = re.compile(r"^(?:const )?(?:void \*|(?:unsigned )?long|"
                   r"uintptr_t|u64|__u64)$")


class ExpressionWalker:
    """The walk up through the expressions around occurrences; calls excepted."""

    def __init__(self, program: Program, resolver: Resolver) -> None:
        self.program = program
        self.resolver = resolver
        self.flow = Flow()
        self._work: list[Location] = []
        # The occurrence being looked at, for the graph's edges.
        self._now: Edge | None = None
        self._home = ""
        # The statement that first puts the pages into each member.
        self._first: dict[Location, str] = {}
        # Containers that receive the pages here or in a callee: a caller that
        # passes them in holds the pages too. All others are only borrowed.
        self._filled_here: set[Location] = set()
        # The function that takes the pages into a local table of its own.
        self._taker: tuple[str, str] | None = None
        # Pointers behind which a page was stored.
        self._behind: set[Location] = set()

    def reach(self, location: Location, category: str,
              source: Location | None = None) -> None:
        """Note that a location holds pages, once.

        source: the location whose container this one also is.
        """
        if source in self._filled_here:
            self._holds_too(location)
        if self._now:
            self.flow.follow.setdefault(self._now.source, set()).add(location)
        if location not in self.flow.locations:
            self.flow.locations[location] = category
            if self._now:
                self.flow.edges[location] = self._now
            if (location.owner, location.name) not in effects.PLAIN_MEMBERS:
                self._work.append(location)

    def _holds_too(self, location: Location) -> None:
        """Note that pages are put into what a location points to."""
        if location not in self._filled_here:
            self._filled_here.add(location)
            if location in self.flow.locations:
                self._work.append(location)

    def _event(self, kind: EventKind, function: Function, statement: Statement,
               node: Node, location: Location, call: Node | None = None,
               detail: str = "", depth: int = 1,
               category: str = "page") -> None:
        self.flow.events.append(Event(kind, function, statement, node,
                                      location, call, detail, depth,
                                      category))

    def _classify(self, location: Location, function: Function, use: Use,
                  category: str, depth: int) -> None:
        """Add the event of what is done with an occurrence."""
        node = use.node
        statement = use.statement
        if node.kind == Kind.RAWID:
            self._raw(location, function, use)
            return
        while True:
            parent = node.parent
            if parent is None:
                self._whole(location, function, statement, node, category,
                            depth)
                return
            step = page_members.of_type(self.resolver, function, node, parent,
                                        category, depth)
            step = step or self._step(node, parent, category, depth)
            if step is None:
                break
            if step[0].startswith("done:"):
                if step[0] != "done:":
                    self._event(EventKind(step[0][5:]), function, statement, node,
                                location, detail=str(parent),
                                category=category)
                return
            node, category, depth = parent, step[0], step[1]
        if parent.kind == Kind.CALL:
            self._call(location, function, statement, node, parent,
                       category, depth)
        elif parent.kind == Kind.ASSIGN:
            self._assign(location, function, statement, node, parent,
                         category, depth)
        elif parent.kind in (Kind.FIELD, Kind.INIT):
            self._initialiser(location, function, statement, node, category,
                              depth)
        else:
            self._event(EventKind.UNKNOWN, function, statement, node, location,
                        detail=str(parent), category=category)

    @staticmethod
    def _step(node: Node, parent: Node, category: str,
              depth: int) -> tuple[str, int] | None:
        """Return the category and depth one level up, or None at the top.

        A category of `done:KIND` ends the walk with that event, if any.
        """
        kind, first = parent.kind, parent.kids[0] is node
        if kind == Kind.INDEX:
            if not first:
                return ("done:unknown", 0)
            return (category, depth - (category == "page"))
        if kind == Kind.UNARY:
            if parent.value in ("*", "&") and category == "page":
                return (category, depth + (1 if parent.value == "&" else -1))
            if parent.value in ("!",):
                return ("done:", 0)
            return (category, depth)
        if kind == Kind.CAST and category == "page" and depth > 1 and \
                node.kind != Kind.ID and _NUMBER.match(
                    parent.value.rstrip(" *")) and "*" in parent.value:
            # Numbers that stand behind the pages, in the same allocation.
            return ("done:", 0)
        if kind in (Kind.CAST, Kind.POST):
            array = kind == Kind.CAST and category == "page" and \
                types.is_page(parent.value)
            return (category, types.depth_of(parent.value) if array
                    else depth)
        if kind == Kind.BINARY:
            if parent.value in ("+", "-"):
                # The page next to a page is another page.
                return ("done:unknown", 0) if (
                    category == "page" and depth == 1) else (category, depth)
            return ("done:", 0)
        if kind == Kind.COND:
            return ("done:", 0) if first and len(parent.kids) > 2 else (
                category, depth)
        if kind == Kind.COMMA:
            return ("done:", 0) if first else (category, depth)
        if kind in (Kind.SIZEOF, Kind.TYPE):
            return ("done:", 0)
        return page_members.step(parent, category, depth) \
            if kind == Kind.MEMBER else None

    def _raw(self, location: Location, function: Function, use: Use) -> None:
        parent = use.node.parent
        if parent is not None and parent.kind in (Kind.TYPE, Kind.SIZEOF):
            return
        self._event(EventKind.UNKNOWN, function, use.statement, use.node, location,
                    detail="inside a statement expression")

    def _whole(self, location: Location, function: Function,
               statement: Statement, node: Node, category: str,
               depth: int) -> None:
        """Handle a value that is the whole of a statement's expression."""
        kind = statement.fact.kind
        if kind == "return":
            if _NUMBER.match(function.type):
                self._numbered(location, function, statement, node, category)
                return
            where = Location(LocationKind.RET, function.file, function.name, "")
            self._event(EventKind.RETURN, function, statement, node, location)
            self.reach(where, category)
        elif kind == "declare" and statement.tree is node:
            self._flow_to(location, function, statement, node, Node(
                Kind.ID, statement.fact.name), category, depth)

    def _numbered(self, location: Location, function: Function,
                  statement: Statement, node: Node, category: str) -> None:
        """Note that a page's pointer kept in a number is not followed."""
        if category == "page" and node.kind == Kind.CAST:
            self._event(EventKind.UNKNOWN, function, statement, node, location,
                        detail="Keeping the pointer as a number")

    def _initialiser(self, location: Location, function: Function,
                     statement: Statement, node: Node, category: str,
                     depth: int) -> None:
        """Handle an element of an initialiser, which is one of an object."""
        target = initialisers.filled(self.resolver, statement, node)
        if target is None:
            self._event(EventKind.UNKNOWN, function, statement, node, location)
            return
        self._flow_to(location, function, statement, node, target, category,
                      depth)

    def _assign(self, location: Location, function: Function,
                statement: Statement, node: Node, parent: Node,
                category: str, depth: int) -> None:
        if parent.kids[1] is node:
            if parent.value == "=":
                self._flow_to(location, function, statement, node,
                              parent.kids[0], category, depth)
            return
        if parent.value == "=" and node is not None:
            self._written(location, function, statement, parent, category,
                          depth)

    def _flow_to(self, location: Location, function: Function,
                 statement: Statement, node: Node, target: Node,
                 category: str, depth: int) -> None:
        where = self.resolver.locate(function, target)
        if target.kind == Kind.MEMBER and target.value.endswith("bv_page"):
            where = self.resolver.locate(function, target.kids[0])
            category = "bvec"
        if where is None:
            if category in ("page", "bvec"):
                self._event(EventKind.UNKNOWN, function, statement, node, location,
                            detail=f"{target} = …", category=category)
            return
        if where[0].kind == LocationKind.RET:
            # Behind a result is memory that has another name elsewhere.
            self._event(EventKind.UNKNOWN, function, statement, node, location,
                        detail=f"{target} = …", category=category)
            return
        declared = self.resolver.declared(where[0])
        tag = types.tag_of(declared)
        if _NUMBER.match(declared):
            self._numbered(location, function, statement, node, category)
            return
        if category == "addr" and types.is_page(declared) or (
                    category == "page" and depth > 1 and tag is not None
                    and not types.is_page(declared)):
            return
        if depth == 1 and category == "page" and \
                where[0].kind == LocationKind.MEM and where[0].owner == "page":
            self._event(EventKind.UNKNOWN, function, statement, node, location)
            return
        if (where[0].owner, where[0].name) in effects.PLAIN_MEMBERS:
            self._event(EventKind.PLAIN_OWNER, function, statement, node, location,
                        detail=str(where[0]), category=category)
            return
        if where[0].kind == LocationKind.MEM:
            if where[0] not in self.flow.locations:
                self._first[where[0]] = str(statement)
            new = self._first.get(where[0]) == str(statement)
            self._event(EventKind.INTO if new else EventKind.STORE, function,
                        statement, node, location, detail=str(where[0]),
                        category=category)
        if where[1] > 0 and category != "addr":
            # Whoever passed the address in has the page behind it now.
            self._behind.add(where[0])
            self._holds_too(where[0])
        # A member has the table from now on, a variable may only point to it.
        self.reach(where[0], category, location if depth > 1 or category in (
            "sg", "bvec") and where[0].kind == LocationKind.MEM else None)

    def _written(self, location: Location, function: Function,
                 statement: Statement, parent: Node, category: str,
                 depth: int) -> None:
        """Handle a new value of the location, or of what it points to."""
        value = parent.kids[1]
        while value.kind == Kind.CAST:
            value = value.kids[0]
        if value.kind == Kind.ASSIGN:
            value = value.kids[1]
        if value.kind == Kind.CONST or value.value in ("NULL", "false"):
            self._event(EventKind.CLEAR, function, statement, parent, location)
            return
        if value.kind == Kind.CALL and value.kids[0].value in effects.ALLOCATORS \
                and (depth > 1 or category != "page"):
            self._event(EventKind.FRESH, function, statement, parent, location)
            return
        if value.kind == Kind.INIT and (depth > 1 or category == "bvec"):
            for page in initialisers.pages(value, category):
                self._put_in(location, function, statement, page, 1, "page")
            return
        if depth > 1 or category in ("sg", "bvec"):
            if self._shares(location, function, statement, value, category):
                return
            found = value.kind == Kind.CALL and not empty(
                self.program, function, value.kids[0].value)
            if found and category == "page" and self._brought(function):
                self._put_in(location, function, statement, value, depth, category)
            self._event(EventKind.UNKNOWN if found and location in self._behind
                        else EventKind.FRESH, function, statement, parent,
                        location)
            return
        self._put_in(location, function, statement, value, depth, category)

    def _filled(self, location: Location, function: Function,
                statement: Statement, page: Node, category: str) -> None:
        """Handle a page put into the container, of ours or another origin."""
        where = self.resolver.locate(function, page)
        if where is None or where[0] not in self.flow.locations or \
                self._other_now(function, statement, page):
            self.flow.entries.setdefault(location, []).append(
                Event(EventKind.OTHER_WRITE, function, statement, page, location,
                      detail=str(page), category=category))

    def _brought(self, function: Function) -> bool:
        """Say whether a table that a function gets may be full of other pages.

        The one that these pages are taken into belongs to the function that
        takes them, so it is another one.
        """
        return bool(self._taker) and function.key != self._taker

    def _put_in(self, location: Location, function: Function,
                statement: Statement, value: Node, depth: int,
                category: str) -> None:
        """Note each page that comes from elsewhere."""
        for branch in choices(value):
            if not self._known(function, statement, branch):
                self.flow.entries.setdefault(location, []).append(Event(
                    EventKind.OTHER_WRITE, function, statement, branch, location,
                    detail=str(branch), depth=depth, category=category))

    def _known(self, function: Function, statement: Statement, value: Node) -> bool:
        """Say whether a single page comes from a location that is followed."""
        if value.value in ("NULL", "0"):
            return True
        name = value.kids[0].value if value.kind == Kind.CALL else ""
        if name in effects.RETURNING:
            return True
        effect = effects.effect(name, 0) if name else None
        if effect and effect.result and effect.kind != "look":
            return self._known(function, statement, value.kids[1])
        where = self.resolver.locate(function, entry_of(value))
        return where is not None and where[0] in self.flow.locations and \
            not self._other_now(function, statement, value)

    def _other_now(self, function: Function, statement: Statement,
                   value: Node) -> bool:
        """Say whether a variable for these pages surely has another one here."""
        where = self.resolver.locate(function, value)
        return where is not None and other_page(function, statement, value) and \
            self._overwritten(where[0], function, Use(statement, value), 1, "page")

    def _shares(self, location: Location, function: Function,
                statement: Statement, value: Node, category: str) -> bool:
        """Follow another name of the same container, if a value is one."""
        if value.kind in (Kind.COND, Kind.COMMA):
            return any([self._shares(location, function, statement, k, category)
                        for k in choices(value)])
        value = given_back(self.program, function.file, value)
        where = self.resolver.locate(function, value)
        if where and where[0].kind == LocationKind.RET:
            where = self._returned(where[0], category)
        if where and (category_of(self.resolver.declared(where[0]))
                      == category or category == "page"
                      and self._nameless(where)):
            if where[0] in self.flow.read_back:
                return True
            kind = self.resolver.type_of(function, value) or ""
            if location in self._filled_here or category == "page" or \
                    not types.depth_of(kind):
                self.reach(where[0], category, location)
            else:
                # A pointer to ours now and then: nothing puts them there.
                self._filled(location, function, statement, value, category)
            return True
        return False

    def _nameless(self, where: tuple[Location, int]) -> bool:
        """Say whether a value is stored under a type that hides the pages."""
        return where[1] == 0 and bool(_VOID.match(
            self.resolver.declared(where[0])))

    def _returned(self, result: Location,
                  category: str) -> tuple[Location, int] | None:
        """Return the container a function returns, unless it creates it."""
        callee = self.program.function(result.file, result.owner)
        for statement in callee.statements if callee else ():
            tree = statement.tree
            if callee is None or statement.fact.kind != "return" or not tree:
                continue
            for value in (tree, *(v for _, v in values(callee, str(tree)))):
                where = self.resolver.locate(callee, value)
                if where and where[0].kind == LocationKind.MEM and category_of(
                        self.resolver.declared(where[0])) == category:
                    return where
        return None

    def _call(self, location: Location, function: Function,
              statement: Statement, node: Node, call: Node,
              category: str, depth: int) -> None:
        """Handle a value that is an argument of a call."""
        raise NotImplementedError

    def _overwritten(self, location: Location, function: Function,
                     use: Use, depth: int, category: str) -> bool:
        """Say whether a local holds another value by the time of a use."""
        raise NotImplementedError
