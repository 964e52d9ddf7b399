# SPDX-License-Identifier: GPL-2.0-only
"""Drivers that keep pages for long and build for kernels without pins."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pinlib import cli
from trees import lab

HEADER = lab.c("""\
/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TUG_H
#define TUG_H
#include <linux/mm.h>
#include <linux/version.h>
struct tug {
    struct page *pages[64];
    int count;
};
%s
#endif
""")
TAKE = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/mm.h>
#include "tug.h"

long tug_ioctl(struct file *file, unsigned int cmd, unsigned long at)
{
    struct tug *tug = file->private_data;
    int got;

    got = %s;
%s    tug->count = got;
    tug_start(tug->pages, tug->count);
    return 0;
}
""")
DROP = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/mm.h>
#include "tug.h"

static int tug_release(struct inode *inode, struct file *file)
{
    struct tug *tug = file->private_data;

    tug_stop(tug);
#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 16, 0)
    release_pages(tug->pages, tug->count, 0);
#else
    release_pages(tug->pages, tug->count);
#endif
    return 0;
}

static const struct file_operations tug_operations = {
    .unlocked_ioctl = tug_ioctl,
    .release = tug_release,
};
""")
START = lab.c("""\
static inline void tug_start(struct page **pages, int n)
{
    int i;

    for (i = 0; i < n; i++)
        flush_dcache_page(pages[i]);
}
static inline void tug_stop(struct tug *tug)
{
}
""")
CHECKED = "\tif (got < 0)\n\t\treturn got;\n"
FAST = "get_user_pages_fast(at, 64, FOLL_WRITE, tug->pages)"


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes the series of a driver; its sites and the lines that change."""
    lab.share_cache(monkeypatch)

    def run(header: str, take: str, drop: str = DROP) -> tuple[
            list[tuple[str, int, str, str]], list[str]]:
        kernel = lab.make(tmp_path / "linux")
        module = tmp_path / "tug"
        module.mkdir()
        (module / "tug.h").write_text(HEADER % (header + START))
        (module / "take.c").write_text(take)
        (module / "drop.c").write_text(drop)
        out = tmp_path / "out"
        assert not cli.main(["series", f"--kernel={kernel}", "--no-install",
                             f"--module={module}", f"--out={out}"])
        report = json.loads((out / "report.json").read_text())
        mails = "".join(p.read_text() for p in sorted(
            out.glob("series/*/000[1-9]*")))
        return [(s["file"], s["line"], s["disposition"], s["code"])
                for s in report["sites"]], [
            line for line in mails.partition("\ndiff ")[2].split("\n")
            if line[:1] in ("+", "-") and line[:3] not in (
                "+++", "---", "-- ", "--g")]
    return run


def test_the_flag_and_the_range_of_old_kernels(run) -> None:
    """The flag is nothing there, and the range is dropped as it was."""
    sites, diff = run("", TAKE % (FAST, CHECKED))
    assert sites == [("take.c", 11, "convert", "pin-longterm")]
    assert diff == [
        "+#include <linux/version.h>", "+/* There are no pins before. */",
        "+#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 6, 0)",
        "+#define unpin_user_pages release_pages", "+#endif", "+",
        "-\trelease_pages(tug->pages, tug->count);",
        "+\tunpin_user_pages(tug->pages, tug->count);",
        "+#include <linux/version.h>",
        "+/* There are no pins before. */",
        "+#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 6, 0)",
        "+#undef FOLL_LONGTERM", "+#define FOLL_LONGTERM 0",
        "+#define pin_user_pages_fast get_user_pages_fast", "+#endif", "+",
        f"-\tgot = {FAST};",
        "+\tgot = pin_user_pages_fast(at, 64, FOLL_WRITE | FOLL_LONGTERM,",
        "+\t\t\t\t  tug->pages);"]


