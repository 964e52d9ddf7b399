# SPDX-License-Identifier: GPL-2.0-only
"""Write audit.txt: every finding with its steps, and what was not looked at."""

from __future__ import annotations

import collections
from collections.abc import Iterable

from pinlib.audit.follow import Audit, Call
from pinlib.audit.known import Accepted
from pinlib.base.text import printable, wrap
from pinlib.decide.bugs.findings import CONFIDENCE, Finding
from pinlib.report.terminal import region


def render(version: str, audited: Audit, accepted: Accepted) -> str:
    """Return audit.txt: a summary, the findings, and what was not followed."""
    title = f"gup2pin audit of Linux {version}"
    found = accepted.others(audited.found())
    more, lost = unread_places(audited), [c for c in audited.calls if c.lost]
    clean = sum(not c.lost and not c.findings for c in audited.calls)
    lines = [title, "=" * len(title), "", wrap(
        f"{len(audited.calls)} calls that take pages were looked at; "
        f"{len(found)} findings: {summary(found)}. {clean} calls are clean: all "
        "that is done with their pages is known, and nothing is wrong with it. "
        f"{len(lost)} could not be followed to the end, see below."
        + (f" Not looked at: {len(more)}, see the end." if more else ""))]
    for name in CONFIDENCE:
        mine = [f for f in found if f.confidence == name]
        lines += _section(name, (_finding(item) for item in mine))
    lines += _section("Accepted", (
        [*_head(item), wrap(f"    {why}", 4)] for item, why in
        accepted.of(audited.found())))
    lines += _section("Not followed to the end", map(_call, lost))
    lines += _section("Not looked at", (t.split("\n") for t in more))
    return "\n".join(lines) + "\n"


def _section(name: str, items: Iterable[list[str]]) -> list[str]:
    """Return a heading with what stands under it, or nothing."""
    rows = [row for item in items for row in ("", *item)]
    return ["", "", name, "-" * len(name), *rows] if rows else []


def _head(item: Finding) -> list[str]:
    return [wrap(f"{printable(item.file)}:{item.line} {item.function}()", 4),
            wrap(f"    [{item.code}], the other end is "
                 f"{printable(item.other)}", 6)]


def _finding(item: Finding) -> list[str]:
    """Return a finding: where, what, the steps to it, the counts, and a fix."""
    rows = [*_head(item), wrap(f"    {item.text}", 4)]
    rows += [wrap(f"      {printable(str(step))}", 8) for step in item.steps]
    if item.drops:
        rows.append(wrap(f"    takes {item.takes}, drops {item.drops}", 6))
    if item.fix:
        rows.append(wrap(f"    to do: {item.fix}", 6))
    return rows


def _call(call: Call) -> list[str]:
    return [wrap(f"{printable(call.file)}:{call.line} {call.api}()", 4),
            wrap(f"    {printable(call.lost)}", 4)]


def unread_places(audited: Audit) -> list[str]:
    """Return each place that was not looked at, and why, as in audit.txt."""
    made = []
    for part in (audited.listed, audited.pinning):
        made += [(r["file"], r["line"], region(r)) for r in part.regions]
        made += [(t.file, t.line, {
            "head": f"{printable(t.file)}:{t.line}",
            "text": f"a macro names {t.name}() here; who uses the macro is not "
            "followed"}) for t in part.tokens if t.kind == "macro"]
    return [f"{wrap(text['head'], 4)}\n"
            f"{wrap('    ' + text['text'], 4)}"
            for _, _, text in sorted(made, key=lambda m: m[:2])]


def summary(found: list[Finding]) -> str:
    """Return how many findings there are of each confidence."""
    counts = collections.Counter(f.confidence for f in found)
    return ", ".join(f"{counts[name]} {name}" for name in CONFIDENCE)
