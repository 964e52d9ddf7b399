# SPDX-License-Identifier: GPL-2.0-only
"""Say what mends a finding: the edits, and what the patch says of them."""

from __future__ import annotations

from dataclasses import dataclass

from pinlib.base.edits import Edit
from pinlib.decide.bugs.findings import Finding

PINS = "pins"
DIRTY = "dirty"
LOCKED = "locked"
LONGTERM = "longterm"
LEAK = "leak"
COUNT = "count"
NEGATIVE = "negative"


@dataclass(frozen=True)
class Mend:
    """What mends a finding.

    kind: what is wrong; edit: what is changed, in function; taker, file, api: who
    pins the pages, where, by what.
    """

    kind: str
    finding: Finding
    edit: Edit
    function: str
    taker: str
    file: str
    api: str
