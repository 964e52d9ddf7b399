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
    lab.share_cache(monkeypatch)
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
    assert "/fill.c b/" not in mails and "manual [needs-helper]" in report()


def test_helpers_that_the_kernel_has_are_used(run, tmp_path) -> None:
    header = tmp_path / "linux/include/linux/uio.h"
    header.write_text(header.read_text() + lab.c("""\
ssize_t iov_iter_extract_pages(struct iov_iter *i, struct page ***pages,
    size_t maxsize, unsigned int maxpages,
    iov_iter_extraction_t extraction_flags, size_t *offset0);
"""))
    code, mails = run("series")
    assert code == 0
    assert "got = iov_iter_extract_pages(&iter, &pages, len, 1, 0" in mails
    assert "+#include" not in mails


LASTING = lab.c("""\
#include <linux/mm.h>
#include "cam.h"
static long cam_ioctl(struct file *file, unsigned int what, unsigned long at)
{
    struct cam *cam = file->private_data;

    if (get_user_pages_fast(at, 1, CAM_FLAGS(cam), &cam->page) != 1)
        return -EFAULT;
    memset(page_address(cam->page), 0, PAGE_SIZE);
    return 0;
}

static int cam_release(struct inode *inode, struct file *file)
{
    struct cam *cam = file->private_data;

    put_page(cam->page);
    return 0;
}

const struct file_operations cam_fops = {
    .unlocked_ioctl = cam_ioctl,
    .release = cam_release,
};
""")


@pytest.mark.parametrize("macro, flags", [
    ("(c)->write ? FOLL_WRITE : 0", "(CAM_FLAGS(cam)) | FOLL_LONGTERM"),
    ("(c)->flags & \\\n\tFOLL_WRITE", "(CAM_FLAGS(cam)) | FOLL_LONGTERM"),
    ("((c)->flags & FOLL_WRITE)", "CAM_FLAGS(cam) | FOLL_LONGTERM"),
    ("FOLL_WRITE | FOLL_FORCE /* ? */", "CAM_FLAGS(cam) | FOLL_LONGTERM")])
def test_flags_behind_a_macro_stay_together(run, tmp_path, macro,
                                            flags) -> None:
    (tmp_path / "cam/read.c").write_text(LASTING)
    (tmp_path / "cam/cam.h").write_text(
        "struct cam {\n\tstruct page *page;\n\tunsigned int flags;\n};\n"
        f"#define CAM_FLAGS(c) {macro}\n")
    code, mails = run("series")
    assert code == 0
    assert f"pin_user_pages_fast(at, 1, {flags}," in " ".join(
        mails.replace("\n+", " ").split())


def test_prove_says_what_it_does_not_do(run, capsys) -> None:
    assert run("prove")[0] == 2
    assert "outside the kernel" in capsys.readouterr().err
