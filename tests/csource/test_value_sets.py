# SPDX-License-Identifier: GPL-2.0-only
"""What a sum, and its count in units, is known to be."""

from __future__ import annotations

import pytest

from pinlib.csource import value_sets
from pinlib.csource.expr import Node
from pinlib.csource.parser import parse
from pinlib.csource.value_sets import NEG, POS, ZERO

GOT = {"n": frozenset({"full", "part"}), "none": ZERO, "err": NEG}


def unsigned(_: Node, right: Node) -> bool:
    """Tell whether C compares with this as an unsigned number."""
    return str(right) == "off"


@pytest.mark.parametrize("text, wanted", [
    ("n + none", POS),                  # 0 more is no less
    ("none + n", POS),
    ("off + n", POS),                   # off is no negative number
    ("n + off", POS),
    ("n + other", None),                # other may be negative
    ("n + err", None),
    ("none + off", None),
    ("n - none", None),
    ("DIV_ROUND_UP(off + n, PAGE_SIZE)", POS),
    ("DIV_ROUND_UP(off, PAGE_SIZE)", None),
    ("(off + n + PAGE_SIZE - 1) >> PAGE_SHIFT", POS),
    ("(off + n + PAGE_SIZE - 1) / PAGE_SIZE", POS),
    ("(off + n + PAGE_SIZE - 1) >> 1", None),
    ("(off + n + PAGE_SIZE) >> PAGE_SHIFT", None),
    ("(off + PAGE_SIZE - 1) >> PAGE_SHIFT", None),
    ("round_up(n, PAGE_SIZE)", None)])
def test_sums(text: str, wanted: frozenset[str] | None) -> None:
    tree = parse(text)
    assert tree is not None
    assert value_sets.evaluate(tree, GOT, unsigned) == wanted


@pytest.mark.parametrize("text, wanted", [
    ("none++", POS), ("n++", POS), ("++none", POS), ("err++", None),
    ("other++", None), ("n--", None)])
def test_a_number_that_is_raised(text: str,
                                 wanted: frozenset[str] | None) -> None:
    tree = parse(text)
    assert tree is not None
    assert value_sets.raised(tree, GOT) == wanted
