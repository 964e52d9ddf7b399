# SPDX-License-Identifier: GPL-2.0-only
"""Changelogs say what the fields say, in lines that git am takes."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest
from pinlib.base.records import Handoff, Pages, Patch, Release, Site
from pinlib.kernel import maintainers
from pinlib.series import changelog

BUILD = {"object": "drivers/x/a.o", "config": "x86_64 allmodconfig",
         "command": "make", "seconds": 1.5, "result": "pass"}


def site(number=1, **more):
    """A site as the decide stage makes it."""
    made = Site(
        id=f"drivers/x/a.c:get#{number}", file="drivers/x/a.c", line=5,
        column=5, function="get", api="get_user_pages_fast",
        subsystem="X DRIVER", iterators=[], case=2,
        pages=Pages("field", "struct page *", "c->page"),
        releases=[Release("drivers/x/a.c", 11, "drop", "put_page(c->page)")],
        handoffs=[Handoff("drivers/x/a.c", 5, "get", "ctx->page")],
        disposition="convert", needs_flag=False, code="longterm-single",
        reason="The page is kept in ctx->page until drop().",
        blocked_by=None)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def message(evidence=None, diff="", patch=None, sites=None, **more):
    """A changelog of one patch."""
    sites = [site(**more)] if sites is None else sites
    patch = patch or Patch("convert", "g", "Pin the page", [], [], [],
                           [s.id for s in sites], "", "t", "p", "c")
    return changelog.body(patch, sites, evidence, {
        "version": "6.1.192", "commit": None}, diff)


def flat(text):
    return " ".join(text.split())


def test_changelog_takes_no_line_that_git_or_checkpatch_would_not():
    text = message(reason="--- a/x is no diff -u of anything. " + "From me "
                   * 40 + "Subject: " * 9, patch=Patch(
                       "convert", "g", "s", ["diff --git a/x", "--- a", "Fr"],
                       [], [], [site().id], "r " * 90, "t", "p", "c"))
    for line in text.splitlines():
        assert len(line) <= 75
        assert not re.match(r"---|diff -|From |Subject:", line)


def test_command_can_be_pasted():
    want = ["echo", "--sp-file", "cocci/convert/a.cocci", "-D",
            "who=A  'quoted' name", *["drivers/some/file.c"] * 9]
    text = changelog.command(shlex.join(want))
    assert all(len(line) <= 72 for line in text.splitlines())
    said = [subprocess.run(["sh", "-c", "echo() { printf '%s|' \"$@\"; }\n"
                            + one], check=True, capture_output=True,
                           text=True).stdout
            for one in (text, shlex.join(want))]
    assert said[0] == said[1] and said[0].count("|") == len(want) - 1
    assert " -D \\\n" not in text


@pytest.mark.parametrize("kinds,flag,want", [
    (["user"], False, "Only user-backed iterators reach get(): every page is "
     "pinned, and unpinned without a condition."),
    (["user", "bvec", "pipe"], True, "Iterators that may reach get(): user, bvec "
     "and pipe. Pages of user and pipe iterators are pinned; extraction takes "
     "nothing on those of bvec. The release depends on "
     "iov_iter_extract_will_pin(), kept from"),
    (["unknown"], True, "Any iterator may reach get(). The release depends"),
    (["kvec"], False, "Nothing is taken on their pages, and nothing"),
])
def test_changelog_on_iterators(kinds, flag, want):
    text = flat(message(api="iov_iter_get_pages2", case=1, iterators=kinds,
                        needs_flag=flag))
    assert want in text
    assert "get() takes a plain reference on each page of an iterator with " \
        "iov_iter_get_pages2()" in text
    assert "FOLL_LONGTERM" not in text


def test_a_core_rule_says_itself_where_the_state_is_kept():
    text = flat(message(api="iov_iter_get_pages2", case=1, code="core-rule",
                        iterators=["user", "bvec"], needs_flag=True))
    assert "The release depends on what iov_iter_extract_will_pin() says of " \
        "the iterator." in text
    assert "kept from" not in text


def test_longterm_is_said_only_where_the_patch_adds_it():
    moved = "-a(FOLL_LONGTERM);\n+b(FOLL_LONGTERM);\n"
    assert "FOLL_LONGTERM" not in message(diff=moved)
    assert "fs-dax" in message(diff="+b(FOLL_LONGTERM);\n")


def test_proofs_are_told_as_they_are():
    text = flat(message({
        "compile": [BUILD, dict(BUILD, object="drivers/x/b.o"),
                    dict(BUILD, object="c.o", result="fail",
                         reason="does not compile: error"),
                    {"object": "d.o", "result": "SKIPPED",
                     "reason": "there is no ia64 compiler", "command": "make",
                     "seconds": 0.0}],
        "link": {"result": "pass", "symbols": ["unpin_user_page"]},
        "sparse": {"result": "SKIPPED", "reason": "no sparse"},
        "checkpatch": {"result": "pass", "ignored": ["MISSING_SIGN_OFF"]}}))
    for part in (
            "Compiled without new warnings (x86_64 allmodconfig): "
            "drivers/x/a.o drivers/x/b.o",
            "DOES NOT COMPILE (does not compile: error): c.o",
            "Not compiled (there is no ia64 compiler): d.o",
            "Newly named symbols are defined or exported: unpin_user_page.",
            "sparse was skipped: no sparse.",
            "checkpatch.pl reports nothing (not asked for MISSING_SIGN_OFF).",
            "Not run."):
        assert part in text, part
    run = message({"run": [{"command": "under UML: w", "result": "pass"}]})
    assert "Run under UML: w." in run and "Not run" not in run
    bad = message({"run": [{"command": "under UML: w", "result": "fail"}]})
    assert "FAILS when run under UML: w." in bad
    assert "Not run: no way there." in message(
        {"run": [{"command": "no way there", "result": "SKIPPED"}]})


def test_subject():
    def subject(text, prefix="VMCI"):
        return changelog.subject(Patch("convert", "g", text, [], [], [], [],
                                       "", "t", "p", "c"), prefix)
    assert subject("Pin the page") == "VMCI: Pin the page"
    assert subject("KVM: PPC: Pin it") == "KVM: PPC: Pin it"
    assert subject("Pin\nit") == "VMCI: Pin it"
    assert len(subject("word " * 40)) <= 75
    assert subject("Pin it", "VMCI: x") == "VMCI: x: Pin it"


@pytest.mark.parametrize(("places", "want"), [
    ((("x/host.c", "get"), ("x/pair.c", "get")), ["host", "pair"]),
    ((("x/main.c", "get"), ("x/main.c", "take")), ["get", "take"]),
    ((("x/main.c", "get"), ("y/main.c", "get")), ["x/main get",
                                                  "y/main get"])])
def test_what_tells_two_patches_apart(places, want):
    sites = [site(n, id=str(n), file=file, function=function)
             for n, (file, function) in enumerate(places)]
    patches = [Patch("convert", "g", "Pin it", [], [one.file], [], [one.id],
                     "", "t", "p", "c") for one in sites]
    assert maintainers.distinct_names(patches, sites) == want
    assert changelog.subject(patches[0], "X", want[0]) == \
        f"X: {want[0]}: Pin it"


def test_preparatory_patch_says_why_it_comes_first():
    patch = Patch("prepare", "g", "s", ["get() loses a page on a short pin."],
                  [], [], [site().id], "", "t", "p", "c")
    text = message(patch=patch)
    assert text.startswith("get() loses a page on a short pin.\n\nThis stays "
                           "with plain references")
    assert "CASE" not in text
