# SPDX-License-Identifier: GPL-2.0-only
"""What one revision's tests assert and another's do not is named."""

from __future__ import annotations

import pytest

from compare_asserts import dropped

OLD = '''
import pytest
TABLE = [("a", 1), ("b", 2)]
def held(x):
    assert x
@pytest.mark.parametrize("x", [1, 2])
def test_a(x):
    assert ctext.read(x) == told.NAME
    held(x)
    with pytest.raises(ValueError, match="bad"):
        f(x)
'''


def lost(new: str, names: dict[str, str] | None = None) -> list[str]:
    """What a new text drops, in a file that moved."""
    return dropped({"tests/test_x.py": OLD}, {"tests/a/test_x.py": new},
                   names or {})


def test_nothing_is_dropped() -> None:
    assert not lost(OLD)
    assert not lost(OLD.replace("ctext.", "masking.") + "    assert more\n")


@pytest.mark.parametrize("old, new, item", [
    ("[1, 2]", "[1]", "test_a(): case of 'x': 2"),
    ('("b", 2)', '("b", 3)', "TABLE: TABLE: ('b', 2)"),
    ("assert ctext.read(x) == told.NAME", "pass",
     "test_a(): assert read(x) == NAME"),
    ("    held(x)\n", "", "test_a(): held(x)"),
    ('match="bad"', 'match=""', "test_a(): raises(ValueError, match='bad')"),
    ("    assert x\n", "    held(x)\n", "held(): assert x")])
def test_what_is_dropped_is_named(old: str, new: str, item: str) -> None:
    assert old in OLD
    assert f"tests/test_x.py: {item}" in lost(OLD.replace(old, new))


def test_a_name_that_changed() -> None:
    new = OLD.replace("NAME", "OTHER").replace("test_a", "test_b")
    assert len(lost(new)) == 5
    assert not lost(new, {"NAME": "OTHER", "test_a": "test_b"})
