# SPDX-License-Identifier: GPL-2.0-only
"""Make the parts of README.md that the tool writes itself, and a test compares.

Each stands below a line `<!-- made: NAME -->` and ends with `<!-- end -->`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pinlib.base.errors import UsageError
from pinlib.base.records import DISPOSITIONS, Disposition
from pinlib.base.resources import ROOT
from pinlib.commands import diff
from pinlib.commands.check import offenders
from pinlib.commands.explain import outline
from pinlib.report import gcc_lines
from pinlib.series import mail_reader

README = ROOT / "README.md"
MOST = 16       # lines of an output that README shows
Report = dict[str, Any]


def parts(report: Report, next_report: Report, out: Path) -> dict[str, str]:
    """Return every made part, from two kernels' reports; out: the first's.

    Lines of the kernel itself are left out: the repository holds none.
    """
    left = next(s for kind in (Disposition.MANUAL, Disposition.BLOCKED)
                for s in report["sites"] if s["disposition"] == kind)
    patch = min((p for p in report["patches"] if p["kind"] == "convert"),
                key=lambda p: (len(p["edits"]), str(p["mail"])))
    mail = mail_reader.read(out / patch["mail"])
    place = f"{left['file']}:{left['line']}"
    gcc = [line for line in gcc_lines.lines(report)
           if line.startswith(f"{place}:")]
    return {
        "sites": table([report, next_report]),
        "check": _text("scripts/gup2pin check …", offenders([left], [])),
        "gcc": _text("make report FORMAT=gcc", gcc),
        "explain": _text(f"make explain SITE={place}", [
            line for line in outline(left) if not line.startswith("    ")]),
        "diff": _text(f"make diff SUBSYSTEM='{patch['subsystem']}'",
                      diff.shown(mail, False).splitlines())}


def table(reports: list[Report]) -> str:
    """Return sites by disposition, one line for each kernel."""
    rows = [["", *DISPOSITIONS, "sites"],
            ["---", *["---:"] * (len(DISPOSITIONS) + 1)]]
    for report in reports:
        summary = report["summary"]
        rows.append([f"Linux {report['kernel']['version']}",
                     *(str(summary["by_disposition"][d])
                       for d in DISPOSITIONS), str(summary["sites"])])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _text(command: str, lines: list[str]) -> str:
    """Return an output below its command, cut to the length for README."""
    more = ["…"] if len(lines) > MOST else []
    return "```text\n" + "".join(
        f"{s.rstrip()}\n" for s in [f"$ {command}", *lines[:MOST], *more]
    ) + "```\n"


def read(text: str) -> dict[str, str]:
    """Return the made parts of a README."""
    return dict(re.findall(r"<!-- made: (\w+) -->\n(.*?)<!-- end -->", text,
                           re.S))


def filled(text: str, made: Mapping[str, str]) -> str:
    """Return a README with its made parts replaced."""
    missing = set(read(text)) ^ set(made)
    if missing:
        raise UsageError(f"README.md: {sorted(missing)[0]} is not both "
                         "there and made")
    return re.sub(r"(<!-- made: (\w+) -->\n).*?(?=<!-- end -->)",
                  lambda m: m[1] + made[m[2]], text, flags=re.S)
