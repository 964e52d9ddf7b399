# SPDX-License-Identifier: GPL-2.0-only
"""Facts answer what was asked for, whatever an earlier run has kept."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import Run
from pinlib.kernel.view import View
from pinlib.program.program import Program
from pinlib.program.facts import Fact, FactStore
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


def store(top: Path) -> FactStore:
    """The facts of two small files."""
    (top / "linux").mkdir(exist_ok=True)
    (top / "linux/held.h").write_text(HEADER)
    (top / "linux/a.c").write_text(lab.c(CODE))
    return FactStore(View(top / "linux"), top / "cache", ["put_page"], 1)


def test_what_others_asked_for_is_no_answer(tmp_path: Path) -> None:
    early = store(tmp_path)
    early.request({"a.c": {(1, 4), (5, 9)}})
    assert {f.function for f in early.facts("a.c")} >= {"one", "two"}
    late = store(tmp_path)
    late.request({"a.c": {(5, 9)}})
    assert late.runs == 0
    assert late.facts("a.c") == [f for f in early.facts("a.c")
                                 if f.line > 4] != []


def test_a_structure_with_directives_has_all_its_members(
        tmp_path: Path) -> None:
    program = Program(View(tmp_path / "linux"), store(tmp_path))
    for _ in range(4):
        members = program.members_of("held", "a.c")
        program.load_words({"two"}, {"a.c"})
        program.flush()
    assert {k: v.replace(" ", "") for k, v in (members or {}).items()} == {
        "kind": "int", "bio": "structbio*", "pages": "structpage**",
        "iter": "structiov_iter"}
    # A parameter in a typedef of a function is no name that it gives.
    [function] = [f for f in program.in_file("a.c") if f.name == "two"]
    assert function.type == "int"


# From a variable that its scope frees spatch takes the name of what frees it
# for a type, in every file that the same process reads after.
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


def read(top: Path, files: dict[str, str], cache: str,
         jobs: int) -> dict[str, list[Fact]]:
    """Every fact of some files of one tree, read together."""
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    made = FactStore(View(top), top.parent / cache,
                     ["get_user_pages_fast", "put_page"], jobs)
    made.request({name: {(1, 3)} for name in files})
    assert not made.failed
    return {name: made.whole(name) for name in files}


def test_a_file_is_read_the_same_whatever_is_read_with_it(
        tmp_path: Path) -> None:
    both = {"drivers/a/main.c": SCOPED, "drivers/b/main.c": BESIDE}
    alone = read(tmp_path / "alone", {"drivers/b/main.c": BESIDE}, "c0", 1)
    [call] = [f for f in alone["drivers/b/main.c"]
              if f.kind == "effect" and f.line == 16]
    assert call.text == "kvfree ( list )"
    for cache, jobs in (("c1", 1), ("c1", 1), ("c4", 4)):
        found = read(tmp_path / "both", both, cache, jobs)
        assert found["drivers/b/main.c"] == alone["drivers/b/main.c"]


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
                       GUP2PIN_CACHE=str(tmp_path / cache),
                       PYTHONHASHSEED=str(number))
        assert done.returncode == 0, done.stderr
        made[number] = {
            name: (out / name).read_bytes()
            for name in ("report.json", "plan.json", "report.txt")}
    assert made[0] == made[1] == made[2] == made[3]
    [site] = [s for s in json.loads(made[0]["report.json"])["sites"]
              if s["file"] == "drivers/b/main.c"]
    assert site["disposition"] == "convert"
