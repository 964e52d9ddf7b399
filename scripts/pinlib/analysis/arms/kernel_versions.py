# SPDX-License-Identifier: GPL-2.0-only
"""Find the kernels with pins that a module's #if arms are written for.

One patch serves all of them, so each is asked what it compiles of the code that
takes, hands on and drops the pages. Kernels that compile the same of it are one.
Where a name decides that nobody here knows, the kernel at hand is two: one that
defines it and one that does not.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pinlib.base.records import Disposition
from pinlib.csource import arm_tree
from pinlib.csource.arm_tree import Arm
from pinlib.csource.arms import Known
from pinlib.csource.masking import CText
from pinlib.decide.api_forms import Era
from pinlib.decide.decide import Decision
from pinlib.kernel import effects, known_macros
from pinlib.kernel.releases import (Defines, PINS, RELEASES, VENDORS,
                                    VENDOR_NAMES)
from pinlib.program.callers import CallerSearch
from pinlib.program.function import Function
from pinlib.program.macros import arguments_at
from pinlib.program.program import C_FILES, Program

# Names that are tried both ways, and the ways that are decided on.
_MOST_NAMES, _MOST_WAYS = 8, 6

# Functions above one that pages pass through.
_CALLERS = 60

_NAMES = frozenset((*effects.MISSION, *effects.OTHER_GET, *effects.PINNING,
                    *effects.RELEASES))
_WORD = re.compile(r"[A-Za-z_]\w*")
_NO_NAME = frozenset(("if", "ifdef", "ifndef", "elif", "elifdef", "elifndef",
                      "else", "defined"))
# What is no number says what is configured, and is asked of by macros.
_ASKS = re.compile(r"\b(\w+)\s*\([^()]*\)")
_MATHS = re.compile(r"[<>+*/%^&|-]|[=!]=")


@dataclass(frozen=True)
class Ways:
    """The ways in which names that nobody knows may be defined.

    kernels: what is known of the kernel at hand in each; none if it has but one.
    """

    names: tuple[str, ...] = ()
    kernels: tuple[Known, ...] = ()


def ways(program: Program, decisions: Collection[Decision], era: Era) -> Ways:
    """Return the ways that matter to what is or could be converted."""
    own = program.tree.known
    manual = list(_arms(program, functions(program, decisions,
                                           Disposition.MANUAL)))
    followed = functions(program, decisions, Disposition.CONVERT)
    convert = list(_arms(program, followed))
    called = _NAMES | {_name(f) for f in followed.values()}
    tests = _undecided([
        arm for arms, names in ((manual, _NAMES), (convert, called))
        for text, arm in arms if names.intersection(_WORD.findall(
            text.whole, arm.start, arm.end))], own)
    names = tuple(sorted({
        name for test in tests for name in set(_WORD.findall(test)) - _NO_NAME
        if _is_unknown(own, name)}))
    if own.code is None or not 0 < len(names) <= _MOST_NAMES or any(
            _as_number(test, names) for test in tests):
        return Ways()
    found: dict[tuple[bool | None, ...], Known] = {}
    for known in _each_way(own, names):
        if _fits(manual + convert, known, era):
            found.setdefault(_compiled(manual + convert, known), known)
    return Ways(names, tuple(found.values())) \
        if 0 < len(found) <= _MOST_WAYS else Ways()


def others(kernel: Path, cache: Path, era: Era, names: tuple[str, ...],
           made: Collection[tuple[Program, Collection[Decision]]]
           ) -> list[tuple[Known, Era]]:
    """Return the other kernels with what they declare, the oldest first.

    made: what is decided for the kernel at hand, in each way.
    """
    arms: list[tuple[CText, Arm]] = []
    for program, decisions in made:
        arms += _arms(program, functions(program, decisions,
                                         Disposition.CONVERT))
    if not arms or program.tree.known.code is None:
        return []
    seen = {_compiled(arms, one.tree.known) for one, _ in made}
    macros = known_macros.OtherKernels(kernel, program.tree.root, cache)
    asked = macros.deciding({word for _, arm in arms for one in arm.around
                             for test in one.tests
                             for word in _WORD.findall(test)})
    found = []
    for version, vendor in _kernels(program, asked):
        some = [way for way in _each_way(_of_vendor(
            macros.known(version, asked), vendor), names)
            if _compiled(arms, way) not in seen]
        for known in _each_way(_of_vendor(macros.known(version), vendor),
                               names) if some else ():
            compiled = _compiled(arms, known)
            # A vendor may have what later releases declare.
            eras = [era.at(release) for release in (
                version, *(effects.PROTOTYPES if vendor else ()))]
            fitting = next((e for e in eras if _fits(arms, known, e)), None)
            if compiled not in seen and fitting:
                seen.add(compiled)
                found.append((known, fitting))
    return found


def _kernels(program: Program, asked: set[str]
             ) -> Iterator[tuple[str, Defines]]:
    """Yield versions of which one stands for any, and what a vendor defines.

    Conditions may be written in more ways than are read here; so each release
    is one, and what is beside a version that one names.
    """
    known = {one.code: one.version for one in (
        *RELEASES, *arm_tree.versions(
            arm for text in _texts(program) for arm in text.arms))
        if one.code is not None and one.code >= PINS}
    for _, version in sorted(known.items()):
        yield version, ()
    if not VENDOR_NAMES.isdisjoint(asked):
        yield from VENDORS


def _of_vendor(known: Known, vendor: Defines) -> Known:
    names = {name for name, _ in vendor}
    return Known(known.version, tuple(sorted((
        *(m for m in known.macros if m[0] not in names), *vendor), key=str)))


def _each_way(base: Known, names: tuple[str, ...]) -> Iterator[Known]:
    """Yield what is known if names are defined, or are not."""
    rest = [m for m in base.macros if m[0] not in names]
    for values in itertools.product((None, 1), repeat=len(names)):
        yield Known(base.version, tuple(sorted(
            (*rest, *zip(names, values)), key=str)))


def for_pins(arm: Arm) -> bool:
    """Say whether a kernel with pins may compile an arm that has a condition."""
    return not all(one.guard for one in arm.around) and any(
        arm.value(known) is not False for known in RELEASES)


def oldest(program: Program) -> int:
    """Return the oldest version that a module's conditions name, or 0."""
    return min((code for text in _texts(program)
                for code in arm_tree.named(text.arms)), default=0)


