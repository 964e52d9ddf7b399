# SPDX-License-Identifier: GPL-2.0-only
"""A report that is kept is what would be made again, byte for byte."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pinlib.analysis import second_opinion
from pinlib.base.options import Options
from pinlib.commands import report
from pinlib.kept import inputs
from pinlib.kernel import kernel_tree
from pinlib.series import commits
from trees import lab

RING = lab.c("""#include <linux/mm.h>
#include "ring.h"
#include "missing.h"

int ring_take(struct ring *ring, unsigned long addr)
{
    struct page *pages[RING_PAGES];
    int got = get_user_pages_fast(addr, RING_PAGES, FOLL_WRITE, pages);

    if (got < 0)
        return got;     /* Nothing was taken. */
    ring_fill(pages, got);
    ring->took += got;  // a count
    while (got--)
        put_page(pages[got]);
    return 0;
}
""")
FILL = lab.c("""#include <linux/mm.h>
#include "ring.h"

void ring_fill(struct page **pages, int n)
{
    while (n--)
        memset(page_address(pages[n]), 0, PAGE_SIZE);
}
""")
HEADER = lab.c("""#define RING_PAGES 4  /* at once */
struct ring {
    long took;
};
void ring_fill(struct page **pages, int n);
""")
OTHER = lab.c("""#include <linux/mm.h>

/* Nothing of this has to do with pages of a user. */
int other_sum(int *of, int n)
{
    int sum = 0;

    while (n--)
        sum += of[n];
    return sum;
}
""")
FOLDER = "drivers/ring"
FILES = {f"{FOLDER}/ring.c": RING, f"{FOLDER}/fill.c": FILL,
         f"{FOLDER}/ring.h": HEADER, "lib/other.c": OTHER,
         "lib/more.c": OTHER.replace("other", "more"),
         "fs/some.c": OTHER.replace("other", "some")}
RESULTS = ("report.json", "report.txt", "report.sarif", "plan.json",
           "report.html")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file counts as settled soon, so that tests need not wait."""
    monkeypatch.setattr(inputs, "_GRAIN_NS", 20_000_000)


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Path:
    return lab.make(tmp_path / "linux", FILES)


@pytest.fixture(name="opts")
def _opts(tree: Path, tmp_path: Path) -> Options:
    return Options(tree, None, tmp_path / "out", 2, None, None, "mission",
                   None, None, False)


@pytest.fixture(name="run")
def _run(monkeypatch: pytest.MonkeyPatch,
         tmp_path: Path) -> Callable[..., tuple[bool, dict[str, str]]]:
    """Writes a report; says if it was kept, and what it wrote."""
    def run(opts: Options, cache: str = "cache") -> tuple[bool, dict[str, str]]:
        monkeypatch.setenv("GUP2PIN_CACHE", lab.cold_cache(tmp_path / cache))
        time.sleep(0.05)
        shutil.rmtree(opts.out, ignore_errors=True)
        report.write(opts)
        kept = "census" not in json.loads(
            (opts.out / "timings.json").read_text())
        return kept, {path.relative_to(opts.out).as_posix(): path.read_text()
                      for path in sorted(opts.out.rglob("*"))
                      if path.name in RESULTS or path.parent.name == "html"}
    return run


def test_the_same_again(run: Callable[..., tuple[bool, dict[str, str]]],
                        opts: Options) -> None:
    first, made = run(opts)
    again, kept = run(opts)
    assert (first, again) == (False, True)
    assert kept == made and set(RESULTS) < set(made)
    assert '"disposition": "convert"' in made["report.json"]
    # Neither how it is printed nor where it goes is in it.
    assert run(dataclasses.replace(
        opts, out=opts.out.with_name("other"), jobs=1, format="gcc"))[0]
    assert not run(dataclasses.replace(opts, apis="all"))[0]


CHANGES: dict[str, Callable[[Path], object]] = {
    "site": lambda t: edit(t / FOLDER / "ring.c", "FOLL_WRITE", "0"),
    "release": lambda t: edit(t / FOLDER / "ring.c", "put_page", "hold_page"),
    "line": lambda t: edit(t / FOLDER / "ring.c", "int ring", "\nint ring"),
    "helper": lambda t: edit(t / FOLDER / "fill.c", "memset", "memmove"),
    "header": lambda t: edit(t / FOLDER / "ring.h", "void",
                             "#define memset(p, c, n) put_page(p)\nvoid"),
    "new caller": lambda t: (t / "lib/third.c").write_text(
        "void third(struct page **pages)\n{\n\tring_fill(pages, 4);\n}\n"),
    "new definition": lambda t: (t / "lib/third.c").write_text(FILL),
    "missing header": lambda t: (t / FOLDER / "missing.h").write_text(
        "#define put_page(page) other_put(page)\n"),
    "header gone": lambda t: (t / FOLDER / "ring.h").unlink(),
    "subsystem": lambda t: edit(t / "MAINTAINERS", "\n", "\n\nRING\n"
                                f"F:\t{FOLDER}/\n\n"),
    "version": lambda t: edit(t / "Makefile", "SUBLEVEL = ", "SUBLEVEL = 9"),
    "prototype": lambda t: edit(t / "include/linux/mm.h", "get_user_pages_fast",
                                "get_user_pages_slow"),
}

