# SPDX-License-Identifier: GPL-2.0-only
"""Say what a report of a campaign is about: calls and pins, or another thing.

A report of pins names no campaign. Any other says in it what was counted, and its
sites are uses of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pinlib.report import advice

Report = dict[str, Any]

PINS = MappingProxyType({
    "convert": "a patch is made for it",
    "manual": "should be converted; an obstacle is named",
    "keep": "a plain reference is right here",
    "blocked": "what receives the pages can only drop references",
    "converted": "pins or extracts already",
    "mismatch": "the release does not match: a bug",
    "core": "part of the API's own implementation",
    "test": "a test of the API",
    "inactive": "in an #if arm that this kernel leaves out",
})
OTHERS = MappingProxyType({
    "convert": "an edit is planned for it",
    "manual": "should be converted; an obstacle is named",
    "keep": "right as it is, for the reason that is named",
    "blocked": "other code has to be converted first",
    "converted": "in the new form already",
    "mismatch": "converted by half: a bug",
    "core": "part of what the others are converted to",
    "test": "a test of what the others are converted to",
    "inactive": "in an #if arm that this kernel leaves out",
})


@dataclass(frozen=True)
class Words:
    """What a report calls things.

    counted: what has tokens. site, sites: a place that is decided on, and several.
    left_out: what stands in an #if arm. campaign: "" for pins. call: what follows
    the name of what is used at a site.
    """

    counted: str
    site: str
    sites: str
    left_out: str
    meanings: Mapping[str, str]
    campaign: str = ""
    call: str = "()"

    def advice(self, site: Report) -> str:
        """Return what to do about a site."""
        return advice.of_site(site, self.campaign)

    def todo(self, code: str, disposition: str) -> str:
        """Return what to do about a code."""
        return advice.of_code(code, disposition, self.campaign)


CALLS = Words("the APIs", "call site", "call sites", "Calls", PINS)


def of(report: Report) -> Words:
    """Return the words of a report in the form of report.json."""
    campaign = report.get("campaign")
    if campaign is None:
        return CALLS
    counted = campaign["counted"]
    return Words(counted, "use", f"uses of {counted}", f"Uses of {counted}", OTHERS,
                 campaign["name"], "")
