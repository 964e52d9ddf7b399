# SPDX-License-Identifier: GPL-2.0-only
"""Print the report as compilers do: lines that editors and CI matchers read."""

from __future__ import annotations

from typing import Any

from pinlib.base.text import printable
from pinlib.report import wording
from pinlib.report.advice import UNCONVERTED
from pinlib.report.sarif import call
from pinlib.report.wording import Words

Report = dict[str, Any]


def lines(report: Report) -> list[str]:
    """Return every unconverted site, finding and unparsed region as one line."""
    words = wording.of(report)
    made = [(s["file"], s["line"], of_site(s, words)) for s in report["sites"]
            if s["disposition"] in UNCONVERTED]
    made += [(f["file"], f["line"], line(f["file"], f["line"], 1, f["text"],
                                         f["code"]))
             for f in report["findings"]]
    made += [(r["file"], r["line"], line(
        r["file"], r["line"], 1, f"not analysed: {r['why']}", "unparsed"))
        for r in report["unparsed"]]
    return [text for _, _, text in sorted(made)]


def of_site(site: Report, words: Words = wording.CALLS) -> str:
    """Return one site as a warning."""
    return line(site["file"], site["line"], site["column"] + 1,
                f"{call(site, words)}: {site['reason']}",
                site["code"])


def line(file: str, number: int, column: int, text: str, code: str) -> str:
    """Return one warning; columns count from 1 as compilers count them."""
    said = printable(" ".join(text.split()))
    return f"{printable(file)}:{number}:{column}: warning: {said} [{code}]"
