# SPDX-License-Identifier: GPL-2.0-only
"""What cannot be read costs its own site; all else is reported and written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pinlib.analysis.whole_tree import Analysis
from pinlib.audit import follow, known, page
from pinlib.report.terminal import NO_PINS
from pinlib.series.commits import make_plan
from trees import lab

HEAD = "// SPDX-License-Identifier: GPL-2.0-only\n#include <linux/mm.h>\n\n"
CALL = "get_user_pages_fast(where, count, FOLL_WRITE, held)"
DRIVER = HEAD + lab.c("""int NAME_clear(unsigned long where, int count)
{
    struct page *held[8];
    int got, k;

BODY
    if (got < 0)
        return got;
    for (k = 0; k < got; k++)
        memset(page_address(held[k]), 0, 4096);
    for (k = 0; k < got; k++) {
        set_page_dirty_lock(held[k]);
        put_page(held[k]);
    }
    return 0;
}
""")
# What cannot be read, by the name of a driver.
ODD = {
    "words": "    got = (CALL now);",
    "bracket": "    got = toy_first(CALL ] 0);",
    "typed": "    got = 1;\n    TOY_NOW CALL;",
    "braced": "    got = (get_user_pages_fast)(where, count, 0, held);",
    "starred": "    got = (*get_user_pages_fast)(where, count, 0, held);",
    "either": "#ifdef OLD_TOY\n    got = toy_pages(where, count,\n#else\n"
    "    got = get_user_pages_fast(where, count, 1,\n#endif\n"
    "              held);",
    "headed": "#ifdef OLD_TOY\n    if (toy_ready(where)) {\n#else\n"
    "    if (toy_ready(count)) {\n#endif\n        k = 0;\n    }\n"
    "    got = CALL;"}
# What Coccinelle does not read, or only in part; the reader does.
LOST_BY_COCCINELLE = {
    "block": "    got = ({ CALL; });",
    "argument": "    walk_all(k, ({ got = CALL; 0; }), ({ 1; }))",
    "pasted": "    WHEN(LATE) {\n        k = 0;\n    }\n    got = CALL;"}
SHARED = {
    "drivers/lender/lend.h": "void lend_end(struct page **held, int n);\n",
    "drivers/lender/end.c": HEAD + lab.c("""#include "lend.h"
void lend_end(struct page **held, int n)
{
    while (n-- > 0)
        put_page(held[n]);
}
"""),
    "drivers/lender/main.c": HEAD + lab.c("""#include "lend.h"
int lend_send(unsigned long where)
{
    struct page *held[8];
    int got = get_user_pages_fast(where, 8, 0, held);

    if (got <= 0)
        return got;
    dma_map_page(NULL, held[0], 0, PAGE_SIZE, DMA_TO_DEVICE);
    lend_end(held, got);
    return 0;
}
""")}
LOST = {"drivers/lender/other.c": HEAD + lab.c("""#include "lend.h"
int lend_other(unsigned long where)
{
    struct page *held[8];
    int got;

    TOY_RUN(got = get_user_pages_fast(where, 8, 0, held) ]
            lend_end(held, got));
    return 0;
}
""")}


LANE = """\
#include <linux/mm.h>
struct lane {
    struct page *page;
};
static int lane_take(struct lane *lane, unsigned long at)
{
    if (get_user_pages_fast(at, 1, FOLL_LONGTERM, &lane->page) != 1)
        return -EFAULT;
    return 0;
}
static int lane_again(struct lane *lane, unsigned long at)
{
    AGAIN
    return got == 1 ? 0 : -EFAULT;
}
static int lane_drop(struct lane *lane)
{
    set_page_dirty_lock(lane->page);
    put_page(lane->page);
    return 0;
}
static long lane_ioctl(struct file *file, unsigned int cmd, unsigned long at)
{
    if (!cmd)
        return lane_drop(file->private_data);
    return cmd == 1 ? lane_take(file->private_data, at) :
        lane_again(file->private_data, at);
}
static const struct file_operations lane_fops = {
    .unlocked_ioctl = lane_ioctl,
};
"""


def driver(name: str, body: str) -> str:
    """One driver that takes pages as the body does."""
    return DRIVER.replace("NAME", name).replace("BODY", lab.c(body)).replace(
        "CALL", CALL)


def files(*names: str) -> dict[str, str]:
    """A plain driver, and the odd ones of these names."""
    made = {f"drivers/{n}/main.c": driver(n, {
        **ODD, **LOST_BY_COCCINELLE}[n]) for n in names}
    made["drivers/pasted/main.c"] = made.get("drivers/pasted/main.c", HEAD)\
        .replace("int pasted", "#define WHEN(x) if (toy_time == TOY_##x)\n\n"
                 "int pasted")
    return {**made, "drivers/plain/main.c": driver(
        "plain", "    got = CALL;")}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder of the test's own."""
    monkeypatch.setenv("GUP2PIN_CACHE", lab.cold_cache(tmp_path / "cache"))


