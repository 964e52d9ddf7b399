# SPDX-License-Identifier: GPL-2.0-only
"""Write audit.json: what audit.txt says, for programs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pinlib.audit.follow import Audit
from pinlib.audit.known import Accepted, named
from pinlib.base.files import write_json
from pinlib.base.resources import REPORTS
from pinlib.decide.bugs.findings import Finding
from pinlib.report.json_report import hold

FORMAT = 1
SCHEMA = REPORTS / "audit.schema.json"


def write(path: Path, version: str, audited: Audit, accepted: Accepted) -> None:
    """Write audit.json, if nothing in it is wrong."""
    ids = named(audited.found())
    made = {
        "schema": FORMAT, "version": version,
        "findings": [{**finding(item), "id": name,
                      "accepted": accepted.entries.get(name)}
                     for name, item in ids.items()],
        "calls": [{"id": call.id, "file": call.file, "line": call.line,
                   "api": call.api, "lost": call.lost,
                   "findings": [name for name, item in ids.items()
                                if item in call.findings]}
                  for call in audited.calls]}
    hold(path.name, made, SCHEMA)
    write_json(path, made)


def finding(item: Finding) -> dict[str, Any]:
    """Return a finding as it stands in audit.json."""
    return {**asdict(item), "steps": [asdict(step) for step in item.steps]}
