# SPDX-License-Identifier: GPL-2.0-only
"""Find what a module defines itself, for kernels that lack a function.

`#define unpin_user_page put_page` for older kernels is such a shim: what a patch
uses beside it, the module does not have there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pinlib.csource.arms import NOTHING
from pinlib.csource.masking import CText
from pinlib.kernel import effects
from pinlib.program.program import C_FILES, Program

_GUARD = re.compile(r"#\s*(?:ifndef\s+|if\s+!\s*defined\s*\(?\s*)_*\w+_H_*\b")


def shims(program: Program) -> frozenset[str]:
    """Return the functions that a module defines under some condition."""
    return frozenset(name for name, _, always in _defined(program)
                     if not always)


def taken(program: Program) -> tuple[str, str] | None:
    """Return a name that a module uses for something of its own, and where.

    It is defined for every kernel, so it stands in for none.
    """
    return min(((name, place) for name, place, always in _defined(program)
                if always), default=None)


def macro(program: Program, name: str) -> str:
    """Return where a module, as it is compiled, has a macro of that name, or ""."""
    head = re.compile(rf"\s*#\s*define\s+{name}\b")
    return next((f"{file}:{text.line_of(offset)}"
                 for file in sorted(program.naming_files(name))
                 if not program.tree.is_kernel(file)
                 and file.endswith(C_FILES) for text in [program.text(file)]
                 for offset in text.words.get(name, ())
                 if text.directive_at(offset) == "define"
                 and head.match(text.directive_text(offset))), "")


def builds_from(names: Iterable[str]) -> str:
    """Return the release that first has all of some functions, or ""."""
    known = {effects.SINCE[n] for n in names if n in effects.SINCE}
    return latest(known) if known else ""


def latest(releases: Iterable[str]) -> str:
    """Return the last of some releases."""
    return max(releases, key=lambda r: [int(n) for n in r.split(".")])


def _defined(program: Program) -> Iterator[tuple[str, str, bool]]:
    """Yield the names that a module defines, where, and whether it always does."""
    tree = program.tree
    texts: dict[str, CText] = {}
    for name in effects.SINCE if tree.kernel is not None else ():
        for file in sorted(program.naming_files(name)):
            if tree.is_kernel(file) or not file.endswith(C_FILES):
                continue
            if file not in texts:
                # Older kernels compile what this one leaves out.
                texts[file] = program.text(file).as_known(NOTHING)
            text = texts[file]
            for offset in text.words.get(name, ()):
                line = text.line_of(offset)
                if text.defines(name, offset) or \
                        text.directive_at(offset) == "define" and re.match(
                            rf"\s*#\s*define\s+{name}\b", text.code_line(line)):
                    yield name, f"{file}:{line}", not any(
                        not _GUARD.match(condition) for _, _, condition
                        in text.conditions_at(line))