def compiled(folder: Path, file: str, version: int) -> str:
    """What the preprocessor leaves of a file for a version of the kernel."""
    stubs = folder / "stubs/linux"
    stubs.mkdir(parents=True, exist_ok=True)
    for name in ("fs.h", "mm.h", "version.h"):
        (stubs / name).write_text("")
    return subprocess.run(
        ["gcc", "-E", "-P", "-nostdinc", "-I", str(stubs.parent),
         f"-DLINUX_VERSION_CODE={version}", "-DKERNEL_VERSION(a, b, c)="
         "(((a) << 16) + ((b) << 8) + (c))", str(folder / file)],
        check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("version", [0x040400, 0x041200, 0x050500, 0x050600])
def test_old_kernels_compile_what_they_compiled(run, tmp_path: Path,
                                                version: int) -> None:
    """The twin is the first version with pins."""
    run("", TAKE % (FAST, CHECKED))
    files = ("take.c", "drop.c")
    before = [compiled(tmp_path / "tug", file, version) for file in files]
    mail, = (tmp_path / "out").glob("series/*/0001*")
    subprocess.run(["patch", "-p1", "-s", "-i", str(mail)], check=True,
                   cwd=tmp_path / "tug")
    after = [compiled(tmp_path / "tug", file, version).replace(" | 0,", ",")
             for file in files]
    same = [" ".join(a.split()) == " ".join(b.split())
            for a, b in zip(before, after)]
    assert same == [version < 0x050600] * 2


@pytest.mark.parametrize("check", [
    "", "\tif (!got)\n\t\treturn got;\n",
    "\tif (got < 0)\n\t\ttug->count = 0;\n"])
def test_an_error_may_be_kept_as_the_number(run, check: str) -> None:
    """A twin: a range of so many pages is none, and an unpin would warn."""
    sites, diff = run("", TAKE % (FAST, check))
    assert diff == [] and [s[2] for s in sites] == ["manual"]


@pytest.mark.parametrize("more", [
    "\ttug->count -= 70;\n", "\ttug_fill(&tug->count);\n",
    "\ttug->count = tug_read(tug);\n", "\tWRITE_ONCE(tug->count, -5);\n"])
def test_the_number_is_changed_elsewhere(run, more: str) -> None:
    """A twin."""
    sites, diff = run("", TAKE % (FAST, CHECKED), DROP.replace(
        "\ttug_stop(tug);\n", "\ttug_stop(tug);\n" + more))
    assert diff == [] and [s[2] for s in sites] == ["manual"]


def test_a_macro_of_the_driver_has_the_flag(run) -> None:
    """A twin: it would be nothing in old kernels, where it is used below."""
    sites, diff = run("#define TUG_KEEP FOLL_LONGTERM\n",
                      TAKE % (FAST, CHECKED))
    assert diff == []
    assert [s[2:] for s in sites] == [("manual", "for-some-versions")]


MACRO = lab.c("""\
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 2, 0)
#define tug_take(at, n, flags, pages) \\
    get_user_pages_fast(at, n, !!((flags) & FOLL_WRITE), pages)
#else
#define tug_take(at, n, flags, pages) \\
    get_user_pages_fast(at, n, flags, pages)
#endif
""")


def test_who_uses_a_macro_gives_the_flag(run) -> None:
    drop = DROP.replace("\n\ttug_stop(tug);\n", lab.c("""\
    int i;

    for (i = 0; i < tug->count; i++)
        put_page(tug->pages[i]);
""")).partition("#if LINUX")[0] + "\treturn 0;\n}\n" + DROP.partition(
        "return 0;\n}\n")[2]
    sites, diff = run(MACRO, TAKE % (FAST.replace(
        "get_user_pages_fast", "tug_take"), CHECKED), drop)
    assert [s[2:] for s in sites if s[2] != "inactive"] == [
        ("convert", "pin-longterm")]
    assert "+\tpin_user_pages_fast(at, n, flags, pages)" in diff
    assert [line for line in diff if "FOLL_LONGTERM" in line] == [
        "+#undef FOLL_LONGTERM", "+#define FOLL_LONGTERM 0",
        "+\tgot = tug_take(at, 64, FOLL_WRITE | FOLL_LONGTERM, tug->pages);"]
