# SPDX-License-Identifier: GPL-2.0-only
"""End a run that could not read everything: exit 3, after all is written.

What the baseline records is allowed: so many tokens of a file in code that could
not be read, and the sites that rest on such code.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pinlib.base.errors import UnreadError
from pinlib.base.options import Options
from pinlib.base.text import printable
from pinlib.commands import baseline


# Codes of sites that rest on what was not read.
RESTING = frozenset(("facts-not-whole", "rests-on-unread"))


def end(opts: Options, census: dict[str, int], unparsed: list[dict[str, Any]],
        sites: Iterable[dict[str, Any]]) -> None:
    """Raise if more could not be read than is allowed."""
    resting = [s for s in sites if s["code"] in RESTING]
    if census["tokens"] == census["accounted"] and not resting:
        return
    allowed = _allowed(opts)
    found = []
    if census["tokens"] != census["accounted"]:
        have = baseline.tokens_of(unparsed)
        found = [next(r for r in unparsed if r["file"] == name)
                 for name, count in sorted(have.items())
                 if count > (allowed.unparsed.get(name, 0) if allowed else 0)]
    known = set(allowed.sites) if allowed else set()
    found += [{**s, "why": s["reason"]} for s in resting
              if s["id"] not in known]
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise UnreadError(printable(
            f"{found[0]['file']}:{found[0]['line']}: {found[0]['why']}{more}; "
            "all else was read, and what was made of it is written"))


def end_of(opts: Options, report: dict[str, Any]) -> None:
    """Return the same for a report that was read or written."""
    end(opts, report["summary"]["census"], report["unparsed"],
        report["sites"])


def _allowed(opts: Options) -> baseline.Baseline | None:
    """Return the baseline, if there is one for this tree."""
    if opts.module and not opts.baseline:
        return None
    path = baseline.baseline_file(opts)
    return baseline.load(path) if path.exists() else None
