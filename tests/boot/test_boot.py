# SPDX-License-Identifier: GPL-2.0-only
"""What is read out of a guest, and what is made of it; no kernel is built."""

from __future__ import annotations

import os
import re
import time

import pytest
from pinlib.base.errors import Gup2pinError, ProofError
from pinlib.base.records import Pages, Patch, Series, Site
from pinlib.boot import (boot, console, guest_run, kernel_builds, kunit_tests,
                         reached_sites, text_report)
from pinlib.boot.console import Call, Workload
from pinlib.boot.machines import MACHINES, QEMU, UML
from pinlib.boot.reached_sites import Frame, Seen
from pinlib.series import material
from trees import kernels

LOG = """\
[    0.1] Linux version 6.1
[    1.0] pins: a begin
[    1.1] pins: a call iov_iter_extract_pages user 60001234 2 32 32 1
[    1.1] pins: a call unpin_user_pages - 60005678 2 32 32 0
[    1.2] pins: a done pass bytes=131072 pages=40 unequal=0 acquired=2 released=2
[    1.2] pins: b begin
[    1.3] WARNING: CPU: 0 PID: 33 at mm/gup.c:80 try_get_folio+0x1/0x2
pins: b done fail bytes=0 pages=0 unequal=1 acquired=4 released=3 refs 1
[    1.4] pins: c begin
"""


def test_workloads_are_read():
    said = console.parse(LOG)
    one = said.workloads["a"]
    assert (one.result, one.bytes, one.pages) == ("pass", 131072, 40)
    assert one.calls[0] == Call("iov_iter_extract_pages", "user", 0x60001234,
                                2, 32, 32, 1)
    assert said.workloads["b"].trouble == [
        "WARNING: CPU: 0 PID: 33 at mm/gup.c:80 try_get_folio+0x1/0x2"]
    assert said.workloads["b"].reason == "refs 1"


def test_a_guest_that_stops_has_passed_nothing():
    said = console.parse(LOG)
    assert not said.ended
    assert said.workloads["c"].result == "lost"
    assert reached_sites.failures(said.workloads["c"])


@pytest.mark.parametrize("line", [
    "pins: a done pass bytes=1 pages=1 unequal=0",
    "pins: a done pa",
    "pins: a call iov_iter_extract_pages user zz 1 1 1 1",
])
def test_a_line_that_is_cut_proves_nothing(line):
    said = console.parse(f"pins: a begin\n{line}\n")
    assert said.workloads["a"].result == "lost"
    assert not said.workloads["a"].calls


@pytest.mark.parametrize("change, why", [
    ({"result": "died"}, "died"), ({"unequal": 1}, "page 3"),
    ({"trouble": ["BUG: x"]}, "BUG: x"),
    ({"acquired": 5, "released": 4},
     "5 pins were acquired, 0 added and 4 released"),
    ({"result": "lost", "trouble": ["Kernel panic"]}, "lost: Kernel panic"),
])
def test_what_fails_a_workload(change, why):
    fine = {"result": "pass", "reason": "page 3: refs 1"}
    assert reached_sites.failures(Workload("a", **fine)) == ""
    assert why in reached_sites.failures(Workload("a", **(fine | change)))


def added(pages, by_helper=0):
    return [Call("folio_add_pin", "-", 1, 9, pages, pages, 0),
            Call("page_extract_add_pin", "-", 2, 9, by_helper, by_helper, 0)]


def test_pins_that_are_not_counted_are_added_to_the_sum():
    one = Workload("a", "pass", pages=50, acquired=384, released=1152,
                   calls=added(768))
    assert reached_sites.failures(one) == ""
    assert reached_sites.failures(Workload("a", "pass", acquired=384,
                                           released=1152, calls=added(767)))
    # The overlay's helper counts what it adds by the kernel's function.
    assert reached_sites.failures(Workload("a", "pass", acquired=5, released=5,
                                           calls=added(2, 2))) == ""


