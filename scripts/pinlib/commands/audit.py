# SPDX-License-Identifier: GPL-2.0-only
"""Write what is wrong today with the calls of a tree that take pages."""

from __future__ import annotations

from pinlib.audit import follow, known, mend, page, record
from pinlib.base.files import write_file
from pinlib.base.options import Options
from pinlib.commands import allowance
from pinlib.kernel import kernel_tree
from pinlib.kernel.maintainers import read_subsystems
from pinlib.series.writer import write_series


def _fixes(opts: Options, audited: follow.Audit, accepted: known.Accepted) -> None:
    """Write the patches of findings in place of those of the last audit."""
    stand = {finding for finding, _ in accepted.of(audited.found())}
    wanted = [m for call in audited.calls for m in call.mends
              if m.finding not in stand]
    before = list((opts.out / "series").glob(f"{mend.FIXES}*"))
    if not wanted and not before:
        return
    made = mend.series(opts.out, audited.tree, read_subsystems(
        opts.module or opts.kernel), wanted)
    write_series(opts.kernel, opts.out, made, [], {}, None, opts.module,
                 opts.signoff, lambda name: name.startswith(mend.FIXES), print,
                 opts.jobs)
    for one in made:
        print(f"{opts.out / 'series' / one.slug}: {len(one.patches)} patches")


def run(opts: Options) -> None:
    """Write audit.txt and audit.json; say in one line what they hold."""
    audited = follow.read(opts.kernel, opts.module, opts.jobs, opts.apis)
    accepted = known.load(opts.decisions)
    version = kernel_tree.kernel_version(opts.kernel)
    found = accepted.others(audited.found())
    path = opts.out / "audit.txt"
    write_file(path, page.render(version, audited, accepted))
    record.write(opts.out / "audit.json", version, audited, accepted)
    _fixes(opts, audited, accepted)
    more = page.unread_places(audited)
    print(f"{path}: {len(audited.calls)} calls, {len(found)} findings: "
          f"{page.summary(found)}"
          + (f"; not looked at: {len(more)}" if more else ""))
    for name in accepted.stale(audited.found()):
        print(f"{opts.decisions}: no finding has the id {name}")
    allowance.end(opts, audited.listed.counts(), audited.listed.regions, [])