# It was read, or asked for, and is of no consequence.
UNSEEN = ("helper", "header", "new caller", "new definition", "missing header",
          "header gone")


def test_what_it_rests_on(run: Callable[..., tuple[bool, dict[str, str]]],
                          opts: Options, tree: Path, tmp_path: Path) -> None:
    shutil.copytree(tree, tmp_path / "as it was")
    made = run(opts)[1]
    (file,) = (tmp_path / "cache/reports").iterdir()
    before = file.read_text()
    for change, make in CHANGES.items():
        make(tree)
        kept, found = run(opts)
        assert not kept, change
        assert (found == made) == (change in UNSEEN), change
        shutil.rmtree(tree)
        shutil.copytree(tmp_path / "as it was", tree)
        file.write_text(before)
    assert run(opts) == (True, made)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coccinelle is not asked, which takes most of a small tree's time."""
    monkeypatch.setattr(second_opinion, "asked", lambda *_: (
        contextlib.nullcontext(lambda: None)))


REMARKS: dict[str, tuple[Callable[[Path], object], bool]] = {
    "at the end": (lambda t: edit(t / FOLDER / "ring.c", "return 0;\n}\n",
                                  "return 0;\n}\n\n/* touched */\n"), True),
    "in a line": (lambda t: edit(t / FOLDER / "ring.c", "// a count",
                                 "// a sum of all"), True),
    "of a header": (lambda t: edit(t / FOLDER / "ring.h", "/* at once */",
                                   "/* never more than that */"), True),
    "with a name": (lambda t: edit(t / FOLDER / "ring.c", "// a count",
                                   "// get_user_pages_fast"), False),
    "on references": (lambda t: edit(t / FOLDER / "ring.c", "// a count",
                                     "// drop a reference"), False),
    "on a line of its own": (lambda t: edit(t / FOLDER / "ring.c", "// a count",
                                            "// a\n    // count"), False),
    "beside what is shown": (lambda t: edit(
        t / FOLDER / "ring.c", "FOLL_WRITE, pages);",
        "FOLL_WRITE, pages); // all"), False),
}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark(run: Callable[..., tuple[bool, dict[str, str]]],
                  opts: Options, tree: Path, remark: str) -> None:
    """A report rests on the comments that it shows or edits, and no others."""
    run(opts)
    make, serves = REMARKS[remark]
    make(tree)
    kept, found = run(opts)
    assert kept == serves
    assert found == run(opts, "cold")[1]


@pytest.mark.usefixtures("quick")
def test_twenty_places(run: Callable[..., tuple[bool, dict[str, str]]],
                       opts: Options, tree: Path) -> None:
    """Whatever is touched, the report is that of a machine with nothing kept."""
    dice = random.Random(20)
    run(opts)
    reused = 0
    for number in range(20):
        path = tree / dice.choice(sorted(FILES))
        lines = path.read_text().split("\n")
        lines.insert(dice.randrange(len(lines)), dice.choice((
            "/* a remark */", "", "/* put_page() */", "#define A_NAME 1",
            "int a_name;")))
        if dice.randrange(2):
            at = dice.randrange(len(lines))
            lines[at] += dice.choice((" // put_page", " /* a remark */", " ;"))
        path.write_text("\n".join(lines))
        kept, found = run(opts)
        reused += kept
        assert not kept or found == run(opts, f"cold-{number}")[1], path
    assert 3 < reused < 17


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("spoil", (
    lambda text: "", lambda text: "[]", lambda text: "{}",
    lambda text: text.replace('"files"', '"folders"'),
    lambda text: text[:len(text) // 2]))
def test_a_spoiled_file(run: Callable[..., tuple[bool, dict[str, str]]],
                        opts: Options, tmp_path: Path,
                        spoil: Callable[[str], str]) -> None:
    made = run(opts)[1]
    (kept,) = (tmp_path / "cache/reports").iterdir()
    kept.write_text(spoil(kept.read_text()))
    assert run(opts) == (False, made)


def test_a_module(run: Callable[..., tuple[bool, dict[str, str]]],
                  opts: Options, tree: Path, tmp_path: Path) -> None:
    """Its kernel is read too, and what the module has comes before that."""
    module = tmp_path / "ring"
    shutil.move(tree / FOLDER, module)
    opts = dataclasses.replace(opts, module=module)
    made = run(opts)[1]
    assert run(opts) == (True, made)
    edit(tree / "include/linux/mm.h", "get_user_pages_fast",
         "get_user_pages_slow")
    assert not run(opts)[0]
    assert run(opts)[0]
    (module / "include/linux").mkdir(parents=True)
    (module / "include/linux/mm.h").write_text("struct page;\n")
    kept, found = run(opts)
    assert not kept or found == run(opts, "cold")[1]


def test_what_is_looked_for(tmp_path: Path, tree: Path) -> None:
    """What is only asked for is heard of too, be it there or not."""
    own = tmp_path / "own/d.toml"
    own.parent.mkdir()
    own.write_text("")
    with inputs.recorded([own.parent], [tree, own]) as read:
        commits.lacking(tree, True)
        kernel_tree.commit_id(tree)
        own.read_text()
    assert {Path(p).name for p in (*read.files, *read.code)} >= {
        "page_extract.h", "HEAD", "d.toml"}


def edit(path: Path, old: str, new: str) -> None:
    """Put another text in the place of the first that is found."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
