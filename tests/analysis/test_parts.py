# SPDX-License-Identifier: GPL-2.0-only
"""What is decided part by part is decided again only where something changed."""

from __future__ import annotations

import contextlib
import os
import pickle
import random
import shutil
import signal
import tempfile
import time
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import cast

import pytest

from pinlib.analysis import second_opinion
from pinlib.analysis.parts import forked, pickled
from pinlib.base.errors import Gup2pinError, UsageError
from pinlib.base.options import Options
from pinlib.commands import report
from pinlib.csource.expr import Kind, Node
from pinlib.kept import inputs
from pinlib.program.locations import Resolver
from trees import lab


def driver(name: str) -> str:
    """A driver that takes pages, and drops them by a helper of all drivers."""
    return lab.c(f"""#include <linux/mm.h>
#include <linux/ring.h>

int {name}_take(struct {name} *{name}, unsigned long addr)
{{
    struct page *pages[RING_PAGES];
    int got = get_user_pages_fast(addr, RING_PAGES, FOLL_WRITE, pages);

    if (got < 0)
        return got;
    ring_drop(pages, got);
    return 0;
}}
""")


DROP = lab.c("""#include <linux/mm.h>
#include <linux/ring.h>

void ring_drop(struct page **pages, int n)
{
    while (n--)
        put_page(pages[n]);
}

void ring_rest(struct page **pages, int n)
{
    while (n--)
        put_page(pages[n]);
}
""")
# One that has nothing to do with the others.
ALONE = lab.c("""#include <linux/mm.h>

int alone_take(unsigned long addr)
{
    struct page *page;
    int got = get_user_pages_fast(addr, 1, 0, &page);

    if (got == 1)
        put_page(page);
    return got;
}
""")
HEADER = lab.c("""#define RING_PAGES 4
void ring_drop(struct page **pages, int n);
""")
FILES = {"drivers/one/one.c": driver("one"), "drivers/two/two.c": driver("two"),
         "net/alone/alone.c": ALONE, "lib/ring.c": DROP,
         "include/linux/ring.h": HEADER,
         "fs/other.c": "int other_sum(int a, int b)\n{\n\treturn a + b;\n}\n"}
Found = tuple[int, str, str]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled soon; Coccinelle, which is slow, is not asked."""
    monkeypatch.setattr(inputs, "_GRAIN_NS", 20_000_000)
    monkeypatch.setattr(second_opinion, "asked", lambda *_: (
        contextlib.nullcontext(lambda: None)))


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Path:
    return lab.make(tmp_path / "linux", FILES)


@pytest.fixture(name="run")
def _run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
         tree: Path) -> Callable[[str], Found]:
    """Returns how many parts were asked anew, the report and the plan."""
    asked: list[int] = []
    ask = forked.answers

    def counted(parts: Iterable[list[str]],
                answer: Callable[[list[str]], bytes],
                jobs: int) -> Iterator[tuple[int, bytes]]:
        def each() -> Iterator[list[str]]:
            for one in parts:
                asked.append(1)
                yield one
        return ask(each(), answer, jobs)
    monkeypatch.setattr(forked, "answers", counted)

    def run(cache: str) -> Found:
        monkeypatch.setenv("GUP2PIN_CACHE", lab.cold_cache(tmp_path / cache))
        time.sleep(0.05)
        asked.clear()
        out = tmp_path / "out"
        report.write(Options(tree, None, out, 2, None, None, "mission", None,
                             None, False))
        return sum(asked), *((out / name).read_text() for name in (
            "report.json", "plan.json"))
    return run


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text that is there once."""
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_what_is_decided_again(run: Callable[[str], Found],
                               tree: Path) -> None:
    made = run("cache")
    assert made[0] == 3
    assert made[1].count('"disposition": "convert"') == 2
    # It is in a file that all of it may have been asked about, and was not.
    edit(tree / "fs/other.c", "a + b", "b + a")
    assert run("cache")[0] == 0
    edit(tree / "net/alone/alone.c", ", 1, 0, &", ", 1, FOLL_WRITE, &")
    assert run("cache")[0] == 1
    # The helper that two of them call.
    edit(tree / "lib/ring.c", "void ring_drop", "\nvoid ring_drop")
    assert run("cache")[0] == 2
    # A new caller, which may drop pages of these.
    (tree / "fs/new.c").write_text(
        "void new(struct page **pages)\n{\n\tring_drop(pages, 4);\n}\n")
    asked, found, plan = run("cache")
    assert asked == 2
    assert (found, plan) == run("cold")[1:]
    # The answers to these are those of before.
    (tree / "fs/new.c").unlink()
    edit(tree / "lib/ring.c", "\n\nvoid ring_drop", "\nvoid ring_drop")
    edit(tree / "net/alone/alone.c", ", 1, FOLL_WRITE, &", ", 1, 0, &")
    assert run("cache")[1:] == made[1:]


