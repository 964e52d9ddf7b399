# SPDX-License-Identifier: GPL-2.0-only
"""The census against the facts: nothing of either may be lost unseen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pinlib.analysis import census
from pinlib.analysis.census import headed, opens
from pinlib.analysis.whole_tree import Analysis
from pinlib.csource import masking
from pinlib.kernel.view import View
from pinlib.program.read_files import ReadFile, ReadFiles
from pinlib.program.facts import Fact, Unread
from pinlib.reader import build, run
from pinlib.reader.output import Output
from trees import lab

HEAD = "// SPDX-License-Identifier: GPL-2.0-only\n#include <linux/mm.h>\n\n"
GOOD = lab.c("""int good(unsigned long addr)
{
    struct page *page;
    int ret;

    ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
    if (ret != 1)
        return -EFAULT;
    dma_map_page(NULL, page, 0, 4096, 0);
    put_page(page);
    return 0;
}
""")
Analyse = Callable[[dict[str, str]], Analysis]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder of the test's own."""
    monkeypatch.setenv("GUP2PIN_CACHE", lab.cold_cache(tmp_path / "cache"))


@pytest.fixture
def analyse(tmp_path: Path) -> Analyse:
    """Analyses a tree with the given files."""
    def run(files: dict[str, str]) -> Analysis:
        tree = lab.make(tmp_path / "linux", files)
        return lab.analyse(tree)
    return run


def kinds(found: Analysis, file: str) -> list[tuple[int, str]]:
    """Line and kind of every token of a file."""
    return [(t.line, t.kind) for t in found.tokens if t.file == file]


def test_every_kind_of_token(analyse: Analyse) -> None:
    text = HEAD + lab.c("""/* get_user_pages_fast() in a comment */
#define toy_gup(a, p) get_user_pages_fast(a, 1, 0, p)
int get_user_pages_fast(unsigned long, int, unsigned int, struct page **);
static const char *name = "get_user_pages_fast";

#if 0
static void never(void)
{
    get_user_pages_fast(0, 0, 0, NULL);
}
#endif

static void *address(void)
{
    return get_user_pages_fast;
}

EXPORT_SYMBOL_GPL(get_user_pages_fast);
static int (*first)(unsigned long, int, unsigned int, struct page **) =
    get_user_pages_fast;
""") + GOOD
    found = analyse({"drivers/a.c": text})
    assert kinds(found, "drivers/a.c") == [
        (lab_line, kind) for lab_line, kind in (
            (5, "macro"), (6, "declaration"), (12, "disabled"),
            (18, "address"), (21, "export"), (23, "address"),
            (29, "call"))]
    assert [(u["line"], u["tokens"]) for u in found.unparsed] == [
        (18, 1), (23, 1)]
    # The header's prototype counts as well.
    assert [k for _, k in kinds(found, "include/linux/mm.h")] == [
        "declaration"]


def test_a_definition(analyse: Analyse) -> None:
    found = analyse({"mm/gup.c": HEAD + lab.c("""int get_user_pages_fast(
    unsigned long start, int nr, unsigned int flags, struct page **pages)
{
    return 0;
}
EXPORT_SYMBOL_GPL(get_user_pages_fast);
""")})
    assert [k for _, k in kinds(found, "mm/gup.c")] == [
        "definition", "export"]


def test_unread_code_is_listed(analyse: Analyse) -> None:
    bad = lab.c("""int bad(unsigned long addr)
{
    struct page *page;

    addr = (get_user_pages_fast(addr, 1, 0, &page) twice
            get_user_pages_fast(addr, 2, 0, &page));
    return 0;
}

""")
    found = analyse({"drivers/a.c": HEAD + bad + GOOD})
    assert [r for r in found.unparsed if r["file"] == "drivers/a.c"] == [
        {"file": "drivers/a.c", "line": 8, "end": 9, "tokens": 2,
         "why": "this statement could not be read"}]
    assert kinds(found, "drivers/a.c") == [
        (8, "unparsed"), (9, "unparsed"), (18, "call")]
    # Both are sites of their own, and cost the other one nothing.
    assert [(d.site.line, d.site.function.name, d.disposition, d.code)
            for d in lab.in_file(found, "drivers/a.c")] == [
        (8, "bad", "manual", "call-not-read"),
        (9, "bad", "manual", "call-not-read"),
        (18, "good", "convert", "pin-short")]
    assert "this statement could not be read" in lab.in_file(
        found, "drivers/a.c")[0].reason


@pytest.mark.parametrize("before", ["TOY_NOW", "int"])
def test_a_call_that_is_read_as_a_declaration(analyse: Analyse,
                                              before: str) -> None:
    """`now f(a, b);` declares a function if now is a type, which it is not."""
    odd = lab.c("""int odd(unsigned long addr, int count, struct page **page)
{
    BEFORE get_user_pages_fast(addr, count, 0, page);
    return 0;
}

""").replace("BEFORE", before)
    found = analyse({"drivers/a.c": HEAD + odd + GOOD})
    assert kinds(found, "drivers/a.c") == [(6, "unparsed"), (15, "call")]
    assert [(d.site.line, d.disposition, d.code)
            for d in lab.in_file(found, "drivers/a.c")] == [
        (6, "manual", "call-not-read"), (15, "convert", "pin-short")]


