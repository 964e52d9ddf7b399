# SPDX-License-Identifier: GPL-2.0-only
"""Which files no kernel without an MMU is built with."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from pinlib.kernel.needs_mmu import Kconfig

MMU = {"def_bool y": "config MMU\n\tdef_bool y\n",
       "default y": "config MMU\n\tbool\n\tdefault y\n",
       "a choice": "config MMU\n\tbool \"Have one\"\n\tdefault y\n", "": ""}


def tree(top: Path, files: dict[str, str]) -> Kconfig:
    """A tree with a driver, unless the files say otherwise."""
    for name, text in {
            "Kconfig": 'source "drivers/Kconfig"\n'
            'source "arch/$(SRCARCH)/Kconfig"\n',
            "drivers/Kconfig": 'menu "Drivers"\nsource "drivers/jug/Kconfig"\n'
                               "endmenu\n",
            "drivers/Makefile": "obj-y += jug/\n",
            "drivers/jug/Makefile": "obj-$(CONFIG_JUG) += jug.o\n",
            "drivers/jug/jug.c": "", "arch/x/Kconfig": "config X\n\tdef_bool y\n"
            + MMU["def_bool y"], "arch/y/Kconfig": "config Y\n\tdef_bool y\n",
            **files}.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    return Kconfig(top)


@pytest.mark.parametrize(("has", "files", "needs"), [
    ("def_bool y", ["arch/x/a.c"], True), ("default y", ["arch/x/a.c"], True),
    ("a choice", ["arch/x/a.c"], False), ("", ["arch/x/a.c"], False),
    ("def_bool y", ["drivers/x/a.c"], False),
    ("def_bool y", ["arch/x/a.c", "drivers/x/a.c"], False),
    ("def_bool y", ["arch/x/a.c", "arch/y/a.c"], False)])
def test_an_architecture_that_always_has_one(
        tmp_path: Path, has: str, files: list[str], needs: bool) -> None:
    kconfig = tree(tmp_path, {"arch/x/Kconfig": MMU[has], "drivers/x/Kconfig":
                              MMU["def_bool y"]})
    assert kconfig.all_need_mmu([SimpleNamespace(files=files)]) == needs


DEPENDS = {
    "MMU": True, "PCI && MMU": True, "(MMU)": True, "MMU=y": True, "X": True,
    "(X || MMU) && !BIG": True, "X || (PCI && X=y)": True, "MMU # or none": True,
    "MMU || PCI": False, "!MMU": False, "!(MMU && PCI)": False, "MMU=n": False,
    "MMU != n": False, "Y": False, "PCI": False, "X || Y": False,
    "MMU if PCI": False, "JUG": False, "NOBODY": False,
}


@pytest.mark.parametrize("depends", DEPENDS)
def test_what_an_option_depends_on(tmp_path: Path, depends: str) -> None:
    kconfig = tree(tmp_path, {"drivers/jug/Kconfig": (
        f'config JUG\n\ttristate "Jug"\n\tdepends on {depends}\n'
        "\thelp\n\t  This is a jug.\n\nconfig PCI\n\tbool\n")})
    assert kconfig.needs_mmu("drivers/jug/jug.c") == DEPENDS[depends]


JUG = "config JUG\n\ttristate\n"
ENCLOSED = {
    "an if": (f"if MMU\n\n{JUG}endif\n", True),
    "an if that ended": (f"if MMU\nendif\n{JUG}", False),
    "a menu": (f'menu "Jugs"\n\tdepends on MMU\n{JUG}endmenu\n', True),
    "a menu that ended": (f'menu "Jugs"\n\tdepends on MMU\nendmenu\n{JUG}', False),
    "a choice": (f"choice\n\tprompt \"Jugs\"\n\tdepends on MMU\n{JUG}endchoice\n",
                 True),
    "an entry before": (f"config POT\n\tbool\n\tdepends on MMU\n{JUG}", False),
    "a comment before": (f'comment "Jugs"\n\tdepends on MMU\n{JUG}', False),
    "a comment behind": (f'{JUG}comment "Jugs"\n\tdepends on MMU\n', False),
    "an end before": (f'menu "Jugs"\nendmenu\n\tdepends on MMU\n{JUG}', False),
    "its help": (f"{JUG}\thelp\n\t  It\n\t  depends on MMU\n\n\t  today.\n", False),
    "behind its help": (f"{JUG}\thelp\n\t  A jug.\n\tdepends on MMU\n", True),
    "a comment in it": (f"{JUG}#\tdepends on MMU\n", False),
    "two definitions": (f"{JUG}\tdepends on MMU\n{JUG}", False),
    "both with one": (f"{JUG}\tdepends on MMU\n{JUG}\tdepends on X\n", True),
    "an option that has one": (
        f"{JUG}\tdepends on POT\nconfig POT\n\tbool\n\tdepends on MMU\n", True),
    "one that others select": (
        f"{JUG}\tdepends on MMU\nconfig POT\n\tbool\n\tselect JUG if PCI\n", False),
    "one that selects with one": (
        f"{JUG}\tdepends on MMU\nconfig POT\n\tbool\n\tdepends on X\n"
        "\tselect JUG\n", True),
    "a line that goes on": (f"{JUG}\tdepends on PCI && \\\n\t\tMMU\n", True),
    "a menu around the file": ("", True),
}


@pytest.mark.parametrize("name", ENCLOSED)
def test_what_is_around_an_option(tmp_path: Path, name: str) -> None:
    text, needs = ENCLOSED[name]
    kconfig = tree(tmp_path, {"drivers/jug/Kconfig": text} if text else {
        "drivers/jug/Kconfig": JUG, "drivers/Kconfig":
        'menu "Jugs"\n\tdepends on MMU\n\nsource "drivers/jug/Kconfig"\nendmenu\n'})
    assert kconfig.needs_mmu("drivers/jug/jug.c") == needs


BUILT = {
    "part of a module": ("obj-$(CONFIG_JUG) += jugs.o\njugs-y := pot.o \\\n"
                         "\tjug.o\n", True),
    "part of one that is always there": (
        "obj-y += jugs.o\njugs-objs := jug.o\n", False),
    "part of one where there is an MMU": (
        "obj-y += jugs.o\njugs-$(CONFIG_JUG) := jug.o\n", True),
    "in two": ("obj-$(CONFIG_JUG) += jug.o\nobj-y += jugs.o\njugs-y := jug.o\n",
               False),
    "by two options": ("obj-$(CONFIG_JUG) += jug.o\nobj-$(CONFIG_POT) += jug.o\n",
                       False),
    "always": ("obj-y += jug.o\n", False),
    "as a library": ("lib-y += jug.o\n", False),
    "another": ("obj-$(CONFIG_JUG) += big-jug.o\n", False),
    "by a variable": ("obj-$(jugs) += jug.o\n", False),
    "itself": ("jug-y := jug.o\n", False), "not at all": ("# jug.o\n", False),
}


@pytest.mark.parametrize("entered", ["obj-y", "obj-$(CONFIG_JUG)"])
@pytest.mark.parametrize("name", BUILT)
def test_what_builds_a_file(tmp_path: Path, name: str, entered: str) -> None:
    """What leads to the folder is asked as well."""
    text, needs = BUILT[name]
    kconfig = tree(tmp_path, {
        "drivers/jug/Kconfig": JUG + "\tdepends on MMU\nconfig POT\n\tbool\n",
        "drivers/jug/Makefile": text, "drivers/Makefile": f"{entered} += jug/\n"})
    assert kconfig.needs_mmu("drivers/jug/jug.c") == (needs or "JUG" in entered)


def test_a_header_is_as_the_files_beside_it(tmp_path: Path) -> None:
    kconfig = tree(tmp_path, {
        "drivers/jug/Kconfig": JUG + "\tdepends on MMU\n", "include/jug.h": "",
        "drivers/pot/Makefile": "obj-y += pot.o\n", "drivers/pot/pot.c": "",
        "drivers/jug/lid/deep.c": ""})
    assert kconfig.needs_mmu("drivers/jug/jug.h")
    assert not kconfig.needs_mmu("drivers/jug/lid/deep.c")
    assert not kconfig.needs_mmu("drivers/pot/pot.h")
    assert not kconfig.needs_mmu("include/jug.h")
