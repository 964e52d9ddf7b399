# SPDX-License-Identifier: GPL-2.0-only
"""Find why a kernel that was built does not include some source file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pinlib.boot.machines import Machine


def unbuilt(kernel: Path, objects: Path, file: str, machine: Machine) -> str:
    """Return the reason in words; '' for a file that is built, and for a header."""
    if file.endswith(".h") or (objects / file).with_suffix(".o").exists():
        return ""
    if file.startswith("arch/") and not machine.covers(file):
        return "it is code of another architecture"
    config = _read(objects / ".config")
    for option in options(kernel, file):
        if not re.search(rf"^{option}=[ym]$", config, re.M):
            needs = depends(kernel, file, option)
            return f"{option} is not set" + (
                f"; it depends on {needs}" if needs else "")
    return f"it is not built for {machine.title}"


def options(kernel: Path, file: str) -> Iterator[str]:
    """Yield the options that kbuild asks for a file, the nearest first."""
    path = PurePosixPath(file)
    goal = f"{path.stem}.o"
    for folder in path.parents:
        text = _makefile(kernel / folder)
        yield from _asked(text, goal)
        for whole in re.findall(rf"^([\w-]+?)-(?:y|objs|\$\(\w+\))[ \t]*[+:]?="
                                rf"(?:.*\s)?{re.escape(goal)}(?:\s|$)",
                                text, re.M):
            yield from _asked(text, f"{whole}.o")
        goal = f"{folder.name}/"


def _asked(text: str, goal: str) -> list[str]:
    return re.findall(rf"^obj-\$\((CONFIG_\w+)\)[ \t]*[+:]?="
                      rf"(?:.*\s)?{re.escape(goal)}(?:\s|$)", text, re.M)


def depends(kernel: Path, file: str, option: str) -> str:
    """Return what Kconfig says that an option depends on."""
    name = option.removeprefix("CONFIG_")
    for folder in PurePosixPath(file).parents:
        entry = re.search(
            rf"^(?:menu)?config {name}\n((?:[ \t].*\n|\n)*)",
            _read(kernel / folder / "Kconfig"), re.M)
        if entry:
            found = re.findall(r"^[ \t]+depends on (.+)$",
                               entry[1].split("\thelp\n")[0], re.M)
            return " && ".join(f"({f})" if "||" in f and found[1:] else f
                               for f in found)
    return ""


def _makefile(folder: Path) -> str:
    """Return what kbuild reads of a folder, with its lines made whole."""
    return (_read(folder / "Kbuild") + _read(folder / "Makefile")).replace(
        "\\\n", " ")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
