# SPDX-License-Identifier: GPL-2.0-only
"""Join what each kernel needs changed in a module into patches that serve all.

Every kernel with pins that the module tells from others was decided on by itself.
A patch that changes a line changes it for all kernels that compile it: so each of
them must need that change, or there is none. For kernels without pins the new
names are to stand for the old ones, and so nothing but names may change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from pinlib.analysis.arms import kernel_versions
from pinlib.analysis.release_groups import ForKernel, Group, as_checked_out
from pinlib.analysis.whole_tree import Analysis, disentangle
from pinlib.base import edits
from pinlib.base.codes import Code
from pinlib.base.edits import Alias, Edit
from pinlib.base.records import Disposition
from pinlib.base.why_not import WhyNot
from pinlib.decide.decide import Decision
from pinlib.flow.graph import RELEASE_KINDS
from pinlib.kernel import effects
from pinlib.kernel.releases import PINS
from pinlib.kernel.view import View
from pinlib.program import shims
from pinlib.program.program import Program

_RENAMES = (edits.Pin, edits.Lasting, edits.Unpin, edits.UnpinPages,
            edits.Words)
_LASTING = "FOLL_LONGTERM"

Place = tuple[str, int, int]


@dataclasses.dataclass
class Plan:
    """The groups of one kernel, and where each of their edits is."""

    analysis: Analysis
    groups: list[Group]

    def places(self, group: Group) -> dict[Place, Edit]:
        """Return a group's edits of code by their places in the checkout."""
        return {(e.file, e.line, e.column): e for e in as_checked_out(
            self.analysis.program.tree, group.edits)
            if not isinstance(e, (edits.Words, edits.Include))}

    def compiles(self, place: Place) -> bool:
        """Say whether the kernel compiles a line."""
        text = self.analysis.program.text(place[0])
        start = text.offset(place[1])
        return not any(low <= start < high for low, high in text.dead)


def join(plans: list[Plan], own: int) -> tuple[
        list[Group], list[tuple[list[Decision], WhyNot]]]:
    """Make the groups that serve all kernels; own: how many are the one at hand.

    Returns them, and the decisions of no patch, with the reason. Groups that one
    of the kernels joins become one.
    """
    made: list[Group] = []
    refused: list[tuple[list[Decision], WhyNot]] = []
    done: set[int] = set()
    for number, plan in enumerate(plans[:own]):
        for group in plan.groups:
            if id(group) in done:
                continue
            together = _together(plans, number, group)
            _count_alike(plans, together)
            done |= {id(one) for mine in together for one in mine}
            differs = _differs(plans, together)
            joined = _one(plans, together, own, number)
            if differs:
                place, why = differs
                refused.append(([d for d in joined.decisions if place[:2] in
                                 _lines(d)] or joined.decisions, why))
            else:
                made.append(joined)
    return made, refused


def leave(decisions: list[Decision], why: WhyNot,
          analyses: list[Analysis]) -> None:
    """Leave sites to a person, for all kernels, and what shares their releases."""
    places = {decision.site.place for decision in decisions}
    for decision in decisions:
        decision.leave(why)
    for one in analyses:
        for decision in one.decisions:
            if decision.disposition == Disposition.CONVERT and \
                    decision.site.place in places:
                decision.leave(why)
        disentangle(one.decisions)


def _together(plans: list[Plan], own: int, group: Group) -> list[list[Group]]:
    """Return the groups of each kernel that change what one group does."""
    found: list[list[Group]] = [[] for _ in plans]
    found[own].append(group)
    places = set(plans[own].places(group))
    before = -1
    while before != len(places):
        before = len(places)
        for plan, mine in zip(plans, found):
            for other in plan.groups:
                theirs = plan.places(other)
                if not any(other is one for one in mine) and \
                        not places.isdisjoint(theirs):
                    mine.append(other)
                    places.update(theirs)
    return found


def _count_alike(plans: list[Plan], together: list[list[Group]]) -> None:
    """Keep each loop whose number may be negative in one of the kernels."""
    drops = [(group, number, (out.file, out.line, out.column), edit.count)
             for plan, groups in zip(plans, together) for group in groups
             for number, (edit, out) in enumerate(zip(
                 group.edits, as_checked_out(plan.analysis.program.tree,
                                             group.edits)))
             if isinstance(edit, (edits.Unpin, edits.UnpinIf))]
    counts = {(place, count) for _, _, place, count in drops}
    for group, number, place, count in drops:
        if sum(one == place for one, _ in counts) > 1:
            group.edits[number] = dataclasses.replace(
                group.edits[number], **{"count": ""})


