# SPDX-License-Identifier: GPL-2.0-only
"""Arms of an `if` that always leave, and arms that only may."""

from __future__ import annotations

import pytest

from pinlib.csource import jumps


@pytest.mark.parametrize("arm", [
    " return 0;", "\n\t\tgoto out;", " { return 0; }", " { ret = 1; break; }",
    " { if (a) { b(); } return -1; }", " {\n\tfree(a);\nlabel:\n\tgoto out;\n}",
    " { for (;;) a(); continue; }"])
def test_an_arm_that_leaves(arm: str) -> None:
    assert jumps.ENDS_ARM.fullmatch(arm)


@pytest.mark.parametrize("arm", [
    " ret = 0;", " { ret = take(); if (ret) return ret; }",
    " {\n\tret = take();\n\tif (ret)\n\t\tgoto out;\n}",
    " { if (a) b(); else return 1; }", " if (a) { return 0; }",
    " { if (a) { return 0; } }", " { while (a()) break; }"])
def test_an_arm_that_may_go_on(arm: str) -> None:
    """What is behind it is not only reached with the opposite of its test."""
    assert not jumps.ENDS_ARM.fullmatch(arm)
