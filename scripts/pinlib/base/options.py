# SPDX-License-Identifier: GPL-2.0-only
"""Hold what one run was asked to do."""

from __future__ import annotations

import dataclasses
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class UserBuild:
    """A user's own configuration in place of the built-in ones."""

    config: Path | None = None
    arch: str | None = None
    cross: str | None = None


@dataclasses.dataclass(frozen=True)
class Options:
    """What one run was asked to do; paths are absolute and checked."""

    kernel: Path
    module: Path | None
    out: Path
    jobs: int
    subsystem: str | None
    baseline: Path | None
    apis: str
    site: str | None
    decisions: Path | None
    verbose: bool
    build: UserBuild = UserBuild()
    format: str = "text"
    since: str | None = None
    previous: Path | None = None
    mutants: str = ""
    machine: str = "uml"
    base: str = ""      # the revision of gup2pin that bench compares with
    standalone: bool = False    # each series brings the helpers that it calls
    signoff: str = ""   # who sends the series, as "Name <address>"
    findings: bool = False      # check and record those of the audit too
    replace: bool = False   # replace another tree's results in OUT
    campaign: str = "pins"