def _one(plans: list[Plan], together: list[list[Group]], own: int,
         first: int) -> Group:
    """Make one group of several; the first plan's edits are its own."""
    joined = together[first][0]
    mine = [group for groups in together[:own] for group in groups
            if group is not joined]
    for group in mine:
        known = {d.site.place for d in joined.decisions}
        joined.decisions += [d for d in group.decisions
                             if d.site.place not in known]
        joined.symbols += group.symbols
        joined.notes += group.notes
        joined.facts += group.facts
    joined.edits += [e for group in together[first] if group is not joined
                     for e in group.edits]
    joined.others = [ForKernel(
        plan.analysis.program.tree.known.version, plan.analysis.program.tree,
        [e for g in groups for e in g.edits])
        for number, (plan, groups) in enumerate(zip(plans, together))
        if groups and number != first]
    return joined


def _differs(plans: list[Plan], together: list[list[Group]]
             ) -> tuple[Place, WhyNot] | None:
    """Return what one kernel compiles and would have otherwise, or None."""
    changed: dict[Place, Edit] = {}
    by_kernel: list[dict[Place, Edit]] = []
    for plan, groups in zip(plans, together):
        by_kernel.append({place: edit for group in groups
                          for place, edit in plan.places(group).items()})
        changed |= by_kernel[-1]
    for plan, mine in zip(plans, by_kernel):
        for place, edit in sorted(changed.items()):
            if mine.get(place) != edit and plan.compiles(place):
                return place, _why(plan, place)
    return None


def _why(plan: Plan, place: Place) -> WhyNot:
    """Return why a kernel has no such change of a line."""
    file, line, _ = place
    version = plan.analysis.program.tree.known.version
    for decision in plan.analysis.decisions:
        if decision.disposition != Disposition.CONVERT and (
                file, line) in _lines(decision):
            return WhyNot(
                Code.FOR_SOME_VERSIONS, f"As Linux {version} compiles it, this "
                f"is not convertible ({decision.code}): {decision.reason}",
                decision.blocked_by or f"{file}:{line}")
    return WhyNot(
        Code.FOR_SOME_VERSIONS, f"Linux {version} compiles line {line} as well, "
        "and nothing there was found to take the pages that it would unpin.",
        f"{file}:{line}")


def _lines(decision: Decision) -> Iterator[tuple[str, int]]:
    yield decision.site.place[:2]
    for event in decision.site.flow.of(*RELEASE_KINDS):
        yield event.function.file, event.statement.line


def renames_only(program: Program) -> bool:
    """Say whether a module is also for kernels that have no pins.

    Not if it uses pins for all kernels already, or brings its own names for
    them.
    """
    if program.tree.kernel is None or shims.shims(program) or not \
            0 < kernel_versions.oldest(program) <= PINS:
        return False
    return not any(
        not any(arm.start <= offset < arm.end for arm in text.arms)
        for name in (*effects.PINNING, *effects.UNPIN)
        for file in sorted(program.naming_files(name))
        if not program.tree.is_kernel(file)
        for text in [program.text(file)] for offset in text.words.get(name, ()))


def alias(program: Program, group: Group) -> WhyNot | None:
    """Let the new names of a group stand for the old ones in old kernels.

    Returns why they cannot.
    """
    found: dict[str, dict[str, str]] = {}
    for tree, edit in _all(program, group):
        if not isinstance(edit, _RENAMES):
            return _not_for_old(tree, edit)
        if isinstance(edit, edits.Words):
            continue
        names = found.setdefault(edit.file, {})
        for new, old in _renamed(edit):
            if names.setdefault(new, old) != old or new == _LASTING and \
                    _names(program, new):
                return _not_for_old(tree, edit)
    before = shims.latest(effects.SINCE[new] for names in found.values()
                          for new in names if new in effects.SINCE)
    for file, names in sorted(found.items()):
        pairs = " ".join(f"{new}={old}" for new, old in sorted(names.items()))
        group.edits.append(Alias(file, 0, 0, "", before, pairs))
    group.facts.append(
        f"Linux {before} is the first with these functions. For kernels before "
        "it, the new names stand for what is called today, and so these "
        "compile what they compiled.")
    return None


def _all(program: Program, group: Group) -> Iterator[tuple[View, Edit]]:
    yield from ((group.tree or program.tree, edit) for edit in group.edits)
    for other in group.others:
        yield from ((other.tree, edit) for edit in other.edits)


def _names(program: Program, word: str) -> bool:
    """Say whether the module names a word; a macro of its may bring it anywhere."""
    return any(not program.tree.is_kernel(file)
               for file in program.naming_files(word))


def _renamed(edit: Edit) -> Iterator[tuple[str, str]]:
    """Yield the names that an edit brings, with what old kernels have."""
    match edit:
        case edits.Pin():
            yield edit.new, edit.token
            if edit.longterm:
                yield _LASTING, "0"
        case edits.Lasting():
            yield _LASTING, "0"
        case edits.Unpin():
            yield "unpin_user_page", edit.token
        case edits.UnpinPages():
            yield "unpin_user_pages", edit.token


def _not_for_old(tree: View, edit: Edit) -> WhyNot:
    return WhyNot(
        Code.FOR_SOME_VERSIONS, "The module is for kernels without pins as well, "
        "and this line would need more than another name there.",
        f"{edit.file}:{tree.original(edit.file, edit.line)}")
