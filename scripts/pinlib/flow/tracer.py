# SPDX-License-Identifier: GPL-2.0-only
"""Follow the pages of one acquisition through the program.

Every occurrence of every location that holds them is classified by the
expression around it. Containers are followed both ways, single pages forward.
"""

from __future__ import annotations

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node, on_condition
from pinlib.flow import borrowed_tables, callbacks, other_tables
from pinlib.flow.borrowing import BorrowWalker
from pinlib.flow.declared import cleanups, initialisers
from pinlib.flow.graph import Edge, EventKind, Flow, KEEPS_NOTHING, category_of
from pinlib.flow.looking_macros import by_name, forgotten, found_again, only_looks
from pinlib.flow.outside import lent, numbers
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement, Use
from pinlib.program.locations import Location, LocationKind, variable
from pinlib.program.program import Key

# Pages that reach more locations are left to a person.
LIMIT = 60
# And in a function outside the driver, which is read for what it does.
INSIDE = 12


class Tracer(BorrowWalker):
    """The path of pages from one location through the program."""

    # The functions outside the driver that are being read.
    _within: frozenset[Key] = frozenset()

    def trace(self, start: Location, home: str) -> Flow:
        """Return the flow from a location that receives pages in file home."""
        self._home = home
        self._filled_here.add(start)
        taker = self.program.function(start.file, start.owner)
        if start.kind == LocationKind.VAR and taker and taker.is_local(start.name):
            self._taker = taker.key
        self.reach(start, category_of(self.resolver.declared(start))
                   or "page")
        while self._work:
            if len(self.flow.locations) > LIMIT:
                last = self._work[0]
                self.flow.unclear.append((f"{self._home}:1", (
                    f"The pages reach too many places, {last} among them.")))
                break
            self._follow(self._work.pop(0))
        # What was not followed yet when an entry was met may be by now.
        for location, entries in self.flow.entries.items():
            self.flow.entries[location] = [e for e in entries if not self._known(
                e.function, e.statement, e.node)]
        return self.flow

    def _follow(self, location: Location) -> None:
        borrowed = location in self.flow.borrowed
        uses, unclear = self.resolver.uses(
            location, self._in_driver if borrowed else None)
        self.flow.unclear += [u for u in unclear if u not in self.flow.unclear]
        self.flow.events = [e for e in self.flow.events
                            if e.location != location]
        self.flow.entries.pop(location, None)
        self.flow.params.pop(location, None)
        category = self.flow.locations[location]
        declared = self.resolver.declared(location)
        depth = types.depth_of(declared) if category == "page" and \
            category_of(declared) == "page" else 1
        for function, use in uses:
            self._now = Edge(location, function, use.statement)
            if location.kind == LocationKind.VAR and (
                    location.name in function.shadowed
                    or not self.program.definitions(function)):
                self._event(EventKind.UNKNOWN, function, use.statement, use.node,
                            location, detail=f"{location.name}, which has "
                            "two declarations,")
                continue
            if borrowed and borrowed_tables.called_elsewhere(self.program, function,
                                                             self._in_driver):
                self._event(EventKind.UNKNOWN, function, use.statement, use.node,
                            location, detail=f"{function.name}(), which "
                            "other subsystems call,")
            if location.kind != LocationKind.VAR or not self._overwritten(
                    location, function, use, depth, category):
                self._classify(location, function, use, category, depth)
        for function, use, place in initialisers.fields(
                self.resolver, location) if uses and not borrowed else ():
            self._now = Edge(location, function, use.statement)
            self._written(location, function, use.statement, Node(
                Kind.ASSIGN, "=", [place, *use.node.kids]), category, depth)
        if borrowed:
            self._mixed_borrowing(location, category)
        if location.kind == LocationKind.VAR:
            self._declared(location, category, depth)
            self._ends(location, category, depth)
            self._enter(location, depth, category)

    def _overwritten(self, location: Location, function: Function,
                     use: Use, depth: int, category: str) -> bool:
        """Say whether a local holds another value by the time of this use.

        True when the last write in a block around the use is none of those
        that store pages of this acquisition. A new table does store them: it
        is filled later.
        """
        if depth != 1 or self._container(location):
            return False
        last: tuple[int, bool] | None = None
        at = use.statement.start
        for other in function.uses.get(location.name, []):
            parent = other.node.parent
            start = other.statement.start
            if parent is None or start >= at or start < (last or (0,))[0]:
                continue
            if not function.within(start, at) or \
                    function.text.left_out(start, at):
                continue
            over = other_tables.run_over(other.node)
            if over:
                last = (start, self._brings(other.statement, over))
            elif parent.kind == Kind.ASSIGN and parent.value == "=" and \
                    parent.kids[0] is other.node and not on_condition(parent):
                value = parent.kids[1]
                last = (start, self._brings(other.statement, value) or
                        category != "page" and bool(
                            value.calls(*effects.ALLOCATORS)))
            elif parent.kind == Kind.UNARY and parent.value == "&" and \
                    parent.parent and parent.parent.kind == Kind.CALL:
                last = (start, True)
        return last is not None and not last[1]

    def _container(self, location: Location) -> bool:
        """Say whether a table is filled only after it was allocated."""
        return self.flow.locations[location] in ("sg", "bvec") and \
            location in self._filled_here

    def _brings(self, statement: Statement, value: Node) -> bool:
        """Say whether a value may be one of the pages that are followed."""
        function = statement.function
        if value.kind == Kind.CALL and value.kids[0].value in effects.RETURNING:
            return True
        if value.kind == Kind.CALL and len(value.kids) > 1 and \
                value.kids[0].value not in effects.PAGE_ALLOCATORS:
            effect = effects.effect(value.kids[0].value, 0)
            if effect and effect.result:
                value = value.kids[1]
        where = self.resolver.locate(function, other_tables.entry_of(value))
        if where is None:
            return any(n.kind == Kind.ID and variable(function, n.value)
                       in self.flow.locations for n in value.walk())
        category = self.flow.locations.get(where[0])
        # What runs over tables may have come to another one since.
        return category is not None and not (
            category in other_tables.TABLES and self._overwritten(
                where[0], function, Use(statement, value), 1, category))

    def _declared(self, location: Location, category: str,
                  depth: int) -> None:
        """Handle the initial value in a variable's own declaration."""
        function = self.program.function(location.file, location.owner)
        for statement in function.statements if function else ():
            tree = statement.tree
            if function and statement.fact.kind == "declare" and tree and \
                    statement.fact.name == location.name and \
                    (tree.kind != Kind.INIT or depth > 1 or category == "bvec"):
                self._now = Edge(location, function, statement)
                self._written(location, function, statement, Node(
                    Kind.ASSIGN, "=", [Node(Kind.ID, location.name), tree]),
                    category, depth)

    def _ends(self, location: Location, category: str, depth: int) -> None:
        """Handle what a variable's own declaration has done at its end."""
        ended = cleanups.at_end(self.program, location)
        if ended:
            frees = ended.only_frees and (depth > 1 or category != "page")
            self._event(EventKind.FREE_ARRAY if frees else EventKind.UNKNOWN,
                        ended.statement.function, ended.statement,
                        Node(Kind.ID, location.name), location,
                        detail=ended.text, depth=depth, category=category)

    def _enter(self, location: Location, depth: int, category: str) -> None:
        """Handle a parameter: what the callers pass is the same container."""
        function = self.program.function(location.file, location.owner)
        if function is None:
            return
        names = [n for _, n in function.params]
        if location.name not in names:
            return
        index = names.index(location.name)
        passed = self.flow.params.setdefault(location, [])
        for caller, use in callbacks.callers(
                self.program, self.resolver, function, category):
            call = use.call
            if call is None:
                self._event(EventKind.ESCAPE, caller, use.statement, use.node,
                            location, detail="its address is taken")
                continue
            if index + 1 >= len(call.kids):
                continue
            argument = call.kids[index + 1]
            passed.append((caller, use.statement, argument))
            shared = depth > 1 or category in ("sg", "bvec") or \
                location in self._behind
            self._now = Edge(location, caller, use.statement)
            where = self.resolver.locate(caller, argument)
            if shared and where and location in self._filled_here:
                self.reach(where[0], category, location)

    def _call(self, location: Location, function: Function,
              statement: Statement, node: Node, call: Node,
              category: str, depth: int) -> None:
        if (head := call.kids[0]) is node:
            return
        index = next(i for i, k in enumerate(call.kids[1:]) if k is node)
        name = head.value if head.kind == Kind.ID else ""
        effect = self.program.effect(name, index) if name else None
        if category != "addr" and (page := other_tables.put_in(call, node)):
            self._filled(location, function, statement, page, category)
            return
        if (over := other_tables.run_over(node)) and (
                where := self.resolver.locate(function, over)) and (
                location in self._filled_here or where[0] in self.flow.locations):
            # What is put where a loop stands is in the table that it runs over.
            self.reach(where[0], category, location)
            return
        if effect:
            self._effect(effect, location, function, statement, node, call,
                         category, depth)
            return
        if category == "page" and (
                by_name(call, index) or
                only_looks(self.program, function, statement, call, index)):
            self._event(EventKind.LOOK, function, statement, node, location, call,
                        name)
            return
        self._foreign(location, function, statement, node, call, index,
                      category, depth)

    def _foreign(self, location: Location, function: Function,
                 statement: Statement, node: Node, call: Node, index: int,
                 category: str, depth: int) -> None:
        """Follow the parameter of a function that is not in the table."""
        head = call.kids[0]
        name = head.value.lstrip("->.")
        if head.kind == Kind.MEMBER and effects.method_borrows(name, index):
            self._event(EventKind.BORROW, function, statement, node, location, call,
                        f"{name}()", depth, category)
            return
        callees = callbacks.called(self.program, self.resolver, function, head,
                                   category, self._in_driver)
        if callees is None:
            self._event(EventKind.UNKNOWN, function, statement, node, location,
                        call, f"{head}(), a call through a pointer or macro,",
                        depth, category)
        for callee in self.program.with_others(callees or ()):
            callee = callee or self.program.exported(name, function.file) \
                if category == "page" and head.kind == Kind.ID else callee
            self._into(location, Use(statement, node), call, index, category,
                       depth, callee, name)

    def _into(self, location: Location, use: Use, call: Node, index: int,
              category: str, depth: int, callee: Function | None,
              name: str) -> None:
        """Follow one function that a call may mean, if it is defined."""
        table = category in other_tables.TABLES
        twice = callee is not None and not self.program.definitions(callee)
        kind = EventKind.UNKNOWN if category == "page" or twice \
            else EventKind.BORROW
        if callee and index < len(callee.params):
            drops = any(map(effects.releases, callee.uses))
            near = self._in_driver(callee.file) or category != "addr" and \
                drops or table and callbacks.calls_back(
                    self.program, self.resolver, callee, index, self._in_driver)
            seen = "" if near or twice or category != "page" else \
                self._outside(callee, index)
            if seen and seen != "table":
                kind = EventKind(seen)
            elif (near or seen) and not twice:
                kind, taken = EventKind.CALL, callee.params[index][1]
                self.reach(variable(callee, taken), category)
            elif table:
                self._borrow(location, callee, index, category, use)
        if callee and table and kind != EventKind.CALL:
            self._read_back(callee, index, use.statement.function.file,
                            category)
        self._event(kind, use.statement.function, use.statement, use.node,
                    location, call, f"{callee.name if callee else name}()",
                    depth, category)
        self.flow.events[-1].callee = callee if kind in (
            EventKind.CALL, EventKind.DEVICE) else None

    def _outside(self, callee: Function, index: int) -> str:
        """Return what all definitions of an outside function do, or ""."""
        found = [_Outside(self.program, self.resolver).use(
            one, index, self._within) for one in self.program.alternatives(callee)]
        if len(found) > 1 and not {*found} <= {"look", "cpu"}:
            return ""
        return "cpu" if "cpu" in found else found[0]

    def _effect(self, effect: effects.Effect, location: Location,
                function: Function, statement: Statement, node: Node,
                call: Node, category: str, depth: int) -> None:
        kind = effect.kind
        if kind == "into":
            where = self.resolver.locate(function, call.kids[1 + effect.into])
            self._event(EventKind.INTO, function, statement, node, location,
                        call, effect.result, depth, category)
            if where is None:
                self._event(EventKind.UNKNOWN, function, statement, node, location,
                            call, "a carrier that facts do not name")
            else:
                self._filled_here.add(where[0])
                self.reach(where[0], effect.result)
            return
        if kind == "release" and category == "page" and depth != 1 or (
                kind == "free-array" and category == "addr" and
                call.kids[0].value.startswith("free_page")):
            kind = "unknown"
        if kind == "copy":
            # A copied array or table is one more owner of the pages.
            kind = "borrow" if category == "addr" else "unknown"
        if kind == "iterate":
            where = self.resolver.locate(function, call.kids[1 + effect.into])
            if where:
                self.reach(where[0], effect.result)
                return
            kind = "unknown"
        if kind == "look" and depth != 1 and category == "page":
            return
        if kind not in ("same", "take"):
            self._event(EventKind(kind), function, statement, node, location,
                        call, call.kids[0].value, depth, category)
        if (effect.result or kind == "same") and (
                call.parent or statement.tree is call):
            self._result(effect, location, function, statement, call,
                         category, depth)

    def _result(self, effect: effects.Effect, location: Location,
                function: Function, statement: Statement, call: Node,
                category: str, depth: int) -> None:
        """Go on from the call, whose value is the page, or the same array."""
        if effect.kind == "take" and category not in ("sg", "addr") or \
                forgotten(call, statement):
            return
        self._classify(location, function, Use(statement, call), effect.result
                       or category, depth if effect.kind == "same" else 1)


