# SPDX-License-Identifier: GPL-2.0-only
"""Follows the pages of one acquisition through the program.

Starting from what receives the pages, every occurrence of every location
that holds them is classified from the expression around it. Containers
(arrays, scatterlists, bio_vecs) are followed both ways, since two pointers
to one container hold the same pages; single pages are followed forward.
"""

from __future__ import annotations

import re

from . import api, structs
from .expr import Node
from .flow import Event, Flow, category_of
from .function import Function, Statement, Use
from .program import Program
from .resolve import Location, Resolver, variable

# An acquisition whose pages reach more locations than this is not one
# driver's any more; it is left to a person.
LIMIT = 60
_PREDICATE = re.compile(
    r"^(?:(?:Test)?(?:Set|Clear)?Page[A-Z]\w*|folio_(?:test|set|clear)_\w+|"
    r"page_to_\w+|(?:VM_)?(?:BUG|WARN)_ON\w*)$")
_NUMBER = re.compile(r"^(?:const )?(?:unsigned |signed )?(?:int|short|char|"
                     r"bool|[us](?:8|16|32)|loff_t|pgoff_t|gfp_t|size_t|"
                     r"ssize_t|sector_t|__[lb]e\d+|phys_addr_t|dma_addr_t)$")


class Tracer:
    """Follows pages from one location through the program."""

    def __init__(self, program: Program, resolver: Resolver) -> None:
        self.program = program
        self.resolver = resolver
        self.flow = Flow()
        self._work: list[Location] = []
        self._home = ""
        # Containers that receive the pages here or below: whoever passes
        # them in holds the pages too. Others are only lent a container.
        self._filled_here: set[Location] = set()

    def trace(self, start: Location, home: str) -> Flow:
        """The flow from a location that receives pages in a file home."""
        self._home = home
        self._filled_here.add(start)
        self.reach(start, "page")
        while self._work:
            if len(self.flow.locations) > LIMIT:
                last = self._work[0]
                self.flow.unclear.append((f"{self._home}:1", (
                    f"The pages reach too many places, {last} among them.")))
                break
            self._follow(self._work.pop(0))
        return self.flow

    def reach(self, location: Location, category: str,
              source: Location | None = None) -> None:
        """Note that a location holds pages, once.

        source: the location whose container this one is as well.
        """
        if source in self._filled_here and \
                location not in self._filled_here:
            self._filled_here.add(location)
            if location in self.flow.locations:
                self._work.append(location)
        if location not in self.flow.locations:
            self.flow.locations[location] = category
            self._work.append(location)

    def _at_home(self, file: str) -> bool:
        """Is a file of the driver or subsystem that acquires the pages?

        The folder of the acquisition, and folders above or below it.
        """
        return _shared(file.rpartition("/")[0], self._home.rpartition("/")[0])

    def _follow(self, location: Location) -> None:
        uses, unclear = self.resolver.uses(location)
        self.flow.unclear += [u for u in unclear
                              if u not in self.flow.unclear]
        self.flow.events = [e for e in self.flow.events
                            if e.location != location]
        self.flow.entries.pop(location, None)
        self.flow.params.pop(location, None)
        category = self.flow.locations[location]
        declared = self.resolver.declared(location)
        depth = structs.depth_of(declared) if category == "page" and \
            category_of(declared) == "page" else 1
        for function, use in uses:
            if location.kind != "var" or not self._overwritten(
                    location, function, use, depth):
                self._climb(location, function, use, category, depth)
        if location.kind == "var":
            self._declared(location, category, depth)
            self._enter(location, depth, category)

    def _overwritten(self, location: Location, function: Function,
                     use: Use, depth: int) -> bool:
        """Does a local hold another value by the time of this use?

        True when the last write in a block around the use is none of the
        writes that bring pages of this acquisition.
        """
        if depth != 1:
            return False
        last: tuple[int, bool] | None = None
        at = use.statement.start
        for other in function.uses.get(location.name, []):
            parent = other.node.parent
            start = other.statement.start
            if parent is None or start >= at or start < (last or (0,))[0]:
                continue
            low, high = function.block_at(start)
            if not low < at < high:
                continue
            if parent.kind == "assign" and parent.kids[0] is other.node:
                last = (start, self._brings(function, parent.kids[1]))
            elif parent.kind == "unary" and parent.value == "&" and \
                    parent.parent and parent.parent.kind == "call":
                last = (start, True)
        return last is not None and not last[1]

    def _brings(self, function: Function, value: Node) -> bool:
        """May a value be one of the pages that are followed?"""
        if value.kind == "call" and len(value.kids) > 1 and \
                value.kids[0].value not in api.PAGE_ALLOCATORS:
            effect = api.effect(value.kids[0].value, 0)
            if effect and effect.result:
                value = value.kids[1]
        where = self.resolver.locate(function, value)
        return where is not None and where[0] in self.flow.locations

    def _declared(self, location: Location, category: str,
                  depth: int) -> None:
        """A variable's own declaration may give it its first value."""
        function = self.program.functions.get(
            (location.file, location.owner))
        for statement in function.statements if function else ():
            tree = statement.tree
            if function and statement.fact.kind == "declare" and tree and \
                    statement.fact.name == location.name and \
                    tree.kind != "init":
                self._written(location, function, statement, Node(
                    "assign", "=", [Node("id", location.name), tree]),
                    category, depth)

    def _enter(self, location: Location, depth: int, category: str) -> None:
        """A parameter: what the callers pass is the same container."""
        function = self.program.functions.get(
            (location.file, location.owner))
        if function is None:
            return
        names = [n for _, n in function.params]
        if location.name not in names:
            return
        index = names.index(location.name)
        passed = self.flow.params.setdefault(location, [])
        for caller, use in self.program.naming(function.name, function):
            call = use.node.parent
            if call is None or call.kind != "call" or \
                    call.kids[0] is not use.node:
                self._event("escape", caller, use.statement, use.node,
                            location, detail="its address is taken")
                continue
            if index + 1 >= len(call.kids):
                continue
            argument = call.kids[index + 1]
            passed.append((caller, use.statement, argument))
            shared = depth > 1 or category in ("sg", "bvec")
            where = self.resolver.locate(caller, argument)
            if shared and where and location in self._filled_here:
                self.reach(where[0], category, location)

    def _event(self, kind: str, function: Function, statement: Statement,
               node: Node, location: Location, call: Node | None = None,
               detail: str = "", depth: int = 1,
               category: str = "page") -> None:
        self.flow.events.append(Event(kind, function, statement, node,
                                      location, call, detail, depth,
                                      category))

    def _climb(self, location: Location, function: Function, use: Use,
               category: str, depth: int) -> None:
        """From an occurrence to what is done with it."""
        node = use.node
        statement = use.statement
        if node.kind == "rawid":
            self._raw(location, function, use)
            return
        while True:
            parent = node.parent
            if parent is None:
                self._whole(location, function, statement, node, category,
                            depth)
                return
            step = self._step(node, parent, category, depth)
            if step is None:
                break
            if step[0].startswith("done:"):
                if step[0] != "done:":
                    self._event(step[0][5:], function, statement, node,
                                location, detail=str(parent),
                                category=category)
                return
            node, category, depth = parent, step[0], step[1]
        if parent.kind == "call":
            self._call(location, function, statement, node, parent,
                       category, depth)
        elif parent.kind == "assign":
            self._assign(location, function, statement, node, parent,
                         category, depth)
        elif parent.kind == "field":
            self._initialiser(location, function, statement, node, category)
        else:
            self._event("unknown", function, statement, node, location,
                        detail=str(parent), category=category)

    @staticmethod
    def _step(node: Node, parent: Node, category: str,
              depth: int) -> tuple[str, int] | None:
        """One level up: the new category and depth, or None at the top.

        A category of `done:KIND` ends the climb with that event, if any.
        """
        kind, first = parent.kind, parent.kids[0] is node
        if kind == "index":
            if not first:
                return ("done:unknown", 0)
            return (category, depth - (category == "page"))
        if kind == "unary":
            if parent.value in ("*", "&") and category == "page":
                return (category, depth + (1 if parent.value == "&" else -1))
            if parent.value in ("!",):
                return ("done:", 0)
            return (category, depth)
        if kind in ("cast", "post"):
            return (category, depth)
        if kind == "binary":
            if parent.value in ("+", "-"):
                return (category, depth)
            return ("done:", 0)
        if kind == "cond":
            return ("done:", 0) if first and len(parent.kids) > 2 else (
                category, depth)
        if kind == "comma":
            return ("done:", 0) if first else (category, depth)
        if kind == "init":
            return (category, depth)
        if kind in ("sizeof", "type"):
            return ("done:", 0)
        if kind == "member":
            if parent.value.lstrip("->.") in ("bv_page", "page_link") and \
                    category in ("bvec", "sg"):
                return ("page", 1)
            if parent.value.lstrip("->.") == "sgl" and category == "sg":
                return ("sg", depth)
            return ("done:look" if category == "page" else "done:", 0)
        return None

    def _raw(self, location: Location, function: Function, use: Use) -> None:
        parent = use.node.parent
        if parent is not None and parent.kind in ("type", "sizeof"):
            return
        self._event("unknown", function, use.statement, use.node, location,
                    detail="inside a statement expression")

    def _whole(self, location: Location, function: Function,
               statement: Statement, node: Node, category: str,
               depth: int) -> None:
        """The value is the whole of a statement's expression."""
        kind = statement.fact.kind
        if kind == "return":
            if _NUMBER.match(function.type):
                return
            where = Location("ret", function.file, function.name, "")
            self._event("return", function, statement, node, location)
            self.reach(where, category)
        elif kind == "declare" and statement.tree is node:
            if node.kind == "init":
                self.reach(variable(function, statement.fact.name), category)
                return
            self._flow_to(location, function, statement, node, Node(
                "id", statement.fact.name), category, depth)

    def _initialiser(self, location: Location, function: Function,
                     statement: Statement, node: Node,
                     category: str) -> None:
        tag = structs.tag_of(statement.fact.type)
        parent = node.parent
        file = tag and self.program.defined_in(tag, function.file)
        if parent is None or not tag or not file:
            self._event("unknown", function, statement, node, location)
            return
        self.reach(Location("mem", file, tag, parent.value), category)

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
        if target.kind == "member" and target.value.endswith("bv_page"):
            where = self.resolver.locate(function, target.kids[0])
            category = "bvec"
        if where is None:
            if category in ("page", "bvec"):
                self._event("unknown", function, statement, node, location,
                            detail=f"{target} = …", category=category)
            return
        declared = self.resolver.declared(where[0])
        tag = structs.tag_of(declared)
        if category == "addr" and structs.is_page(declared) or \
                _NUMBER.match(declared) or (
                    category == "page" and depth > 1 and tag is not None
                    and not structs.is_page(declared)):
            return
        if depth == 1 and category == "page" and \
                where[0].kind == "mem" and where[0].owner == "page":
            self._event("unknown", function, statement, node, location)
            return
        if (where[0].owner, where[0].name) in api.PLAIN_MEMBERS:
            self._event("plain-owner", function, statement, node, location,
                        detail=str(where[0]), category=category)
            return
        if where[0] not in self.flow.locations and where[0].kind == "mem":
            self._event("into", function, statement, node, location,
                        detail=str(where[0]), category=category)
        self.reach(where[0], category, location if depth > 1 or
                   category in ("sg", "bvec") else None)

    def _written(self, location: Location, function: Function,
                 statement: Statement, parent: Node, category: str,
                 depth: int) -> None:
        """The location (or what it points to) gets a new value."""
        value = parent.kids[1]
        while value.kind == "cast":
            value = value.kids[0]
        if value.kind == "assign":
            value = value.kids[1]
        if value.kind == "const" or value.value in ("NULL", "false"):
            self._event("clear", function, statement, parent, location)
            return
        if value.kind == "call" and value.kids[0].value in api.ALLOCATORS \
                and (depth > 1 or category != "page"):
            self._event("fresh", function, statement, parent, location)
            return
        where = self.resolver.locate(function, value)
        if where and where[0].kind == "ret" and (
                depth > 1 or category != "page"):
            where = self._returned(where[0], category)
        name = value.kids[0].value if value.kind == "call" else ""
        if depth > 1 or category in ("sg", "bvec"):
            kin = where and category_of(
                self.resolver.declared(where[0])) == category
            if where and kin:
                self.reach(where[0], category, location)
            else:
                self._event("fresh", function, statement, parent, location)
            return
        effect = api.effect(name, 0) if name else None
        if effect and effect.result and effect.kind != "look":
            where = self.resolver.locate(function, value.kids[1])
        if where is None or where[0] not in self.flow.locations:
            self.flow.entries.setdefault(location, []).append(
                Event("other-write", function, statement, value, location,
                      detail=str(value), depth=depth, category=category))

    def _returned(self, result: Location,
                  category: str) -> tuple[Location, int] | None:
        """The container that a function returns, unless it makes one."""
        callee = self.program.functions.get((result.file, result.owner))
        for statement in callee.statements if callee else ():
            if callee and statement.fact.kind == "return" and \
                    statement.tree:
                where = self.resolver.locate(callee, statement.tree)
                if where and where[0].kind == "mem" and category_of(
                        self.resolver.declared(where[0])) == category:
                    return where
        return None

    def _call(self, location: Location, function: Function,
              statement: Statement, node: Node, call: Node,
              category: str, depth: int) -> None:
        head = call.kids[0]
        if head is node:
            return
        index = next(i for i, k in enumerate(call.kids[1:]) if k is node)
        name = head.value if head.kind == "id" else ""
        effect = api.effect(name, index) if name else None
        filler = api.effect(name, 1) if name and index == 0 else None
        if filler and filler.kind == "into":
            self._filled(location, function, statement, call, category)
            return
        if effect:
            self._effect(effect, location, function, statement, node, call,
                         category, depth)
            return
        if category == "page" and (_PREDICATE.match(name)
                                   or _formatted(call, index)):
            self._event("look", function, statement, node, location, call,
                        name)
            return
        self._foreign(location, function, statement, node, call, index,
                      category, depth)

    def _foreign(self, location: Location, function: Function,
                 statement: Statement, node: Node, call: Node, index: int,
                 category: str, depth: int) -> None:
        """A function without an entry in the table: follow its parameter."""
        head = call.kids[0]
        name = head.value.lstrip("->.")
        if head.kind == "member" and api.method_borrows(name, index):
            self._event("borrow", function, statement, node, location, call,
                        f"{name}()", depth, category)
            return
        callee = self.program.definition(name, function.file) if \
            head.kind == "id" else None
        known = callee is not None and index < len(callee.params)
        near = callee is not None and (
            self._at_home(callee.file) or _releases(callee))
        if known and callee and (near if category == "page" else
                                 self._at_home(callee.file)):
            self._event("call", function, statement, node, location, call,
                        f"{name}()", depth, category)
            self.reach(variable(callee, callee.params[index][1]), category)
            return
        self._event("unknown" if category == "page" else "borrow", function,
                    statement, node, location, call, f"{name}()", depth,
                    category)

    def _filled(self, location: Location, function: Function,
                statement: Statement, call: Node, category: str) -> None:
        """A page is put into the container: ours, or one of another origin."""
        where = self.resolver.locate(function, call.kids[2])
        if where is None or where[0] not in self.flow.locations:
            self.flow.entries.setdefault(location, []).append(
                Event("other-write", function, statement, call.kids[2],
                      location, detail=str(call.kids[2]),
                      category=category))

    def _effect(self, effect: api.Effect, location: Location,
                function: Function, statement: Statement, node: Node,
                call: Node, category: str, depth: int) -> None:
        kind = effect.kind
        if kind == "into":
            where = self.resolver.locate(function, call.kids[1 + effect.into])
            self._event("into", function, statement, node, location, call,
                        effect.result, depth, category)
            if where is None:
                self._event("unknown", function, statement, node, location,
                            call, "a carrier that facts do not name")
            else:
                self._filled_here.add(where[0])
                self.reach(where[0], effect.result)
            return
        if kind == "release" and category == "page" and depth != 1:
            kind = "unknown"
        if kind == "look" and depth != 1 and category == "page":
            return
        if kind not in ("same", "take"):
            self._event(kind, function, statement, node, location, call,
                        call.kids[0].value, depth, category)
        if effect.result and call.parent is not None or (
                effect.result and statement.tree is call):
            self._result(effect, location, function, statement, call,
                         category)

    def _result(self, effect: api.Effect, location: Location,
                function: Function, statement: Statement, call: Node,
                category: str) -> None:
        """The call's value carries the page on: climb from the call."""
        if effect.kind == "take" and category not in ("sg", "addr"):
            return
        depth = 1
        result = effect.result
        self._climb_call(location, function, statement, call, result, depth)

    def _climb_call(self, location: Location, function: Function,
                    statement: Statement, call: Node, category: str,
                    depth: int) -> None:
        self._climb(location, function, Use(statement, call), category,
                    depth)


def _shared(one: str, other: str) -> bool:
    """Two folders of one driver or subsystem: one holds the other."""
    return one == other or one.startswith(other + "/") or \
        other.startswith(one + "/")


def _releases(function: Function) -> bool:
    """Does a function's body name a release of pages?"""
    return any(api.releases(name) for name in function.uses)


def _formatted(call: Node, index: int) -> bool:
    """Is an argument one of a format string's, as in printk()?"""
    return any(k.kind == "const" and k.value.startswith('"') and "%" in
               k.value for k in call.kids[1:index + 1])
