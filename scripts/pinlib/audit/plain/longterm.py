# SPDX-License-Identifier: GPL-2.0-only
"""Mend pins that user space decides the end of: ask for FOLL_LONGTERM."""

from __future__ import annotations

from collections.abc import Iterator

from pinlib.audit.plain import mend
from pinlib.audit.plain.mend import Mend
from pinlib.base.edits import Lasting
from pinlib.decide import foll_flags
from pinlib.decide.bugs.findings import Finding
from pinlib.flow.call_sites import CallSite
from pinlib.program.program import Program


def asked(program: Program, site: CallSite, found: list[Finding]) -> Iterator[Mend]:
    """Yield what asks for long-lived pins at the call itself.

    Other callers of a function that is given the flags may want them briefly.
    """
    flags = site.argument(site.shape.flags) if site.shape else None
    macro = program.tree.macros.get(site.file)
    if site.shape is None or flags is None or macro and macro.holds(site.line) or \
            flags.value in [n for _, n in site.function.params]:
        return
    for finding in found:
        if finding.code == "not-longterm" and finding.fix:
            yield Mend(mend.LONGTERM, finding, Lasting(
                site.file, site.line, site.column, site.api, site.shape.flags,
                site.shape.arguments, foll_flags.spliced(program, site)),
                       site.function.name, site.function.name, site.file, site.api)
