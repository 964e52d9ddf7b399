# SPDX-License-Identifier: GPL-2.0-only
"""Tell what stands in a comment, without a mask where a glance will do."""

from __future__ import annotations

from pinlib.csource.masking import CText


def around(text: bytes, at: int) -> bool:
    """Say whether an offset is in a comment."""
    found = _glance(text, at)
    if found is None:
        code = CText(text.decode("latin-1")).uncommented()
        return code[at] != chr(text[at])
    return found


def _glance(text: bytes, at: int) -> bool | None:
    """Say the same, or None where a string may look like a comment."""
    opening = text.rfind(b"/*", 0, at)
    if opening < 0 or text.find(b"*/", opening + 2, at) >= 0:
        return None if b"//" in text[_line(text, at):at] else False
    line = _line(text, opening)
    head = text[line:opening]
    plain = not any(mark in head for mark in (b'"', b"'", b"//"))
    return True if plain and text[line - 2:line] != b"\\\n" else None


def _line(text: bytes, at: int) -> int:
    return text.rfind(b"\n", 0, at) + 1
