# SPDX-License-Identifier: GPL-2.0-only
"""get_maintainer.pl says the same when it reads fewer sections."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.series.maintainers_file import MaintainersFile, names_in
from pinlib.series.recipients import EVERYBODY, Maintainers
from trees import kernels

TEXT = """\
Maintainers List

\tM: *Mail* patches to

ONE
M:\tA <a@example.org>
F:\tdrivers/one/

# TWO is wild
TWO
M:\tB <b@example.org>

F:\tdrivers/*/two.c
F:\tother/two

BY NAME
N:\tthree
BY TEXT
K:\tfour
ODD
F:\tdrivers/(five|six)
X:\tdrivers/one/
THE REST
L:\tall@example.org
F:\t*
"""


@pytest.mark.parametrize("name, gone", [
    ("drivers/one/a.c", []), ("drivers/two/a.c", ["ONE"]),
    ("other/two/a.c", ["ONE"]), ("other/twos.c", ["ONE"]),
    ("fs/a.c", ["ONE", "TWO"]), ("drivers/one", ["ONE"])])
def test_sections_that_cannot_be_chosen_are_empty(
        name: str, gone: list[str], tmp_path: Path) -> None:
    (tmp_path / "MAINTAINERS").write_text(TEXT)
    made = MaintainersFile(tmp_path / "MAINTAINERS").only_for([name.encode()])
    wanted = [*TEXT.split("\n")]
    for title in gone:
        first = wanted.index(title) + 1
        for number in range(first, wanted.index(
                {"ONE": "TWO", "TWO": "BY NAME"}[title])):
            if wanted[number][1:2] == ":":
                wanted[number] = "-"
    assert made.decode().split("\n") == wanted


def test_every_name_of_a_patch_counts() -> None:
    assert {b"fs/a.c", b"fs/b.c", b"c/d", b"e"} <= names_in(
        b"diff --git a/fs/a.c b/fs/b.c\n--- /c/d\n+++ b/e\n")
    assert b"f/g" not in names_in(b"+x\n f/g\n-y\n")


# Files whose sections are chosen by path, by name, by a word, and by none.
FILES = ("fs/splice.c", "drivers/net/ethernet/intel/ice/ice_main.c",
         "drivers/staging/media/atomisp/pci/hmm/hmm_bo.c",
         "arch/x86/kvm/svm/sev.c", "Documentation/admin-guide/README.rst",
         "drivers/gpu/drm/i915/gem/i915_gem_userptr.c", "none/of/this.c")
WORDS = ("", "dma_buf_attach(p);", "seqcount_init(s);", "rcu_read_lock();")


@pytest.mark.parametrize("kernel", kernels.READ)
def test_the_script_of_a_kernel_says_the_same(
        kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = kernels.tree(kernel)
    for number, name in enumerate(FILES):
        names = (name, FILES[number // 2])
        diff = "".join(f"diff --git a/{one} b/{one}\n--- a/{one}\n+++ b/{one}"
                       f"\n@@ -1 +1 @@\n-{WORDS[number % 4]}\n+x\n"
                       for one in names)
        short = Maintainers(tree).of(diff)
        with monkeypatch.context() as patch:
            patch.setattr(MaintainersFile, "only_for",
                          lambda self, names: b"\n".join(self._lines))
            assert Maintainers(tree).of(diff) == short
        assert EVERYBODY in short.copies
