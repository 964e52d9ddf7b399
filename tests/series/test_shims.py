# SPDX-License-Identifier: GPL-2.0-only
"""A module that builds for older kernels by definitions of its own.

What they define is all that a patch may use; where the module defines nothing,
the mail says from which release on it builds.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pinlib import cli
from trees import lab

Made = Callable[..., tuple[str, str, str]]

CODE = lab.c("""\
#include "tap.h"

int tap_run(unsigned long at, unsigned int n, struct page **row)
{
    unsigned int i;
    int full = get_user_pages_fast(at, n, FOLL_WRITE, row);

    if (full <= 0)
        return -EFAULT;
    n = full;
    for (i = 0; i < n; i++)
        memset(page_address(row[i]), 1, PAGE_SIZE);
    for (i = 0; i < n; i++)
        put_page(row[i]);
    return 0;
}

int tap_one(unsigned long at)
{
    struct page *page;

    if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
        return -EFAULT;
    memset(page_address(page), 1, PAGE_SIZE);
    set_page_dirty_lock(page);
    put_page(page);
    return 0;
}
""")
OLD = "#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 6, 0)\n"
PIN = "#define pin_user_pages_fast get_user_pages_fast\n"
ONE = "#define unpin_user_page put_page\n"
ONE_CALL = lab.c("""\
static inline void unpin_user_page(struct page *page)
{
    put_page(page);
}
""")
ALL = "#define unpin_user_pages(row, n) release_pages(row, n)\n"
DIRTY = "#define unpin_user_pages_dirty_lock tap_put_dirty\n"
SINCE = "needs Linux 5.6 or later"


@pytest.fixture(name="made")
def _made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Gives what a mail says, the patch in it and the report of a module."""
    lab.share_cache(monkeypatch)
    kernel = lab.make(tmp_path / "linux")
    module = tmp_path / "tap"
    module.mkdir()
    out = tmp_path / "out"

    def made(header: str, code: str = CODE) -> tuple[str, str, str]:
        (module / "tap.h").write_text(
            f"#ifndef TAP_H\n#define TAP_H\n#include <linux/mm.h>\n{header}"
            "#endif\n")
        (module / "tap.c").write_text(code)
        assert cli.main(["series", f"--kernel={kernel}", f"--module={module}",
                         f"--out={out}", "--no-install"]) == 0
        said = "".join(p.read_text() for p in sorted(
            out.glob("series/*/000*")))
        return (" ".join(said.split()), said,
                (out / "report.txt").read_text())
    return made


def test_without_definitions_the_mail_says_the_release(made: Made) -> None:
    said, mail, _ = made("")
    assert SINCE in said
    assert "+\tunpin_user_pages(row, n);" in mail
    assert "+\tunpin_user_pages_dirty_lock(&page, 1, true);" in mail


@pytest.mark.parametrize("shims", [
    OLD + PIN + ONE + "#endif\n",
    OLD + PIN + ONE_CALL + "#endif\n",
    "#ifndef HAVE_PIN_USER_PAGES\n" + ONE + PIN + "#endif\n"])
def test_nothing_is_used_that_is_not_defined(made: Made, shims: str) -> None:
    said, mail, _ = made(shims)
    assert SINCE not in said
    assert mail.count("+\tunpin_user_page(page);") == 1
    assert mail.count("+\t\tunpin_user_page(row[i]);") == 1
    assert "unpin_user_pages" not in mail and "-\tset_page_dirty" not in mail


def test_what_is_defined_is_used(made: Made) -> None:
    said, mail, _ = made(OLD + PIN + ONE + ALL + "#endif\n")
    assert SINCE not in said
    assert "+\tunpin_user_pages(row, n);" in mail
    assert "+\tunpin_user_page(page);" in mail
    assert "dirty_lock(&page" not in mail
    said, mail, _ = made(OLD + PIN + ONE + ALL + DIRTY + "#endif\n")
    assert SINCE not in said
    assert "+\tunpin_user_pages_dirty_lock(&page, 1, true);" in mail


def test_what_cannot_be_done_without_is_said(made: Made) -> None:
    """Nothing stands in for the function that pins."""
    said, mail, _ = made(OLD + ONE + "#endif\n")
    assert SINCE in said and "+\tunpin_user_page(page);" in mail


@pytest.mark.parametrize("own", [PIN, ONE, ONE_CALL])
def test_a_name_that_is_always_defined_is_the_modules_own(
        made: Made, own: str) -> None:
    _, mail, report = made(own)
    assert not mail and "manual [name-taken]" in report


def test_a_definition_beside_the_code_counts(made: Made) -> None:
    """Also one that stands in the file itself, behind what uses it."""
    said, mail, _ = made(OLD + PIN + "#endif\n", CODE.replace(
        "\nint tap_run", f"\n{OLD}{ONE_CALL}#endif\n\nint tap_run"))
    assert SINCE not in said
    assert mail.count("+\tunpin_user_page(page);") == 1
