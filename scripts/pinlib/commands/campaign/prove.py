# SPDX-License-Identifier: GPL-2.0-only
"""Prove the series of a campaign, and write the mails with the proofs in them.

Objects are built that see a changed line, and after the rename all that name the
member: the compiler says then that nobody is left. Their code is held against that
of the untouched tree.
"""

from __future__ import annotations

import collections
from typing import Any

from pinlib.base.errors import ProofError
from pinlib.base.options import Options
from pinlib.base.records import LAST, Patch, PatchKind, Series
from pinlib.build.configs import flavours
from pinlib.commands.campaign import recount, report, series
from pinlib.commands.prove import note, say_counts
from pinlib.engine.found import Found
from pinlib.prove import prove
from pinlib.prove.affected import Scope, State, TreeText
from pinlib.prove.prove import Asked
from pinlib.prove.users import scope_of
from pinlib.report.evidence import Evidence


def run(opts: Options) -> None:
    """Prove the series, count again, and write the mails again with the proofs."""
    done = series.make(opts)
    result, made = done.found, done.series
    outcome = prove.prove(
        opts.kernel, opts.out, opts.jobs,
        slugs=[s.slug for s in made] if opts.subsystem else None,
        say=lambda text: print(text, flush=True),
        asked=Asked(flavours(opts.build, wide=True), _Scopes(result), True))
    wrong = recount.problems(opts.kernel, opts.out, result, made)
    note(opts, made, wrong)
    series.render(opts, done)
    prove.check_mails(opts.kernel, opts.out, opts.jobs)
    say_counts(outcome)
    for line in code_lines(outcome.evidence, made):
        print(line)
    outcome.raise_if_failed()
    if wrong:
        raise ProofError(f"count: {wrong[0]}")
    unread = report.lost(result.unparsed)
    if unread:
        raise unread


class _Scopes:
    """Answers which objects are built for a patch, from the sites of a run."""

    def __init__(self, result: Found) -> None:
        self._sites = result.sites

    def __call__(self, text: TreeText, patch: Patch, files: list[str],
                 after: State) -> Scope:
        """Return the scope of one patch; that of the rename is every site's."""
        if patch.kind == PatchKind.OVERLAY:
            return scope_of(text, files, patch.symbols, after)
        mine = [s for s in self._sites if not patch.sites or s.id in patch.sites]
        names = {s.function for s in mine if s.file.endswith(".h")} - {""}
        return scope_of(text, sorted({*files, *(s.file for s in mine)}), names,
                        after)


def code_lines(evidence: Evidence, made: list[Series]) -> list[str]:
    """Return how the code of the last patch's objects compares, and what differs.

    That is the whole campaign's code if the member was renamed.
    """
    if not made:
        return []
    trees = [p.tree for p in made[-1].patches] if made[-1].slug.startswith(LAST) \
        else [p.tree for one in made for p in one.patches]
    items: list[dict[str, Any]] = [
        item for tree in dict.fromkeys(trees)
        for item in evidence.get(tree, {}).get("code", []) if "same" in item]
    counts = collections.Counter(item["same"] for item in items)
    lines = ["code: " + ", ".join(f"{n} {k}" for k, n in sorted(counts.items()))]
    for item in items:
        if item["functions"]:
            lines.append(f"code: {item['object']}: {item['before']} -> "
                         f"{item['after']} bytes: " + ", ".join(
                             name for name, _, _ in item["functions"]))
    return lines if items else []
