# SPDX-License-Identifier: GPL-2.0-only
"""Drivers with #if arms for other kernels: what is decided of each call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trees import lab, ladders
from trees.ladders import (ALIASES, BEGIN, DROPS, END, GONE, OLD, PIN, PUT,
                           RENAMED, TAKE, UNPIN, arms, released, version)


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    return ladders.runner(tmp_path, monkeypatch)


@pytest.fixture(name="mails")
def _mails(tmp_path: Path):
    """Reads the patches of the last run."""
    return lambda: "".join(p.read_text() for p in sorted(
        tmp_path.glob("out/series/*/000[1-9]*")))


def test_converted_by_version(run) -> None:
    new = version(">=", "5, 6, 0")
    code, sites, diff = run(BEGIN + arms(new, PIN, TAKE) + released(
        arms(new, UNPIN, PUT)))
    assert code == 0 and diff == []
    assert sites == [(9, "converted", "pins-and-unpins"),
                     (11, "inactive", "not-compiled")]


def test_a_release_that_no_kernel_with_pins_has(run, mails) -> None:
    code, sites, diff = run(BEGIN + TAKE + released(arms(
        version("<", "4, 6, 0"), GONE, PUT)))
    assert code == 0
    assert sites == [(8, "convert", "pin-short")]
    assert "For kernels before it, the new names stand for what is called " \
        "today" in " ".join(mails().split())
    assert diff == ALIASES + RENAMED


def test_a_release_that_kernels_with_pins_have(run) -> None:
    """The twin: from 5.6 to 5.9 the other arm would put what is pinned."""
    code, sites, diff = run(BEGIN + TAKE + released(arms(
        version("<", "5, 10, 0"), GONE, PUT)))
    assert (code, diff) == (0, [])
    assert sites == [(8, "manual", "for-some-versions")]


def test_both_under_one_condition(run) -> None:
    new = version(">=", "5, 8, 0")
    code, sites, diff = run(BEGIN + arms(new, TAKE, OLD) + released(
        arms(new, PUT, GONE)))
    assert code == 0
    assert sites == [(9, "convert", "pin-short"),
                     (11, "inactive", "not-compiled")]
    assert diff == RENAMED


def test_kernels_without_pins_compile_it_too(run) -> None:
    """The twin: 5.2 to 5.5 have this arm, and no pins."""
    new = version(">=", "5, 2, 0")
    code, sites, diff = run(BEGIN + arms(new, TAKE, OLD) + released(
        arms(new, PUT, GONE)))
    assert code == 0 and diff == ALIASES + RENAMED
    assert sites[0] == (9, "convert", "pin-short")


def test_another_function_takes_for_other_kernels(run) -> None:
    """Both are pinned, as the release is shared."""
    new = version(">=", "6, 0, 0")
    old = lab.c("""\
    got = cam_old(at, n, pages);
""")
    helper = lab.c("""\
#include <linux/mm.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)
static int cam_old(unsigned long at, int n, struct page **pages)
{
    return get_user_pages_fast(at, n, FOLL_WRITE, pages);
}
#endif
""")
    code, sites, diff = run(helper + BEGIN + arms(new, TAKE, old) + END)
    assert code == 0
    assert sites == [(5, "inactive", "not-compiled"),
                     (16, "convert", "pin-short")]
    assert diff == [
        "-\treturn get_user_pages_fast(at, n, FOLL_WRITE, pages);",
        "+\treturn pin_user_pages_fast(at, n, FOLL_WRITE, pages);",
        *RENAMED[:2], "-\t\tset_page_dirty_lock(pages[i]);", RENAMED[2],
        "+\t\tunpin_user_pages_dirty_lock(&pages[i], 1, true);"]


def test_another_function_keeps_what_other_kernels_take(run) -> None:
    """The twin: what they take is dropped elsewhere as well."""
    new = version(">=", "6, 0, 0")
    helper = lab.c("""\
#include <linux/mm.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)
static int cam_old(unsigned long at, int n, struct page **pages)
{
    int got = get_user_pages_fast(at, n, FOLL_WRITE, pages);

    cam_keep(pages[0]);
    return got;
}
#endif
""")
    code, sites, diff = run(helper + BEGIN + arms(
        new, TAKE, "\tgot = cam_old(at, n, pages);\n") + END)
    assert (code, diff) == (0, [])
    assert sites == [(5, "inactive", "not-compiled"),
                     (19, "manual", "for-some-versions")]


def test_a_member_that_other_kernels_fill_elsewhere(run) -> None:
    """Who calls the other function has no page in its hands."""
    take = lab.c("""\
int cam_take%s(struct cam *cam, unsigned long at, int n)
{
    cam->n = get_user_pages_fast(at, n, FOLL_WRITE, cam->pages);
    return cam->n > 0 ? 0 : -EFAULT;
}
""")
    text = lab.c("""\