def test_the_report_explains_the_sums():
    one = Workload("a", "pass", pages=50, acquired=384, released=1152,
                   calls=added(768))
    other = Workload("b", "pass", pages=9, acquired=3, released=3)
    text = text_report.counters([one, other])
    assert text.startswith("In 1 workloads nr_foll_pin_released")
    assert "by 1152 against 384" in text and "384 + 768 = 1152" in text
    assert "each of the 50 pages" in text
    assert "by the same" in text_report.counters([other])


def test_the_report_names_what_each_workload_drove():
    ran, other = site("one", 10), site("two", 20, "keep", file="arch/x/b.c")
    here, control = Seen(["w"], [], 4, 4, 0, 65536), Seen(["w"], [], 4, 0)
    found = {"one": boot.evidence(ran, here, control),
             "two": boot.evidence(other, None, None, UML, "it is code of "
                                  "another architecture")}
    text = text_report.render("title", "summary", [ran, other], found, {
        "w": Workload("w", "pass", 65536, 4, reason=""),
        "s": Workload("s", "skip", reason="no such image")}, {})
    rows = [line.strip() for line in text.splitlines()]
    at = rows.index("w: pass")
    assert rows[at + 1].startswith("65536 bytes moved and compared; 4 pages")
    assert "fs/a.c:10 f()" in rows[at:at + 5]
    assert "s: skip: no such image" in rows
    assert rows.index("it is code of another architecture:") < \
        rows.index("arch/x/b.c:20 f() [keep]")


def test_every_file_system_has_its_programs_named():
    used = {program for _, _, commands in guest_run.IMAGES
            for program in guest_run.needed(commands)}
    assert {"mkfs.xfs", "ntfscp", "hformat"} <= used
    assert all("IMAGE" in command.split() for _, _, commands
               in guest_run.IMAGES for command in commands)


def test_an_image_is_whole_or_not_there(tmp_path):
    guest_run.make_image(tmp_path / "a.img", 4096, ("cp FILE IMAGE",))
    assert (tmp_path / "a.img").stat().st_size == guest_run.FILE_BYTES
    with pytest.raises(Gup2pinError, match="mkfs"):
        guest_run.make_image(tmp_path / "b.img", 4096, ("false mkfs",))
    assert [p.name for p in tmp_path.iterdir()] == ["a.img"]


KTAP = """\
KTAP version 1
1..2
    KTAP version 1
    # Subtest: page_extract
    1..3
    ok 1 test_kvec
    # test_bvec: EXPECTATION FAILED at lib/x.c:3
    not ok 2 test_bvec
    ok 3 test_pipe # SKIP no pipes
# page_extract: pass:1 fail:1 skip:1 total:3
not ok 1 page_extract
    # Subtest: page_extract_user
    1..2
    ok 1 - test_ubuf
"""


def test_ktap_is_read():
    cases = kunit_tests.parse(KTAP)
    assert [(c.suite, c.name, c.result) for c in cases] == [
        ("page_extract", "test_kvec", "pass"),
        ("page_extract", "test_bvec", "fail"),
        ("page_extract", "test_pipe", "skip"),
        ("page_extract_user", "test_ubuf", "pass"),
        ("page_extract_user", "case 2", "fail")]
    assert "EXPECTATION FAILED" in cases[1].log


def test_a_log_without_a_suite_proves_nothing(tmp_path):
    log = tmp_path / "log"
    log.write_text(KTAP, encoding="utf-8")
    assert len(kunit_tests.cases_in_log(log)) == 5
    log.write_text(KTAP.partition("    # Subtest: page_extract_user")[0],
                   encoding="utf-8")
    with pytest.raises(ProofError, match="page_extract_user did not run"):
        kunit_tests.cases_in_log(log)


def site(name, line, disposition="convert", file="fs/a.c", function="f"):
    return Site(name, file, line, 0, function, "iov_iter_get_pages2", "FS",
                ["user"], 1, Pages("local-pointer", "struct page **", "p"), [],
                [], disposition, False, "code", "reason", None)