def _texts(program: Program) -> Iterator[CText]:
    """Yield the module's texts with conditions on a version."""
    for file in sorted(program.naming_files("KERNEL_VERSION")):
        if not program.tree.is_kernel(file) and file.endswith(C_FILES):
            yield program.text(file)


def functions(program: Program, decisions: Iterable[Decision],
              disposition: Disposition) -> dict[tuple[str, str], Function]:
    """Return the functions that pages of some sites pass through, and callers."""
    found: dict[tuple[str, str], Function] = {}
    for decision in decisions:
        if decision.disposition == disposition:
            site = decision.site
            found[site.function.key] = site.function
            found |= {e.function.key: e.function for e in site.flow.events}
            found |= {f.key: f for uses in site.flow.params.values()
                      for f, _, _ in uses}
    for function in list(found.values()):
        for caller, _ in CallerSearch(program, function, _CALLERS).calls():
            found[caller.key] = caller
    return {key: f for key, f in found.items()
            if f.name and not program.tree.is_kernel(f.file)}


def _name(function: Function) -> str:
    return function.name.partition("@")[0]


def _arms(program: Program, followed: dict[tuple[str, str], Function]
          ) -> Iterator[tuple[CText, Arm]]:
    """Yield the arms in some functions, and those that name one or a release."""
    if not followed:
        return
    names = _NAMES | {_name(f) for f in followed.values()}
    for file in sorted({file for name in names
                        for file in program.naming_files(name)}):
        if program.tree.is_kernel(file) or not file.endswith(C_FILES):
            continue
        text = program.text(file)
        bodies = [(text.offset(f.line), f.body[1]) for f in followed.values()
                  if f.file == file]
        for arm in text.arms:
            if any(low < arm.start < high for low, high in bodies) or \
                    names.intersection(_WORD.findall(
                        text.whole, arm.start, arm.end)):
                yield text, arm


def _undecided(arms: list[Arm], known: Known) -> set[str]:
    """Return the conditions that would decide arms of which nothing is known."""
    # What is asked of by a macro is not known by its name.
    return {_ASKS.sub(lambda m: m.group() if m.group(1) == "defined" else "1",
                      test)
            for arm in arms if arm.value(known) is None for one in arm.around
            if one.own(known) is None for test in one.tests}


def _is_unknown(known: Known, name: str) -> bool:
    return known.value(name) is None and known.defined(name) is None


def _as_number(test: str, names: tuple[str, ...]) -> bool:
    """Say whether a condition asks for more of a name than whether it is set."""
    return any(_MATHS.search(part) and set(names).intersection(
        _WORD.findall(part)) for part in re.split(r"&&|\|\|", test))


def _compiled(arms: list[tuple[CText, Arm]],
              known: Known) -> tuple[bool | None, ...]:
    return tuple(arm.value(known) for _, arm in arms)


def _fits(arms: list[tuple[CText, Arm]], known: Known, era: Era) -> bool:
    """Say whether all calls that a kernel compiles fit its prototypes."""
    for text in {id(text): text for text, _ in arms}.values():
        live = text.as_known(known)
        for name in era.shapes.keys() & era.declared.keys():
            for offset in live.words.get(name, ()):
                made = arguments_at(live.code, offset + len(name))
                if made is not None and len(made) != len(era.declared[name]) and \
                        not live.defines(name, offset):
                    return False
    return True
