# SPDX-License-Identifier: GPL-2.0-only
"""Find what makes a conversion wrong although every release is known."""

from __future__ import annotations

import re

from pinlib.base.codes import Code
from pinlib.base.why_not import WhyNot
from pinlib.csource import arm_tree
from pinlib.csource.arm_tree import Arm
from pinlib.csource.arms import NOTHING
from pinlib.csource.masking import CText
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.kernel import effects
from pinlib.paths import held_on_return
from pinlib.program import cfg
from pinlib.program.locations import Resolver
from pinlib.program.program import Program


def first(program: Program, resolver: Resolver,
          site: CallSite) -> WhyNot | None:
    """Return the first reason why a conversion would be wrong, or None."""
    for event in site.flow.of(EventKind.LOOK):
        if event.detail in effects.COUNTS:
            return WhyNot(
                Code.COUNT_SEEN, f"{event.detail}() tells each pin of a small "
                "page as 1024 references.", event.place)
    other = in_two_arms(site)
    if other:
        return WhyNot(
            Code.IN_TWO_ARMS,
            f"Line {other} takes pages too, in the other arm of an #if; which "
            f"of them is compiled, {_deciding(site)} decides.",
            f"{site.file}:{other}")
    half = _in_some_arms(site)
    if half:
        return half
    line = held_on_return.abandoned(program, resolver, site)
    if line:
        left = cfg.hidden(site.function, cfg.first_step(
            site.function, program.macros.seen_by(site.file)))
        return WhyNot(
            Code.LEAK_TODAY if line in left else Code.LEFT_HELD,
            f"The pages are still held when {site.function.name}() is left "
            "here, and no statement outside it drops them.",
            f"{site.file}:{line}")
    return None


def _in_some_arms(site: CallSite) -> WhyNot | None:
    """Return a release that an #if has in some of its arms alone, or None."""
    by_function: dict[tuple[str, str], list[Event]] = {}
    for event in site.flow.of(*RELEASE_KINDS):
        by_function.setdefault(event.function.key, []).append(event)
    for releases in by_function.values():
        function = releases[0].function
        text = function.text
        around = [_around(text, e.statement.start) for e in releases]
        # What the call itself is under is no condition of its own.
        taken = _around(text, site.statement.start) \
            if function.key == site.function.key else {}
        for group in sorted(frozenset[int](around[0]).intersection(
                *around[1:]) - taken.keys()):
            if group > function.body[0] and not _in_each(
                    text, group, {arms[group] for arms in around}):
                return WhyNot(
                    Code.LEAK_TODAY, f"{function.name}() drops the pages only "
                    "in some arms of the #if on line "
                    f"{text.line_of(group)}: where another one is compiled, "
                    "nothing does.", releases[0].place)
    return None


def _around(text: CText, offset: int) -> dict[int, Arm]:
    """Return the arms around an offset, by where the #if of each begins."""
    arm = arm_tree.at(text.arms, offset)
    return {one.group: one for one in (arm.around if arm else ())}


def _in_each(text: CText, group: int, mine: set[Arm]) -> bool:
    """Say whether some arms of an #if are all that may be compiled."""
    arms = [arm for arm in text.arms if arm.group == group]
    known = text.known or NOTHING
    return arms[-1].is_else and mine >= set(arms) or all(
        arm.own(known) is not None for arm in arms)


def _deciding(site: CallSite) -> str:
    """Return the names that the #if around a call asks for."""
    arm = arm_tree.at(site.function.text.arms, site.statement.start)
    names = re.findall(r"[A-Za-z_]\w*", " ".join(
        test.lstrip(" \t#").partition(" ")[2] for test in arm.tests)
        if arm else "")
    return " and ".join(dict.fromkeys(
        n for n in names if n != "defined")) or "its condition"


def in_two_arms(site: CallSite) -> int:
    """Return the line of a similar call in another arm of an #if, or 0."""
    text = site.function.text
    low, high = site.function.body
    for name in (*effects.MISSION, *effects.OTHER_GET, *effects.PINNING):
        for offset in text.words.get(name, ()):
            line = text.line_of(offset)
            if low < offset < high and text.apart(site.line, line):
                return line
    return 0
