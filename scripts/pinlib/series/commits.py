# SPDX-License-Identifier: GPL-2.0-only
"""Turn the plan into commits: one release group, one patch, or nothing."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import hashlib
import re
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from pinlib.analysis import release_groups
from pinlib.analysis.arms import one_patch
from pinlib.analysis.whole_tree import Analysis
from pinlib.base.codes import Code
from pinlib.base.errors import RuleError, UsageError
from pinlib.csource.written.heard import is_file
from pinlib.base.records import (Disposition, Patch, PatchKind, PREREQUISITE,
                                 Series)
from pinlib.base.why_not import WhyNot
from pinlib.csource.masking import CText
from pinlib.decide.decide import Decision
from pinlib.kernel import effects
from pinlib.kernel.maintainers import slug
from pinlib.kernel.subsystem_filter import matches
from pinlib.program import shims
from pinlib.rewrite import kept_edits
from pinlib.rewrite.apply import rules_for
from pinlib.rewrite.for_kernels import apply_all
from pinlib.rewrite.handwritten import Applied
from pinlib.series import overlay
from pinlib.series.scratch.scratch_repo import Scratch
from pinlib.series.scratch.steps import committed, Step


# Helpers that no patch can call, and why.
Missing = tuple[frozenset[str], str]


def make_plan(analysis: Analysis, missing: Missing = (frozenset(), "")
              ) -> list[release_groups.Group]:
    """Return release groups with their edits.

    Sites of a group without a plan become manual.
    """
    old = one_patch.renames_only(analysis.program)
    own = analysis.same or [analysis]
    names, lacks = missing
    while True:
        joined, refused = one_patch.join([
            one_patch.Plan(one, _planned(one, old))
            for one in (*own, *analysis.others)], len(own))
        if names and not refused:
            refused = [([d], WhyNot(
                Code.NEEDS_HELPER, f"The conversion needs {name}(), {lacks}.",
                f"{d.site.file}:{d.site.line}"))
                for one in (*own, *analysis.others)
                for d, name in _helped(one, old, names)]
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
                                     renames)
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


def _helped(analysis: Analysis, renames: bool,
            names: frozenset[str]) -> list[tuple[Decision, str]]:
    """Return the decisions of which each needs one of some helpers for itself."""
    planner = release_groups.Planner(analysis.program, analysis.resolver, renames)
    found = []
    for group in release_groups.groups(analysis.decisions):
        for decision in group.decisions:
            own = release_groups.Group("", [decision])
            with contextlib.suppress(LookupError):
                planner.plan(own)
            found += [(decision, name) for name in sorted(own.helpers & names)[:1]]
    return found


def _binary(analysis: Analysis, group: release_groups.Group) -> str:
    """Return where a file of a group has its first NUL byte, or ""."""
    for file in group.files:
        text = analysis.program.text(file)
        at = text.nul
        if at >= 0:
            return f"{file}:{text.line_of(at)}"
    return ""


def lacking(kernel: Path, module: bool) -> Missing:
    """Return the helpers that patches to a kernel or to a module cannot call.

    A folder outside the kernel cannot bring functions of the kernel's own.
    """
    if module:
        return (overlay.NAMES - overlay.declared(kernel),
                "which this kernel does not have")
    try:
        _helpers(kernel, None)
    except (RuleError, UsageError) as error:
        return overlay.NAMES, f"which cannot be made for this tree ({error})"
    return frozenset(), ""


def _helpers(tree: Path, called: Collection[str] | None) -> list[overlay.Part]:
    """Return the patches that add helpers to a kernel tree."""
    return overlay.parts(tree, called) if is_file(tree / "lib" / "Makefile") \
        else []


def _called(analysis: Analysis,
            groups: list[release_groups.Group]) -> set[str]:
    """Return the helpers that any patch of the tree calls, as planned.

    Not those of one subsystem: what a series applies on is the same for all.
    """
    found = {name for group in groups if group.decisions[0].disposition
             == Disposition.CONVERT for name in group.helpers}
    for one in analysis.core:
        for texts in one.states:
            found |= _words(map(str.encode, texts.values()))
    return found & overlay.NAMES | ({overlay.PIPE} if _piped(analysis) else set())


def _piped(analysis: Analysis) -> set[str]:
    """Return the call sites that extract from pipes."""
    return {d.site.id for d in analysis.decisions
            if d.disposition == Disposition.CONVERT and "pipe" in (
                d.core["iterators"] if d.core else d.iterators)}


def _words(texts: Iterable[bytes]) -> set[str]:
    """Return the helpers that texts name."""
    return {name for text in texts for name in re.findall(
        r"\w+", text.decode("latin-1")) if name in overlay.NAMES}


def _hashes(analysis: Analysis, group: release_groups.Group) -> dict[str, str]:
    """Return a hash of each file of a plan, as the facts were read from it."""
    texts = {f: analysis.program.text(f) for f in group.files}
    texts |= {f.file: f.text for d in group.decisions for f in (
        d.site.function, *(e.function for e in d.releases))}
    trees = [analysis.program.tree, *(o.tree for o in group.others),
             *([group.tree] if group.tree else [])]
    known = {f: t.hash for f, t in texts.items()} | {
        f: CText(m.text).hash for tree in trees
        for f, m in tree.macros.items() if f in texts}
    return dict(sorted(known.items()))


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


def convert(tree: Path, out: Path, analysis: Analysis,
            groups: list[release_groups.Group], only: str | None,
            jobs: int = 1, standalone: bool = False) -> list[Series]:
    """Apply every group in a scratch repository; returns the series.

    The first adds the helpers, and those that call some apply on top of it; with
    standalone, each brings what it calls.
    """
    wanted: dict[str, list[Step]] = {}
    for subsystem, steps in sorted([*_generic(analysis, groups, only, jobs),
                                    *_core(analysis, only)],
                                   key=lambda item: item[0]):
        wanted.setdefault(subsystem, []).extend(steps)
    called = set() if analysis.module else _called(analysis, groups)
    parts = _helpers(tree, called) if wanted else []
    files = sorted({f for steps in wanted.values() for s in steps
                    for f in s.contents} | {f for p in parts for f in p.files})
    scratch = Scratch(out / "scratch.git")
    base = scratch.ensure_base(tree, files)
    added = {name for part in parts for name in part.names}
    piped = _piped(analysis) if overlay.PIPE in added else set()
    made: list[Series] = []
    if parts and not standalone:
        made.append(committed(scratch, base, PREREQUISITE, "HELPERS",
                              _adding(parts)))
    for name, steps in wanted.items():
        mine = added & _words(data for s in steps for data in s.contents.values())
        if any(not piped.isdisjoint(s.patch.sites) for s in steps):
            mine.add(overlay.PIPE)
        if mine and standalone:
            steps = [*_adding(_helpers(tree, mine)), *steps]
        on_top = made[:1] if mine and not standalone else []
        made.append(committed(scratch, on_top[0].patches[-1].commit
                              if on_top else base, slug(name), name, steps,
                              [one.slug for one in on_top]))
    scratch.set_branches({f"series/{one.slug}": one.patches[-1].commit
                          for one in made if one.patches})
    return made


def _adding(parts: list[overlay.Part]) -> list[Step]:
    """Return the steps that add helpers."""
    return [Step(Patch(
        PatchKind.OVERLAY, "overlay", part.subject, [], sorted(part.files),
        part.names, [], "scripts/gup2pin series", "", "", "",
        facts=part.facts, fixes=part.fixes, also_in=part.also_in), {
            file: text.encode("utf-8", "surrogateescape")
            for file, text in part.files.items()}) for part in parts]


def _generic(analysis: Analysis, groups: list[release_groups.Group],
             only: str | None, jobs: int) -> Iterator[tuple[str, list[Step]]]:
    """Yield each group's steps: what prepares its files, then the conversion."""
    prepared: set[str] = set()
    named = [(group, analysis.subsystems.subsystem_of(
        group.decisions[0].site.file)) for group in groups]
    wanted = [(group, name) for group, name in named if matches(name, only)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        made = list(pool.map(lambda one: _contents(analysis, one[0]), wanted))
    kept_edits.forget_old()
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
        yield name, [*steps, Step(patch, contents)]


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
            list(patch.below), sorted(texts), patch.symbols, sites(patch.rule),
            _command(analysis, subsystem), "", "", "",
            facts=list(patch.text),
            rules=f"Semantic patch: cocci/core/{patch.rule}, written for this "
            "code alone.", fixes=patch.fixes),
            {f: t.encode("latin-1") for f, t in texts.items()}))
    return steps


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
    return Patch(PatchKind.CONVERT, group.id, verb, notes, group.files,
                 sorted(set(group.symbols)),
                 [d.site.id for d in group.decisions], _command(analysis, name),
                 "", "", "", facts=list(dict.fromkeys(group.facts)),
                 rules=f"Semantic patches: {rules}.")
