# SPDX-License-Identifier: GPL-2.0-only
"""What makes a conversion wrong although every release is known."""

from __future__ import annotations

from . import api, keeping
from .program import Program
from .resolve import Resolver
from .sites import CallSite


def first(program: Program, resolver: Resolver,
          site: CallSite) -> tuple[str, str, str] | None:
    """A code, a sentence and the line in the way; None if there is nothing."""
    for event in site.flow.of("look"):
        if event.detail in api.COUNTS:
            return "count-seen", (
                f"{event.detail}() tells each pin of a small page as 1024 "
                "references."), event.place
    line = keeping.abandoned(program, resolver, site)
    if line:
        return "left-held", (
            f"The pages are still held when {site.function.name}() is left "
            "here, and no statement outside it drops them."), \
            f"{site.file}:{line}"
    return None
