# SPDX-License-Identifier: GPL-2.0-only
"""Find that kernels without an MMU take references where pins are asked for.

No call is wrong by itself there: mm/gup.c is, and each page that a call pins then
loses references when it is unpinned. So it is one finding, and names one call.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pinlib.base.line_ends import plain
from pinlib.decide.bugs.findings import Finding
from pinlib.decide.bugs.ways import Step
from pinlib.kernel.needs_mmu import Kconfig
from pinlib.rewrite import pins_without_mmu

GUP = "mm/gup.c"


def found(kernel: Path, pinning: Iterable[tuple[str, int, str]]) -> list[Finding]:
    """Return it, if such a kernel is built with one of these calls.

    pinning: file, line and name of each.
    """
    try:
        text = plain((kernel / GUP).read_bytes().decode("latin-1"))
    except OSError:
        return []
    line = pins_without_mmu.wrong_line(text)
    options = Kconfig(kernel)
    # What is not a driver needs the least to be built.
    calls = [call for call in sorted(
        pinning, key=lambda c: (c[0].startswith("drivers/"), c))
        if line and not options.needs_mmu(call[0])]
    if not calls:
        return []
    file, at, api = calls[0]
    return [Finding(
        GUP, line, pins_without_mmu.FUNCTION, "pin-without-mmu", "High",
        f"{file}:{at}", "Without CONFIG_MMU this takes a plain reference where a "
        "pin is asked for, and unpin_user_page() drops a pin. "
        f"Of {len(calls)} calls Kconfig does not say that they need an MMU.",
        (Step(file, at, f"{api}() takes what is to be pins"),
         Step(GUP, line, "takes one reference on each page")), "1 on each page",
        "GUP_PIN_COUNTING_BIAS of them",
        f"pass FOLL_PIN on in {GUP}; a series with pins begins with that patch")]