def test_a_call_belongs_to_the_nearest_site_of_its_function():
    sites = [site("one", 10), site("two", 20), site("three", 11, function="g")]
    lines = {"one": 12, "two": 24, "three": 13}
    frames = [Frame("inlined", "include/x.h", 3), Frame("f", "fs/a.c", 23)]
    assert reached_sites.site_of(frames, sites, lines).id == "two"
    assert reached_sites.site_of([Frame("f", "fs/b.c", 12)], sites, lines) is None


def test_a_line_is_found_again_in_the_changed_text():
    old = "a\nb\nc\nd\n"
    new = "a\nx\ny\nb\nC1\nC2\nd\n"
    assert [reached_sites.mapped(old, new, n) for n in (1, 2, 3, 4)] == \
        [1, 4, 5, 7]


def test_calls_are_summed_by_site_and_kind():
    places = {0x10: [Frame("f", "fs/a.c", 10)]}
    work = Workload("w", "pass", bytes=5, calls=[
        Call("iov_iter_extract_pages", "user", 0x10, 1, 4, 4, 0),
        Call("iov_iter_extract_pages", "bvec", 0x10, 1, 8, 0, 0),
        Call("unpin_user_page", "-", 0x10, 9, 9, 9, 0)])
    found = reached_sites.seen([work], places, [site("one", 10)], {"one": 10})
    assert found["one"] == Seen(["w"], [], 4, 4, 8, 5)


@pytest.mark.parametrize("disposition, here, control, result", [
    ("convert", Seen(["w"], [], 4, 4), Seen(["w"], [], 4, 0), "pass"),
    ("convert", Seen(["w"], [], 4, 3), Seen(["w"], [], 4, 0), "fail"),
    ("convert", Seen(["w"], [], 4, 4), Seen(["w"], [], 4, 4), "fail"),
    ("convert", Seen(["w"], [], 4, 4), None, "fail"),
    ("convert", Seen(["w"], ["w"], 4, 4), Seen(["w"], [], 4, 0), "fail"),
    ("convert", Seen(["w"], [], 0, 0, 4), Seen(["w"], [], 4, 0), "SKIPPED"),
    ("convert", None, None, "SKIPPED"),
    ("keep", Seen(["w"], [], 4, 0), None, "pass"),
    ("keep", Seen(["w"], [], 4, 1), None, "fail"),
    ("manual", Seen(["w"], [], 4, 0), None, "pass"),
])
def test_verdict_of_a_site(disposition, here, control, result):
    assert reached_sites.verdict(site("one", 1, disposition), here,
                                 control)[0] == result


def test_options_that_are_lost_are_named():
    fragment = "# why\nCONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\n"
    assert kernel_builds.dropped_options(fragment, "CONFIG_A=y\n") == ["CONFIG_B"]
    stays = "CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\n"
    assert kernel_builds.dropped_options(fragment, stays) == ["CONFIG_C"]
    gone = "CONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\n"
    assert kernel_builds.dropped_options(fragment, gone) == []


def test_a_text_that_comes_back_is_newer_than_what_was_built(tmp_path):
    mark = tmp_path / "lib" / "a.c"
    first = kernel_builds.base_time(mark, b"a")
    assert kernel_builds.base_time(mark, b"a") == first
    second = kernel_builds.base_time(mark, b"b")
    assert kernel_builds.base_time(mark, b"a") > second > first


def test_a_changed_file_is_newer_than_every_object(tmp_path):
    """Also one that was shown before the objects of the base were made."""
    class Shown:
        def path(self, side, name):
            return tmp_path / "src" / name

        def write(self, name, data):
            self.path("src", name).write_bytes(data)

    kernels = object.__new__(kernel_builds.Kernels)
    kernels.folder, kernels.base = tmp_path, {"a.h": b"base", "b.c": b"base"}
    (tmp_path / "src").mkdir()
    kernels._write(Shown(), {"a.h": b"changed", "b.c": b"base"})
    built = tmp_path / "a.o"
    built.touch()
    kernels._write(Shown(), {"a.h": b"changed", "b.c": b"base"})
    times = [(tmp_path / name).stat().st_mtime_ns
             for name in ("src/b.c", "a.o", "src/a.h")]
    assert times == sorted(times) and times[1] < times[2]


