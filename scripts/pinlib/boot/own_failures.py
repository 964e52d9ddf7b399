# SPDX-License-Identifier: GPL-2.0-only
"""Tell failures that a tree has anyhow from those of its conversion.

A workload that fails in both kernels in the same way says nothing of the series,
nor does one that the converted kernel passes: both are reported as the tree's own,
and are no evidence for any call site.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pinlib.boot import reached_sites
from pinlib.boot.console import Workload


def of_tree(control: Mapping[str, Workload],
            converted: Mapping[str, Workload]) -> dict[str, str]:
    """Return why each workload fails of which the conversion is innocent."""
    found = {}
    for name, workload in converted.items():
        other = control.get(name)
        why = reached_sites.failures(other) if other else ""
        if other and why and (not reached_sites.failures(workload)
                              or _alike(other, workload)):
            found[name] = why
    return found


def _alike(one: Workload, other: Workload) -> bool:
    """Compare how two runs ended; addresses in a warning differ."""
    return _manner(one) == _manner(other)


def _manner(workload: Workload) -> tuple[object, ...]:
    return (workload.result, workload.reason, workload.unequal,
            _lost(workload), [_worded(text) for text in workload.trouble])


def _lost(workload: Workload) -> int:
    """Return how many pins were acquired and not released."""
    return workload.acquired + workload.uncounted - workload.released


def _worded(text: str) -> str:
    return re.sub(r"\b(?:0x)?[0-9a-f]*[0-9][0-9a-f]*\b", "N", text)
