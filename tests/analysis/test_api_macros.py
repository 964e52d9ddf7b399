# SPDX-License-Identifier: GPL-2.0-only
"""Calls that a macro hides are sites of the report, and none is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib import cli
from pinlib.analysis.whole_tree import Analysis
from pinlib.base.files import read_json
from trees import lab

HEADER = lab.c("""\
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 2, 0)
#define tug_take(addr, nr, write, pages) \\
    get_user_pages_fast(addr, nr, (write) ? FOLL_WRITE : 0, pages)
#else
#define tug_take(addr, nr, write, pages) \\
    get_user_pages_fast(addr, nr, write, pages)
#endif
static int tug_got;
#define tug_set(got, addr, pages) got = get_user_pages_fast(addr, 1, 1, pages)
#define tug_alias get_user_pages_fast
#define tug_outer(addr, page) tug_inner(addr, 1, page)
#define tug_inner(addr, nr, pages) get_user_pages_fast(addr, nr, 1, pages)
#define tug_paste(how, addr, pages) get_user_pages_##how(addr, 1, 1, pages)
#define TUG_MAKE(n) \\
    static int tug_##n(unsigned long addr, struct page **pages) \\
    { \\
        return get_user_pages_fast(addr, 1, FOLL_WRITE, pages); \\
    }
#define tug_pin(addr, nr, pages) ({ \\
    int _got = pin_user_pages_fast((addr), (nr), FOLL_WRITE, (pages)); \\
    _got; \\
})
#define tug_pin_one(addr, page) tug_pin(addr, 1, &(page))
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
#define tug_by_year(addr, pages) pin_user_pages_fast(addr, 1, 1, pages)
#else
#define tug_by_year(addr, pages) get_user_pages_fast(addr, 1, 1, pages)
#endif
#ifndef FOLL_PIN
#define pin_user_pages_fast get_user_pages_fast
#endif
/* #define tug_comment get_user_pages_fast */
#define tug_text "get_user_pages_fast"
#define tug_never(addr, pages) get_user_pages_fast(addr, 1, 0, pages)
""")
USE = """\
static int use_%s(unsigned long addr)
{
    struct page *page;

    if (%s != 1)
        return -EFAULT;
    clear_highpage(page);
    %s(page);
    return 0;
}
"""
# What each function calls, what it drops the page with, and what is right. Where
# a function would do what the macro does, the call in the macro is the site.
HIDDEN = ("manual", "hidden-in-macro")
# Other releases of the file drop what hidden calls take.
OPENED = {"take": ("tug_take", ("manual", "release-unexplained")),
          "outer": ("tug_inner", ("manual", "release-unexplained")),
          "year": ("tug_by_year", ("converted", "release-not-followed"))}
CALLS = {
    "take": ("tug_take(addr, 1, 1, &page)", "put_page", OPENED["take"][1]),
    "set": ("(tug_set(tug_got, addr, &page), tug_got)", "put_page", HIDDEN),
    "alias": ("tug_alias(addr, 1, 1, &page)", "put_page", HIDDEN),
    "outer": ("tug_outer(addr, &page)", "put_page", OPENED["outer"][1]),
    "paste": ("tug_paste(fast, addr, &page)", "put_page", HIDDEN),
    "pin": ("tug_pin(addr, 1, &page)", "put_page", ("mismatch", "pin-put")),
    "pin_one": ("tug_pin_one(addr, page)", "put_page",
                ("mismatch", "pin-put")),
    "well": ("tug_pin(addr, 1, &page)", "unpin_user_page",
             ("converted", "pins-and-unpins")),
    "year": ("tug_by_year(addr, &page)", "tug_put",
             OPENED["year"][1])}
PLAIN = USE % ("plain", "get_user_pages_fast(addr, 1, 1, &page)", "put_page")
DRIVER = "#include <linux/mm.h>\n#include \"tug.h\"\n" + "".join(
    lab.c(USE % (name, call, drop)) for name, (call, drop, _)
    in CALLS.items()) + lab.c("""\
