# SPDX-License-Identifier: GPL-2.0-only
"""Write the patch series by subsystem, with the report."""

from __future__ import annotations

from pinlib.base.options import Options
from pinlib.commands import pipeline
from pinlib.kernel import git_checkout
from pinlib.series import reroll


def run(opts: Options) -> None:
    """Write the report, and the patches by subsystem."""
    result, series = pipeline.make_series(opts)
    result.say(opts)
    for one in series:
        print(f"{opts.out / 'series' / one.slug}: {len(one.patches)} "
              "patches")
    if opts.subsystem and not series:
        print(f"{opts.subsystem}: no call site to convert")
    found = git_checkout.find(opts.module or opts.kernel)
    top = found.top if found else opts.module or opts.kernel
    gone = result.previous.keys() - {s.slug for s in series}
    for slug in sorted(gone if not opts.subsystem else ()):
        for mail in result.previous[slug].mails:
            why = "merged" if reroll.merged(mail, top) else \
                "no longer generated"
            print(f"series/{slug} is dropped: {mail.subject}: {why}")
    pipeline.end(opts, result)
