# SPDX-License-Identifier: GPL-2.0-only
"""Find the member of a structure that a new one is added after."""

from __future__ import annotations

from pinlib.base.edits import Member
from pinlib.csource import lexer
from pinlib.rewrite.ledger import LedgerMismatch


def member_place(text: str, edit: Member) -> tuple[int, int]:
    """Return the line and column of the member that an edit names."""
    tokens = lexer.tokens(text)
    words = [token.text for token in tokens]
    for index in range(len(words) - 2):
        if words[index:index + 3] != ["struct", edit.struct, "{"]:
            continue
        depth = 0
        for k in range(index + 2, len(words) - 1):
            depth += (words[k] in "{([") - (words[k] in "})]")
            if not depth:
                break
            if depth == 1 and words[k] == edit.after and \
                    words[k + 1] in (";", "[", ":"):
                before = text[:tokens[k].start]
                return (before.count("\n") + 1,
                        len(before) - before.rfind("\n") - 1)
    raise LedgerMismatch(edit.file, edit.line,
                         f"struct {edit.struct} has no member {edit.after}")
