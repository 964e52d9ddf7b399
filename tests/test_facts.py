# SPDX-License-Identifier: GPL-2.0-only
"""Facts answer what was asked for, whatever an earlier run has kept."""

from __future__ import annotations

from pathlib import Path

from pinlib.facts import FactStore
from pinlib.program import Program
from pinlib.view import View
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
