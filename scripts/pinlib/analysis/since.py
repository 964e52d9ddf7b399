# SPDX-License-Identifier: GPL-2.0-only
"""Find which call sites a change concerns: make report SINCE=<rev>.

The whole analysis is made, from facts that are kept for files that did not
change, and then narrowed; so the answers are those of a full run. A site belongs
to a change when it stands in a changed file, when its pages go through one, or
when a changed line, old or new, names a function or member that they go through:
a release that was taken out is found by that.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from pathlib import Path

from pinlib.base.errors import Gup2pinError, UsageError
from pinlib.base.git import SAFE, run_git
from pinlib.decide.decide import Decision
from pinlib.kernel import git_checkout
from pinlib.program.locations import LocationKind

# Options that keep git from running what a checkout names.
_SAFE = (*SAFE, "diff.external=", "core.attributesFile=")
# What every answer depends on: the interfaces that the tree declares.
INTERFACE = ("include/linux/mm.h", "include/linux/uio.h", "Makefile")
_WORD = re.compile(r"[A-Za-z_]\w+")


@dataclasses.dataclass
class Change:
    """The difference of a checkout from a revision."""

    files: set[str]
    words: set[str]


def read(tree: Path, rev: str) -> Change:
    """Return the changed files and the words of changed lines since a revision."""
    if git_checkout.find(tree) is None:
        raise UsageError(f"{tree}: no git checkout, so nothing can be told "
                         f"of what changed since {rev}")
    _git(tree, "rev-parse", "--git-dir")
    try:
        commit = _git(tree, "rev-parse", "--verify", "-q",
                      "--end-of-options", f"{rev}^{{commit}}").strip()
    except Gup2pinError as error:
        raise UsageError(f"{tree}: it has no revision {rev}") from error
    options = ("--relative", "--no-ext-diff", "--no-textconv", "--no-renames",
               "--ignore-submodules=all")
    names = _git(tree, "diff", "--name-only", "-z", *options, commit, "--")
    added = _git(tree, "ls-files", "-z", "--others", "--", "*.[chS]")
    files = {name for name in (names + added).split("\0") if name}
    text = _git(tree, "diff", "-U0", *options, commit, "--", "*.[chS]")
    words = {word for line in text.split("\n") if line[:1] in ("+", "-")
             for word in _WORD.findall(line[1:])}
    # The rest of a changed function is near the change as well.
    words |= {word for head in re.findall(r"^@@[^@]*@@ (.*)$", text, re.M)
              for word in _WORD.findall(head)}
    return Change(files, words)


def _git(tree: Path, *args: str) -> str:
    safe = [word for option in (*_SAFE, *_filters(tree))
            for word in ("-c", option)]
    out = run_git([*safe, *args], cwd=tree, more={
        "GIT_NO_LAZY_FETCH": "1", "GIT_LITERAL_PATHSPECS": "0"})
    return out.decode("utf-8", "surrogateescape")


@functools.lru_cache(maxsize=4)
def _filters(tree: Path) -> tuple[str, ...]:
    """Return options that turn off the commands a checkout names as filters."""
    try:
        said = run_git(["config", "-z", "--name-only", "--get-regexp",
                        r"^filter\..*\.(clean|smudge|process|required)$"],
                       cwd=tree).decode("utf-8", "surrogateescape")
    except Gup2pinError:
        return ()       # git fails when there are none
    return tuple(f"{name}={'false' if name.endswith('required') else ''}"
                 for name in said.split("\0") if name)


def concerns(change: Change, decision: Decision) -> bool:
    """Say whether a site belongs to a change."""
    return bool(set(INTERFACE) & change.files
                or files(decision) & change.files
                or names(decision) & change.words)


def files(decision: Decision) -> set[str]:
    """Return every file that a site's answer rests on."""
    site, flow = decision.site, decision.site.flow
    found = {site.file, *(la.file for la in flow.locations),
             *(e.function.file for e in flow.events),
             *(e.function.file for e in decision.releases),
             *(e.function.file for es in flow.entries.values() for e in es),
             *(f.file for ps in flow.params.values() for f, _, _ in ps)}
    said = [decision.blocked_by or "", *(site.kinds.proof if site.kinds
                                         else [])]
    said += [place for place, _ in flow.unclear]
    return found | {m[1] for text in said
                    for m in re.finditer(r"([\w./+-]+\.[chS]):\d+", text)}


def names(decision: Decision) -> set[str]:
    """Return the functions and structures that a site's pages go through."""
    flow = decision.site.flow
    found = {decision.site.function.name}
    for location in flow.locations:
        found.add(location.owner.split("::")[0])
        if location.kind == LocationKind.MEM:
            found.add(location.name.rpartition(".")[2])
    found |= {e.function.name for e in flow.events}
    return found - {""}