def ends(found: Analysis) -> dict[str, tuple[str, str]]:
    """Disposition and code of each call, by its folder."""
    return {d.site.file.split("/")[1]: (d.disposition, d.code)
            for d in found.decisions if d.site.file.startswith("drivers/")}


def test_each_costs_its_own_site(tmp_path: Path) -> None:
    tree = lab.make(tmp_path / "linux", {
        **files(*ODD, *LOST_BY_COCCINELLE), **SHARED, **LOST,
        "lib/iov_iter.c": HEAD + lab.c("""ssize_t iov_iter_get_pages2(
    struct iov_iter *i, struct page **pages, size_t max, unsigned int most,
    size_t *start)
{
    int n;

    n = (get_user_pages_fast(i->at, most, 0, pages) now);
    return n;
}
""")})
    found = lab.analyse(tree)
    assert all(t.kind for t in found.tokens)
    have = ends(found)
    assert {n: have[n] for n in ODD} == dict.fromkeys(
        ODD, ("manual", "call-not-read")) | {
            "either": ("manual", "split-call")}
    assert have["plain"] == ("convert", "pin-short")
    assert have["block"] == have["argument"] == ("manual", "unknown-use")
    # It is read, but a patch cannot change what Coccinelle does not find.
    assert have["pasted"] == ("manual", "edits-refused")
    assert "Coccinelle does not find" in lab.only(
        found, "drivers/pasted/main.c").reason
    for name in ODD:
        one = lab.only(found, f"drivers/{name}/main.c")
        assert one.blocked_by == f"{one.site.file}:{one.site.line}"
        assert one.site.function.name == f"{name}_clear"
        assert one.site.line == lab.line(tree, one.site.file,
                                         "get_user_pages_fast")
    # One that shares the function that drops the pages stays as well: where
    # that is named, or the call itself, in text that was not read.
    assert {d.site.file.split("/")[2]: (d.code, d.blocked_by)
            for d in found.decisions if "lender" in d.site.file} == {
        "main.c": ("text-not-read", "drivers/lender/other.c:11"),
        "other.c": ("call-not-read", "drivers/lender/other.c:10")}
    assert lab.only(found, "lib/iov_iter.c").disposition == "core"
    looked = follow.read(tree, None, 2)
    assert {(r["file"].split("/")[-2], r["line"], r["end"]): r["why"]
            for r in looked.listed.regions} == {
        ("lib", 10, 10): "this statement could not be read",
        ("lender", 10, 11): "this argument could not be read",
        ("words", 9, 9): "this statement could not be read",
        ("bracket", 9, 9): "this argument could not be read",
        ("typed", 10, 10): "the expression around this call could not be read",
        ("braced", 9, 9): "the name of the function stands in parentheses",
        ("starred", 9, 9): "the name of the function stands in parentheses",
        ("either", 12, 14): "the call is written across the arms of an #if",
        ("headed", 16, 16): "the code around this call could not be parsed"}
    text = page.render("6.1", looked, known.Accepted({}))
    assert "Not looked at: 9, see the end." in " ".join(text.split())
    assert "drivers/bracket/main.c:9-9" in text


