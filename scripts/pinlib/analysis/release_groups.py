# SPDX-License-Identifier: GPL-2.0-only
"""Join sites into release groups, and plan what one patch changes."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from pinlib.base import edits
from pinlib.base.edits import Edit, Pages
from pinlib.base.records import Disposition
from pinlib.csource import lexer
from pinlib.csource.expr import Kind
from pinlib.csource.masking import CText
from pinlib.decide import (api_forms, foll_flags, redundant_reference,
                           release_edits)
from pinlib.decide.bugs.counted import counted_down
from pinlib.decide.decide import Decision
from pinlib.decide.pin_state import as_argument
from pinlib.decide.pin_state.as_argument import AsArgument
from pinlib.decide.pin_state.in_owner import InOwner
from pinlib.decide.pin_state.in_struct import InStruct
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, flag_name
from pinlib.kernel import effects, flag_precedence
from pinlib.kernel.view import View
from pinlib.program import callers, shims
from pinlib.program.function import Function, Use
from pinlib.program.locations import Location, Resolver
from pinlib.program.program import Program
from pinlib.rewrite import messages, room

# Where the helpers are declared, and what works on iterators.
HEADER, API_HEADER = "linux/page_extract.h", "linux/uio.h"
NEW_NAME = {**effects.PIN_OF,
            "iov_iter_get_pages": "iov_iter_extract_pages_noadvance",
            "iov_iter_get_pages2": "iov_iter_extract_pages",
            "iov_iter_get_pages_alloc": "iov_iter_extract_pages_alloc_noadvance",
            "iov_iter_get_pages_alloc2": "iov_iter_extract_pages_alloc"}


@dataclass(frozen=True)
class ForKernel:
    """What a patch changes in what another kernel compiles of its files."""

    version: str
    tree: View
    edits: list[Edit]

    def to_json(self) -> list[dict[str, str | int]]:
        """Return the edits as in plan.json, by the columns of the checkout."""
        return [edit.to_json() for edit in as_checked_out(self.tree, self.edits)]


def as_checked_out(tree: View, found: list[Edit]) -> list[Edit]:
    """Return edits with their columns where macros are macros."""
    return [dataclasses.replace(e, column=tree.column(e.file, e.line, e.column))
            for e in found]


@dataclass
class Group:
    """Acquisitions and releases that must change together."""

    id: str
    decisions: list[Decision]
    edits: list[Edit] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)    # of what was read
    symbols: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    others: list[ForKernel] = field(default_factory=list)
    tree: View | None = None        # in which its edits are, once planned

    @property
    def helpers(self) -> set[str]:
        """Return the functions that its edits call and a kernel may lack."""
        return {e.new for e in self.edits if isinstance(e, (
            edits.Extract, edits.ExtractAlloc, edits.UnpinTold))}

    @property
    def files(self) -> list[str]:
        """Return the files that the group's patch changes."""
        return sorted({e.file for e in self.edits} | {
            e.file for other in self.others for e in other.edits})


def _in_place(edit: edits.Unpin) -> edits.Unpin:
    return dataclasses.replace(edit, lacks=" ".join(sorted(
        name for name in effects.UNPIN if name != "unpin_user_page")))


def groups(decisions: list[Decision]) -> list[Group]:
    """Join convertible sites where they share a release or a file.

    One patch changes a file: each is made of the texts of whole files.
    """
    parts: list[tuple[set[str], list[Decision]]] = []
    for decision in decisions:
        if decision.disposition != Disposition.CONVERT or decision.core:
            continue
        keys = {r.place.rpartition(":")[0] for r in decision.releases}
        keys.add(decision.site.file)
        joined = [decision]
        rest = []
        for known, members in parts:
            if known & keys:
                keys |= known
                joined = members + joined
            else:
                rest.append((known, members))
        parts = rest + [(keys, joined)]
    made = [Group(_name(members), members) for _, members in parts]
    return sorted(made, key=lambda g: (g.decisions[0].site.file,
                                       g.decisions[0].site.line))


def entangled(decisions: list[Decision]) -> list[tuple[Decision, Decision]]:
    """Return convertible sites that share a release with one that must stay.

    The second of each pair is the site that holds the first back.
    """
    kept = [d for d in decisions if d.disposition in (
        Disposition.MANUAL, Disposition.BLOCKED, Disposition.KEEP)]
    found = []
    for decision in (d for d in decisions if d.disposition == Disposition.CONVERT):
        places = {r.place for r in decision.releases}
        for other in kept:
            theirs = {e.place for e in other.site.flow.of(
                EventKind.RELEASE, EventKind.ARRAY_RELEASE)}
            if places & (theirs - {e.place for e, _ in other.left}):
                found.append((decision, other))
                break
    return found


def rule(site: CallSite) -> str:
    """Return the rule file that converts the call of a site."""
    kind: type[Edit] = _extracting(site)[0]
    if "alloc" in site.api:
        kind = edits.ExtractAlloc
    elif site.api in effects.BY_ADDRESS:
        kind = edits.Pin
    return f"cocci/convert/{kind.rules[0]}.cocci"