def test_a_site_more_or_less(run: Callable[[str], Found],
                             tree: Path) -> None:
    made = run("cache")
    (tree / "drivers/one/more.c").write_text(driver("more"))
    asked, found, plan = run("cache")
    # Who else calls the helper may drop other pages there.
    assert asked == 2 and (found, plan) == run("cold")[1:]
    assert found.count('"disposition": "convert"') == 3
    (tree / "drivers/one/more.c").unlink()
    (tree / "drivers/two/two.c").unlink()
    asked, found, plan = run("cache")
    assert (found, plan) == run("colder")[1:]
    assert found.count('"disposition": "convert"') == 1
    (tree / "drivers/two/two.c").write_text(FILES["drivers/two/two.c"])
    assert run("cache")[1:] == made[1:]


def test_headers_that_all_of_it_was_asked_about(run: Callable[[str], Found],
                                                tree: Path) -> None:
    """Whether a macro leaves its user, and which iterators there are."""
    header = tree / "include/linux/leave.h"
    header.write_text("#define LEAVE_IF(x) do { if (x) return; } while (0)\n")
    uio = tree / "include/linux/uio.h"
    made = run("cache")
    header.write_text(f"/* A remark. */\n{header.read_text()}")
    uio.write_text(f"/* A remark. */\n{uio.read_text()}")
    assert run("cache")[0] == 0
    edit(header, "LEAVE_IF", "LEAVE_UNLESS")
    assert run("cache")[0] == 3
    uio.write_text(f"{uio.read_text()}\nenum {{ ITER_FOLIOQ = 99 }};\n")
    asked, found, plan = run("cache")
    assert asked == 3 and (found, plan) == run("cold")[1:]
    assert made[0] == 3


def test_twenty_places(run: Callable[[str], Found], tree: Path) -> None:
    """Whatever is touched, the results are those of a machine with nothing kept."""
    dice = random.Random(13)
    run("cache")
    asked = []
    for number in range(20):
        path = tree / dice.choice(sorted(FILES))
        lines = path.read_text().split("\n")
        at = dice.randrange(len(lines))
        if dice.random() < 0.2:
            del lines[at]
        else:
            lines.insert(at, dice.choice((
                "/* put_page(page) */", "", "\tput_page(page);", "\treturn 0;",
                "#define RING_PAGES 2", "struct page *a_page;", "{", "}")))
        path.write_text("\n".join(lines))
        new, *found = run("cache")
        asked.append(new)
        assert found == list(run(f"cold-{number}")[1:]), path
    assert set(asked) >= {0, 1, 2}


def test_a_spoiled_answer(run: Callable[[str], Found], tmp_path: Path) -> None:
    made = run("cache")
    for spoil in (b"", b"\x80\x05K\x01.", b"no pickle",
                  pickle.dumps(Path("x"))):
        for kept in (tmp_path / "cache/parts").iterdir():
            kept.write_bytes(spoil)
        # The report that is kept would hide them.
        shutil.rmtree(tmp_path / "cache/reports")
        assert run("cache") == made


