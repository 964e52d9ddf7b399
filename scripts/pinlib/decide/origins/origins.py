# SPDX-License-Identifier: GPL-2.0-only
"""Tell a release of this acquisition's pages from one of other pages.

A container may hold pages of several origins. What tells them apart is in the
code already: a member that only the acquiring function sets, a member that all
others set, or a constant that both callers were chosen by.
"""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node, on_condition
from pinlib.decide.origins import (bit_flags, none_left, out_flags, own_array,
                                   passed_in, same_test)
from pinlib.decide.origins.addresses import Addresses
from pinlib.decide.origins.marked_ways import MarkedWays
from pinlib.decide.origins.marks import set_always, written
from pinlib.decide.origins.set_for_others import SetForOthers
from pinlib.decide.pin_state import in_struct
from pinlib.flow import call_sites
from pinlib.flow.call_sites import CallSite
from pinlib.flow.conditions import ZERO, known_tests, together
from pinlib.flow.declared import initialisers
from pinlib.flow.graph import Event, EventKind
from pinlib.flow.points_to import Label, Objects, unlocked_here
from pinlib.kernel import effects
from pinlib.paths import branches, unwind
from pinlib.paths.caller_release import meet
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program


class Origins:
    """The test, for one acquisition, of which releases can see its pages."""

    def __init__(self, program: Program, resolver: Resolver,
                 call: CallSite) -> None:
        self.program = program
        self.resolver = resolver
        self.call = call
        self.flow = flow = call.flow
        self.site = site = call.event()
        self.objects = Objects(program, resolver)
        self._inside = Objects(program, resolver, inside=True)
        self._bits = bit_flags.Bits(resolver, call)
        self._same = same_test.SameTest(program, resolver, flow, site)

    def others(self) -> list[Event]:
        """Return places that put pages of another origin where ours may be."""
        found = [e for location, events in self.flow.entries.items()
                 if self.flow.locations.get(location) in ("page", "sg",
                                                          "bvec")
                 for e in events]
        plain = [e for e in self.flow.of(EventKind.ACQUIRE) if e.call is not None
                 and e.call.kids[0].value not in self.program.listed]
        return found + plain + self.flow.of(EventKind.FILL) + passed_in.handed(
            self.resolver, self.flow) + Addresses(
            self.resolver, self.flow).others()

    def excluded(self, event: Event, others: list[Event], level: int = 0,
                 objects: bool = True) -> str | None:
        """Return why an event cannot see these pages, or None if it may.

        objects: whether another object is reason enough, or a mark, which the
        object may get later.
        """
        for test in known_tests(
                self.resolver, event.function,
                event.statement.start) if objects else ():
            if not test.holds and not test.equals and \
                    self._only_here(test.subject):
                return (f"line {test.line}: struct {test.subject.owner}."
                        f"{test.subject.name} is set for these pages")
            if test.holds and not test.equals and \
                    event.detail in effects.FREES and \
                    self._only_there(test.subject, others):
                return (f"line {test.line}: struct {test.subject.owner}."
                        f"{test.subject.name} is set for other pages")
        if objects and (why := self._bits.without(event)
                        or self._same.without(event)):
            return why
        locked = unlocked_here(event.function, event.statement)
        if locked:
            return f"line {locked}: the page is unlocked, so it is cached"
        its = self._constants(event.function, event.statement, others)
        if its and not its & self._own_constants(others) and \
                self._own_constants(others):
            return f"reached for {', '.join(sorted(its))} only"
        return (own_array.none_taken(self.program, self.flow, self.site, event)
                or self._just_filled(event, others)
                or objects and self._other_object(event)
                or self._not_called(event, others, level, objects)
                or none_left.none_left(self.resolver, self.call, event, others))

    def _just_filled(self, event: Event, others: list[Event]) -> str | None:
        """Return why the statement's own block put another page there."""
        # An address beside that of a page may be the same page's.
        for other in (o for o in others if o.category != "addr"):
            line = unwind.filled_by(event, other)
            if line:
                return f"line {line} put other pages into these entries"
            chosen = on_condition(other.node) or \
                other.node.parent is not None and \
                other.node.parent.kind == Kind.COMMA
            if other.location == event.location and not chosen and \
                    _same_entry(event, other) and \
                    other.function.key == event.function.key and \
                    event.function.first(other.statement, event.statement) and \
                    event.category == "page" and event.function.within(
                        other.statement.start, event.statement.start
                    ) and not unwind.refilled(other, event):
                return f"line {other.statement.line} put another page there"
        return None

    def _labels(self, event: Event) -> set[Label]:
        kept = passed_in.kept_in(self.flow, event) \
            if passed_in.is_page(event) else []
        if kept:
            return set().union(*(self.objects.of(*one) for one in kept))
        node = event.node
        if event.kind == EventKind.ACQUIRE and event.call is not None:
            node = call_sites.pages_of(self.program, event.statement,
                                       event.call) or node
        if event.kind == EventKind.OTHER_WRITE:
            node = _target(event)
        # What comes in does so where it stands; what is done with it later
        # may find an object that was filled by the function that made it.
        fills = event.kind in (EventKind.ACQUIRE, EventKind.OTHER_WRITE,
                               EventKind.FILL)
        return (self.objects if fills else self._inside).behind(
            event.function, node, self.flow.params)

    def _other_object(self, event: Event) -> str | None:
        mine, its = self._labels(self.site), self._labels(event)
        if self.objects.meet(mine, its) or any(
                self.objects.copied(la.tag, self.site.function)
                for la in mine | its if la.tag):
            return None
        names = sorted({la.tag for la in its})
        return f"it works on another object (struct {', '.join(names)})"

    def _not_called(self, event: Event, others: list[Event], level: int,
                    objects: bool) -> str | None:
        """Return why no call that passes these pages on reaches the event."""
        passed = self.flow.params.get(event.location, [])
        if level > 4 or not passed:
            return None
        reasons = []
        for caller, statement, argument in passed:
            where = self.resolver.locate(caller, argument)
            if where is None or where[0] not in self.flow.locations:
                continue
            why = self.excluded(Event(EventKind.CALL, caller, statement, argument,
                                      where[0]), others, level + 1,
                                objects)
            if why is None:
                return None
            reasons.append(why)
        return reasons[0] if reasons else None

    def separated(self, release: Event, others: list[Event]) -> str | None:
        """Return what keeps pages of other origins from a release, or None."""
        here = release.function.key == self.site.function.key
        beside = any(passed_in.come_to(self.resolver, self.flow, o, release)
                     for o in others)
        if here and not beside and (
                release.location.kind == LocationKind.VAR or any(
                    e.function.key == self.site.function.key
                    for e in self.flow.of(EventKind.INTO))):
            return "the acquiring function releases what it took"
        if alone := own_array.only_taken(
                self.program, self.flow, self.site, release, others):
            return alone
        if why := none_left.just_filled(self.resolver, self.call, release, others):
            return why
        walked = unwind.walked_again(self.program, release,
                                     self.site.function)
        if walked:
            return (f"line {walked}: the entries that "
                    f"{self.site.function.name}() filled")
        tests = known_tests(self.resolver, release.function,
                            release.statement.start)
        for test in tests:
            if test.equals:
                continue
            name = f"struct {test.subject.owner}.{test.subject.name}"
            if test.holds and self._only_here(test.subject) and \
                    self._ways(test.subject).alone and (
                    self._cleared(test.subject, release, others)
                    or bit_flags.frees_object(release)
                    and all(own_array.brings_array(self.flow, o) for o in others)
                    and in_struct.unzeroed(self.program, test.subject) is None
                    ) and not self._set_with(test.subject, others):
                return (f"line {test.line}: {name} is set by "
                        f"{self.site.function.name}() alone")
            if not test.holds and self._set_by_others(test.subject, others):
                return (f"line {test.line}: {name} is set wherever other "
                        "pages come in")
        if why := self._bits.within(release, others) or self._same.within(
                release, others):
            return why
        mark = out_flags.Marks(self.program, self.resolver, self.flow, self.site,
                               others).at(release.function,
                                          release.statement.start,
                                          release.location)
        if mark:
            return mark
        labels = self._labels(release)
        # The release may see an object that ours never is, and ours.
        if not any(self.objects.meet(labels, self._labels(o)) and
                   self.excluded(o, [], objects=False) is None
                   for o in others) and \
                not any(self.objects.copied(la.tag, self.site.function)
                        for la in labels if la.tag):
            return "other pages come into other objects"
        mine = self._own_constants(others)
        its = self._constants(release.function, release.statement, others)
        theirs = [self._own_constants(others, o) for o in others]
        if mine and its == mine and all(t and not t & mine for t in theirs):
            return f"reached for {', '.join(sorted(mine))} only"
        return None

    def assignments(self, location: Location) -> list[
            tuple[Function, Statement, Node]]:
        """Return every value given to a member anywhere in the tree."""
        found = []
        uses, unclear = self.resolver.uses(location)
        for function, use in uses:
            parent = use.node.parent
            if parent is not None and parent.kind == Kind.ASSIGN and \
                    parent.kids[0] is use.node:
                found.append((function, use.statement, parent.kids[1]))
            elif parent is not None and parent.kind == Kind.UNARY and \
                    parent.value == "&":
                found.append((function, use.statement, parent))
        if unclear:
            return []
        return found

    def _only_here(self, location: Location) -> bool:
        """Say whether only the acquiring function makes a member non-zero."""
        if location.kind != LocationKind.MEM:
            return False
        given = [(f, s, v) for f, s, v in self.assignments(location)
                 if v.value not in ZERO]
        return bool(given) and all(
            f.key == self.site.function.key and (
                v.value in ("true", "1") or
                v.kind == Kind.UNARY and v.value == "&")
            for f, _, v in given) and any(
                together(f, s, self.site.statement)
                and self._at_once(location, s) for f, s, _ in given)

    def _only_there(self, location: Location, others: list[Event]) -> bool:
        """Say whether a member, zero before, is only set where others came in."""
        given = [(f, s) for f, s, v in self.assignments(location)
                 if v.value not in ZERO]
        alone = bool(given) and all(
            f.key != self.site.function.key and any(
                f.key == o.function.key and together(f, s, o.statement)
                for o in others) for f, s in given)
        return alone and written.seen(
            self.resolver, location, self.site.function) and not any(
            initialisers.fields(self.resolver, location)) and SetForOthers(
                self.resolver, self.call, given, location.owner).proven()

    def _set_with(self, location: Location, others: list[Event]) -> bool:
        """Say whether a member is also set where other pages have come in."""
        return any(f.key == o.function.key and meet(
            f, o.statement.start, s.start) for o in others
            for f, s, v in self.assignments(location) if v.value not in ZERO)

    def _cleared(self, location: Location, release: Event,
                 others: list[Event]) -> bool:
        """Say whether a mark is cleared with the pages, or when others come in.

        An object that is used again would still carry it otherwise.
        """
        keys = {f.key for f, _, v in self.assignments(location)
                if v.value in ZERO}
        return release.function.key in keys or \
            {o.function.key for o in others} <= keys

    def _at_once(self, location: Location, setter: Statement) -> bool:
        """Say whether a member is set on every path with pages to its end."""
        tree = self.site.statement.tree
        result = str(tree.kids[0]) if tree and tree.kind == Kind.ASSIGN \
            else str(self.site.call)
        return not branches.leaves_early(
            self.site.function, self.site.statement.end, setter.start, result
            ) or self._ways(location).always

    def _ways(self, location: Location) -> MarkedWays:
        """Return on which ways the acquiring function leaves a member set."""
        mine = [(s.start, v.value in ZERO)
                for f, s, v in self.assignments(location)
                if f.key == self.site.function.key]
        return MarkedWays(self.resolver, self.call,
                          [at for at, zero in mine if not zero],
                          [at for at, zero in mine if zero])

    def _set_by_others(self, location: Location,
                       others: list[Event]) -> bool:
        """Say whether a member is non-zero wherever other pages come in.

        And zero at the acquisition: its own block does not set it.
        """
        if location.kind != LocationKind.MEM or not others:
            return False
        given = [(f, s) for f, s, v in self.assignments(location)
                 if v.value not in ZERO]
        for other in others:
            if not any(f.key == other.function.key and
                       together(f, s, other.statement)
                       for f, s in given):
                return False
        return not any(
            f.key == self.site.function.key and
            together(f, s, self.site.statement) for f, s in given) and \
            written.seen(self.resolver, location, self.site.function) and \
            set_always.proven(self.resolver, self.flow, self.site.function,
                              others, self.assignments(location))

    def _own_constants(self, others: list[Event],
                       event: Event | None = None) -> set[str]:
        """Return the constants that the acquisition, or another, depends on.

        They count where the value compared is kept in a member, so that a later
        release can depend on the same one.
        """
        event = event or self.site
        return self._constants(event.function, event.statement, [],
                               variables=True)

    def _constants(self, function: Function, statement: Statement,
                   others: list[Event], level: int = 0,
                   variables: bool = False) -> set[str]:
        """Return the constants that every path to a statement depends on.

        Empty when some path does not depend on a comparison with a member. A
        path through a function that brings in other pages itself does not count:
        what it releases there is its own.
        """
        own = {t.equals for t in known_tests(
            self.resolver, function, statement.start)
               if t.equals and t.holds and t.equals.isupper()
               and (t.subject.kind == LocationKind.MEM or variables
                    and self._kept(t.subject))}
        if own or level > 4:
            return own
        found: set[str] = set()
        for caller, use in self.program.naming(function.name, function):
            parent = use.node.parent
            if parent is None or parent.kind != Kind.CALL:
                return set()
            if caller.key == self.site.function.key or any(
                    o.function.key == caller.key for o in others):
                continue
            more = self._constants(caller, use.statement, others, level + 1,
                                   variables)
            if not more:
                return set()
            found |= more
        return found

    def _kept(self, subject: Location) -> bool:
        """Say whether a variable's value is stored in a member by its function."""
        function = self.program.function(subject.file, subject.owner)
        for use in function.uses.get(subject.name, []) if function else ():
            parent = use.node.parent
            if parent is not None and parent.kind == Kind.ASSIGN and \
                    parent.kids[1] is use.node and \
                    parent.kids[0].kind == Kind.MEMBER:
                return True
        return False


def _same_entry(event: Event, other: Event) -> bool:
    """Say whether two events are about one page, or one entry of a table."""
    entries = [[n for n in (node, *node.walk()) if n.kind == Kind.INDEX]
               for node in (event.node, _target(other))]
    return not any(entries) or str(event.node) == str(_target(other))


def _target(event: Event) -> Node:
    """Return the lvalue or container that another page is written to."""
    parent = event.node.parent
    while parent is not None and parent.kind in (Kind.CAST, Kind.ASSIGN):
        if parent.kind == Kind.ASSIGN:
            return parent.kids[0]
        parent = parent.parent
    if parent is not None and parent.kind == Kind.CALL and len(parent.kids) > 1:
        return parent.kids[1]
    return Node(Kind.ID, event.location.name)
