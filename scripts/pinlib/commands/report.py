# SPDX-License-Identifier: GPL-2.0-only
"""Write the report, and print it the way compilers print their messages."""

from __future__ import annotations

import time
from typing import Any

from pinlib.base.codes import Code
from pinlib.base.errors import UnreadError
from pinlib.base.files import read_json, write_json
from pinlib.base.options import Options
from pinlib.commands import allowance, pipeline
from pinlib.kept.inputs import Now, recorded
from pinlib.kernel.kernel_tree import cache_folder
from pinlib.kernel.word_index import Indexes
from pinlib.report import gcc_lines, json_report, pages
from pinlib.report.kept import Kept
from pinlib.series.commits import Missing


def write(opts: Options) -> UnreadError | None:
    """Write the report; what could not be read, if more than is allowed."""
    # What --since asks is told by git.
    now = Now(Indexes(cache_folder()))
    # To ask is quicker than to see whether the answer would be another one.
    missing = pipeline.lacking(opts)
    kept = None if opts.since else Kept(opts, cache_folder(), now, missing)
    report = kept and again(opts, kept) or _made(opts, now, missing, kept)
    # Pages show comments, on which no report rests.
    pages.write(opts.out, report, {})
    pipeline.say(opts, report["summary"]["by_disposition"],
                 report["kernel"]["pins"])
    try:
        allowance.end_of(opts, report)
    except UnreadError as error:
        return error
    return None


def again(opts: Options, kept: Kept) -> dict[str, Any] | None:
    """Write the report that was kept, if it would be made again as it is."""
    started = time.monotonic()
    found = kept.find()
    if found is None:
        return None
    report, plan = found
    json_report.write(opts.out, report)
    write_json(opts.out / "plan.json", plan)
    write_json(opts.out / "timings.json", {
        "report": round(time.monotonic() - started, 3)})
    return report


def _made(opts: Options, now: Now, missing: Missing,
          kept: Kept | None) -> dict[str, Any]:
    """Make the report, and keep it for the next run."""
    with recorded([cache_folder(), opts.out], [
            path for path in (opts.kernel, opts.module, opts.decisions)
            if path]) as read:
        result = pipeline.analyse(opts, now, missing)
        sites = result.sites()
        report, plan = pipeline.write_results(opts, result, sites, "report")
    # What failed may work at another time.
    if kept and not result.analysis.program.files.failed and all(
            s.code != Code.CALL_NOT_READ for s in sites):
        kept.keep(read, report, plan)
    return report


def run(opts: Options) -> None:
    """Write the report, and print it if it is asked for as lines."""
    finish(opts, write(opts))


def finish(opts: Options, unread: UnreadError | None) -> None:
    """Print a report that is written, if it is asked for as lines, and end."""
    if opts.format == "gcc":
        for line in gcc_lines.lines(read_json(opts.out / "report.json")):
            print(line)
    if unread:
        raise unread