def test_an_answer_or_an_error() -> None:
    """What a process says comes back, in whatever order, and its errors too."""
    found = dict(forked.answers(
        range(5), lambda n: bytes([n]) * (n << 18), 2))
    assert {n: len(data) for n, data in found.items()} == {
        n: n << 18 for n in range(5)}

    def refuse(_: int) -> bytes:
        raise UsageError("no such folder")

    def fail(_: int) -> bytes:
        raise KeyError("a name")
    with pytest.raises(UsageError, match="no such folder"):
        list(forked.answers([0], refuse, 1))
    with pytest.raises(RuntimeError, match="KeyError: 'a name'"):
        list(forked.answers([0], fail, 1))


def test_a_process_that_has_grown(monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers nothing more; before that it answers all that it is asked."""
    used = [0]
    # How much memory one of pytest's has touched so far is nobody's business.
    monkeypatch.setattr(forked, "_most", lambda: used[0])

    def ask(size: int) -> bytes:
        used[0] += size
        return str(os.getpid()).encode()
    found = [data for _, data in forked.answers(
        (0, 0, forked.GROWN, 0), ask, 1)]
    assert found[0] == found[1] == found[2] != found[3]


def end_by(number: int) -> bytes:
    """Be ended by a signal."""
    os.kill(os.getpid(), number)
    return b""


@pytest.mark.parametrize("number", (signal.SIGKILL, signal.SIGTERM))
def test_a_process_that_is_killed(number: int) -> None:
    with pytest.raises(Gup2pinError, match=f"ended by signal {int(number)}$"):
        list(forked.answers([number], end_by, 1))


def test_an_interrupt() -> None:
    """Who presses Ctrl-C ends all; a run that ignores it goes on."""
    # A shell starts what it runs in the background as one that ignores it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            list(forked.answers([signal.SIGINT], end_by, 1))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        assert list(forked.answers([signal.SIGINT], end_by, 1)) == [(0, b"")]
    finally:
        signal.signal(signal.SIGINT, before)


def test_temporary_files_of_one_that_is_ended_go(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def leave(_: int) -> bytes:
        tempfile.mkstemp()
        os.kill(os.getpid(), signal.SIGKILL)
        return b""
    with pytest.raises(Gup2pinError):
        list(forked.answers([0], leave, 1))
    assert not list(tmp_path.iterdir())


def test_a_deep_tree_is_written() -> None:
    node = Node(Kind.ID, "a")
    for _ in range(800):
        node = Node(Kind.UNARY, "~", [node])
    resolver = cast(Resolver, types.SimpleNamespace(program=None))
    found = pickled.load(pickled.dump(node, resolver), resolver)
    assert sum(1 for _ in found.walk()) == 801


def test_a_link_that_leads_elsewhere(run: Callable[[str], Found],
                                     tree: Path) -> None:
    """The index of words lists no links, and both texts stay as they are."""
    for name, body in (("one", "do { } while (0)"),
                       ("two", "do { if (x) return 5; } while (0)")):
        (tree / f"{name}.txt").write_text(f"#define CHECK(x) {body}\n")
    link = tree / "drivers/one/check.h"
    link.symlink_to("../../one.txt")
    one = tree / "drivers/one/one.c"
    edit(one, "<linux/ring.h>", '<linux/ring.h>\n#include "check.h"')
    edit(one, "\tring_drop", "\tCHECK(addr);\n\tring_drop")
    made = run("cache")
    link.unlink()
    link.symlink_to("../../two.txt")
    _, *found = run("cache")
    assert found == list(run("cold")[1:])
    assert found != list(made[1:])


def test_a_failure_ends_the_others(tmp_path: Path) -> None:
    def wait(seconds: int) -> bytes:
        time.sleep(seconds)
        raise UsageError("at once")
    began = time.monotonic()
    with pytest.raises(UsageError):
        list(forked.answers([30, 0], wait, 2))
    assert time.monotonic() - began < 20