TUG_MAKE(made)
static int use_other(unsigned long addr, struct page **pages)
{
    return tug_paste(of_tugs, addr, pages);
}
static const struct tug_methods tug_methods = { .take = tug_alias };
#if 0
static int off = tug_take(0, 1, 1, NULL);
#endif
""")


@pytest.fixture(name="tug", scope="module")
def _tug(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """A module whose header hides calls, and its analysis."""
    top = tmp_path_factory.mktemp("macros")
    module = top / "tug"
    module.mkdir()
    (module / "tug.h").write_text(HEADER)
    (module / "main.c").write_text(DRIVER)
    (module / "plain.c").write_text(lab.c(PLAIN))
    return module, lab.shared_module(lab.make(top / "linux"), module)


def test_each_use_is_a_site(tug: tuple[Path, Analysis]) -> None:
    _, found = tug
    made = {d.site.function.name: (d.disposition, d.code)
            for d in found.decisions}
    assert made == {
        **{OPENED[name][0] if name in OPENED else f"use_{name}": right
           for name, (_, _, right) in CALLS.items()},
        "TUG_MAKE": HIDDEN, "tug_alias": HIDDEN,
        "use_plain": ("convert", "pin-short")}
    assert len(found.decisions) == len(made)


def test_the_macro_is_named(tug: tuple[Path, Analysis]) -> None:
    module, found = tug
    [one] = [d for d in found.decisions
             if d.site.function.name == "use_paste"]
    body = lab.line(module, "tug.h", "get_user_pages_##how")
    assert (one.site.file, one.site.line, one.blocked_by) == (
        "main.c", lab.line(module, "main.c", "tug_paste(fast, addr"),
        f"tug.h:{body}")
    assert one.reason.startswith(
        "tug_paste() is a macro that calls get_user_pages_fast();")
    assert one.site.id == ("main.c:use_paste:get_user_pages_fast:"
                           "tug_paste(fast,addr,&page)#1")


def test_the_call_in_a_macro_is_the_site(tug: tuple[Path, Analysis]) -> None:
    module, found = tug
    [one] = [d for d in found.decisions
             if d.site.function.name == "tug_take"]
    body = lab.line(module, "tug.h", "(write) ? FOLL_WRITE : 0")
    assert (one.site.file, one.site.line) == ("tug.h", body)


def test_a_pin_that_is_put(tug: tuple[Path, Analysis]) -> None:
    module, found = tug
    for name in ("use_pin", "use_pin_one"):
        [one] = [d for d in found.decisions if d.site.function.name == name]
        head = lab.line(module, "main.c", f"static int {name}(")
        assert one.blocked_by == f"main.c:{head + 7}"
        assert one.site.api == "pin_user_pages_fast"


def test_a_new_use_fails_the_check(tmp_path: Path,
                                   monkeypatch: pytest.MonkeyPatch,
                                   capsys: pytest.CaptureFixture[str]) -> None:
    lab.share_cache(monkeypatch)
    module = tmp_path / "tug"
    module.mkdir()
    (module / "tug.h").write_text(HEADER)
    first, second = (lab.c(USE % (n, CALLS["set"][0], "put_page"))
                     for n in ("take", "more"))
    (module / "main.c").write_text(first)
    rest = [f"--kernel={lab.make(tmp_path / 'linux')}", "--no-install",
            f"--module={module}", f"--out={tmp_path / 'out'}",
            f"--baseline={tmp_path / 'baseline.json'}"]
    assert cli.main(["baseline", *rest]) == 0
    assert cli.main(["check", *rest]) == 0
    (module / "main.c").write_text(first + second)
    capsys.readouterr()
    assert cli.main(["check", *rest]) == 1
    said = capsys.readouterr().out
    assert "new: main.c:15: manual [hidden-in-macro]" in said
    [one] = [s for s in read_json(tmp_path / "out/report.json")["sites"]
             if s["function"] == "use_more"]
    assert one["disposition"] == "manual"
    assert one["pages"]["name"] == "&page"


def test_a_tree_without_pins(tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    lab.share_cache(monkeypatch)
    decision = lab.only(lab.analyse(lab.make(tmp_path / "linux", {
        "include/linux/mm.h": "int get_user_pages_fast(unsigned long start, "
        "int nr_pages, int write, struct page **pages);\n",
        "drivers/tug/tug.h": HEADER, "drivers/tug/main.c": lab.c(
            USE % ("take", CALLS["set"][0], "put_page"))})),
        "drivers/tug/main.c")
    assert (decision.disposition, decision.code) == ("blocked", "no-pin-api")
