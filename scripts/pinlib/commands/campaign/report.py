# SPDX-License-Identifier: GPL-2.0-only
"""Write the report of a campaign that is declared in cocci/campaigns."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pinlib.base.errors import UnreadError
from pinlib.base.files import write_json
from pinlib.base.options import Options
from pinlib.base.text import printable
from pinlib.campaigns.bvec import idioms
from pinlib.commands import pipeline
from pinlib.commands.report import again, finish
from pinlib.engine import census, declared, found
from pinlib.engine.census import Token
from pinlib.engine.declared import Campaign
from pinlib.engine.found import Found
from pinlib.engine.verdicts import Case, Own, Verdict
from pinlib.kept.inputs import Now, recorded
from pinlib.kernel import git_checkout, kernel_tree
from pinlib.kernel.word_index import Indexes
from pinlib.report import json_report, pages
from pinlib.report.kept import Kept


def _nothing(_campaign: Campaign,
             _cases: Sequence[Case]) -> Mapping[Token, Verdict]:
    """Say nothing: the campaign has no idioms but reads and stores."""
    return {}


# What only a campaign knows; most need nothing but their declaration.
OWN: Mapping[str, Own] = MappingProxyType({"bvec": idioms.own})


def analyse(opts: Options, now: Now) -> Found:
    """Decide on every token of the campaign of a run."""
    return found.find(opts.kernel, declared.load(opts.campaign),
                      OWN.get(opts.campaign, _nothing), now.indexes)


def run(opts: Options) -> None:
    """Write the report, and print it if it is asked for as lines."""
    finish(opts, write(opts))


def write(opts: Options) -> UnreadError | None:
    """Write the report; what could not be read, if there is any."""
    cache = kernel_tree.cache_folder()
    now = Now(Indexes(cache))
    kept = Kept(opts, cache, now, (frozenset(), ""))
    report = again(opts, kept) or _made(opts, now, kept)
    pages.write(opts.out, report, {})
    pipeline.say(opts, report["summary"]["by_disposition"], True,
                 f"uses of {report['campaign']['counted']}")
    return lost(report["unparsed"])


def _made(opts: Options, now: Now, kept: Kept) -> dict[str, Any]:
    """Make the report, and keep it for the next run."""
    started = time.monotonic()
    with recorded([kernel_tree.cache_folder(), opts.out], [opts.kernel]) as read:
        result = analyse(opts, now)
        report = write_results(opts, result)
        plan = plan_of(result)
    write_json(opts.out / "plan.json", plan)
    write_times(opts, {**result.timings, "report": time.monotonic() - started})
    # What failed may work at another time.
    if not result.program.files.failed:
        kept.keep(read, report, plan)
    return report


def write_results(opts: Options, result: Found,
                  patches: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Write the report of what was found; returns what report.json holds.

    patches: the mails of its series, once there are some.
    """
    campaign = result.campaign
    return json_report.write_report(
        opts.out, {"version": kernel_tree.kernel_version(opts.kernel),
                   "commit": git_checkout.commit_of(opts.kernel),
                   "since": None, "pins": None},
        result.sites, [], result.unparsed, result.counts(), [],
        patches=patches or [], campaign={
            "name": campaign.name, "title": campaign.title,
            "counted": campaign.counted.shown,
            "kinds": census.counted(result.tokens)})


def plan_of(result: Found) -> dict[str, Any]:
    """Return what plan.json holds: the edits of each group, and its file's hash."""
    return {group.id: {"files": {group.file: group.hash}, "edits": [
        edit.to_json() for edit in group.edits]} for group in result.groups}


def write_times(opts: Options, times: Mapping[str, float]) -> None:
    """Write the seconds of each stage."""
    write_json(opts.out / "timings.json",
               {name: round(taken, 3) for name, taken in times.items()})


def lost(unread: list[dict[str, Any]]) -> UnreadError | None:
    """Return what says that not each token was read, if so."""
    if not unread:
        return None
    more = f" (and {len(unread) - 1} more)" if len(unread) > 1 else ""
    return UnreadError(printable(
        f"{unread[0]['file']}:{unread[0]['line']}: {unread[0]['why']}{more}; "
        "all else was read, and what was made of it is written"))
