# SPDX-License-Identifier: GPL-2.0-only
"""Write the report, and print it the way compilers print their messages."""

from __future__ import annotations

from pinlib.base.errors import UnreadError
from pinlib.base.files import read_json
from pinlib.base.options import Options
from pinlib.commands import pipeline
from pinlib.report import gcc_lines


def write(opts: Options) -> UnreadError | None:
    """Write the report; what could not be read, if more than is allowed."""
    result = pipeline.analyse(opts)
    pipeline.write_results(opts, result, result.sites(), "report")
    pipeline.say(opts, result)
    try:
        pipeline.end(opts, result)
    except UnreadError as error:
        return error
    return None


def run(opts: Options) -> None:
    """Write the report, and print it if it is asked for as lines."""
    unread = write(opts)
    if opts.format == "gcc":
        for line in gcc_lines.lines(read_json(opts.out / "report.json")):
            print(line)
    if unread:
        raise unread
