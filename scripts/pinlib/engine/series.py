# SPDX-License-Identifier: GPL-2.0-only
"""Make the series of a campaign: accessors, then each subsystem, then the rename.

Each subsystem's patch applies on top of the accessors and of nothing else. The last
one renames the member, on top of all of them, if nothing else names it any more:
then the compiler proves what the count says.
"""

from __future__ import annotations

import concurrent.futures
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pinlib.base.codes import Code
from pinlib.base.edits import Edit, Message
from pinlib.base.errors import RuleError
from pinlib.base.records import Disposition, FIRST, LAST, Patch, PatchKind, Series
from pinlib.csource.masking import CText
from pinlib.csource.written.text_files import load
from pinlib.engine import accessors
from pinlib.engine.declared import Campaign, Idiom
from pinlib.engine.found import Found, Group
from pinlib.kernel.kernel_tree import cache_folder
from pinlib.kernel.maintainers import slug
from pinlib.kernel.subsystem_filter import matches
from pinlib.kernel.view import prepared
from pinlib.rewrite import kept_edits
from pinlib.rewrite.apply import apply_each
from pinlib.rewrite.rule_set import of_campaign
from pinlib.series.scratch.scratch_repo import Scratch
from pinlib.series.scratch.steps import committed, Step

Contents = dict[str, bytes]


def make(kernel: Path, out: Path, found: Found, only: str | None,
         jobs: int) -> list[Series]:
    """Apply every group in a scratch repository; returns the series.

    What is not edited as planned is left to a person, and nothing is renamed then.
    """
    made = _converted(found, jobs)
    by_name = {site.id: site.subsystem for site in found.sites}
    wanted: dict[str, list[tuple[Group, bytes]]] = {}
    for group, text in made:
        wanted.setdefault(by_name[group.sites[0]], []).append((group, text))
    campaign = found.campaign
    added = _accessors(kernel, campaign) \
        if "accessors" in campaign.order else None
    scratch = Scratch(out / "scratch.git")
    base = scratch.ensure_base(kernel, sorted(
        {group.file for group in found.groups} | {*found.stays()}))
    series = [committed(scratch, base, f"{FIRST}{campaign.name}", "ACCESSORS",
                        [added])] if added else []
    first = series[0].patches[-1].commit if series else base
    below = [one.slug for one in series]
    for name, groups in sorted(wanted.items()):
        if matches(name, only):
            series.append(committed(
                scratch, first, slug(name), name,
                [_conversion(campaign, name, groups)], below))
    last = None if only else _renaming(found, {g.file: text for g, text in made})
    if last:
        everything = scratch.commit(first, {g.file: text for g, text in made},
                                    "All subsystems").commit
        series.append(committed(scratch, everything, f"{LAST}{campaign.name}",
                                "RENAME", [last], [s.slug for s in series]))
    scratch.set_branches({f"series/{one.slug}": one.patches[-1].commit
                          for one in series})
    return series


def _converted(found: Found, jobs: int) -> list[tuple[Group, bytes]]:
    """Return each group that was edited as planned, with its file's new text."""
    rules = of_campaign(found.campaign.name)

    def edited(group: Group) -> Contents | RuleError:
        try:
            return apply_each(found.program.tree, group.id, group.edits, rules)
        except RuleError as error:
            return error
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(edited, found.groups))
    kept_edits.forget_old()
    made = []
    for group, result in zip(found.groups, results):
        if isinstance(result, RuleError):
            _leave(found, group, result)
        else:
            made.append((group, result[group.file]))
    return made


def _leave(found: Found, group: Group, why: RuleError) -> None:
    """Leave the sites of a group to a person."""
    mine = set(group.sites)
    for site in found.sites:
        if site.id in mine:
            site.disposition, site.code = Disposition.MANUAL, Code.EDITS_REFUSED
            site.reason = "The planned edits were not performed as planned: " \
                f"{why}."
            site.blocked_by = f"{site.file}:{site.line}"
            site.rule = site.group = None


def _accessors(kernel: Path, campaign: Campaign) -> Step | None:
    """Return the patch that adds the accessors that a tree lacks."""
    file = campaign.counted.header
    old = (kernel / file).read_bytes().decode("latin-1")
    new, names = accessors.added(campaign, old), accessors.missing(campaign, old)
    return Step(Patch(
        PatchKind.OVERLAY, f"{campaign.name}:accessors",
        campaign.words["accessors"], [], [file], names, [],
        _command(campaign, None), "", "", "",
        facts=[campaign.words["why"]]), {file: new.encode("latin-1")}
        ) if names else None


def _conversion(campaign: Campaign, subsystem: str,
                groups: Sequence[tuple[Group, bytes]]) -> Step:
    """Return the patch of one subsystem."""
    return Step(Patch(
        PatchKind.CONVERT, f"{campaign.name}:{subsystem}",
        campaign.words["subject"], [], sorted(g.file for g, _ in groups), [],
        [site for group, _ in groups for site in group.sites],
        _command(campaign, subsystem), "", "", "", facts=[campaign.words["why"]],
        rules=f"Semantic patches: cocci/campaigns/{campaign.name}."),
        {group.file: text for group, text in groups})


def _renaming(found: Found, texts: Mapping[str, bytes]) -> Step | None:
    """Return the patch that renames the member, if only what stays names it.

    texts: the converted files.
    """
    campaign = found.campaign
    left = (Disposition.MANUAL, Disposition.BLOCKED)
    if campaign.rename is None or "rename" not in campaign.order or any(
            s.disposition in left for s in found.sites):
        return None
    plain, member = found.program.tree, campaign.counted.name
    files = found.stays()
    tree = prepared(plain.root, {
        file: texts[file].decode("latin-1") if file in texts else
        plain.path(file).read_bytes().decode("latin-1") for file in files},
        cache_folder())
    edits = [edit for file in files for edit in _names(
        load(tree.path(file)), file, member, campaign.rename)]
    contents = apply_each(tree, f"{campaign.name}:rename", edits,
                          of_campaign(campaign.name))
    return Step(Patch(
        PatchKind.CONVERT, f"{campaign.name}:rename", campaign.words["rename"], [],
        sorted(contents), [member], [], _command(campaign, None), "", "", "",
        facts=[campaign.words["renamed"]]), contents)


def _names(text: CText, file: str, member: str, rename: Idiom) -> Iterator[Edit]:
    """Yield the edits of each token of a member, and of comments on it."""
    new = rename.fields["new"]
    for at in text.words.get(member, ()):
        yield rename.edit(file, *text.place_of(at), member)
    for at in text.matches(rf"(?<=@){member}\b"):
        yield Message(file, text.line_of(at), 0, member, member, new)


def _command(campaign: Campaign, subsystem: str | None) -> str:
    return f"scripts/gup2pin series --campaign {campaign.name}" + (
        f" --subsystem {shlex.quote(subsystem)}" if subsystem else "")
