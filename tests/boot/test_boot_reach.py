# SPDX-License-Identifier: GPL-2.0-only
"""Why a kernel does not have a source file, as its build files say it."""

from __future__ import annotations

import pytest

from pinlib.boot import reach
from pinlib.boot.machines import QEMU, UML
from trees import lab

FILES = {
    "drivers/a/Makefile": "obj-$(CONFIG_A_CORE) += a.o\n"
                          "a-y := core.o \\\n\tqueue.o\n"
                          "obj-$(CONFIG_A_TEST)\t+= one.o a_test.o\n",
    "drivers/a/Kconfig": "config A_CORE\n\ttristate \"a\"\n"
                         "\tdepends on PCI\n\tdepends on X || Y\n"
                         "\thelp\n\t  It depends on nobody.\n\n"
                         "config A_TEST\n\tbool \"test\"\n",
    "drivers/Makefile": "obj-$(CONFIG_A) += a/\nobj-y += b/\n",
    "drivers/b/Kbuild": "obj-y += b.o\n",
}


@pytest.fixture
def tree(tmp_path):
    return lab.make(tmp_path / "linux", FILES)


@pytest.mark.parametrize("file, found", [
    ("drivers/a/queue.c", ["CONFIG_A_CORE", "CONFIG_A"]),
    ("drivers/a/a_test.c", ["CONFIG_A_TEST", "CONFIG_A"]),
    ("drivers/a/test.c", ["CONFIG_A"]),
    ("drivers/b/b.c", [])])
def test_options_of_a_file(tree, file, found):
    assert list(reach.options(tree, file)) == found


@pytest.mark.parametrize("config, file, why", [
    ("", "drivers/a/core.c",
     "CONFIG_A_CORE is not set; it depends on PCI && (X || Y)"),
    ("CONFIG_A_CORE=y\n", "drivers/a/core.c", "CONFIG_A is not set"),
    ("CONFIG_A_CORE=y\nCONFIG_A=y\n", "drivers/a/core.c",
     "it is not built for UML"),
    ("", "drivers/a/a_test.c", "CONFIG_A_TEST is not set"),
    ("", "arch/x/a.c", "it is code of another architecture"),
    ("", "drivers/a/a.h", "")])
def test_the_reason(tree, tmp_path, config, file, why):
    (tmp_path / ".config").write_text(config, encoding="utf-8")
    assert reach.unbuilt(tree, tmp_path, file, UML) == why


def test_each_machine_has_its_own_architecture(tree, tmp_path):
    (tmp_path / ".config").write_text("", encoding="utf-8")
    (tree / "arch/x86/kvm").mkdir(parents=True)
    (tree / "arch/x86/kvm/Makefile").write_text("obj-$(CONFIG_KVM) += a.o\n",
                                                encoding="utf-8")
    file = "arch/x86/kvm/a.c"
    assert reach.unbuilt(tree, tmp_path, file, UML) == \
        "it is code of another architecture"
    assert reach.unbuilt(tree, tmp_path, file, QEMU) == \
        "CONFIG_KVM is not set"
    assert reach.unbuilt(tree, tmp_path, "arch/x/a.c", QEMU) == \
        "it is code of another architecture"


def test_a_file_that_is_built_has_no_reason(tree, tmp_path):
    (tmp_path / "drivers/b").mkdir(parents=True)
    (tmp_path / "drivers/b/b.o").touch()
    assert reach.unbuilt(tree, tmp_path, "drivers/b/b.c", UML) == ""