#include <linux/mm.h>
#include <linux/version.h>
struct cam {
    struct page *pages[16];
    int n;
};
%s
int cam_run(struct cam *cam, unsigned long at, int n)
{
    int i;

%s
    for (i = 0; i < cam->n; i++) {
        memset(page_address(cam->pages[i]), 0, 4096);
        put_page(cam->pages[i]);
    }
    return 0;
}
""")
    new = version(">=", "6, 0, 0")
    call = "\tif (cam_take%s(cam, at, n))\n\t\treturn -EFAULT;\n"
    code, sites, diff = run(text % (
        arms(new, take % "", take % "_old"),
        arms(new, call % "", call % "_old")))
    assert code == 0 and diff.count("+" + TAKE.replace("get_", "pin_").replace(
        "got", "cam->n").replace(" pages", " cam->pages")[:-1]) == 2
    assert [s[1:] for s in sites] == [("convert", "pin-short"),
                                      ("inactive", "not-compiled")]


@pytest.mark.parametrize("since, wanted", [("4, 6, 0", 1), ("6, 0, 0", 2)])
def test_other_kernels_drop_by_another_function(run, since: str,
                                                wanted: int) -> None:
    """The arms are in the caller; what stands beside them drops or reads."""
    drop = lab.c("""\
static void cam_drop%s(struct page *page)
{
    put_page(page);
}
""")
    new = version(">=", since)
    reads = arms(version(">=", "5, 11, 0"), "\t\tkmap_local_page(pages[i]);\n",
                 "\t\tkmap_atomic(pages[i]);\n")
    text = BEGIN.replace("int cam_zero", arms(
        new, drop % "", drop % "_old") + "int cam_zero") + TAKE + DROPS
    text = text.replace("\t\tcam_drop(pages[i]);\n", reads + arms(
        new, "\t\tcam_drop(pages[i]);\n", "\t\tcam_drop_old(pages[i]);\n"))
    code, sites, diff = run(text)
    assert code == 0 and [s[1] for s in sites] == ["convert"]
    assert diff.count("+\tunpin_user_page(page);") == wanted


@pytest.mark.parametrize("kind, inside, whole", [
    ("unsigned long", False, True), ("int", False, False), ("int", True, False),
    ("unsigned long", True, False)])
def test_a_number_that_may_be_negative_in_other_kernels(
        run, kind: str, inside: bool, whole: bool) -> None:
    """One patch is for all of them, so the loop stays for what one may have.

    inside: it is a member, which is not read in the arms of an #if.
    """
    either = arms(version(">=", "6, 0, 0"), "\tunsigned int n;\n", f"\t{kind} n;\n")
    n = "cam->n" if inside else "n"
    code, sites, diff = run(lab.c("""\
#include <linux/mm.h>
#include <linux/version.h>
struct cam {
    struct page *pages[16];
%s
};
int cam_zero(struct cam *cam, unsigned long at)
{
%s
    int i, got;

    got = get_user_pages_fast(at, 16, FOLL_WRITE, cam->pages);
    if (got < 0)
        return got;
    @ = got;
    for (i = 0; i < @; i++)
        memset(page_address(cam->pages[i]), 0, 4096);
    for (i = 0; i < @; i++)
        put_page(cam->pages[i]);
    return 0;
}
""").replace("@", n) % ((either, "") if inside else ("", either)))
    assert code == 0 and [s[1] for s in sites] == ["convert"]
    assert (f"+\tunpin_user_pages(cam->pages, {n});" in diff) == whole
    assert ("+\t\tunpin_user_page(cam->pages[i]);" in diff) != whole


def test_a_definition_for_other_kernels_drops(run) -> None:
    drop = lab.c("""\
#include <linux/mm.h>
#if %s
static void cam_drop(struct page *page) { put_page(page); }
#endif
#if %s
static void cam_drop(struct page *page)
{
    put_page(page);
}
#endif
""")
    text = BEGIN + TAKE + DROPS
    code, sites, diff = run(drop % (
        version("<", "6, 0, 0"), version(">=", "6, 0, 0")) + text)
    assert code == 0 and sites == [(18, "convert", "pin-short")]
    assert [line for line in diff if "unpin" in line] == [
        "+static void cam_drop(struct page *page) { unpin_user_page(page); }",
        "+\tunpin_user_page(page);"]


@pytest.mark.parametrize("body", ["cam_keep(page);", "", "cam_keep(page);\n"
                                  "\tput_page(page);"])
def test_a_definition_for_other_kernels_does_not_drop(run, body) -> None:
    """A twin: nothing is known of what these do, or they never drop."""
    drop = lab.c("""\