def test_what_the_base_has_no_more_is_compiled_as_the_tree_has_it(tmp_path):
    """Its object is newer than the tree's file, and of another text."""
    class Shown:
        def path(self, side, name):
            return tmp_path / side / name

    old, kept = tmp_path / "src/mm/gup.c", tmp_path / "times/lib/b.c"
    for path in (old, kept, tmp_path / "times/mm/gup.c", tmp_path / "times/c.h"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"text")
        os.utime(path, (1, 1))
    kernels = object.__new__(kernel_builds.Kernels)
    kernels.folder, kernels.base = tmp_path, {"lib/b.c": b"text"}
    kernels._renew(Shown())
    assert old.stat().st_mtime > 1 and kept.is_file()
    assert [p for p in (tmp_path / "times").rglob("*") if p.is_file()] == [kept]


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_every_option_of_the_fragment_is_set_once(machine):
    names = re.findall(r"^(?:# )?(CONFIG_\w+)(?:=| is not set)",
                       machine.config.read_text(encoding="utf-8"), re.M)
    assert len(names) > (4 if machine.tests_only else 50)
    assert len(names) == len(set(names))


def test_wrapped_functions_are_those_that_are_defined():
    text = "int __wrap_a(int x);\nint __wrap_a(int x)\n{ __real_a(x); }\n"
    assert kernel_builds.wrapped(text) == ["a"]


def test_evidence_reaches_the_patch(tmp_path):
    patch = Patch("convert", "g", "s", [], ["fs/a.c"], [], ["one"], "", "tree",
                  "parent", "commit")
    here, control = Seen(["w"], [], 4, 4, 0, 65536), Seen(["w"], [], 4, 0)
    entry = boot.evidence(site("one", 1), here, control)
    assert entry["result"] == "pass"
    assert entry["control"] == {"pages": 4, "pinned": 0}
    boot.attach(tmp_path, [Series("fs", "FS", [patch])],
                boot.Outcome(UML, {"one": entry}, {}, {}, []))
    found = boot.read_json(tmp_path / "evidence.json")["tree"]["run"]
    assert found[0]["command"] == ("under UML: w: 64 KiB moved and compared, "
                                   "4 pins taken and given back")


def run_of(tmp_path, machine, entry):
    """What evidence.json holds after a machine's run of one site."""
    patch = Patch("convert", "g", "s", [], ["fs/a.c"], [], ["one"], "", "tree",
                  "parent", "commit")
    boot.attach(tmp_path, [Series("fs", "FS", [patch])],
                boot.Outcome(machine, {"one": entry}, {}, {}, []))
    return [(i["machine"], i["result"]) for i in boot.read_json(
        tmp_path / "evidence.json")["tree"]["run"]]


def test_one_machine_leaves_the_evidence_of_the_other(tmp_path):
    one, control = site("one", 1), Seen(["w"], [], 4, 0)
    good, bad = Seen(["w"], [], 4, 4, 0, 9), Seen(["w"], [], 4, 3, 0, 9)
    assert run_of(tmp_path, QEMU, boot.evidence(one, good, control, QEMU)) \
        == [("qemu", "pass")]
    assert run_of(tmp_path, UML, boot.evidence(one, good, control)) \
        == [("UML", "pass"), ("qemu", "pass")]
    assert run_of(tmp_path, QEMU, boot.evidence(one, bad, control, QEMU)) \
        == [("UML", "pass"), ("qemu", "fail")]


