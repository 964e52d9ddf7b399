# SPDX-License-Identifier: GPL-2.0-only
"""Kernels that are easily forgotten: a patch for the rest would break them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis import whole_tree
from trees import lab, ladders
from trees.ladders import (BEGIN, DROPS, END, TAKE, arms, released, version)

VMAS = TAKE.replace("_fast", "").replace("pages)", "pages, NULL)")
NO_VMAS = TAKE.replace("_fast", "")
KEEP = "\tcam_keep(pages[0]);\n"


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    return ladders.runner(tmp_path, monkeypatch)


@pytest.mark.parametrize("newer", [
    version(">", "6, 4, 255"), version(">=", "6, 5, 0"),
    "LINUX_VERSION_CODE >= 0x060500", "LINUX_VERSION_CODE > 394495",
    "CAM_CODE >= CAM_NEW", "CAM_IS_NEW"])
def test_a_version_in_any_form(run, newer: str) -> None:
    """The arms of both are pinned, as their pages are dropped together."""
    names = ("#define CAM_CODE LINUX_VERSION_CODE\n"
             "#define CAM_NEW KERNEL_VERSION(6, 5, 0)\n"
             "#define CAM_IS_NEW (LINUX_VERSION_CODE >= "
             "KERNEL_VERSION(6, 5, 0))\n")
    code, _, diff = run(BEGIN.replace("int cam_zero", names + "int cam_zero")
                        + arms(newer, NO_VMAS, VMAS) + END, "series",
                        "--apis=all")
    taken = [line for line in diff if line.startswith("+\tgot")]
    assert code == 0 and taken in ([], [
        "+" + line.replace("get_", "pin_")[:-1] for line in (NO_VMAS, VMAS)])
    assert taken or diff == []
    assert taken or "CAM" in newer


@pytest.mark.parametrize("condition", [
    version(">", "6, 1, 255"), version("<=", "5, 19, 255"),
    "LINUX_VERSION_CODE >= 0x060500", "defined(RHEL_RELEASE_CODE)",
    "defined(SLE_VERSION_CODE) && SLE_VERSION_CODE >= SLE_VERSION(15, 6, 0)"])
def test_a_kernel_that_keeps_a_page(run, condition: str) -> None:
    code, sites, diff = run(BEGIN + TAKE + f"#if {condition}\n{KEEP}#endif\n"
                            + END)
    assert (code, diff) == (0, [])
    assert [s[1] for s in sites] == ["manual"]


def test_a_vendor_that_takes_otherwise(run) -> None:
    """Both arms are pinned, or none."""
    code, _, diff = run(BEGIN + arms("defined(RHEL_RELEASE_CODE)", VMAS, TAKE)
                        + END, "series", "--apis=all")
    assert code == 0 and len([
        line for line in diff if line.startswith("+\tgot")]) in (0, 2)


def test_prototypes_that_began_later(run) -> None:
    """The first kernel with this arm has not got these parameters yet."""
    old = "\tgot = get_user_pages_remote(current->mm, at, n, FOLL_WRITE, " \
        "pages, NULL, NULL);\n"
    code, _, diff = run(BEGIN + arms(version("<", "6, 0, 0"), old, TAKE) + END)
    assert code == 0 and diff == []


@pytest.mark.parametrize("define", [
    "#define put_page cam_keep\n",
    "#define get_user_pages_fast(at, n, flags, pages) cam_gup(at, n, pages)\n"])
@pytest.mark.parametrize("condition", [
    version("<", "6, 0, 0"), "defined(HAVE_OWN)"])
def test_a_macro_of_the_same_name(run, condition: str, define: str) -> None:
    code, sites, diff = run(BEGIN.replace(
        "int cam_zero", f"#if {condition}\n{define}#endif\nint cam_zero")
        + TAKE + END)
    assert (code, diff) == (0, [])
    assert {s[1] for s in sites if s[1] != "inactive"} <= {"manual"}


def test_the_caller_keeps_for_some_kernels(run) -> None:
    """The arm is above all that the pages pass through."""
    text = lab.c("""\
