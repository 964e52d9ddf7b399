# SPDX-License-Identifier: GPL-2.0-only
"""Find what a conversion would break on other kernels the code is written for.

An #if arm that this kernel leaves out is compiled by others. Where it takes
pages, they are plain references there, and stay so; where it drops pages that
are pinned now, it would have to drop a pin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pinlib.base.codes import Code
from pinlib.base.why_not import WhyNot
from pinlib.csource import arm_tree
from pinlib.csource.arm_tree import Arm
from pinlib.csource.masking import CText
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, RELEASE_KINDS
from pinlib.kernel import effects
from pinlib.program.function import Function
from pinlib.program.locations import LocationKind
from pinlib.program.program import Program

# The first version with pins.
PINS = 0x050600

_TAKING = frozenset((*effects.MISSION, *effects.OTHER_GET, *effects.PINNING))
_CALL = re.compile(r"\b(\w+)\s*\(")
_HEAD = re.compile(r"^[A-Za-z_][^;{}=()]*?\b(\w+)\s*\(", re.M)
# What is no call of a function, or of one of which is known what it does.
_NO_CALL = frozenset(("if", "while", "for", "switch", "return", "sizeof",
                      "defined")) | {
    name for name, _ in effects.EFFECTS} - effects.RELEASES


@dataclass(frozen=True)
class Place:
    """A piece of code in a file, and the innermost #if arm around it."""

    file: str
    text: CText
    offset: int

    @property
    def arm(self) -> Arm | None:
        """Return the arm, or None where the code is in all of them."""
        return arm_tree.at(self.text.arms, self.offset)

    @property
    def line(self) -> int:
        """Return its line."""
        return self.text.line_of(self.offset)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Conflict:
    """A release that other kernels reach with plain references.

    taken: where these take them.
    """

    release: Event
    taken: Place


def obstacle(program: Program, site: CallSite) -> WhyNot | None:
    """Return why a patch for this kernel would be wrong for another, or None.

    What conflicts() finds is not asked here.
    """
    mine = _place(site.function, site.statement.start)
    left = _dropped_elsewhere(program, site, mine)
    if left:
        return WhyNot(
            Code.FOR_SOME_VERSIONS, f"In kernels for which line {left.line} is "
            f"compiled, {left.file} drops the pages there, and would have to "
            "unpin them; this kernel does not compile that line, so it is not "
            "followed.", str(left))
    older = _before_pins(site, mine)
    if older:
        return WhyNot(
            Code.FOR_SOME_VERSIONS, f"Line {mine.line} is compiled for kernels "
            f"older than 5.6, too (its #if names {older}), which have no pins: "
            "it needs an arm of its own from 5.6 on, and its releases the same "
            "condition.", str(mine))
    return None


def notes(site: CallSite) -> list[str]:
    """Return what a changelog says of kernels that are too old for the call."""
    text = site.function.text
    older = [code for code in arm_tree.named(text.arms) if code < PINS]
    if not older or site.api not in effects.PIN_OF or \
            not _together(_place(site.function, site.statement.start),
                          Place(site.file, text, 0), 0, PINS):
        return []
    return [f"Pins exist from Linux 5.6 on, so that {site.function.name}() no "
            f"longer builds for kernels before that; conditions in {site.file} "
            f"name {_named(older[0])}."]


def conflicts(program: Program, site: CallSite) -> list[Conflict]:
    """Return the releases that other kernels reach with plain references."""
    taken = list(_taken_elsewhere(program, site))
    return [Conflict(event, other)
            for event in site.flow.of(*RELEASE_KINDS)
            for other in taken
            if _together(_place(event.function, event.statement.start),
                         other)]


def sentence(conflict: Conflict) -> WhyNot:
    """Return the reason that a release must stay as it is for other kernels."""
    event, taken = conflict.release, conflict.taken
    where = f"line {event.statement.line}" \
        if event.function.file == taken.file else event.place
    return WhyNot(
        Code.FOR_SOME_VERSIONS, f"In kernels for which line {taken.line} is "
        f"compiled, {event.detail}() at {where} must stay: pin and unpin have "
        "to stand under one condition.", event.place)


def _place(function: Function, offset: int) -> Place:
    return Place(function.file, function.text, offset)


def _functions(site: CallSite) -> list[Function]:
    """Return the functions that the pages pass through."""
    found = {site.function.key: site.function}
    found |= {e.function.key: e.function for e in site.flow.events}
    found |= {f.key: f for uses in site.flow.params.values()
              for f, _, _ in uses}
    return [f for f in found.values() if f.name]


def _dead_arms(program: Program,
               function: Function) -> Iterator[tuple[str, CText, Arm]]:
    """Yield the arms in and around a function that this kernel leaves out.

    And those with another definition of it.
    """
    text = function.text
    low, high = function.body
    start = text.offset(function.line)
    groups = {arm.group for around in [arm_tree.at(text.arms, start)]
              if around for arm in around.around}
    seen = set()
    for arm in text.arms:
        if (low < arm.start < high or arm.group in groups) and any(
                start <= arm.start <= end for start, end in text.dead):
            seen.add((function.file, arm.start))
            yield function.file, text, arm
    name = function.name.partition("@")[0]
    for file in sorted(program.naming_files(name)):
        other = program.text(file)
        for offset in other.dead_words.get(name, ()):
            inside = arm_tree.at(other.arms, offset)
            if inside and (file, inside.start) not in seen and \
                    CText(other.text, None).defines(name, offset):
                seen.add((file, inside.start))
                yield file, other, inside


