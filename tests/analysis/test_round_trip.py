# SPDX-License-Identifier: GPL-2.0-only
"""Drivers of Linux 6.1 that pin, turned back and converted again.

Each is a module of its own, read with the headers of the kernel, with the
releases of its arrays as loops or through a function of the file. What comes
of it must be the driver, but for FOLL_LONGTERM, or stay with a person for
the reason that reading the driver gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import unconvert

from pinlib.analysis import whole_tree
from pinlib.analysis.whole_tree import Analysis
from pinlib.kernel import effects
from pinlib.rewrite import apply
from pinlib.series import commits
from trees.kernels import tree

# A driver's folder, and which of its files take pages.
CONVERTED = {
    "drivers/platform/goldfish": ["goldfish_pipe.c"],
    "drivers/virt/acrn": ["hsm.c", "ioreq.c", "mm.c"],
    "drivers/xen/privcmd.c": [""],
    "fs/orangefs": ["orangefs-bufmap.c"],
    "net/rds": ["info.c"],
}
# A pin that Linux 6.1 drops as a reference (reports/audit-6.1.md).
MISTAKEN = {"vm.c": ("put_page(vm->monitor_page)",
                     "unpin_user_page(vm->monitor_page)")}
# Linux 6.1 pins a table that the CPU does nothing with but read it, CASE 4.
READ = "drivers/misc/xilinx_sdfec.c"
# Why a person is asked, as the code gives it.
LEFT = {
    # A later call drops them by the page numbers that are kept.
    "drivers/gpu/drm/vmwgfx/vmwgfx_msg.c": "kept-by-number",
    # After a short result the caller drops as many pages as were asked for; that
    # comes before who frees the table once the device is done.
    "drivers/gpu/drm/via": "leak-today",
    # put_page() for a kernel buffer's pages as well, behind a flag.
    "drivers/infiniband/hw/qib/qib_user_sdma.c": "other-origin",
    # struct tee_shm is the kernel's, and so is who else reads its pages.
    "drivers/tee/tee_shm.c": "unclear-member",
    # `ret < nr_pages` is unsigned: an error passes for all the pages.
    "drivers/video/fbdev/pvr2fb.c": "release-wrong-today",
}


class Trip:
    """One driver as a module, turned back."""

    def __init__(self, kernel: Path, driver: str, into: Path,
                 helper: bool) -> None:
        source = kernel / driver
        paths = [source] if source.is_file() else \
            sorted(source.glob("*.[ch]"))
        self.original = {p.name: p.read_text("latin-1") for p in paths}
        self.module = into / "module"
        self.module.mkdir()
        for name, text in self.original.items():
            (self.module / name).write_text(
                unconvert.plain(text, helper), "latin-1")
        self.helper = helper
        self.found: Analysis = whole_tree.run(kernel, self.module, 2,
                                              "mission", None)

    def converted(self) -> Iterator[tuple[str, str]]:
        """Each file that the series changes, with its new text."""
        for group in commits.make_plan(self.found):
            first = group.decisions[0]
            if first.disposition == "convert" and first.site.api in effects.FAST:
                for name, data in apply.apply_group(
                        self.found.program.tree, group.id,
                        group.edits).items():
                    yield name, data.decode("latin-1")

    def wanted(self, name: str) -> str:
        """What a file has to become."""
        text = unconvert.pinned(self.original[name], self.helper)
        old, new = MISTAKEN.get(name, ("", ""))
        assert old in text
        return text.replace(old, new) if old else text


@pytest.fixture(name="trip")
def _trip(tmp_path: Path):
    """Turns a driver of Linux 6.1 back and analyses it."""
    return lambda driver, helper: Trip(tree("6.1"), driver, tmp_path, helper)


@pytest.mark.parametrize("driver, helper", [
    (d, helper) for d in CONVERTED for helper in (False, True)])
def test_there_and_back(trip, driver: str, helper: bool) -> None:
    made = trip(driver, helper)
    changed = {}
    for name, text in made.converted():
        assert name not in changed
        changed[name] = text
        assert unconvert.same(made.wanted(name), text), name
    assert set(changed) >= {f or Path(driver).name for f in CONVERTED[driver]}


@pytest.mark.parametrize("driver", LEFT)
def test_what_a_person_is_asked(trip, driver: str) -> None:
    made = trip(driver, False)
    assert [(d.disposition, d.code) for d in made.found.decisions] == [
        ("manual", LEFT[driver])] * len(made.found.decisions)
    assert made.found.decisions and not list(made.converted())


def test_a_page_that_is_only_read(trip) -> None:
    made = trip(READ, False)
    assert [(d.disposition, d.code) for d in made.found.decisions] == [
        ("keep", "only-read")]
    assert not list(made.converted())
