# SPDX-License-Identifier: GPL-2.0-only
"""Turns the plan into commits: one release group, one patch, or nothing."""

from __future__ import annotations

import fnmatch
import shlex
from pathlib import Path

from . import api, plan
from .analysis import Analysis
from .apply import apply_group, rules_for
from .errors import RuleError
from .model import Patch, Series
from .overlay import overlay_files
from .scratch import Scratch
from .subsystem import slug


def make_plan(analysis: Analysis) -> list[plan.Group]:
    """Release groups with their edits; a group without a plan is manual."""
    planner = plan.Planner(analysis.program, analysis.resolver,
                           analysis.native)
    made = []
    for group in plan.groups(analysis.decisions):
        try:
            planner.plan(group)
            made.append(group)
        except LookupError as error:
            _discard(group, "unclear-place", "A token to edit is not where "
                     "the facts say.", str(error))
    return made


def _discard(group: plan.Group, code: str, reason: str, place: str) -> None:
    for decision in group.decisions:
        decision.disposition = "manual"
        decision.code = code
        decision.reason = reason
        decision.blocked_by = place


def convert(tree: Path, out: Path, analysis: Analysis,
            groups: list[plan.Group], only: str | None) -> list[Series]:
    """Apply every group in a scratch repository; returns the series."""
    contents = {}
    for group in groups:
        name = analysis.subsystems.subsystem_of(group.decisions[0].site.file)
        if only and not fnmatch.fnmatch(name.lower(), only.lower()):
            continue
        try:
            contents[group.id] = apply_group(
                tree, {"id": group.id, "edits": group.edits})
        except RuleError as error:
            _discard(group, "edits-refused", f"The planned edits were not "
                     f"performed as planned: {error}.",
                     f"{group.decisions[0].site.file}:"
                     f"{group.decisions[0].site.line}")
    overlay = {k: v.encode("utf-8", "surrogateescape") for k, v in
               overlay_files(tree).items()} if _is_kernel(tree) else {}
    files = sorted({f for c in contents.values() for f in c} | set(overlay))
    scratch = Scratch(out / "scratch.git")
    base = scratch.ensure_base(tree, files)
    by_subsystem: dict[str, list[plan.Group]] = {}
    for group in groups:
        if group.id in contents:
            by_subsystem.setdefault(analysis.subsystems.subsystem_of(
                group.decisions[0].site.file), []).append(group)
    series = []
    for name, members in sorted(by_subsystem.items()):
        series.append(_series(scratch, base, name, members, contents,
                              overlay))
    return series


def _is_kernel(tree: Path) -> bool:
    return (tree / "lib" / "Makefile").is_file()


def _series(scratch: Scratch, base: str, name: str,
            members: list[plan.Group],
            contents: dict[str, dict[str, bytes]],
            overlay: dict[str, bytes]) -> Series:
    """The commits of one subsystem, the helpers first if they are used."""
    parent = base
    patches: list[Patch] = []
    current: dict[str, bytes] = {}
    if overlay and any(e["op"] == "include" for g in members
                       for e in g.edits):
        made = scratch.commit(parent, overlay, "overlay")
        patches.append(Patch(
            "overlay", "overlay", "lib: add helpers for extracted pages", [],
            sorted(overlay), [], [], "scripts/gup2pin series", made.tree,
            made.parent_tree, made.commit))
        parent = made.commit
    for group in members:
        for file in contents[group.id]:
            if file in current:
                raise RuleError(f"{file}: two groups change one file")
        made = scratch.commit(parent, contents[group.id], group.id)
        current |= contents[group.id]
        patches.append(_patch(group, name, made.tree, made.parent_tree,
                              made.commit))
        parent = made.commit
    series = Series(slug(name), name, patches)
    scratch.set_branch(f"series/{series.slug}", parent)
    return series


def _patch(group: plan.Group, name: str, tree: str, parent: str,
           commit: str) -> Patch:
    first = group.decisions[0]
    verb = ("pin user pages with pin_user_pages_fast()"
            if first.site.api in api.FAST
            else "extract user pages instead of referencing them")
    notes = list(dict.fromkeys(group.notes))
    rules = ", ".join(str(r.name) for r in rules_for(group.edits))
    notes.append(f"Semantic patches used: {rules}.")
    return Patch("convert", group.id, verb, notes, group.files,
                 sorted(set(group.symbols)),
                 [d.site.id for d in group.decisions],
                 f"scripts/gup2pin series --subsystem {shlex.quote(name)}",
                 tree, parent, commit)