def _holders(site: CallSite) -> set[str]:
    """Return the names of what the pages of a site are kept in."""
    return {where.name.rpartition(".")[2] for where in site.flow.locations
            if where.name} | set(re.findall(r"[A-Za-z_]\w*", str(site.pages)))


def _taken_elsewhere(program: Program, site: CallSite) -> Iterator[Place]:
    """Yield where other kernels fill what this call fills.

    An arm beside the call's own counts if it calls anything with the pages.
    """
    text = site.function.text
    own = arm_tree.at(text.arms, site.statement.start)
    groups = {arm.group for arm in own.around} if own else set()
    holders = _holders(site)
    takers: frozenset[str] | None = None
    for function in _functions(site):
        for file, code, arm in _dead_arms(program, function):
            if takers is None:
                takers = _TAKING | _takers(program, site)
            beside = code is text and arm.group in groups
            at = _first_call(code, arm, takers)
            if at < 0 and beside and holders & set(re.findall(
                    r"[A-Za-z_]\w*", _code(code, arm))):
                at = _first_call(code, arm, None)
            if at >= 0:
                yield Place(file, code, at)
    yield from _with_members(program, site, _TAKING)


def _with_members(program: Program, site: CallSite,
                  names: frozenset[str]) -> Iterator[Place]:
    """Yield calls of other kernels, in functions that name the same members."""
    members = {where.name.rpartition(".")[2] for where in site.flow.locations
               if where.kind == LocationKind.MEM}
    for file, name in _driver_files(program, site, names) if members else ():
        text = program.text(file)
        for offset in text.dead_words.get(name, ()):
            plain = CText(text.text, None)
            span = plain.span_at(plain.line_of(offset))
            if members & {word for number in range(span.start, span.end + 1)
                          for word in re.findall(r"[A-Za-z_]\w*",
                                                 plain.line(number))}:
                yield Place(file, text, offset)


def _driver_files(program: Program, site: CallSite, names: frozenset[str]
                  ) -> Iterator[tuple[str, str]]:
    """Yield the driver's files with each of some functions that they name."""
    home = program.tree.home(site.file)
    for name in sorted(names):
        for file in sorted(program.naming_files(name)):
            if file.startswith(home) and not program.tree.is_kernel(file):
                yield file, name


def _takers(program: Program, site: CallSite) -> frozenset[str]:
    """Return functions of the driver that take pages for some kernel."""
    found: set[str] = set()
    for file, name in _driver_files(program, site, _TAKING):
        plain = CText(program.text(file).text, None)
        for offset in plain.words.get(name, ()):
            start = plain.offset(plain.span_at(plain.line_of(offset)).start)
            found.update(m.group(1) for m in _HEAD.finditer(
                plain.code, start, offset)
                if plain.defines(m.group(1), m.start(1)))
    return frozenset(found)


def _dropped_elsewhere(program: Program, site: CallSite,
                       mine: Place) -> Place | None:
    """Return where a kernel with pins drops the pages by other code."""
    holders = _holders(site)
    found = list(_with_members(program, site, effects.RELEASES))
    for function in _functions(site):
        inside = [e for e in site.flow.events
                  if e.function.key == function.key]
        groups = {arm.group for e in inside for arm in _around(e)}
        releasing = {arm.group for e in inside if e.kind in RELEASE_KINDS
                     for arm in _around(e)}
        for file, code, arm in _dead_arms(program, function):
            at = _first_call(code, arm, effects.RELEASES)
            if at < 0 and code is function.text and (
                    arm.group in releasing or arm.group in groups
                    and holders & set(re.findall(r"[A-Za-z_]\w*",
                                                 _code(code, arm)))):
                at = _first_call(code, arm, None)
            if at >= 0:
                found.append(Place(file, code, at))
    return next((p for p in found if _together(p, mine, PINS)), None)


def _around(event: Event) -> list[Arm]:
    arm = _place(event.function, event.statement.start).arm
    return arm.around if arm else []


def _before_pins(site: CallSite, mine: Place) -> str:
    """Return the version that shows that a call is for kernels without pins."""
    arm = mine.arm
    if arm is None:
        return ""
    groups = {one.group for one in arm.around}
    beside = [one for one in site.function.text.arms if one.group in groups]
    older = [code for code in arm_tree.named(beside) if code < PINS]
    if not older or not any(
            arm.value(known) is not False
            for known in arm_tree.versions(beside, PINS)
            if known.code is not None and known.code < PINS):
        return ""
    return _named(older[-1])


def _named(code: int) -> str:
    return f"{code >> 16}.{code >> 8 & 255}"


def _together(one: Place, other: Place, least: int = 0,
              below: int = 1 << 32) -> bool:
    """Say whether a kernel may compile both, from some version on."""
    mine, theirs = one.arm, other.arm
    if mine and theirs and arm_tree.exclude(mine, theirs):
        return False
    around = [arm for place in (mine, theirs) if place
              for arm in place.around]
    return any(
        all(arm is None or arm.value(known) is not False
            for arm in (mine, theirs))
        for known in arm_tree.versions(around, PINS)
        if known.code is not None and least <= known.code < below)


def _code(text: CText, arm: Arm) -> str:
    return text.whole[arm.start:arm.end]


def _first_call(text: CText, arm: Arm, names: Iterable[str] | None) -> int:
    """Return where an arm calls one of some functions, or any; -1 for none."""
    wanted = None if names is None else frozenset(names)
    return next((arm.start + m.start() for m in _CALL.finditer(
        _code(text, arm)) if (m.group(1) not in _NO_CALL if wanted is None
                              else m.group(1) in wanted)), -1)
