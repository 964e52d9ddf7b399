# SPDX-License-Identifier: GPL-2.0-only
"""Make a site of each call in an #if arm that this kernel does not compile.

Nothing follows from such a call but that it is there: other kernels that the
code is written for have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinlib.analysis import census, unread_calls
from pinlib.analysis.census import Token
from pinlib.base.codes import Code
from pinlib.base.records import Disposition
from pinlib.csource.masking import CText
from pinlib.decide.decide import Decision
from pinlib.program.program import Program


def decide(program: Program, names: list[str], version: str,
           made: list[Decision]) -> list[Decision]:
    """Return a decision for each call of some names that is left out."""
    taken = {decision.site.id for decision in made}
    found = []
    for file in sorted({file for name in names
                        for file in program.naming_files(name)}):
        text = program.text(file)
        if not text.dead or program.tree.is_kernel(file):
            continue
        plain = text.as_known(None)
        for token in sorted(_calls(text, plain, file, names),
                            key=lambda t: (t.line, t.column)):
            found.append(Decision(
                unread_calls.site_of(program, token, taken, plain),
                Disposition.INACTIVE, Code.NOT_COMPILED,
                f"Linux {version} does not compile this line: it is "
                f"{arm_of(text, token.line)}."))
    return found


def _calls(text: CText, plain: CText, file: str,
           names: list[str]) -> Iterator[Token]:
    """Yield the calls of a file in arms left out, as its text has them."""
    for token in (t for name in names
                  for t in census.left_out(text, file, name)):
        offset = text.offset(token.line, token.column)
        opening = census.opens(plain, token.name, offset)
        if opening >= 0 and not plain.directive_at(offset) and \
                not census.headed(plain, opening):
            yield token


def arm_of(text: CText, line: int) -> str:
    """Return in words which arm of which #if a line is in that is left out."""
    start, arm, conditions = text.conditions_at(line)[-1]
    written = [" ".join(part.replace("\\", " ").split())
               for part in re.split(r"\n(?=[ \t]*#)", conditions.strip())]
    if not arm:
        return f"under `{written[0]}` (line {start})"
    return f"under `{written[-1]}` of `{written[0]}` (line {start})"