def _extracting(site: CallSite) -> tuple[type[edits.Extract], str]:
    return (edits.ExtractFlags, api_forms.NATIVE) if api_forms.carries_flags(site) \
        else (edits.Extract, NEW_NAME[site.api])


def _files_reading_state(decision: Decision) -> list[str]:
    """Return the files besides the site's in which the pin state is read."""
    state = decision.pin_state
    return [f.file for f, *_ in state.calls] \
        if isinstance(state, InOwner) else []


def _extent(function: Function) -> tuple[int, int]:
    return function.text.offset(function.span[0]), function.body[1]


def _name(members: list[Decision]) -> str:
    seed = "\n".join(sorted(d.site.id for d in members))
    return "g-" + hashlib.sha256(seed.encode("latin-1")).hexdigest()[:12]


def _flags(group: Group) -> set[tuple[Location, str]]:
    """Return the members that a flag is added after, and the flag's name."""
    found = set()
    for state in (d.pin_state for d in group.decisions):
        if isinstance(state, InStruct):
            found.add((state.member, flag_name(state.member)))
        elif isinstance(state, AsArgument):
            found |= {(s.member, state.name) for s in state.settings}
    return found


def _flag_here(decision: Decision) -> str:
    """Return the flag that the acquisition sets, "" where it sets none."""
    state = decision.pin_state
    return state.flag if isinstance(state, InStruct) else ""


