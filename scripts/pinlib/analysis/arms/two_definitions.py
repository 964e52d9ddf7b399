# SPDX-License-Identifier: GPL-2.0-only
"""Leave what a module defines once more, for other builds or other kernels.

Which of two files is built a Makefile says, and which of two macros is compiled an
arm that may not be this kernel's: only one of each was followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pinlib.analysis.arms import kernel_versions
from pinlib.base.codes import Code
from pinlib.base.records import Disposition
from pinlib.base.why_not import WhyNot
from pinlib.csource import arm_tree
from pinlib.decide.decide import Decision
from pinlib.flow.graph import RELEASE_KINDS
from pinlib.program.function import Function
from pinlib.program.program import C_FILES, Program


def leave(program: Program, decisions: Iterable[Decision]) -> None:
    """Leave sites of a module whose functions, or calls, have another meaning."""
    for decision in decisions:
        if decision.disposition != Disposition.CONVERT:
            continue
        for function in kernel_versions.functions(
                program, [decision], Disposition.CONVERT).values():
            other = _other(program, function)
            if other:
                decision.leave(WhyNot(
                    Code.TWO_DEFINITIONS, f"{other.name}() is defined in two "
                    "files, and what is built decides which of them is meant.",
                    f"{other.file}:{other.line}"))
                break
        else:
            names = {decision.site.api, *(e.detail for e in decision.site.flow.of(
                *RELEASE_KINDS))}
            place = next(filter(None, (_redefined(program, name)
                                       for name in sorted(names))), "")
            if place:
                decision.leave(WhyNot(
                    Code.NAME_TAKEN, "In some kernels the module has a macro of "
                    "that name.", place))


def _other(program: Program, function: Function) -> Function | None:
    """Return another definition of a function that the same call may mean."""
    name = function.name.partition("@")[0]
    if function.static and not function.file.endswith(".h"):
        return None
    return next((
        one for file in sorted(program.naming_files(name))
        if file != function.file and file.endswith(C_FILES)
        and not program.tree.is_kernel(file)
        for one in program.in_file(file)
        if one.name.partition("@")[0] == name and (
            not one.static or file.endswith(".h"))), None)


def _redefined(program: Program, name: str) -> str:
    """Return where an arm for kernels with pins makes a macro of a name, or ""."""
    define = re.compile(rf"^[ \t]*#[ \t]*define[ \t]+{name}\b", re.M)
    for file in sorted(program.naming_files(name)):
        if program.tree.is_kernel(file) or not file.endswith(C_FILES):
            continue
        text = program.text(file).as_known(None)
        for match in define.finditer(text.whole):
            arm = arm_tree.at(text.arms, match.start())
            if arm and kernel_versions.for_pins(arm):
                return f"{file}:{text.line_of(match.start())}"
    return ""
