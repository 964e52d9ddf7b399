# SPDX-License-Identifier: GPL-2.0-only
"""Facts are the same, whatever else was read or asked before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Run
from pinlib.kernel.searches import Searches
from pinlib.kernel.view import View
from pinlib.kernel.word_index import Indexes
from pinlib.program.facts import Fact, Unread
from pinlib.program.program import Program
from pinlib.program.read_files import ReadFiles
from pinlib.reader import build
from trees import lab

HEADER = lab.c("""\
typedef struct scatterlist *(take_fn)(unsigned int, gfp_t);

struct held {
    int kind;
    union {
#ifdef CONFIG_BLOCK
        struct {
            struct bio *bio;
        };
#endif
        struct page **pages;
        struct iov_iter iter;
    };
};
""")
CODE = """\
int one(int a)
{
    return a + 1;
}

int two(struct held *held)
{
    return held->kind;
}
"""


def facts_of(top: Path, names: list[str]) -> ReadFiles:
    """The facts of a folder, with the reader that is built for all tests."""
    return ReadFiles(View(top), build.ensure(lab.programs()), names)


def program_of(top: Path) -> Program:
    """The functions of a folder."""
    return Program(View(top), facts_of(top, []),
                   Searches(View(top), Indexes(lab.programs())))


def test_calls_of_other_names_are_no_facts(tmp_path: Path) -> None:
    text = "void f(void)\n{\n\tput_page(p);\n\tget_user_pages_fast(p);\n}\n"
    (tmp_path / "a.c").write_text(text)
    made = facts_of(tmp_path, ["put_page"]).facts("a.c")
    assert [f.name for f in made if f.kind == "call"] == ["put_page"]
    assert [f.text for f in made if f.kind == "effect"] == [
        "put_page ( p )", "get_user_pages_fast ( p )"]


def test_what_is_not_read_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text(
        "int a = 1;\nvoid f(void)\n{\n\tg(1 ] 2,\n\t  3 ]\n\t  4);\n}\n")
    found = facts_of(tmp_path, []).unread("a.c")
    assert found == [Unread((4, 3), (4, 8), "argument"),
                     Unread((5, 3), (6, 4), "argument")]
    [first, last] = found
    assert [first.holds(4, at) for at in (2, 3, 7, 8)] == [
        False, True, True, False]
    assert [last.holds(*at) for at in ((5, 2), (5, 9), (6, 3), (6, 4))] == [
        False, True, True, False]


def test_a_file_that_cannot_be_read_has_failed(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int a;\n")
    (tmp_path / "b.c").mkdir()
    made = facts_of(tmp_path, [])
    made.read(("gone.c", "a.c", "b.c"))
    assert made.failed == {"gone.c": "No such file or directory",
                           "b.c": "Is a directory"}
    assert [f.name for f in made.facts("a.c")] == ["a"]
    assert made.facts("gone.c") == made.facts("b.c") == []


def test_a_structure_with_directives_has_all_its_members(
        tmp_path: Path) -> None:
    (tmp_path / "held.h").write_text(HEADER)
    (tmp_path / "a.c").write_text(lab.c(CODE))
    program = program_of(tmp_path)
    members = program.members_of("held", "a.c")
    assert {k: v.replace(" ", "") for k, v in (members or {}).items()} == {
        "kind": "int", "bio": "structbio*", "pages": "structpage**",
        "iter": "structiov_iter"}
    # A parameter in a typedef of a function is no name that it gives.
    [function] = [f for f in program.in_file("a.c") if f.name == "two"]
    assert function.type == "int"


def test_what_was_asked_before_changes_no_answer(tmp_path: Path) -> None:
    """A function is the same, alone or after all others."""
    (tmp_path / "a.c").write_text(lab.c(CODE) + lab.c(
        "int three(int b)\n{\n    return one(b) + two(0);\n}\n"))
    shown = []
    for names in (["one"], ["three", "two", "one"]):
        program = program_of(tmp_path)
        for name in names:
            found = program.definition(name, "a.c")
            assert found is not None
            made = ([str(s.tree) for s in found.statements], found.params,
                    [(f.name, u.statement.line)
                     for f, u in program.naming(name, found)])
        shown.append(made)
    assert shown[0] == shown[1] == (["a + 1"], [("int", "a")], [("three", 12)])


# A reader that keeps what it takes for a type would lose what frees the
# variable in the files after.
SCOPED = lab.c("""\
#include <linux/mm.h>

int stash(unsigned long at, int count)
{
    void *copy __free(kvfree) = kvmalloc(count, GFP_KERNEL);

    return copy ? use(copy, at) : -ENOMEM;
}
""")
BESIDE = lab.c("""\
#include <linux/mm.h>

int wipe(unsigned long at, int count)
{
    struct page **list = kvmalloc_array(count, sizeof(*list), GFP_KERNEL);
    int got, k;

    if (!list)
        return -ENOMEM;
    got = get_user_pages_fast(at, count, FOLL_WRITE, list);
    for (k = 0; k < got; k++) {
        clear_highpage(list[k]);
        set_page_dirty_lock(list[k]);
        put_page(list[k]);
    }
    kvfree(list);
    return got < 0 ? got : 0;
}
""")


def read(top: Path, files: dict[str, str]) -> dict[str, list[Fact]]:
    """Every fact of some files of one tree, read together."""
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    made = facts_of(top, ["get_user_pages_fast", "put_page"])
    made.read(files)
    assert not made.failed
    return {name: made.facts(name) for name in files}


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_a_file_is_read_the_same_whatever_is_read_with_it(
        tmp_path: Path, order: str) -> None:
    names = {"a": SCOPED, "b": BESIDE}
    alone = read(tmp_path / "alone", {"main.c": BESIDE})["main.c"]
    [call] = [f for f in alone if f.kind == "effect" and f.line == 16]
    assert call.text == "kvfree ( list )"
    # Files are read in the order of their names.
    both = {f"{n}.c": names[which] for n, which in enumerate(order)}
    found = read(tmp_path / "both", both)[f"{order.index('b')}.c"]
    assert [f._replace(file="main.c") for f in found] == alone


def test_a_report_is_the_same_cold_warm_and_by_any_number_of_jobs(
        tmp_path: Path, gup2pin: Run) -> None:
    """Two subsystems, one with what its neighbours would have been read by."""
    tree = lab.make(tmp_path / "linux", {
        "drivers/a/main.c": SCOPED, "drivers/b/main.c": BESIDE,
        "drivers/c/main.c": BESIDE.replace("wipe", "wash"),
        "drivers/d/main.c": BESIDE.replace("got", "have")})
    made = {}
    for number, (cache, jobs) in enumerate((
            ("one", 1), ("one", 1), ("four", 4), ("four", 2))):
        out = tmp_path / f"out{number}"
        done = gup2pin("series", "--kernel", tree, "--out", out, "-j", jobs,
                       GUP2PIN_CACHE=lab.cold_cache(tmp_path / cache),
                       PYTHONHASHSEED=str(number))
        assert done.returncode == 0, done.stderr
        made[number] = {
            name: (out / name).read_bytes()
            for name in ("report.json", "plan.json", "report.txt")}
    assert made[0] == made[1] == made[2] == made[3]
    [site] = [s for s in json.loads(made[0]["report.json"])["sites"]
              if s["file"] == "drivers/b/main.c"]
    assert site["disposition"] == "convert"
