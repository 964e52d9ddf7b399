# SPDX-License-Identifier: GPL-2.0-only
"""Turn the plan into commits: one release group, one patch, or nothing."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import hashlib
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pinlib.analysis import release_groups
from pinlib.analysis.arms import one_patch
from pinlib.analysis.whole_tree import Analysis
from pinlib.base.codes import Code
from pinlib.base.edits import Include
from pinlib.base.errors import RuleError, UsageError
from pinlib.base.files import is_file
from pinlib.base.records import Patch, PatchKind, Series
from pinlib.base.why_not import WhyNot
from pinlib.kernel import effects
from pinlib.kernel.maintainers import slug
from pinlib.kernel.subsystem_filter import matches
from pinlib.program import shims
from pinlib.program.pipes_served import IOV_ITER
from pinlib.rewrite.apply import HEADER, rules_for
from pinlib.rewrite.for_kernels import apply_all
from pinlib.rewrite.handwritten import Applied
from pinlib.series.overlay import overlay_files
from pinlib.series.scratch_repo import Scratch


def make_plan(analysis: Analysis) -> list[release_groups.Group]:
    """Return release groups with their edits.

    Sites of a group without a plan become manual.
    """
    old = one_patch.renames_only(analysis.program)
    own = analysis.same or [analysis]
    while True:
        joined, refused = one_patch.join([
            one_patch.Plan(one, _planned(one, old))
            for one in (*own, *analysis.others)], len(own))
        for decisions, why in refused:
            one_patch.leave(decisions, why, [*own, *analysis.others])
        if not refused:
            break
    made = []
    for group in joined:
        why_not = one_patch.alias(analysis.program, group) if old else None
        if why_not:
            _discard(group, why_not)
        else:
            group.hashes = _hashes(analysis, group)
            made.append(group)
    return made


def _planned(analysis: Analysis, renames: bool) -> list[release_groups.Group]:
    """Return the groups of one kernel that can be planned."""
    planner = release_groups.Planner(analysis.program, analysis.resolver,
                                     analysis.native, renames)
    made = []
    for group in release_groups.groups(analysis.decisions):
        try:
            planner.plan(group)
            binary = _binary(analysis, group)
            if binary:
                _discard(group, WhyNot(
                    Code.BINARY_FILE, "The file has a NUL byte, so git takes "
                    "it for binary and no patch of it can be mailed.", binary))
            else:
                made.append(group)
        except LookupError as error:
            _discard(group, WhyNot(
                Code.UNCLEAR_PLACE, "A token to edit is not where the facts "
                "say.", str(error)))
    return made


def _binary(analysis: Analysis, group: release_groups.Group) -> str:
    """Return where a file of a group has its first NUL byte, or ""."""
    for file in group.files:
        text = analysis.program.text(file)
        at = text.text.find("\0")
        if at >= 0:
            return f"{file}:{text.line_of(at)}"
    return ""


def no_helpers(kernel: Path, module: bool) -> str:
    """Return why a series cannot use the overlay's header, or "".

    A folder outside the kernel cannot bring functions of the kernel's own.
    """
    if is_file(kernel / "include" / HEADER):
        return ""
    if module:
        return "which this kernel does not have"
    try:
        _overlay(kernel)
    except (RuleError, UsageError) as error:
        return f"which cannot be made for this tree ({error})"
    return ""


def refuse_helpers(groups: list[release_groups.Group], why: str) -> None:
    """Leave groups that need the overlay to a person."""
    for group in groups:
        if any(isinstance(e, Include) for e in group.edits):
            site = group.decisions[0].site
            _discard(group, WhyNot(
                Code.NEEDS_HELPER, f"The conversion needs <{HEADER}>, {why}.",
                f"{site.file}:{site.line}"))


def _overlay(tree: Path) -> dict[str, bytes]:
    """Return the files that the helpers add to a kernel tree."""
    if not is_file(tree / "lib" / "Makefile"):
        return {}
    return {k: v.encode("utf-8", "surrogateescape")
            for k, v in overlay_files(tree).items()}


def _hashes(analysis: Analysis, group: release_groups.Group) -> dict[str, str]:
    """Return a hash of each file of a plan, as the facts were read from it."""
    texts = {f: analysis.program.text(f) for f in group.files}
    texts |= {f.file: f.text for d in group.decisions for f in (
        d.site.function, *(e.function for e in d.releases))}
    trees = [analysis.program.tree, *(o.tree for o in group.others),
             *([group.tree] if group.tree else [])]
    known = {f: t.text for f, t in texts.items()} | {
        f: m.text for tree in trees for f, m in tree.macros.items()
        if f in texts}
    return {file: hashlib.sha256(text.encode("latin-1")).hexdigest()
            for file, text in sorted(known.items())}


def _unchanged(analysis: Analysis, group: release_groups.Group) -> None:
    """Refuse a file that has changed since it was read, as positions are off."""
    for file, known in group.hashes.items():
        path = analysis.program.tree.plain.path(file)
        try:
            now = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            now = ""
        if now != known:
            raise UsageError(f"{file}: it has changed since it was read; "
                             "start again")


def _discard(group: release_groups.Group, why: WhyNot) -> None:
    for decision in group.decisions:
        decision.leave(why)


@dataclass(frozen=True)
class Step:
    """A commit to be made: the new texts, and the patch but for its ids."""

    patch: Patch
    contents: dict[str, bytes]
    pipes: bool = False     # a pipe is extracted from

    @property
    def helped(self) -> bool:
        """Say whether the helpers' header is included."""
        return any(HEADER.encode() in data for data in self.contents.values())


