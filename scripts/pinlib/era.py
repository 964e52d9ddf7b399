# SPDX-License-Identifier: GPL-2.0-only
"""Which form of each interface a tree declares; its version says nothing.

The same name stood for other things over the years: iov_iter_get_pages()
once left the iterator where it was, later took flags; get_user_pages_fast()
took a plain int for write. The prototypes in the tree's headers tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import api
from .ctext import CText
from .sites import CallSite

HEADERS = ("include/linux/mm.h", "include/linux/uio.h")
# Parameters of the form that moves the iterator on and takes no flags.
PLAIN = {"iov_iter_get_pages2": 5, "iov_iter_get_pages_alloc2": 4}
# The same without moving it on (the overlay extracts so too), or with flags
# and moving it on.
OLD = {"iov_iter_get_pages": 5, "iov_iter_get_pages_alloc": 4}
PIN_OF = {"get_user_pages_fast": "pin_user_pages_fast"}


@dataclass(frozen=True)
class Era:
    """The interfaces that a tree declares, with their parameters."""

    declared: Mapping[str, tuple[str, ...]]
    pipes: bool

    @property
    def pins(self) -> bool:
        """Can pages be pinned?"""
        return "pin_user_pages_fast" in self.declared

    @property
    def native(self) -> bool:
        """Does the tree have iov_iter_extract_pages() of its own?"""
        return "iov_iter_extract_pages" in self.declared

    def obstacle(self, site: CallSite) -> tuple[str, str, str] | None:
        """Why there is no rule for a call's interface as declared here.

        A code, a sentence and the line in the way.
        """
        found = self._form(site.api, site.kinds.kinds if site.kinds
                           else set())
        if found is None:
            return None
        return (*found, f"{site.file}:{site.line}")

    def _form(self, name: str, kinds: set[str]) -> tuple[str, str] | None:
        if name in PIN_OF:
            return self._other_parameters(name, PIN_OF[name])
        count = len(self.declared.get(name, ()))
        if count and OLD.get(name) == count and not self.native:
            return None
        if name in OLD and count == OLD[name] + 1:
            return "carries-flags", (
                f"{name}() takes flags here, and there is no rule that "
                "carries them over.")
        if count != PLAIN.get(name):
            return "other-prototype", (
                f"The tree's headers do not declare {name}() with the "
                "parameters that the rule is for.")
        if self.native and self.pipes and "pipe" in kinds:
            return "pipe-refused", (
                "A pipe can reach this call, and this tree's "
                "iov_iter_extract_pages() refuses pipes.")
        return None

    def _other_parameters(self, old: str,
                          new: str) -> tuple[str, str] | None:
        have = self.declared.get(old)
        if have is not None and have == self.declared.get(new):
            return None
        return "other-prototype", (
            f"The tree's headers do not declare {old}() and {new}() with "
            "the same parameters.")


def read(kernel: Path) -> Era:
    """What the headers of a tree declare."""
    declared: dict[str, tuple[str, ...]] = {}
    pipes = False
    for header in HEADERS:
        try:
            text = (kernel / header).read_text(encoding="latin-1")
        except OSError:
            continue
        masked = CText(text)
        pipes |= "ITER_PIPE" in masked.words
        for name in (*api.MISSION, *api.OTHER_GET, *api.PINNING):
            match = re.search(rf"\b{name}\s*\(([^;{{}}]*?)\)\s*[;{{]",
                              masked.code)
            if match:
                declared[name] = tuple(
                    _plain(p) for p in match.group(1).split(","))
    return Era(declared, pipes)


def _plain(parameter: str) -> str:
    """A parameter's type without blanks and without its name."""
    words = re.sub(r"\bunsigned\b(?!\s+(?:int|long|char|short))",
                   "unsigned int", parameter).split()
    return re.sub(r"\s+", "", re.sub(r"\b\w+$", "", " ".join(words)))
