# SPDX-License-Identifier: GPL-2.0-only
"""Make one site of a call that has its beginning in each arm of an #if."""

from __future__ import annotations

import re

from pinlib.analysis.census import Token
from pinlib.base.codes import Code
from pinlib.base.why_not import WhyNot
from pinlib.csource import arm_tree
from pinlib.csource.arms import Known
from pinlib.csource.masking import CText
from pinlib.program.program import Program

WHY = "the call is written across the arms of an #if"

_WORD = re.compile(r"[A-Za-z_]\w*")


def of(program: Program, tokens: list[Token]) -> dict[Token, WhyNot | None]:
    """Return why each such call is left to a person; None for a second token.

    The first is the one that a kernel has which defines none of the names that
    nothing is known of.
    """
    found: dict[tuple[str, int], list[Token]] = {}
    for token in tokens:
        if token.kind == "split":
            text = program.text(token.file)
            arm = arm_tree.at(text.arms, text.offset(token.line, token.column))
            start = arm.group if arm else text.offset(token.line, token.column)
            found.setdefault((token.file, start), []).append(token)
    made: dict[Token, WhyNot | None] = {}
    for (file, _), same in found.items():
        made.update(dict.fromkeys(same))
        text = program.text(file)
        compiled = [t for t in same if _is_compiled(text, t)]
        first = (compiled or same[-1:])[0]
        others = ", ".join(str(t.line) for t in same if t != first)
        made[first] = WhyNot(
            Code.SPLIT_CALL, "The call is written across the arms of an #if"
            + (f", with another beginning at line {others}" if others else "")
            + ".", f"{file}:{first.line}")
    return made


def _is_compiled(text: CText, token: Token) -> bool:
    """Say whether a token is compiled where unknown names are not defined."""
    arm = arm_tree.at(text.arms, text.offset(token.line, token.column))
    if arm is None:
        return True
    known = dict(text.known.macros) if text.known else {}
    names = {name for one in arm.around for test in one.tests
             for name in _WORD.findall(test)} - known.keys()
    closed = Known(text.known.version if text.known else "", (*known.items(), *(
        (name, None) for name in sorted(names - {
            "LINUX_VERSION_CODE", "KERNEL_VERSION", "RHEL_RELEASE_VERSION",
            "defined", "SLE_VERSION"}))))
    return arm.value(closed) is not False
