# SPDX-License-Identifier: GPL-2.0-only
"""What is certain of the macros that a folder's #if lines ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.kernel import known_macros
from trees import lab

COMPAT = """\
#ifndef CAM_COMPAT_H
#define CAM_COMPAT_H
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
#define CAM_PINS
#define CAM_LEVEL 3
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 0, 0)
#define CAM_OLD 1
#endif
#ifdef CAM_PINS
#define CAM_NEW
#endif
#endif
"""
ASKS = """\
#ifdef CAM_PINS
#endif
#if CAM_LEVEL > 2 && !defined(CAM_OLD) && defined(CAM_NEW)
#endif
"""


def known(folder: Path, *, files: dict[str, str],
          kernel: dict[str, str] | None = None) -> dict[str, object]:
    """What is known of the names that a folder asks for, and the version."""
    module = folder / "cam"
    for name, text in files.items():
        path = module / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = known_macros.of(
        lab.make(folder / "linux", kernel or {}), module, lab.programs())
    return {"version": found.version, **dict(found.macros)}


def test_a_header_that_defines_by_version(tmp_path: Path) -> None:
    assert known(tmp_path, files={
        "compat.h": COMPAT, "a.c": '#include "compat.h"\n' + ASKS}) == {
            "version": "6.1.99", "CAM_PINS": "", "CAM_LEVEL": 3,
            "CAM_OLD": None, "CAM_NEW": ""}


def test_through_another_header(tmp_path: Path) -> None:
    found = known(tmp_path, files={
        "inc/compat.h": COMPAT, "inc/cam.h": '#include "compat.h"\n',
        "a.c": '#include "inc/cam.h"\n' + ASKS})
    assert found["CAM_LEVEL"] == 3


# Each looks alike, and what it says of CAM_PINS is not certain.
DOUBTS: dict[str, dict[str, str]] = {
    "the header is not included": {"compat.h": COMPAT, "a.c": ASKS},
    "it is included too late": {
        "compat.h": COMPAT, "a.c": ASKS + '#include "compat.h"\n'},
    "it is included in some builds": {
        "compat.h": COMPAT,
        "a.c": '#ifdef CAM_X\n#include "compat.h"\n#endif\n' + ASKS},
    "one of two files does not include it": {
        "compat.h": COMPAT, "a.c": '#include "compat.h"\n' + ASKS,
        "b.c": "#ifdef CAM_PINS\n#endif\n"},
    "it is undefined somewhere": {
        "compat.h": COMPAT,
        "a.c": '#include "compat.h"\n#undef CAM_PINS\n' + ASKS},
    "the build gives it": {
        "compat.h": COMPAT, "a.c": '#include "compat.h"\n' + ASKS,
        "Makefile": "ccflags-$(PINS) += -DCAM_PINS\n"},
    "a config symbol decides": {
        "a.c": "#ifdef CONFIG_X\n#define CAM_PINS\n#endif\n" + ASKS},
    "only where nobody did": {
        "a.c": "#ifndef CAM_PINS\n#define CAM_PINS 1\n#endif\n" + ASKS},
    "nobody defines it": {"a.c": ASKS},
}


@pytest.mark.parametrize("name", DOUBTS)
def test_doubts(name: str, tmp_path: Path) -> None:
    assert "CAM_PINS" not in known(tmp_path, files=DOUBTS[name])


def test_what_the_kernels_headers_define(tmp_path: Path) -> None:
    found = known(tmp_path, kernel={
        "include/linux/more.h": "enum { CAM_ENUM = 1 };\n#define CAM_HERE\n"
        "#ifdef CONFIG_X\n#define CAM_X\n#endif\n",
        "arch/arm/include/asm/a.h": "#define CAM_ARM\n"}, files={
        "a.c": "#include <linux/more.h>\n#include <linux/mm.h>\n"
        "#if defined(CAM_ENUM) || defined(CAM_HERE) || defined(CAM_X) || "
        "defined(CAM_ARM) || defined(FOLL_PIN) || defined(FOLL_WRITE)\n"
        "#endif\n"})
    assert found == {"version": "6.1.99", "CAM_ENUM": None, "CAM_HERE": "",
                     "FOLL_PIN": None, "FOLL_WRITE": 1}


def test_a_vendors_names(tmp_path: Path) -> None:
    asks = "#if RHEL_RELEASE_CODE >= RHEL_RELEASE_VERSION(8, 3)\n#endif\n"
    found = known(tmp_path, files={"a.c": asks})
    assert found["RHEL_RELEASE_CODE"] is None
    found = known(tmp_path / "rhel", files={"a.c": asks}, kernel={
        "Makefile": "VERSION = 4\nPATCHLEVEL = 18\nSUBLEVEL = 0\n"
        "RHEL_RELEASE_CODE = 2051\n"})
    assert "RHEL_RELEASE_CODE" not in found


def test_a_guard_is_not_known(tmp_path: Path) -> None:
    found = known(tmp_path, files={
        "compat.h": COMPAT, "a.c": '#include "compat.h"\n' + ASKS})
    assert "CAM_COMPAT_H" not in found


@pytest.mark.parametrize("text, version", [
    ("#undef LINUX_VERSION_CODE\n#define LINUX_VERSION_CODE 0x40400\n", ""),
    ("#ifndef KERNEL_VERSION\n#define KERNEL_VERSION(a, b, c) 0\n#endif\n",
     "6.1.99")])
def test_a_version_of_its_own(text: str, version: str,
                              tmp_path: Path) -> None:
    assert known(tmp_path, files={
        "a.c": text + "#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 0, 0)\n"
        "#endif\n"})["version"] == version
