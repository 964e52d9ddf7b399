# SPDX-License-Identifier: GPL-2.0-only
"""Make patches of the findings whose fix is plain: pins dropped as references."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pinlib.base.edits import Edit, Unpin, UnpinPages
from pinlib.base.errors import RuleError
from pinlib.base.records import Patch, PatchKind, Series
from pinlib.base.text import joined
from pinlib.base.why_not import Manual
from pinlib.decide import release_edits
from pinlib.decide.bugs import mismatched
from pinlib.decide.bugs.mismatched import pins
from pinlib.decide.bugs.leaks import doubt
from pinlib.flow.call_sites import CallSite
from pinlib.kernel.maintainers import Subsystems, slug
from pinlib.kernel.view import View
from pinlib.program.function import Use
from pinlib.program.locations import Resolver
from pinlib.program.program import Program
from pinlib.rewrite.apply import rules_for
from pinlib.rewrite.for_kernels import apply_all
from pinlib.series.scratch_repo import Scratch

# The series of a subsystem's fixes, beside that of its conversions.
FIXES = "fix-"
_WHY = ("A pin counts as 1024 references of a small page. put_page() gives back "
        "one of them: the page is never freed, and is taken for pinned for good. "
        "Drop the pin.")


@dataclass(frozen=True)
class Mend:
    """A release that drops pins as references, and the edit that mends it.

    function: who drops them; taker, file, api: who pins them, where, by what.
    """

    edit: Edit
    function: str
    taker: str
    file: str
    api: str


def of(program: Program, resolver: Resolver, site: CallSite) -> list[Mend]:
    """Return the fixes of one call's releases, where each is proven to be wrong."""
    if not pins(site) or site.shape is None or doubt(site) == "Low":
        return []
    found = []
    for event in mismatched.releases(program, resolver, site):
        place = event.function.position(Use(event.statement, event.call.kids[0])) \
            if event.call is not None else None
        if place is None or mismatched.shared(resolver, site, event):
            continue
        try:
            release_edits.check(resolver, site, event)
        except Manual:
            continue
        edit = release_edits.edit(resolver, site, event, (
            event.function.file, *place, event.detail), None)
        if isinstance(edit, (Unpin, UnpinPages)):
            found.append(Mend(edit, event.function.name, site.function.name,
                              site.file, site.api))
    return found


def series(out: Path, tree: View, subsystems: Subsystems,
           mends: Iterable[Mend]) -> list[Series]:
    """Commit the fixes, a patch for each file; returns a series by subsystem.

    What the rules do not make as planned is left out: the finding stays.
    """
    files: dict[str, dict[Edit, Mend]] = {}
    for mend in mends:
        files.setdefault(mend.edit.file, {}).setdefault(mend.edit, mend)
    scratch = Scratch(out / "scratch.git")
    base = scratch.ensure_base(tree.plain.root, sorted(files))
    made: dict[str, list[Patch]] = {}
    for file, known in sorted(files.items()):
        name = subsystems.subsystem_of(file)
        group = FIXES + file
        try:
            contents = apply_all(group, [(tree, list(known))])
        except RuleError:
            continue
        patches = made.setdefault(name, [])
        commit = scratch.commit(patches[-1].commit if patches else base, contents,
                                group)
        patches.append(_patch(group, file, list(known.values()), commit.tree,
                              commit.parent_tree, commit.commit))
    return [Series(FIXES + slug(name), FIXES + name, patches)
            for name, patches in made.items()]


def _patch(group: str, file: str, mends: list[Mend], tree: str, parent: str,
           commit: str) -> Patch:
    """Return the patch of one file, with what its message says."""
    takers = joined(dict.fromkeys(m.taker + "()" for m in mends))
    droppers = joined(dict.fromkeys(m.function + "()" for m in mends))
    apis = joined(dict.fromkeys(m.api + "()" for m in mends))
    one = len({m.function for m in mends}) == 1
    rules = ", ".join(r.name for r in rules_for([m.edit for m in mends]))
    return Patch(
        PatchKind.FIX, group, "drop pins as pins, not as references", [], [file],
        sorted({m.function for m in mends}), [], "scripts/gup2pin audit", tree,
        parent, commit,
        facts=[f"{takers} pin{'s' if takers.count('()') == 1 else ''} pages with "
               f"{apis}; {droppers} drop{'s' if one else ''} them with "
               f"{joined(dict.fromkeys(m.edit.token + '()' for m in mends))}.",
               _WHY],
        rules=f"Semantic patches: {rules}.",
        # The bug came with the pins, in whichever file they are taken.
        fixes=mends[0].api + "(" if mends[0].file == file else "")