class Planner:
    """The plan of a group: edits that cocci/convert can perform."""

    def __init__(self, program: Program, resolver: Resolver,
                 renames: bool) -> None:
        self.program = program
        self.resolver = resolver
        self.renames = renames      # for kernels without pins, nothing else
        self.shims = shims.shims(program)

    def plan(self, group: Group) -> None:
        """Fill in the group's edits; every position is of the old text."""
        group.tree = self.program.tree
        done: dict[tuple[str, int, int], Edit] = {}
        for decision in group.decisions:
            self._acquire(group, decision)
            if decision.redundant:
                group.edits += redundant_reference.edits(decision.redundant)
            for event in () if decision.redundant else decision.releases:
                self._release(group, decision, event, done)
            self._state(group, decision, done)
            self._notes(group, decision)
        self._messages(group)
        passed = {d.pin_state.helper.key: d.pin_state
                  for d in group.decisions
                  if isinstance(d.pin_state, AsArgument)}
        for state in passed.values():
            group.edits += as_argument.plan(state)
        for after, name in sorted(_flags(group)):
            self._member(group, after, name)
        wanted = {(e.file, HEADER) for e in group.edits
                  if isinstance(e, edits.UnpinTold)}
        wanted |= {(f, API_HEADER) for d in group.decisions
                   for f in _files_reading_state(d) if f != d.site.file}
        for file, header in sorted(wanted):
            group.edits.append(edits.Include(file, 0, 0, "", header))

    def _acquire(self, group: Group, decision: Decision) -> None:
        site = decision.site
        place = (site.file, site.line, site.column, site.api)
        new = NEW_NAME[site.api]
        if site.api in effects.BY_ADDRESS:
            assert site.shape is not None
            longterm = decision.longterm and not decision.asked_longterm
            asking = list(self._asking(site)) if longterm else []
            longterm = longterm and not asking
            group.edits += asking
            group.edits.append(edits.Pin(
                *place, new, site.shape.flags, site.shape.arguments, longterm,
                longterm and foll_flags.spliced(
                    self.program, site)))
        elif "alloc" in site.api:
            group.edits.append(edits.ExtractAlloc(
                *place, new, _flag_here(decision), decision.refusal))
        else:
            pointer = site.pages is not None and site.pages.kind == Kind.ID \
                and "[" not in site.function.types.get(site.pages.value, "[")
            kind, new = _extracting(site)
            group.edits.append(kind(*place, new, *(
                (Pages.POINTER, "") if pointer else (Pages.OTHER, self._free_name(
                    site.function.text, site.function.span))),
                _flag_here(decision), decision.refusal))

    def _asking(self, site: CallSite) -> Iterator[Edit]:
        """Yield the uses of a macro that pins with the flags it is given."""
        macro = self.program.tree.macros.get(site.file)
        node = site.argument(site.shape.flags) if site.shape else None
        names = [name for _, name in site.function.params]
        if macro is None or not macro.holds(site.line) or node is None or \
                node.value not in names:
            return
        index = names.index(node.value)
        for caller, use in callers.calls(self.program, site.function):
            place = caller.position(use)
            if place is None or use.call is None:
                raise LookupError(str(use.statement))
            given = set(flag_precedence.operands(lexer.words(
                str(use.call.kids[index + 1]))))
            yield edits.Lasting(
                caller.file, *place, use.node.value, index, len(names),
                flag_precedence.spliced(
                    caller.text, place, {
                        word for word in given if not word.startswith("FOLL_")
                        and word not in caller.types},
                    self.program.searches.macros, self.program.text))

    @staticmethod
    def _free_name(text: CText, span: tuple[int, int]) -> str:
        low, high = text.offset(span[0]), text.offset(span[1])
        for name in ("pages", "extracted", "page_array", "page_vec"):
            if not any(low <= o <= high and text.code[o - 1] not in ".>"
                       for o in text.words.get(name, ())):
                return name
        return "extracted_pages"

    def _release(self, group: Group, decision: Decision, event: Event,
                 done: dict[tuple[str, int, int], Edit]) -> None:
        assert event.call is not None
        place = event.function.position(Use(event.statement,
                                            event.call.kids[0]))
        if place is None:
            raise LookupError(event.place)
        key = (event.function.file, *place)
        edit = release_edits.edit(self.resolver, decision.site, event,
                                  (*key, event.detail), decision.pin_state)
        if self.shims and isinstance(edit, (edits.Unpin, edits.UnpinIf)):
            edit = dataclasses.replace(edit, lacks=" ".join(sorted(
                n for n in effects.UNPIN if n not in self.shims)))
        elif self.renames and isinstance(edit, edits.Unpin):
            edit = _in_place(edit)
        if done.setdefault(key, edit) != edit:
            # One acquisition needs a flag here that another does not have.
            raise LookupError(event.place)
        if done[key] is edit:
            group.edits.append(edit)

    def _member(self, group: Group, after: Location, name: str) -> None:
        """Add a flag near a member, found by its structure's name."""
        bodies = [body for tag, _, body in self.program.bodies(
            after.file, after.owner) if tag == after.owner]
        group.edits.append(edits.Member(
            after.file, 0, 0, after.owner, after.owner,
            room.behind(bodies[0], after.name) if len(bodies) == 1
            else after.name, name))
        group.symbols.append(after.owner)

    def _state(self, group: Group, decision: Decision,
               done: dict[tuple[str, int, int], Edit]) -> None:
        """Add what the callers of the function keep or ask of the pin state."""
        state = decision.pin_state
        if not isinstance(state, InOwner):
            return
        calls = [(f, s, c, flag, "") for f, s, c, flag in state.calls]
        if state.setter:
            calls.append((state.setter.caller, state.setter.statement,
                          state.setter.call, state.flag,
                          str(state.setter.iterator)))
        for function, statement, call, flag, iterator in calls:
            place = function.position(Use(statement, call.kids[0]))
            if place is None:
                raise LookupError(str(statement))
            key = (function.file, *place)
            if key in done:
                continue
            token = call.kids[0].value
            done[key] = edits.Set(*key, token, flag, iterator) \
                if iterator else edits.Ask(*key, token, flag)
            group.edits.append(done[key])
        for helper in sorted({c.kids[0].value for _, _, c, _ in state.calls}):
            group.facts.append(
                f"{helper}() does nothing but drop pages, and is called for "
                "pinned pages only now.")
        if state.setter:
            group.facts.append(
                f"{state.flag} is set before {state.setter.call.kids[0]}() "
                "and read only where there are pages to drop, which nothing "
                "but that call brings.")
        if state.after:
            self._member(group, state.after, state.name)

    def _messages(self, group: Group) -> None:
        """Bring comments and strings up to date that name the old API."""
        mine = group.decisions
        for file in sorted({d.site.file for d in mine} | {
                e.function.file for d in mine for e in d.releases}):
            text = self.program.text(file)
            taking = [d for d in mine if d.site.file == file]
            here = [d.site for d in taking if not d.redundant]
            found, notes = messages.stale(messages.Converted(
                file, text, {text.offset(s.line, s.column): s.api for s in here},
                {s.api: NEW_NAME[s.api] for s in here},
                {_extent(d.site.function) for d in taking},
                {_extent(e.function) for d in mine for e in d.releases
                 if e.function.file == file}))
            group.edits += found
            group.notes += notes

    def _notes(self, group: Group, decision: Decision) -> None:
        group.notes += decision.notes
        for answer in filter(None, (decision.until, decision.reviewed)):
            group.facts.append(answer.reason)
            group.notes.append(answer.said())
        group.notes += [f"{e.place}: {e.detail}() stays: {why}."
                        for e, why in decision.left]
        group.notes += [
            f"{e.place}: the pages are counted by {length} alone here, without the "
            "offset into the first one, so the last one may stay held, as before."
            for e, length in counted_down.short(decision.site)]
        if decision.redundant and decision.redundant.counts:
            group.facts.append(
                "A check of the number of references expects one less, too.")
        if not decision.redundant and decision.case in (1, 2) and not any(
                e.kind == EventKind.DIRTY or e.detail in effects.DIRTY_BIT
                for e in decision.site.flow.events):
            group.notes.append("Nothing dirties the pages; that stays so.")
        if decision.refusal:
            group.facts.append("A kvec stays refused with -EFAULT, as before.")