static void cam_end(struct page **pages, int n)
{
    int i;

    for (i = 0; i < n; i++)
        put_page(pages[i]);
}
""")
    take = BEGIN.replace("int cam_zero", text + "static int cam_take") + TAKE \
        + "\treturn got;\n}\n"
    use = lab.c("""\
struct page *cam_pages[16];
int cam_ioctl(unsigned long at)
{
    int n = cam_take(at, cam_pages, 16);

%s    return n;
}
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)
void cam_release(void) { cam_end(cam_pages, 16); }
#endif
""")
    code, sites, diff = run(take.replace("got, i;", "got;") + use % (
        f"#if {version('>=', '6, 0, 0')}\n\tcam_end(cam_pages, n);\n#endif\n"))
    assert code == 0 and diff == []


def test_a_macro_under_a_name_that_nobody_knows(run) -> None:
    """What is read as a function one way does not stop the run."""
    macro = arms("defined(CONFIG_CAM)", "#define cam_drop put_page\n",
                 "#define cam_drop(page) put_page(page)\n")
    code, sites, diff = run(BEGIN.replace("int cam_zero", macro
                                          + "int cam_zero") + TAKE + DROPS)
    assert code == 0 and len(sites) == 1
    assert diff == [] or "unpin" in "".join(diff)


@pytest.mark.parametrize("text", [
    BEGIN.replace("#include <linux/version.h>\n", "") + TAKE + released(
        "\t\tput_page(pages[i]);\n") + "#include <linux/version.h>\n"
    + "#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 6, 0)\nint cam_old;\n"
    "#endif\n",
    BEGIN.replace("<linux/version.h>", "<linux/version.h> /* of\n * it */")
    + TAKE + END + "#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 6, 0)\n"
    "int cam_old;\n#endif\n"])
def test_where_the_names_of_old_kernels_come(run, text: str) -> None:
    """Behind the header that says the version, and in no comment."""
    code, _, diff = run(text)
    assert code == 0
    block = diff[:diff.index("+#endif") + 1]
    assert "+/* There are no pins before. */" in block
    assert ("+#include <linux/version.h>" in block) == (
        "version.h> /*" not in text)


DROP = lab.c("""\
#include <linux/mm.h>
%svoid cam_drop(struct page *page)
{
    %s(page);
}
""")


@pytest.mark.parametrize("where, static, wanted", [
    ("old.c", "", "manual"), ("old.c", "static ", "convert")])
def test_one_function_in_two_files(tmp_path: Path, monkeypatch,
                                   where: str, static: str,
                                   wanted: str) -> None:
    """Which one is built the Makefile says; a static one is another file's."""
    lab.share_cache(monkeypatch)
    module = tmp_path / "cam"
    module.mkdir()
    (module / "a.c").write_text(BEGIN + TAKE + DROPS)
    (module / "new.c").write_text(DROP % ("", "put_page"))
    (module / where).write_text(DROP % (static, "cam_keep"))
    found = whole_tree.run(lab.make(tmp_path / "linux"), module, 1, "mission",
                           None)
    assert [str(d.disposition) for d in found.decisions] == [wanted]


def test_what_is_told_from_kernels_with_pins_is_for_others_too(run) -> None:
    """The driver pins elsewhere by version already: older kernels build it."""
    other = BEGIN.partition("int cam_zero")[2]
    new = version(">=", "5, 6, 0")
    code, _, diff = run(
        BEGIN + TAKE + END + "int cam_one" + other + arms(
            new, TAKE.replace("get_", "pin_"), TAKE) + released(arms(
                new, "\t\tunpin_user_page(pages[i]);\n",
                "\t\tput_page(pages[i]);\n")))
    assert code == 0 and diff[:len(ladders.ALIASES)] == ladders.ALIASES