def test_its_pages_may_come_to_the_same_release(tmp_path: Path) -> None:
    # All is read of the function that calls it, but for the one call itself.
    tree = lab.make(tmp_path / "linux", {"drivers/lane/main.c": lab.c(
        LANE.replace("AGAIN", """struct page *mine;
    int got = (get_user_pages_fast(at, 1, FOLL_LONGTERM, &mine) now);

    lane_drop(lane);"""))})
    plain, unread = lab.analyse(tree).decisions
    line = lab.line(tree, "drivers/lane/main.c", "= (get")
    assert (unread.code, unread.site.line) == ("call-not-read", line)
    assert (plain.disposition, plain.code, plain.blocked_by) == (
        "manual", "rests-on-unread", f"drivers/lane/main.c:{line}")


def test_a_call_in_a_statement_expression_is_read(tmp_path: Path) -> None:
    tree = lab.make(tmp_path / "linux", {"drivers/lane/main.c": lab.c(
        LANE.replace("AGAIN", """int got = ({
        get_user_pages_fast(at, 1, FOLL_LONGTERM, &lane->page); });
"""))})
    found = lab.analyse(tree)
    assert [t.kind for t in found.tokens
            if t.file == "drivers/lane/main.c"] == ["call", "call"]
    assert found.unparsed == []
    release = lab.line(tree, "drivers/lane/main.c", "put_page(lane")
    assert {(d.site.line, d.disposition, *lab.releases(d))
            for d in found.decisions} == {
        (line, "convert", f"drivers/lane/main.c:{release}") for line in (
            7, lab.line(tree, "drivers/lane/main.c",
                        "\t\tget_user_pages_fast"))}


def test_an_address_that_is_taken_is_a_site(tmp_path: Path) -> None:
    tree = lab.make(tmp_path / "linux", {"drivers/lane/main.c": HEAD + lab.c("""
static int (*lane_get)(unsigned long, int, unsigned int, struct page **) =
    get_user_pages_fast;
static const struct lane_methods lane_methods = {
    .get = get_user_pages_fast,
};
""")})
    found = lab.analyse(tree)
    assert [(d.site.line, d.disposition, d.code) for d in found.decisions
            if d.site.file == "drivers/lane/main.c"] == [
        (6, "manual", "called-through-pointer"),
        (8, "manual", "called-through-pointer")]
    assert [r["line"] for r in follow.read(tree, None, 2).listed.regions] == [
        6, 8]


def test_with_nothing_unread_the_helper_is_converted(tmp_path: Path) -> None:
    found = lab.analyse(lab.make(tmp_path / "linux", SHARED))
    assert lab.only(found, "drivers/lender/main.c").disposition == "convert"