class _Outside(Tracer):
    """The path of a page, or an array, in a function outside the driver."""

    def use(self, callee: Function, index: int, within: frozenset[Key]) -> str:
        """Return what is done: look, cpu, device, table, or "" for the rest.

        It keeps nothing then, unless it returns a table of the pages.
        """
        if callee.key in within or index >= len(callee.params):
            return ""
        self._within = within | {callee.key}
        self._home = callee.file
        self._given: set[str] = set()
        self.reach(variable(callee, callee.params[index][1]), "page")
        while self._work:
            if len(self.flow.locations) > INSIDE or self._given - {"sg"}:
                return ""
            self._follow(self._work.pop(0))
        # What is cleared behind an address is the page's own bytes; what sees the
        # references must not pass for a look.
        kinds = {EventKind.REF if e.detail in effects.COUNTS else e.kind
                 for e in self.flow.events
                 if e.category != "addr" or e.kind != EventKind.CLEAR_ARRAY}
        # Whoever gets its number finds the page, and may drop it.
        numbered = [e for e in self.flow.events if e.detail in effects.NUMBERED]
        if self.flow.unclear or self.flow.entries or kinds - KEEPS_NOTHING or \
                found_again(self.program, numbered) or not all(
                    e.callee or e in numbered and numbers.only_passed(e)
                    for e in self.flow.of(EventKind.DEVICE)):
            return ""
        if self._given:
            return "table" if self.program.tree.kernel else ""
        return "cpu" if "cpu" in kinds else "device" if "device" in kinds else \
            "" if kinds & {EventKind.INTO, EventKind.RETURN} else "look"

    def reach(self, location: Location, category: str,
              source: Location | None = None) -> None:
        """Note what holds the page in the function, and what it gives away."""
        if location.kind == LocationKind.VAR or category == "page" and lent.lends(
                self.program, self.resolver, location, self._now):
            super().reach(location, category, source)
        else:
            self._given.add(category if location.kind == LocationKind.RET
                            else "member")

    def _in_driver(self, file: str) -> bool:
        """Say whether a file is beside; what headers have may be elsewhere too."""
        return not file.endswith(".h") and super()._in_driver(file)

    def _enter(self, location: Location, depth: int, category: str) -> None:
        """Leave the callers alone."""
