# SPDX-License-Identifier: GPL-2.0-only
"""Remove comments and white space left over by a hand-written semantic patch.

SmPL cannot reach into a comment, and one that names removed code would be wrong.
An edit here replaces a piece of text that occurs exactly once in the result, and
may not change a token.
"""

from __future__ import annotations

from typing import Mapping, Sequence

from pinlib.rewrite import fingerprint
from pinlib.rewrite.fingerprint import Mismatch


def lay_out(file: str, text: str, edits: Sequence[Mapping[str, str]]) -> str:
    """Return the text with its file's edits made, each `old` to its `new`."""
    for edit in edits:
        if edit["file"] != file:
            continue
        first = edit["old"].strip().split("\n")[0]
        if text.count(edit["old"]) != 1:
            raise Mismatch(file, f"what starts with {first!r} occurs "
                           f"{text.count(edit['old'])} times, not once")
        new = text.replace(edit["old"], edit["new"])
        if fingerprint.words(new) != fingerprint.words(text):
            raise Mismatch(file, f"the edit of {first!r} changes code")
        text = new
    return text