def test_a_file_that_fails_costs_what_rests_on_it(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file names no interface, but may drop what the other one takes."""
    tree = lab.make(tmp_path / "linux", {**SHARED, **files()})
    lab.fake_reader(monkeypatch, tmp_path, 'grep -q lender/end.c "$LIST" && '
                    'exit 1\nexec "$REAL" "$@" < "$LIST"')
    found = lab.analyse(tree)
    left = lab.only(found, "drivers/lender/main.c")
    assert left.disposition == "manual"
    assert [(r["file"], r["tokens"]) for r in found.unparsed] == [
        ("drivers/lender/end.c", 0)]
    assert ends(found)["plain"] == ("convert", "pin-short")


def test_braces_that_close_in_another_function(tmp_path: Path) -> None:
    """A call between two such functions belongs to neither of them."""
    arms = lab.c("""
int NAME(int a)
{
    if (a > 1) {
        a = 0;
#ifdef TOY
    FIRST
#else
    FIRST
#endif
    LAST
    return a;
}

""")
    first = arms.replace("NAME", "opens").replace(
        "FIRST", "if (a) {").replace("LAST", "}\n\t}")
    last = arms.replace("NAME", "closes").replace("FIRST", "}").replace(
        "LAST", "a++;")
    plain = driver("plain", "    got = CALL;").partition("\n\n")[2]
    found = lab.analyse(lab.make(tmp_path / "linux", {
        "drivers/plain/main.c": HEAD + first + plain + last}))
    one = lab.only(found, "drivers/plain/main.c")
    assert (one.site.function.name, one.disposition) == (
        "plain_clear", "convert")


def test_a_nul_byte(tmp_path: Path) -> None:
    """git takes such a file for binary; other odd bytes do no harm."""
    plain = driver("plain", "    got = CALL;")
    odd = {"nul": plain + "/* \0 */\n", "late": plain + "x" * 9000 + "\0",
           "latin": plain + "/* \xe9\xff */\n",
           "feed": plain.replace("\tif", "\f\n\tif", 1),
           "open": plain.rstrip("\n")}
    tree = lab.make(tmp_path / "linux", {
        f"drivers/{n}/main.c": text.replace("plain_", f"{n}_")
        for n, text in odd.items()})
    found = lab.analyse(tree)
    make_plan(found)
    have = ends(found)
    assert {n for n in have if have[n][0] == "convert"} == {
        "latin", "feed", "open"}
    assert have["nul"] == have["late"] == ("manual", "binary-file")
    assert lab.only(found, "drivers/nul/main.c").blocked_by == \
        f"drivers/nul/main.c:{lab.line(tree, 'drivers/nul/main.c', chr(0))}"


def test_the_command_ends_with_3_when_all_is_written(gup2pin,
                                                     tmp_path: Path) -> None:
    tree, out = lab.make(tmp_path / "linux", files("words")), tmp_path / "out"
    base = tmp_path / "base.json"
    args = ("--kernel", tree, "--out", out, "--baseline", base)
    done = gup2pin("series", *args)
    assert done.returncode == 3 and done.stderr.count("\n") >= 1
    assert "drivers/words/main.c:9" in done.stderr.splitlines()[-1]
    assert list(out.glob("series/*/0001-*.patch"))
    report = json.loads((out / "report.json").read_text())
    [site] = [s for s in report["sites"] if s["code"] == "call-not-read"]
    assert site["pages"]["name"] == "held" and site["function"] == \
        "words_clear"
    counts = report["summary"]["census"]
    assert counts["tokens"] == counts["accounted"] + 1
    for name in ("report.txt", "report.sarif", "report.html"):
        assert "call-not-read" in (out / name).read_text()
    assert gup2pin("diff", *args).returncode == 3
    said = gup2pin("explain", *args, "--site", site["id"])
    assert said.returncode == 3 and "call-not-read" in said.stdout
    # What is recorded is allowed from then on, and one more is not.
    assert gup2pin("baseline", *args).returncode == 3
    assert json.loads(base.read_text())["unparsed"] == {
        "drivers/words/main.c": 1}
    assert gup2pin("check", *args).returncode == 0
    assert gup2pin("report", *args).returncode == 0
    lab.make(tree, files("bracket"))
    done = gup2pin("check", *args)
    assert done.returncode == 3
    assert "new: drivers/bracket/main.c:9: manual [call-not-read]" in \
        done.stdout


def test_a_tree_without_pins_says_so_first(gup2pin, tmp_path: Path) -> None:
    tree, out = lab.make(tmp_path / "linux", files("words")), tmp_path / "out"
    header = tree / "include/linux/mm.h"
    header.write_text(re.sub(r"\bpin_user_pages", "toy_pin_pages",
                             header.read_text()))
    done = gup2pin("report", "--kernel", tree, "--out", out)
    assert done.returncode == 3
    assert done.stdout.startswith(NO_PINS + "\n")
    assert (out / "report.txt").read_text().startswith(NO_PINS + "\n")
    report = json.loads((out / "report.json").read_text())
    assert report["kernel"]["pins"] is False
    assert {s["code"] for s in report["sites"]} == {"no-pin-api"}
