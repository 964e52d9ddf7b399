# SPDX-License-Identifier: GPL-2.0-only
"""What notices a mutant, in which order, and what the table says of it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from pinlib.base.errors import ProofError
from pinlib.base.options import Options
from pinlib.base.records import Pages, Site
from pinlib.boot import boot, console, kernel_builds
from pinlib.boot.mutants import Mutant
from pinlib.boot.reached_sites import Seen
from pinlib.build import make_log
from pinlib.commands import mutants, pipeline
from pinlib.series import commits
from pinlib.series.scratch.scratch_repo import Scratch
from trees import lab

SITE = Site("one", "fs/a.c", 10, 0, "f", "iov_iter_get_pages2", "FS", ["user"],
            1, Pages("local-pointer", "struct page **", "p"), [], [],
            "convert", False, "code", "reason", None)
SAID = console.ConsoleLog({}, True, [])


def guest(pages=4, pinned=4, *failures):
    return boot.Guest(SAID, {"one": Seen(["w"], [], pages, pinned)},
                      list(failures))


def mutant(*sites):
    return Mutant("s", "fs/a.c", 1, "drop a release", "x", ";", "text", "0",
                  sites)


class Machine:
    """Stands for the booting; asked tells what it was to run."""

    def __init__(self, booted):
        self.booted = booted
        self.asked = []

    def guest(self, name, image, changes, sites, only):
        assert changes["fs/a.c"] == b"text"
        self.asked.append(only)
        return self.booted


def attempt(booted, said=None, noticed="", sites=("one",), build=None):
    machine = Machine(booted)
    tried = mutants.Lab(
        machine, {"fs/a.c": b"good"}, guest(), [SITE],
        build or (lambda file, text: (Path("linux"), said or {})),
        lambda one, files: noticed).attempt(1, mutant(*sites))
    return tried, machine.asked


def test_only_the_workloads_of_its_sites_are_run():
    tried, asked = attempt(guest(4, 4, "w: page 0: refs 2; see log"))
    assert asked == [["w"]]
    assert (tried.killed, tried.reason) == ("boot", "w: page 0: refs 2")


def test_a_site_that_no_longer_pins_is_noticed():
    tried, _ = attempt(guest(4, 3))
    assert tried.killed == "boot" and "3 of them pinned" in tried.reason


def test_sparse_and_the_second_scan_look_at_what_the_boot_lets_pass():
    assert attempt(guest(), {"sparse": "a.c: warning"})[0].killed == "sparse"
    tried, _ = attempt(guest(), {}, "a.c:3: lost")
    assert (tried.killed, tried.reason) == ("re-scan", "a.c:3: lost")
    tried, _ = attempt(guest())
    assert (tried.killed, tried.reached) == ("", True)


def test_what_no_workload_reaches_is_scanned_and_never_booted():
    tried, asked = attempt(guest(), {}, "a.c:3: lost", sites=("two",))
    assert not asked and not tried.reached and tried.killed == "re-scan"
    assert attempt(guest(), sites=())[0].reason == mutants.UNREACHED


def test_one_that_does_not_compile_is_killed():
    def build(file, text):
        raise ProofError("make linux: a.c: error; see log")
    tried, _ = attempt(guest(), build=build)
    assert (tried.killed, tried.reason) == ("compiler",
                                            "make linux: a.c: error")


def test_only_what_is_new_is_said_of_a_mutant():
    old = make_log.parse("""\
  CC      fs/a.o
fs/a.c:3:1: warning: old
  CHECK   fs/a.c
fs/a.c:3:1: warning: context
""", "/src")
    new = make_log.parse("""\
  CC      fs/a.o
fs/a.c:4:1: warning: old
  CHECK   fs/a.c
fs/a.c:4:1: warning: context
fs/a.c:9:1: warning: dubious
""", "/src")
    assert kernel_builds.fresh(old, old) == {}
    assert kernel_builds.fresh(old, new) == {"sparse": "fs/a.c: warning: dubious"}


def tried(killed, reached=True):
    return mutants.Trial(mutant("one"), reached, killed, "because", 1.0)


def test_the_table_counts_what_survived():
    said = []
    mutants.judge([tried("boot")] * 8 + [
        tried("re-scan"), tried(""), tried("", False)], 20, said.append)
    assert said[-3].split() == ["all", "8", "0", "0", "1", "1", "1"]
    assert said[-2] == "mutants: 11 of 20 drawn by hash"
    assert said[-1] == ("fs/a.c:1 drop a release: SURVIVED: because (1 s)")


@pytest.mark.parametrize("some", [
    [], [tried("boot")] * 8 + [tried("")], [tried("re-scan", False)]])
def test_too_many_survivors_fail(some):
    with pytest.raises(ProofError):
        mutants.judge(some, 20, lambda text: None)


FILE = "drivers/cam/buf.c"
DRIVER = lab.c("""\
#include <linux/mm.h>
static int cam_read(struct cam *cam, unsigned long start)
{
    struct page *page;

    if (get_user_pages_fast(start, 1, 0, &page) != 1)
        return -EFAULT;
    if (cam_busy(cam)) {
        put_page(page);
        return -EBUSY;
    }
    cam_copy(cam, page_address(page));
    put_page(page);
    return 0;
}
""")
OTHER = "drivers/tuner/buf.c"
TUNER = lab.c("""\
#include <linux/mm.h>
static int tuner_read(struct cam *cam, unsigned long start)
{
    struct page *page;

    if (get_user_pages_fast(start, 1, 0, &page) != 1)
        return -EFAULT;
    cam_copy(cam, page_address(page));
    put_page(page);
    return 0;
}
""")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """What reads mutants of one converted driver, and the mutants."""
    top = tmp_path_factory.mktemp("mutants")
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        tree = lab.make(top / "linux", {FILE: DRIVER, OTHER: TUNER})
        opts = Options(tree, None, top / "out", 2, None, None, "mission",
                       None, None, False)
        found = lab.analyse(tree)
        result = pipeline.Result(found, commits.make_plan(found), 0.0)
        series = commits.convert(tree, opts.out, found, result.groups, None)
        drawn = mutants.mutants.draw(series,
                                     Scratch(opts.out / "scratch.git"))
        yield mutants.Reader(opts, result, series), drawn
        # The texts of mutants are not kept.
        with contextlib.suppress(FileNotFoundError):
            assert len(list((top / "cache/prepared").iterdir())) <= 1


@pytest.mark.parametrize("kind, file, said", [
    ("drop a release", FILE, "leak"),
    ("put_page() for a release", OTHER, "mismatch")])
def test_the_second_scan_notices(reader, kind, file, said):
    read, drawn = reader
    first = min((m for m in drawn if (m.kind, m.file) == (kind, file)),
                key=lambda m: m.line)
    assert said in read.notice(first, frozenset({file}))