def test_a_site_that_ran_somewhere_is_not_called_skipped(tmp_path):
    one, control = site("one", 1), Seen(["w"], [], 4, 0)
    nothing = boot.evidence(one, None, None, UML, "CONFIG_X is not set")
    assert run_of(tmp_path, UML, nothing) == [("UML", "SKIPPED")]
    ran = boot.evidence(one, Seen(["w"], [], 4, 4, 0, 9), control, QEMU)
    assert run_of(tmp_path, QEMU, ran) == [("qemu", "pass")]
    assert run_of(tmp_path, UML, nothing) == [("qemu", "pass")]
    nowhere = boot.evidence(one, None, None, QEMU)
    assert nowhere["reason"] == "no workload reaches it under qemu"
    assert run_of(tmp_path, QEMU, nowhere) == [("qemu", "SKIPPED")]


def test_the_helpers_patch_has_the_result_of_kunit(tmp_path):
    patch = Patch("overlay", "g", "s", [], [], [], [], "", "tree", "p", "c")
    for counts, result in (({"pass": 16}, "pass"),
                           ({"fail": 1, "pass": 15}, "fail")):
        boot.attach(tmp_path, [Series("fs", "FS", [patch])],
                    boot.Outcome(UML, {}, {}, counts, []))
        found = boot.read_json(tmp_path / "evidence.json")["tree"]["run"]
        assert found[0]["result"] == result
    assert found[0]["command"] == "under UML: KUnit: 1 fail, 15 pass"
    boot.attach(tmp_path, [Series("fs", "FS", [patch])],
                boot.Outcome(QEMU, {}, {}, {"pass": 3}, []))
    assert [i["command"] for i in boot.read_json(
        tmp_path / "evidence.json")["tree"]["run"]] == [
        "under UML: KUnit: 1 fail, 15 pass", "under qemu: KUnit: 3 pass"]


def test_a_file_of_two_series_gets_both_changes():
    base = b"".join(b"%d\n" % n for n in range(9))
    mine, other = base.replace(b"0", b"a"), base.replace(b"8", b"b")
    assert boot.merge("f", mine, base, other) == \
        base.replace(b"0", b"a").replace(b"8", b"b")
    with pytest.raises(ProofError):
        boot.merge("f", mine, base, base.replace(b"0", b"c"))


def test_a_changelog_says_how_it_was_run():
    said = {"machine": "UML", "workloads": ["w"], "pinned": 4, "bytes": 100}
    run = {"result": "pass", "command": boot.sentence(said
                                                      | {"result": "pass"})}
    many = boot.sentence({**said, "workloads": list("abcdef"),
                          "result": "pass"})
    assert many.startswith("under UML: a, b, c, d, 2 others: 100 bytes")
    assert material.ran([run, run]) == (
        "Run under UML: w: 100 bytes moved and compared, 4 pins taken and "
        "given back.")
    assert material.ran([{"result": "SKIPPED", "command": "no way there"}]) \
        == "Not run: no way there."
    assert material.ran(None) == "Not run."


def test_a_kept_result_stands_for_its_key_only(tmp_path):
    boot.keep(tmp_path, "key", boot.Outcome(UML, {}, {"pass": 2}, {"pass": 1},
                                            []))
    assert "KUnit 1 pass" in boot.kept_summary(tmp_path, "key", UML)
    assert boot.kept_summary(tmp_path, "other", UML) == ""
    # What ran on one machine says nothing of another.
    assert boot.kept_summary(tmp_path, "key", QEMU) == ""


def test_a_second_run_with_nothing_changed_takes_no_minute(tmp_path):
    """What it does first of all is to find that out, on a whole tree."""
    tree = kernels.tree("6.1")
    start = time.monotonic()
    key = boot.state_key(tree, None, "mission", None)
    boot.keep(tmp_path, key, boot.Outcome(UML, {}, {"pass": 1}, {}, []))
    assert boot.kept_summary(tmp_path, boot.state_key(tree, None, "mission", None),
                             UML)
    assert time.monotonic() - start < 60
    assert boot.state_key(tree, "FUSE*", "mission", None) != key
