# SPDX-License-Identifier: GPL-2.0-only
"""Make patches of the findings whose fix is plain, a kind of finding in each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pinlib.audit.plain import counts, longterm, releases, words
from pinlib.audit.plain.mend import Mend
from pinlib.base.edits import Edit
from pinlib.base.errors import RuleError
from pinlib.base.records import Patch, PatchKind, Series
from pinlib.decide.bugs.findings import Finder, Finding
from pinlib.decide.bugs.leaks import doubt
from pinlib.decide.bugs.mismatched import pins
from pinlib.flow.call_sites import CallSite
from pinlib.kernel.maintainers import Subsystems, slug
from pinlib.kernel.view import View
from pinlib.rewrite.apply import rules_for
from pinlib.rewrite.for_kernels import apply_all
from pinlib.series.scratch.scratch_repo import Scratch

# The series of a subsystem's fixes, beside that of its conversions.
FIXES = "fix-"


def of(finder: Finder, site: CallSite, found: list[Finding]) -> list[Mend]:
    """Return the fixes of what was found with one call that pins.

    A conversion changes how all others are dropped.
    """
    if not pins(site) or site.shape is None or doubt(site) == "Low":
        return []
    program, resolver = finder.program, finder.resolver
    return [*releases.dropped(program, resolver, site, found),
            *releases.marked(program, site, found),
            *releases.locked(program, site, found),
            *longterm.asked(program, site, found),
            *counts.taken(finder, site, found),
            *counts.given_back(finder, site, found)]


def series(out: Path, tree: View, subsystems: Subsystems,
           mends: Iterable[Mend]) -> list[Series]:
    """Commit the fixes, a patch for each file and kind; a series by subsystem.

    What the rules do not make as planned is left out: the finding stays.
    """
    files: dict[str, dict[str, list[Mend]]] = {}
    for mend in mends:
        files.setdefault(mend.edit.file, {}).setdefault(mend.kind, []).append(mend)
    scratch = Scratch(out / "scratch.git")
    base = scratch.ensure_base(tree.plain.root, sorted(files))
    made: dict[str, list[Patch]] = {}
    for file, kinds in sorted(files.items()):
        name = subsystems.subsystem_of(file)
        before: list[Edit] = []
        for kind, known in sorted(kinds.items()):
            group = f"{FIXES}{kind}:{file}"
            edits = list(dict.fromkeys(m.edit for m in known))
            try:
                contents = apply_all(group, [(tree, [*before, *edits])])
            except RuleError:
                continue
            before += edits
            patches = made.setdefault(name, [])
            commit = scratch.commit(patches[-1].commit if patches else base,
                                    contents, group)
            patches.append(_patch(group, file, known, commit.tree,
                                  commit.parent_tree, commit.commit))
    return [Series(FIXES + slug(name), FIXES + name, patches)
            for name, patches in made.items()]


def _patch(group: str, file: str, mends: list[Mend], tree: str, parent: str,
           commit: str) -> Patch:
    """Return the patch of one file, with what its message says."""
    rules = ", ".join(r.name for r in rules_for([m.edit for m in mends]))
    return Patch(
        PatchKind.FIX, group, words.SUBJECTS[mends[0].kind], [], [file],
        sorted({m.function for m in mends}), [], "scripts/gup2pin audit", tree,
        parent, commit, facts=words.of(mends),
        rules=f"Semantic patches: {rules}.",
        # The bug came with the pins, in whichever file they are taken.
        fixes=mends[0].api + "(" if mends[0].file == file else "")
