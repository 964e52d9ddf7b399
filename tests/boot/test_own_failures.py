# SPDX-License-Identifier: GPL-2.0-only
"""What is not a conversion's fault, and what is although nothing ran."""

from __future__ import annotations

import pytest
from pinlib.base.records import Pages, Release, Site
from pinlib.boot import console, own_failures, reached_sites, text_report
from pinlib.boot.console import Workload

WARNED = "WARNING: mm/gup.c:80 at try_get_folio+0x1c/0x20, CPU#0: init/33"


def test_a_failure_that_both_kernels_have_is_the_trees_own():
    bad = {"result": "fail", "unequal": 1, "trouble": [WARNED],
           "reason": "page 0: refs 1, pins 0 before; refs 0, pins 0 after"}
    control = {"a": Workload("a", **bad), "b": Workload("b", "pass")}
    other = bad | {"trouble": [WARNED.replace("1c", "d4").replace("33", "71")]}
    assert own_failures.of_tree(control, {
        "a": Workload("a", **other), "b": Workload("b", "pass")}) == {
            "a": f"fail: {WARNED}"}


@pytest.mark.parametrize("change", [
    {"reason": "page 0: refs 1, pins 0 before; refs 1023, pins 0 after"},
    {"unequal": 2}, {"trouble": []}, {"trouble": [WARNED, WARNED]},
    {"result": "died"}, {"released": 1},
])
def test_a_failure_of_another_kind_is_not_the_trees_own(change):
    bad = {"result": "fail", "unequal": 1, "trouble": [WARNED],
           "reason": "page 0: refs 1, pins 0 before; refs 0, pins 0 after"}
    assert not own_failures.of_tree({"a": Workload("a", **bad)}, {
        "a": Workload("a", **(bad | change))})


def test_what_only_the_converted_kernel_fails_at_is_not_the_trees_own():
    fails = Workload("a", "fail", reason="short read")
    assert not own_failures.of_tree({"a": Workload("a", "pass")}, {"a": fails})
    assert not own_failures.of_tree({}, {"a": fails})


def test_what_only_the_control_fails_at_is_no_fault_of_the_conversion():
    fails = Workload("a", "fail", reason="refs 1")
    assert own_failures.of_tree({"a": fails}, {"a": Workload("a", "pass")}) == {
        "a": "fail: refs 1"}


def test_own_failures_are_said_first():
    text = text_report.render("title", "summary", [], {}, {}, {"w": "EIO"})
    assert "Failures of the tree's own" in text and "w: EIO" in text
    assert "1 workloads fail in the unconverted kernel" in \
        text_report.own_failures({"w": "EIO"})
    assert text_report.own_failures({}) == ""


def reaching(name, result, functions="done_later", option="CONFIG_X"):
    said = console.parse(
        f"pins: {name} begin\npins: {name} reaches {option} {functions}\n"
        f"pins: {name} done {result} bytes=0 pages=0 unequal=0 acquired=0 "
        "released=0 no such cipher\n")
    return said.workloads


@pytest.mark.parametrize("functions, disposition, options, others, said", [
    ("done_later", "convert", {"CONFIG_X": "y"}, {}, True),
    ("f", "convert", {"CONFIG_X": "y"}, {}, True),
    ("elsewhere", "convert", {"CONFIG_X": "y"}, {}, False),
    ("done_later", "keep", {"CONFIG_X": "y"}, {}, False),
    # This kernel has not what the workload would need.
    ("done_later", "convert", {"CONFIG_X": "n"}, {}, False),
    ("done_later", "convert", {}, {}, False),
    ("done_later", "convert", {"CONFIG_X": "y"}, reaching("v", "pass"), False),
    ("done_later", "convert", {"CONFIG_X": "y"}, reaching("v", "pass", "f"),
     True),
])
def test_a_skip_that_takes_a_path_away_is_a_failure(functions, disposition,
                                                    options, others, said):
    one = Site("one", "fs/a.c", 10, 0, "f", "iov_iter_get_pages2", "FS",
               ["user"], 1, Pages("local-pointer", "struct page **", "p"),
               [Release("fs/a.c", 30, "done_later", "put_page")], [],
               disposition, False, "code", "reason", None)
    found = reached_sites.taken_away(
        reaching("w", "skip", functions) | others, [one], options)
    assert bool(found) == said
    assert all("w: skipped" in text and "fs/a.c:10" in text and
               "no such cipher" in text for text in found)