def test_code_around_unread_code_is_read(analyse: Analyse) -> None:
    """A head that is no C costs itself: who knows what the block is then."""
    odd = lab.c("""int odd(unsigned long addr)
{
    struct page *page;

    for each page in addr {
        get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
        put_page(page);
    }
    return 0;
}

""")
    found = analyse({"drivers/a.c": HEAD + odd + GOOD})
    assert found.unparsed == []
    assert kinds(found, "drivers/a.c") == [(9, "call"), (20, "call")]
    good, left = lab.in_file(found, "drivers/a.c")
    assert (left.site.line, left.disposition, left.code, left.blocked_by) == (
        9, "manual", "text-not-read", "drivers/a.c:8")
    assert (good.site.line, good.disposition, good.code) == (
        20, "convert", "pin-short")


def test_every_reason_has_its_words(tmp_path: Path) -> None:
    """What the reader says in one word is a sentence in the report."""
    reader = build.ensure(lab.programs())
    output: Output = run.read(reader, [], tmp_path, tmp_path / "out")
    said = {reason: census.in_words(Unread((1, 0), (1, 1), reason))
            for reason in output.names.reasons}
    assert said.keys() >= {"argument", "statement", "c++"}
    plain = {r for r in said if said[r] == f"this {r} could not be read"}
    assert plain == {"expression", "argument", "initializer", "statement",
                     "declaration", "condition", "none"}


def test_two_definitions_under_ifdef(analyse: Analyse) -> None:
    # Both are code; that they have one name must not stop the report.
    text = HEAD + "#ifdef CONFIG_TOY\n" + GOOD + "#else\n" + GOOD + "#endif\n"
    found = analyse({"drivers/a.c": text})
    assert [k for _, k in kinds(found, "drivers/a.c")] == ["call", "call"]
    assert len(lab.in_file(found, "drivers/a.c")) == 2


def drop(monkeypatch: pytest.MonkeyPatch, gone: Fact) -> None:
    """One fact is never seen again, nor is a function without its own."""
    facts, heads = ReadFile.facts, vars(ReadFile)["heads"].func
    monkeypatch.setattr(ReadFile, "facts", lambda self, element: [
        f for f in facts(self, element) if f != gone])
    if gone.kind == "function":
        monkeypatch.setattr(ReadFile, "heads", property(lambda self: [
            head for head in heads(self)
            if head[1:] != (gone.name, gone.line, gone.column)]))


@pytest.mark.parametrize("kind", ["call", "function", "effect"])
def test_a_lost_fact_of_the_call(analyse: Analyse, kind: str,
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"drivers/a.c": HEAD + GOOD}
    found = analyse(files)
    [gone] = [f for f in found.program.files.facts("drivers/a.c")
              if f.kind == kind and (kind != "effect" or f.line == 9)]
    drop(monkeypatch, gone)
    found = analyse(files)
    left = lab.only(found, "drivers/a.c")
    assert (left.disposition, left.blocked_by) == ("manual", "drivers/a.c:9")
    assert left.code == "call-not-read"


