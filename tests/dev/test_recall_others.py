# SPDX-License-Identifier: GPL-2.0-only
"""How what other checkers say of the fixtures is read (tests/recall_others.py)."""

from __future__ import annotations

import recall_others

OUTPUT = """\
  CHECK   m/short-pin.c
m/short-pin.c:9 pin() warn: possible memory leak of 'p'
m/short-pin.c:12:2: warning: context imbalance in 'pin' - wrong count at exit
m/short-pin.c:14:9: error: undefined identifier 'take'
m/short-pin-fixed.c:11:2: warning: context imbalance in 'unpin' - wrong count \
at exit
m/other.c:3:1-7: WARNING: opportunity for kmemdup
"""


def test_places_and_names_are_left_out() -> None:
    found = recall_others.said(OUTPUT)
    assert found["short-pin"] == {
        "… warn: possible memory leak of …",
        "warning: context imbalance in … - wrong count at exit"}
    assert found["other"] == {"WARNING: opportunity for kmemdup"}


def test_what_is_said_of_the_mended_one_too_does_not_count() -> None:
    found = {"a": recall_others.said(OUTPUT), "b": {}}
    assert list(recall_others.rows(found, ["short-pin", "other"])) == [
        "short-pin: a: … warn: possible memory leak of …",
        "short-pin: b: nothing",
        "other: a: WARNING: opportunity for kmemdup",
        "other: b: nothing"]