def convert(tree: Path, out: Path, analysis: Analysis,
            groups: list[release_groups.Group], only: str | None,
            jobs: int = 1) -> list[Series]:
    """Apply every group in a scratch repository; returns the series."""
    wanted: dict[str, list[Step]] = {}
    for subsystem, steps in sorted([*_generic(analysis, groups, only, jobs),
                                    *_core(analysis, only)],
                                   key=lambda item: item[0]):
        wanted.setdefault(subsystem, []).extend(steps)
    overlay = _overlay(tree) if any(
        s.helped or s.pipes for steps in wanted.values() for s in steps) else {}
    files = sorted({f for steps in wanted.values() for s in steps
                    for f in s.contents} | set(overlay))
    scratch = Scratch(out / "scratch.git")
    base = scratch.ensure_base(tree, files)
    return [_series(scratch, base, name, steps, overlay)
            for name, steps in wanted.items()]


def _generic(analysis: Analysis, groups: list[release_groups.Group],
             only: str | None, jobs: int) -> Iterator[tuple[str, list[Step]]]:
    """Yield each group's steps: what prepares its files, then the conversion."""
    prepared: set[str] = set()
    named = [(group, analysis.subsystems.subsystem_of(
        group.decisions[0].site.file)) for group in groups]
    wanted = [(group, name) for group, name in named if matches(name, only)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        made = list(pool.map(lambda one: _contents(analysis, one[0]), wanted))
    for (group, name), contents in zip(wanted, made):
        if isinstance(contents, RuleError):
            first = group.decisions[0].site
            _discard(group, WhyNot(
                Code.EDITS_REFUSED, "The planned edits were not performed as "
                f"planned: {contents}.", f"{first.file}:{first.line}"))
            continue
        steps = []
        ids = [d.site.id for d in group.decisions]
        for one in analysis.core:
            if not one.rule.converts and one.rule.name not in prepared and \
                    one.last.keys() & set(group.files):
                prepared.add(one.rule.name)
                steps += _core_steps(analysis, one, group.id, name,
                                     lambda _: ids)
        patch = dataclasses.replace(
            _patch(analysis, group, name),
            builds_from=_builds_from(analysis, contents))
        pipes = any("pipe" in d.site.kinds.kinds for d in group.decisions
                    if d.site.kinds)
        yield name, [*steps, Step(patch, contents, pipes)]


def _contents(analysis: Analysis, group: release_groups.Group
              ) -> dict[str, bytes] | RuleError:
    """Return the new contents of a group's files, or why there are none."""
    _unchanged(analysis, group)
    try:
        return apply_all(group.id, [
            (group.tree or analysis.program.tree, group.edits),
            *((other.tree, other.edits) for other in group.others)])
    except RuleError as error:
        return error


def _builds_from(analysis: Analysis, contents: dict[str, bytes]) -> str:
    """Return the first release that has what a module does not bring, or ""."""
    if analysis.program.tree.kernel is None:
        return ""
    used = {n for file, data in contents.items() for n in set(
        re.findall(r"\w+", data.decode("latin-1"))) - set(
            analysis.program.text(file).words)}
    return shims.builds_from(used - shims.shims(analysis.program))


def _core(analysis: Analysis,
          only: str | None) -> Iterator[tuple[str, list[Step]]]:
    """Yield the steps of each core rule that converts, in its series.

    A site that today's tree does not have leaves its rule out.
    """
    for one in analysis.core:
        sites = [d.site for d in analysis.decisions
                 if d.core and d.core["name"] == one.rule.name]
        if not sites:
            continue
        name = analysis.subsystems.subsystem_of(sites[0].file)
        if matches(name, only):
            converted = {d.site.id: d.core["rule"] for d in analysis.decisions
                         if d.core}
            yield name, _core_steps(
                analysis, one, core_group(one.rule.name), name, lambda rule: [
                    s.id for s in sites if converted[s.id] == rule])


def core_group(name: str) -> str:
    """Return the id of the release group that a core rule makes up."""
    return f"core-{name}"


def _core_steps(analysis: Analysis, one: Applied, group: str, subsystem: str,
                sites: Callable[[str], list[str]]) -> list[Step]:
    steps = []
    for patch, texts in zip(one.rule.patches, one.states):
        steps.append(Step(Patch(
            patch.kind, group, patch.subject,
            [*patch.text, "Semantic patch used: "
             f"cocci/core/{patch.rule}, written for this code alone."],
            sorted(texts), patch.symbols, sites(patch.rule),
            _command(analysis, subsystem), "", "", ""),
            {f: t.encode("latin-1") for f, t in texts.items()}))
    return steps


def _series(scratch: Scratch, base: str, name: str, steps: list[Step],
            overlay: dict[str, bytes]) -> Series:
    """Commit the steps of one subsystem, the helpers first if they are used."""
    parent = base
    patches: list[Patch] = []
    if overlay and any(s.helped or s.pipes and IOV_ITER in overlay
                       for s in steps):
        steps = [Step(Patch(
            PatchKind.OVERLAY, "overlay",
            "lib: add helpers for extracted pages", [], sorted(overlay), [],
            [], "scripts/gup2pin series", "", "", ""),
            overlay), *steps]
    owner: dict[str, str] = {}
    for step in steps:
        for file in step.contents:
            if owner.setdefault(file, step.patch.group) != step.patch.group:
                raise RuleError(f"{file}: two groups change one file")
        made = scratch.commit(parent, step.contents, step.patch.group)
        patches.append(dataclasses.replace(
            step.patch, tree=made.tree, parent=made.parent_tree,
            commit=made.commit))
        parent = made.commit
    series = Series(slug(name), name, patches)
    scratch.set_branch(f"series/{series.slug}", parent)
    return series


def _command(analysis: Analysis, subsystem: str) -> str:
    module = f" --module {shlex.quote(analysis.module.name)}" \
        if analysis.module else ""
    apis = "" if analysis.program.listed == effects.MISSION else " --apis all"
    return (f"scripts/gup2pin series{module}{apis} --subsystem "
            f"{shlex.quote(subsystem)}")


def _patch(analysis: Analysis, group: release_groups.Group, name: str) -> Patch:
    first = group.decisions[0]
    verb = (f"pin user pages with {effects.PIN_OF[first.site.api]}()"
            if first.site.api in effects.BY_ADDRESS
            else "take no references that are dropped before the pages' use"
            if all(d.redundant for d in group.decisions)
            else "extract user pages instead of referencing them")
    notes = list(dict.fromkeys(group.notes))
    rules = ", ".join(str(r.name) for r in rules_for(group.edits))
    notes.append(f"Semantic patches used: {rules}.")
    return Patch(PatchKind.CONVERT, group.id, verb, notes, group.files,
                 sorted(set(group.symbols)),
                 [d.site.id for d in group.decisions], _command(analysis, name),
                 "", "", "")
