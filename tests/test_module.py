# SPDX-License-Identifier: GPL-2.0-only
"""A folder outside the kernel: a report, and patches where none is needed
of the kernel itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib import cli
from trees import lab

PINNED = lab.c("""\
#include <linux/mm.h>
static int cam_read(struct cam *cam, unsigned long start)
{
    struct page *page;

    if (get_user_pages_fast(start, 1, 0, &page) != 1)
        return -EFAULT;
    cam_copy(cam, page_address(page));
    put_page(page);
    return 0;
}
""")
EXTRACTED = lab.c("""\
#include <linux/uio.h>
static ssize_t cam_fill(struct cam *cam, const void __user *from, size_t len)
{
    struct iov_iter iter;
    struct iovec iov;
    struct page *page;
    size_t start;
    ssize_t got;

    if (import_single_range(WRITE, from, len, &iov, &iter))
        return -EFAULT;
    got = iov_iter_get_pages2(&iter, &page, len, 1, &start);
    if (got <= 0)
        return got;
    cam_copy(cam, page_address(page));
    put_page(page);
    return got;
}
""")


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs a target on a module of two files; its exit code and its mails."""
    monkeypatch.setenv("GUP2PIN_CACHE", str(tmp_path / "cache"))
    kernel = lab.make(tmp_path / "linux")
    module = tmp_path / "cam"
    module.mkdir()
    (module / "read.c").write_text(PINNED)
    (module / "fill.c").write_text(EXTRACTED)

    def run(target: str) -> tuple[int, str]:
        out = tmp_path / "out"
        code = cli.main([target, f"--kernel={kernel}", f"--module={module}",
                         f"--out={out}", "--no-install"])
        return code, "".join(p.read_text() for p in sorted(
            out.glob("series/*/000[1-9]*")))
    return run


@pytest.fixture(name="report")
def _report(tmp_path: Path):
    """Reads the report of the last run."""
    return lambda: (tmp_path / "out/report.txt").read_text()


def test_a_patch_that_needs_nothing_of_the_kernel_is_made(
        run, report) -> None:
    code, mails = run("series")
    assert code == 0
    assert "+\tif (pin_user_pages_fast(start, 1, 0, &page) != 1)" in mails
    assert "+\tunpin_user_page(page);" in mails
    assert "series --module cam --subsystem cam" in mails
    assert "fill.c" not in mails and "manual [needs-helper]" in report()


def test_helpers_that_the_kernel_has_are_used(run, tmp_path) -> None:
    header = tmp_path / "linux/include/linux/page_extract.h"
    header.parent.mkdir(parents=True, exist_ok=True)
    header.write_text("/* SPDX-License-Identifier: GPL-2.0-only */\n")
    code, mails = run("series")
    assert code == 0 and "iov_iter_extract_pages" in mails
    assert mails.count("+#include <linux/page_extract.h>") == 1


def test_prove_says_what_it_does_not_do(run, capsys) -> None:
    assert run("prove")[0] == 2
    assert "outside the kernel" in capsys.readouterr().err
