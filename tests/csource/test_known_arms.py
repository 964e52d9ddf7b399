# SPDX-License-Identifier: GPL-2.0-only
"""What the text says of #if arms, beside what the reader says of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from pinlib.csource import arm_tree, arms
from pinlib.csource.arms import Known
from pinlib.csource.masking import CText
from pinlib.reader import build, run
from trees import lab

KNOWN = Known("6.1.55", (("GONE", None), ("HERE", ""), ("SEVEN", 7)))

CONDITIONS = {
    "if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)": True,
    "if LINUX_VERSION_CODE < KERNEL_VERSION(6,1,56)": True,
    "if KERNEL_VERSION(5, 4, 0) > LINUX_VERSION_CODE": False,
    "if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0) && OTHER": None,
    "if LINUX_VERSION_CODE < KERNEL_VERSION(5, 6, 0) && OTHER": False,
    "if LINUX_VERSION_CODE < \\\n KERNEL_VERSION(5, 6, 0)": False,
    "if KERNEL_VERSION(4, 9, 300) == KERNEL_VERSION(4, 9, 255)": True,
    "if !defined(KERNEL_VERSION)": False,
    "if defined(GONE) && GONE >= RHEL_RELEASE_VERSION(8, 3)": False,
    "if GONE": False, "ifdef GONE": False, "ifndef GONE": True,
    "if defined GONE || defined(HERE)": True, "if HERE": None,
    "ifdef OTHER": None, "if OTHER || 1": True, "if OTHER": None,
    "if SEVEN == 7 && 010 == 8 && 0x10 == 16L": True,
    "if IS_ENABLED(CONFIG_OTHER)": None, "if 1 2": None, "if (1": None,
    "if f(1, (2), 3) && 0": False, "if 1 ? 0 : OTHER": False,
    "if OTHER ? 1 : 1": None, "if -1 < 0": True, "if 1 << 64": None,
    "if LINUX_VERSION_CODE >> 8 == KERNEL_VERSION(6, 1, 0) >> 8": True,
    "if 1 << 3 + 1 == 16": True, "if 1 << -1": None, "if 1 >> 64": None,
    "if -8 >> 1 == -4": None, "if 4 << 61 == 0": None, "if SEVEN >> 1 < 3": False,
    "if 3 & 1 == 1": True, "if !0": True, "if (0)": False,
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_condition(condition: str) -> None:
    assert arms.truth(f"#{condition}", KNOWN) is CONDITIONS[condition]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_reader_says_the_same(condition: str) -> None:
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "a.c"
        path.write_text(f"#{condition}\nint a;\n#endif\n")
        [file] = run.files(build.ensure(lab.programs()), [path],
                           known=KNOWN.options)
    said = {"true": True, "false": False, "unknown": None}[
        file.arms[1].value]
    assert CONDITIONS[condition] in (said, None)


LADDER = """\
a
#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 6, 0)
b
#if OTHER
c
#endif
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
d
#else
e
#endif
#ifdef OTHER
f
#elif LINUX_VERSION_CODE < KERNEL_VERSION(5, 0, 0)
g
#else
h
#endif
"""


def test_arms_that_are_left_out_are_no_code() -> None:
    text = CText(LADDER, KNOWN)
    assert text.code.split() == ["a", "d", "f", "h"]
    assert len(text.code) == len(LADDER)
    assert sorted(text.dead_words) == ["OTHER", "b", "c", "e", "endif", "g",
                                       "if"]
    assert [text.is_disabled(n) for n in (3, 5, 8, 10, 13, 15, 17)] == [
        True, True, False, True, False, True, False]
    assert not text.left_out(LADDER.index("a\n"), LADDER.index("d\n"))
    assert text.left_out(LADDER.index("\nf"), LADDER.index("\nh\n"))


def test_nothing_known_leaves_nothing_out() -> None:
    assert CText(LADDER).code.split() == list("abcdefgh")


def test_an_if_without_an_end_leaves_nothing_out() -> None:
    assert CText("#if 0\na\n").code.split() == ["a"]


def arm(text: str, word: str) -> arm_tree.Arm:
    """The arm around a word."""
    read = CText(text)
    found = arm_tree.at(read.arms, text.index(f"\n{word}\n") + 1)
    assert found
    return found


@pytest.mark.parametrize("version, compiled", [
    ("4.4", "b"), ("4.6", "d"), ("6.4.9", "d"), ("6.5", "e")])
def test_other_versions(version: str, compiled: str) -> None:
    assert [w for w in "bde" if arm(LADDER, w).value(Known(version))] == [
        compiled]


def test_versions_stand_for_all() -> None:
    read = arm_tree.named([arm(LADDER, "e")])
    assert read == [0x40600, 0x60500]
    codes = [k.code for k in arm_tree.versions([arm(LADDER, "e")], 0x50600)]
    assert {0x405ff, 0x40600, 0x505ff, 0x50600, 0x604ff, 0x60500} <= set(codes)
