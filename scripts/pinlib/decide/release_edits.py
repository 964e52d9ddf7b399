# SPDX-License-Identifier: GPL-2.0-only
"""Choose the form in which a release is rewritten.

A put_page() keeps its place and its operand. A condition before it would also
guard what the operand does, and a number of pages may be an error code: the
kernel's own calls can say neither, so the helper stands in for them.
"""

from __future__ import annotations

import re

from pinlib.base.codes import Code
from pinlib.base.edits import (Edit, Place, Unpin, UnpinIf, UnpinPages,
                               UnpinTold)
from pinlib.base.why_not import manual
from pinlib.csource import types
from pinlib.csource.expr import Kind, Node, conditions
from pinlib.decide.pin_state import in_struct
from pinlib.decide.pin_state.as_argument import AsArgument
from pinlib.decide.pin_state.in_owner import InOwner
from pinlib.decide.pin_state.in_struct import InStruct
from pinlib.decide.pin_state.kinds import PinState
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, flag_at
from pinlib.kernel import effects
from pinlib.paths import kept_count
from pinlib.paths.walker import Walker
from pinlib.paths.watch import helpers, watch
from pinlib.program.locations import Location, Resolver

MANY = "release_pages"
HELPERS = {**dict.fromkeys(effects.DROPS, "page_extract_release"),
           MANY: "page_extract_release_pages"}
SIGNED = re.compile(r"^(?:const )?(?:signed )?(?:int|long(?: long)?(?: int)?|"
                    r"short|ssize_t|[_]*s(?:8|16|32|64))$")

# What an unsigned long holds, on every machine.
UNSIGNED = re.compile(r"^(?:const )?(?:unsigned(?: (?:char|short|long))?(?: int)?|"
                      r"bool|size_t|[_]*u(?:8|16|32)|uint(?:8|16|32)_t)$")


def check(resolver: Resolver, site: CallSite, event: Event) -> None:
    """Raise the reason why a release has no form that pins know."""
    if event.detail in effects.UNPIN:
        raise manual(
            Code.ALREADY_UNPINNED, f"{event.detail}() drops a pin where the "
            "acquisition takes a plain reference.", event.place)
    if event.detail == MANY and event.call is not None and \
            len(event.call.kids) == 3:
        _array(resolver, site, event, event.call)
    elif event.kind == EventKind.ARRAY_RELEASE or event.detail not in effects.DROPS:
        raise manual(Code.RELEASE_FORM, "There is no rule for a release by "
                     f"{event.detail}().", event.place)


def edit(resolver: Resolver, site: CallSite, event: Event, place: Place,
         state: PinState | None) -> Edit:
    """Return the edit of a release; state: where it finds whether it is pinned."""
    assert event.call is not None
    flag = _flag(state, event)
    if event.detail == MANY:
        if not flag and counted(resolver, site, event):
            return UnpinPages(*place)
    elif not flag:
        return Unpin(*place, count=_loops_to(resolver, event))
    elif not has_side_effects(event.call.kids[1]):
        return UnpinIf(*place, flag, count=_loops_to(resolver, event) if _is_set(
            resolver, state) else "")
    return UnpinTold(*place, HELPERS[event.detail], flag or "true")


def _flag(state: PinState | None, event: Event) -> str:
    """Return what says whether a release's page is pinned, "" if it always is."""
    match state:
        case InStruct(member=member):
            return flag_at(event, member)
        case AsArgument(name=name):
            return name
        case InOwner(reads=reads):
            return reads.get(event.place, "")
    return ""


def _is_set(resolver: Resolver, state: PinState | None) -> bool:
    """Say whether a flag can be read although no pages were ever taken."""
    return isinstance(state, AsArgument) or isinstance(state, InStruct) and \
        not in_struct.unzeroed(resolver.program, state.member)


def _loops_to(resolver: Resolver, event: Event) -> str:
    """Return the number of pages that a loop drops, "" where it may be negative.

    The loop goes on while its index is less.
    """
    function = event.function
    around = [g for g in function.guards_at(event.statement.start) if g.holds]
    tests = conditions(around[-1].test, True) if around else []
    test = tests[-1][0] if tests else None
    if test is None or test.kind != Kind.BINARY or test.value != "<":
        return ""
    bound = test.kids[1]
    known = all(n.kind in (Kind.ID, Kind.MEMBER) and n.value not in
                function.shadowed for n in bound.walk()) and (
                    bound.kind == Kind.ID or _declared_once(
                        resolver, resolver.member(function, bound)))
    return str(bound) if known and UNSIGNED.match(
        resolver.type_of(function, bound) or "") else ""


def _declared_once(resolver: Resolver, member: Location | None) -> bool:
    """Say whether a member is named once, and not in each arm of an #if."""
    if member is None or "::" in member.owner:
        return False
    program = resolver.program
    named = [len(re.findall(rf"\b{member.name}\b", whole[brace:close]))
             for file, line in program.struct_places(member.owner)
             if file == member.file
             for text in [program.text(file)] for whole in [text.whole]
             for brace in [program.brace(member.owner, file, line)]
             for close in [text.matching(brace)]]
    return named == [1]


def has_side_effects(node: Node) -> bool:
    """Say whether reading an expression changes anything."""
    return any(n.kind in (Kind.POST, Kind.ASSIGN, Kind.RAWID) or
               n.kind == Kind.UNARY and n.value in ("++", "--") or
               n.kind == Kind.CALL and not _only_looks(n)
               for n in node.walk())


def _only_looks(call: Node) -> bool:
    effect = effects.effect(call.kids[0].value, 0)
    return effect is not None and effect.kind in ("same", "take", "look")


def _array(resolver: Resolver, site: CallSite, event: Event,
           call: Node) -> None:
    declared = resolver.type_of(event.function, call.kids[1]) or ""
    if types.tag_of(declared) != "page" or types.depth_of(declared) != 2:
        raise manual(Code.RELEASE_FORM, f"What {MANY}() drops here is not seen "
                     "to be an array of pages.", event.place)
    count = call.kids[2]
    kind = resolver.type_of(event.function, count) or ""
    if not SIGNED.match(kind) and not counted(resolver, site, event):
        raise manual(Code.RELEASE_FORM, f"{MANY}() drops nothing where its "
                     f"count is negative as an int; whether {count} can be "
                     "is not proven.", event.place)


def counted(resolver: Resolver, site: CallSite, event: Event) -> bool:
    """Say whether the count of a range is never negative on any path.

    What the pages were asked for by is not, where there are pages.
    """
    assert event.call is not None
    count = event.call.kids[2]
    if event.function.key != site.function.key:
        return kept_count.never_negative(
            resolver, site, event.function, count) or kept_count.as_asked(
                resolver, site, event.function, count)
    walker = Walker(resolver, watch(site, helpers(resolver.program, site)))
    walker.run()
    value = walker.counts.get(event.statement.start)
    return value is not None and "neg" not in value
