# SPDX-License-Identifier: GPL-2.0-only
"""A driver with #if arms for other kernels, and how it is converted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pinlib import cli
from trees import lab

Outcome = tuple[int, list[tuple[int, str, str]], list[str]]

BEGIN = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/version.h>
int cam_zero(unsigned long at, struct page **pages, int n)
{
    int got, i;

""")
END = lab.c("""\
    for (i = 0; i < got; i++) {
        memset(page_address(pages[i]), 0, 4096);
        set_page_dirty_lock(pages[i]);
        put_page(pages[i]);
    }
    return got == n ? 0 : -EFAULT;
}
""")
TAKE = "\tgot = get_user_pages_fast(at, n, FOLL_WRITE, pages);\n"
OLD = "\tgot = get_user_pages_fast(at, n, 1, pages);\n"
PIN = "\tgot = pin_user_pages_fast(at, n, FOLL_WRITE, pages);\n"


def version(sign: str, numbers: str) -> str:
    """A condition on the version, without its #if."""
    return f"LINUX_VERSION_CODE {sign} KERNEL_VERSION({numbers})"


def arms(condition: str, one: str, other: str) -> str:
    """Two arms of an #if."""
    return f"#if {condition}\n{one}#else\n{other}#endif\n"


def released(*lines: str) -> str:
    """The end of the function, with other lines for its release."""
    return END.replace("\t\tput_page(pages[i]);\n", "".join(lines))


DROPS = END.replace("\t\tset_page_dirty_lock(pages[i]);\n", "").replace(
    "put_page", "cam_drop")


# As from 5.6 to 6.4.
VMAS = "".join(f"long {verb}_user_pages(unsigned long start, unsigned long n, "
               "unsigned int flags, struct page **pages, "
               "struct vm_area_struct **vmas);\n" for verb in ("get", "pin"))
PUT, UNPIN = "\t\tput_page(pages[i]);\n", "\t\tunpin_user_page(pages[i]);\n"
GONE = "\t\tpage_cache_release(pages[i]);\n"
ALIASES = [
    "+", "+/* There are no pins before. */",
    "+#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 6, 0)",
    "+#define pin_user_pages_fast get_user_pages_fast",
    "+#define unpin_user_page put_page", "+#endif", "+"]
RENAMED = [f"-{TAKE}"[:-1], f"+{PIN}"[:-1], f"-{PUT}"[:-1], f"+{UNPIN}"[:-1]]


def runner(tmp_path: Path,
           monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Make the series of a module; its exit code, sites and changed lines."""
    lab.share_cache(monkeypatch)

    def run(text: str, target: str = "series", *options: str) -> Outcome:
        kernel = lab.make(tmp_path / "linux", {
            "include/linux/mm.h": (lab.TREES / "base/include/linux/mm.h"
                                   ).read_text() + VMAS})
        module = tmp_path / "cam"
        module.mkdir()
        (module / "a.c").write_text(text)
        out = tmp_path / "out"
        code = cli.main([target, f"--kernel={kernel}", f"--module={module}",
                         f"--out={out}", "--no-install", *options])
        report = json.loads((out / "report.json").read_text())
        mails = "".join(p.read_text() for p in sorted(
            out.glob("series/*/000[1-9]*")))
        diff = mails.partition("\ndiff ")[2].partition("\n-- \n")[0]
        return code, [(s["line"], s["disposition"], s["code"])
                      for s in report["sites"]], [
            line for line in diff.split("\n")
            if line[:1] in ("+", "-") and line[:3] not in (
                "+++", "---", "--g")]
    return run
