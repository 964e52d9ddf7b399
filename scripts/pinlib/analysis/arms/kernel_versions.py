# SPDX-License-Identifier: GPL-2.0-only
"""Find the other kernels with pins that a module's #if arms are written for.

One patch serves all of them, so each is asked what it compiles of the code that
takes, hands on and drops the pages. Kernels that compile the same of it are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pinlib.base.records import Disposition
from pinlib.csource import arm_tree
from pinlib.csource.arm_tree import Arm
from pinlib.csource.arms import Known
from pinlib.csource.masking import CText
from pinlib.decide.decide import Decision
from pinlib.kernel import effects, known_macros
from pinlib.program.function import Function
from pinlib.program.program import C_FILES, Program

# The first release with pins.
PINS = 0x050600

_NAMES = frozenset((*effects.MISSION, *effects.OTHER_GET, *effects.PINNING,
                    *effects.RELEASES))
_WORD = re.compile(r"[A-Za-z_]\w*")


def others(program: Program, kernel: Path, cache: Path,
           decisions: Iterable[Decision]) -> list[Known]:
    """Return what is known of each of them, with the oldest first."""
    own = program.tree.known
    arms = list(_arms(program, _functions(decisions)))
    if own.code is None or not arms:
        return []
    codes = [code for code in _named(program) if code > PINS]
    versions = [_version(code) for code in sorted({PINS, *codes})]
    seen = {_compiled(arms, own)}
    found = []
    for known in known_macros.of_others(kernel, program.tree.root, cache,
                                        versions):
        compiled = _compiled(arms, known)
        if compiled not in seen:
            seen.add(compiled)
            found.append(known)
    return found


def oldest(program: Program) -> int:
    """Return the oldest version that a module's conditions name, or 0."""
    return min(_named(program), default=0)


def _named(program: Program) -> set[int]:
    return {code for text in _texts(program)
            for code in arm_tree.named(text.arms)}


def _texts(program: Program) -> Iterator[CText]:
    """Yield the module's texts with conditions on a version."""
    for file in sorted(program.naming_files("KERNEL_VERSION")):
        if not program.tree.is_kernel(file) and file.endswith(C_FILES):
            yield program.text(file)


def _functions(decisions: Iterable[Decision]) -> dict[object, Function]:
    """Return the functions that pages of convertible sites pass through."""
    found: dict[object, Function] = {}
    for decision in decisions:
        if decision.disposition == Disposition.CONVERT:
            site = decision.site
            found[site.function.key] = site.function
            found |= {e.function.key: e.function for e in site.flow.events}
            found |= {f.key: f for uses in site.flow.params.values()
                      for f, _, _ in uses}
    return found


def _arms(program: Program,
          functions: dict[object, Function]) -> Iterator[Arm]:
    """Yield the arms in those functions, and those that name one or a release."""
    if not functions:
        return
    names = _NAMES | {f.name.partition("@")[0] for f in functions.values()}
    for file in sorted({file for name in names
                        for file in program.naming_files(name)}):
        if program.tree.is_kernel(file) or not file.endswith(C_FILES):
            continue
        text = program.text(file)
        bodies = [(text.offset(f.line), f.body[1]) for f in functions.values()
                  if f.file == file]
        for arm in text.arms:
            if any(low < arm.start < high for low, high in bodies) or \
                    names.intersection(_WORD.findall(
                        text.whole, arm.start, arm.end)):
                yield arm


def _compiled(arms: list[Arm], known: Known) -> tuple[bool | None, ...]:
    return tuple(arm.value(known) for arm in arms)


def _version(code: int) -> str:
    return f"{code >> 16}.{code >> 8 & 255}.{code & 255}"