#include <linux/mm.h>
#if %s
static void cam_drop(struct page *page)
{
    %s
}
#else
static void cam_drop(struct page *page)
{
    put_page(page);
}
#endif
""")
    code, sites, diff = run(drop % (version("<", "6, 0, 0"), body)
                            + BEGIN + TAKE + DROPS)
    assert (code, diff) == (0, [])
    assert [s[1:] for s in sites] == [("manual", "for-some-versions")]


def test_an_argument_in_arms(run) -> None:
    code, sites, diff = run(BEGIN + TAKE.replace(
        "FOLL_WRITE, ", "\n" + arms(version("<", "5, 2, 0"), "\t1,\n",
                                    "\tFOLL_WRITE,\n") + "\t") + END)
    assert code == 0
    assert sites == [(8, "convert", "pin-short")]
    assert diff[:7] == ALIASES
    assert diff[7:9] == ["-\tgot = get_user_pages_fast(at, n, ",
                         "+\tgot = pin_user_pages_fast(at, n, "]


def test_two_definitions_of_a_release(run) -> None:
    """Each is followed, and each unpins."""
    drop = arms("defined(CAM_FLUSH)", lab.c("""\
static void cam_drop(struct page *page)
{
    flush_dcache_page(page);
    put_page(page);
}
"""), lab.c("""\
static void cam_drop(struct page *page)
{
    put_page(page);
}
"""))
    text = BEGIN.replace("int cam_zero", drop + "int cam_zero") + TAKE
    code, sites, diff = run(text + DROPS)
    assert code == 0 and [s[1] for s in sites] == ["convert"]
    assert diff.count("+\tunpin_user_page(page);") == 2


def test_one_of_two_definitions_keeps_the_page(run) -> None:
    drop = arms("defined(CAM_KEEPS)", lab.c("""\
static void cam_drop(struct page *page)
{
    cam_keep(page);
}
"""), lab.c("""\
static void cam_drop(struct page *page)
{
    put_page(page);
}
"""))
    text = BEGIN.replace("int cam_zero", drop + "int cam_zero") + TAKE
    code, sites, diff = run(text + DROPS)
    assert (code, diff) == (0, [])
    assert [s[1:] for s in sites] == [("manual", "unknown-use")]


def test_no_baseline_has_a_call_that_is_left_out(run, tmp_path) -> None:
    new = version(">=", "5, 6, 0")
    baseline = tmp_path / "pages.json"
    code, sites, _ = run(BEGIN + arms(new, PIN, TAKE) + released(
        arms(new, UNPIN, PUT)), "baseline", f"--baseline={baseline}")
    assert code == 0 and json.loads(baseline.read_text())["sites"] == []


def test_what_no_kernel_compiles_is_listed(run) -> None:
    code, sites, diff = run(BEGIN + f"#if 0\n{OLD}{GONE}#endif\n" + TAKE + END)
    assert code == 0 and f"+{PIN}"[:-1] in diff
    assert sites == [(9, "inactive", "not-compiled"),
                     (12, "convert", "pin-short")]


def test_a_name_for_a_version(run) -> None:
    alias = ("#define CAM_PINS (LINUX_VERSION_CODE >= "
             "KERNEL_VERSION(5, 6, 0))\n")
    code, sites, diff = run(BEGIN.replace(
        "int cam_zero", alias + "int cam_zero") + arms(
            "CAM_PINS", PIN, TAKE) + released(arms("CAM_PINS", UNPIN, PUT)))
    assert (code, diff) == (0, [])
    assert [s[1] for s in sites] == ["converted", "inactive"]


def test_another_site_of_the_file_is_not_held_back(run) -> None:
    """What other kernels keep is left, and what they all drop is converted."""
    keep = "\tcam_keep(pages[0]);\n"
    other = BEGIN.partition("int cam_zero")[2]
    code, sites, diff = run(
        BEGIN + TAKE + arms(version("<", "6, 0, 0"), keep, "") + END
        + "int cam_one" + other + TAKE + END)
    assert code == 0
    assert [s[1:] for s in sites] == [("manual", "for-some-versions"),
                                      ("convert", "pin-short")]
    assert diff[:2] == RENAMED[:2] and len(diff) == 5


def test_a_site_that_shares_its_release_is_held_back(run) -> None:
    """A twin: the other site's pages are dropped by the same statement."""
    text = lab.c("""\
static void cam_drop(struct page **pages, int got)
{
    int i;

    for (i = 0; i < got; i++) {
        memset(page_address(pages[i]), 0, 4096);
        put_page(pages[i]);
    }
}
""")
    end = "\tcam_drop(pages, got);\n\treturn got == n ? 0 : -EFAULT;\n}\n"
    begin = BEGIN.replace("got, i;", "got;")
    other = begin.partition("int cam_zero")[2]
    code, sites, diff = run(
        begin.replace("int cam_zero", text + "int cam_zero") + TAKE + arms(
            version("<", "6, 0, 0"), "\tcam_keep(pages[0]);\n", "") + end
        + "int cam_one" + other + TAKE + end)
    assert (code, diff) == (0, [])
    assert {s[1] for s in sites} == {"manual"}
