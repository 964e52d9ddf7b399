# SPDX-License-Identifier: GPL-2.0-only
"""Run one stage alone, with the file that it leaves in OUT."""

from __future__ import annotations

from pinlib.base.files import to_json, write_file, write_json
from pinlib.base.options import Options
from pinlib.commands import pipeline
from pinlib.report import pages


def run(opts: Options, name: str) -> None:
    """Run one stage alone, with the file that it leaves in OUT."""
    if name == "convert":
        pipeline.end(opts, pipeline.make_series(opts)[0])
        return
    if name == "render":
        pipeline.write_pages(opts)
        return
    result = pipeline.analyse(opts)
    found = result.analysis
    if name == "census":
        write_json(opts.out / "census.json", found.tokens)
    elif name == "facts":
        lines = "".join(
            to_json(f).replace("\n", "") + "\n"
            for file in sorted({f.file for f in found.program.everything()})
            for f in found.program.files.facts(file))
        write_file(opts.out / "facts.jsonl", lines)
    elif name == "pair":
        write_json(opts.out / "sites.json", {
            d.site.id: [{"kind": e.kind, "place": e.place, "what": str(
                e.call or e.node)} for e in d.site.flow.events]
            for d in found.decisions})
    else:
        made, _ = pipeline.write_results(opts, result, result.sites(),
                                         "decide")
        pages.write(opts.out, made, {})
    pipeline.end(opts, result)