def test_any_lost_fact(tmp_path: Path,
                       monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one fact a site is left, or no release is overlooked."""
    tree = lab.make(tmp_path / "linux", {
        f"drivers/{n}/{f.name}": f.read_text() for n in ("array", "member")
        for f in (lab.TREES / "idioms/drivers" / n).iterdir()})
    found = lab.analyse(tree)
    whole = {d.site.file: lab.releases(d) for d in found.decisions}
    assert [len(r) for r in whole.values()] == [2, 2]
    every = {f for file in sorted(whole) + ["drivers/member/other.c"]
             for f in found.program.files.facts(file)}
    wrong = []
    for gone in sorted(every, key=lambda f: (f.file, f.line, f.column)):
        with monkeypatch.context() as patch:
            drop(patch, gone)
            made = lab.analyse(tree).decisions
        for one in made:
            if one.disposition not in ("convert", "manual") or (
                    one.disposition == "convert"
                    and lab.releases(one) != whole[one.site.file]):
                wrong.append(f"{gone.file}:{gone.line} {gone.kind} "
                             f"{gone.name or gone.text}: {one.disposition}")
    assert not wrong


READ = '"$REAL" "$@" < "$LIST"; '


@pytest.mark.parametrize("script, why", [
    # The end is lost, or more of it, or all.
    (f'{READ} truncate -s -1 "$OUT"', "not what the reader writes"),
    (f'{READ} truncate -s 700 "$OUT"', "not what the reader writes"),
    (": nothing at all", "not what the reader writes"),
    ('"$REAL" "$@" < /dev/null', "did not read what it was given"),
    ("echo 'reader: it is late' >&2; exit 1", "reader: it is late"),
    ("exit 3", "exit 3"), ("kill -9 $$", "exit -9"),
    ("exec sleep 60", "did not finish in 0.1 s")])
def test_a_reader_that_does_not_finish(
        analyse: Analyse, tmp_path: Path, script: str, why: str,
        monkeypatch: pytest.MonkeyPatch) -> None:
    # What fails alone is named, with its tokens, and left to a person.
    lab.fake_reader(monkeypatch, tmp_path, script)
    if "sleep" in script:
        monkeypatch.setattr(run, "TIMEOUT", 0.1)
    found = analyse({"drivers/a.c": HEAD + GOOD})
    left = lab.only(found, "drivers/a.c")
    assert (left.disposition, left.code) == ("manual", "call-not-read")
    assert why in left.reason
    [region] = [r for r in found.unparsed if r["file"] == "drivers/a.c"]
    assert why in region["why"] and region["tokens"] == 1
    assert (region["line"], region["end"]) == (
        1, (HEAD + GOOD).count("\n") + 1)


def test_a_file_that_fails_takes_no_other_with_it(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("good.c", "bad.c", "last.c"):
        (tmp_path / name).write_text(GOOD)
    lab.fake_reader(monkeypatch, tmp_path,
                    f'grep -q bad.c "$LIST" && exit 1\n{READ}')
    made = ReadFiles(View(tmp_path), build.ensure(tmp_path),
                     ["get_user_pages_fast"])
    made.read(("good.c", "bad.c", "last.c"))
    assert list(made.failed) == ["bad.c"]
    assert made.facts("bad.c") == []
    for name in ("good.c", "last.c"):
        assert [f.line for f in made.facts(name) if f.kind == "call"] == [6]


def test_a_file_that_changed_is_read_again(analyse: Analyse,
                                           tmp_path: Path) -> None:
    files = {"drivers/a.c": HEAD + GOOD}
    assert lab.only(analyse(files), "drivers/a.c").site.line == 9
    files["drivers/a.c"] = HEAD + "\n" + GOOD
    assert lab.only(analyse(files), "drivers/a.c").site.line == 10
    assert not (tmp_path / "cache/facts").exists()


BLANK = "\n" * 100


def test_ids_survive_what_moves_lines(analyse: Analyse) -> None:
    other = GOOD.replace("good", "other")
    twice = GOOD.replace("good", "twice").replace(
        "\tdma_map", "\tget_user_pages_fast(addr, 1, FOLL_WRITE, &page);\n"
        "\tdma_map")
    first = [d.site.id for d in lab.in_file(
        analyse({"drivers/a.c": HEAD + GOOD + other + twice}),
        "drivers/a.c")]
    assert len(set(first)) == 4
    moved = twice.replace("addr, 1, FOLL", "addr,\n\t\t1,  FOLL")
    second = [d.site.id for d in lab.in_file(
        analyse({"drivers/a.c": HEAD + BLANK + moved + other + GOOD}),
        "drivers/a.c")]
    assert sorted(first) == sorted(second)
    assert not any(c.isdigit() for i in first
                   for c in i.rpartition("#")[0].replace(",1,", ""))


@pytest.mark.parametrize("tail", [
    "int f(void)\n{\n\tdo {\n\t\ta();\n\t}\n",
    "int f(void)\n{\n\tif (a",
    "int f(void)\n{\n\tfor (i = 0; i < n",
    "int f(void)\n{\n\tx = \"abc;\n}\n",
    "#if 0\nint f(void)\n{\n",
    "}\n}\n", "/* no end"])
def test_a_file_that_breaks_off(analyse: Analyse, tail: str) -> None:
    # The good part counts; the rest is no reason for a traceback.
    bad = "int g(void)\n{\n\tget_user_pages_fast(0, 1, 0, NULL);\n"
    for text in (GOOD + tail, tail + GOOD, GOOD + bad + tail):
        found = analyse({"drivers/a.c": HEAD + text})
        assert all(t.kind for t in found.tokens)
        have = {(d.site.line, d.site.column) for d in lab.in_file(
            found, "drivers/a.c")}
        assert have >= {(t.line, t.column) for t in found.tokens
                        if t.file == "drivers/a.c" and t.kind == "call"}


@pytest.mark.parametrize("code, called, declared", [
    ("n = take(a, b);", True, ""), ("n = take\n\t(a, b);", True, ""),
    ("n = (take)(a, b);", True, ""), ("(void)(take)(a, b);", True, ""),
    ("n = ((int (*)(long))take)(a);", True, ""),
    ("return (take)(a);", True, ""),
    ("keep(take);", False, ""), ("keep(take)(a);", False, ""),
    ("op->take = take;", False, ""), ("n = sizeof(take);", False, ""),
    ("extern __toy int take(struct page **p);", True, ";"),
    ("int take(unsigned long a, int b) __toy(1);", True, ";"),
    ("int take(struct page **p)\n{\n\ta = 0;\n}", True, "{"),
    ("n = take((struct page **)p, ({ int x; x; }));", True, "")])
def test_what_the_text_takes_for_a_call(code: str, called: bool,
                                        declared: str) -> None:
    text = masking.CText(code)
    opening = opens(text, "take", text.code.rindex("take"))
    assert (opening >= 0) == called
    assert not called or headed(text, opening) == declared
