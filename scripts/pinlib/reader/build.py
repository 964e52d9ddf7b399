# SPDX-License-Identifier: GPL-2.0-only
"""Build the reader in C when it is first needed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from pinlib import host_packages
from pinlib.base import host_program
from pinlib.base.resources import SCRIPTS

SOURCES = SCRIPTS / "reader"


@dataclass(frozen=True)
class Reader:
    """The program, and what it was made of: the same for the same results."""

    program: Path
    digest: str


def ensure(cache: Path, may_install: bool = False,
           sources: Path = SOURCES) -> Reader:
    """Return the reader of these sources, from the cache or built now."""
    if not shutil.which(host_program.COMPILER) or not shutil.which("make"):
        host_packages.ensure(host_program.PACKAGES, may_install)
    made = host_program.build("reader", [sources], cache)
    return Reader(made.path, made.digest)
