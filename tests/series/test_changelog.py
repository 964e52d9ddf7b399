# SPDX-License-Identifier: GPL-2.0-only
"""Changelogs say what the fields say, in lines that git am takes."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest
from pinlib.base.records import Handoff, Pages, Patch, Release, Site
from pinlib.kernel import maintainers
from pinlib.rewrite import handwritten
from pinlib.series import changelog, material

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


def patch_of(sites, **more):
    """A patch that converts sites."""
    given = {"kind": "convert", "group": "g", "subject": "Pin the page",
             "notes": [], "files": [], "symbols": [],
             "sites": [s.id for s in sites], "rule": "", "tree": "t",
             "parent": "p", "commit": "c", **more}
    return Patch(**given)


def message(diff="", patch=None, sites=None, **more):
    """A changelog of one patch."""
    sites = [site(**more)] if sites is None else sites
    return changelog.body(patch or patch_of(sites), sites, diff)


def below(evidence=None, patch=None, **more):
    """What stands between a message and its diffstat."""
    sites = [site(**more)]
    return material.below(patch or patch_of(sites), sites, evidence, {
        "version": "6.1.192", "commit": None})


def flat(text):
    return " ".join(text.split())


def test_changelog_takes_no_line_that_git_or_checkpatch_would_not():
    odd = ["diff --git a/x", "--- a", "Fr"]
    patch = patch_of([site()], facts=odd, notes=odd, rule="r " * 90)
    text = message(patch=patch) + below(
        patch=patch, reason="--- a/x is no diff -u of anything. " + "From me "
        * 40 + "Subject: " * 9)
    for line in text.splitlines():
        assert len(line) <= 75
        assert not re.match(r"---|diff -|From |Subject:", line)


def test_command_can_be_pasted():
    want = ["echo", "--sp-file", "cocci/convert/a.cocci", "-D",
            "who=A  'quoted' name", *["drivers/some/file.c"] * 9]
    text = material.command(shlex.join(want))
    assert all(len(line) <= 72 for line in text.splitlines())
    said = [subprocess.run(["sh", "-c", "echo() { printf '%s|' \"$@\"; }\n"
                            + one], check=True, capture_output=True,
                           text=True).stdout
            for one in (text, shlex.join(want))]
    assert said[0] == said[1] and said[0].count("|") == len(want) - 1
    assert " -D \\\n" not in text


@pytest.mark.parametrize("kinds,told,want", [
    (["user"], "", "Only user-backed iterators get here: every page is pinned, "
     "and unpinned without a condition."),
    (["pipe", "user"], "", "Only pipe and user iterators get here: every page"),
    (["user", "bvec", "pipe"], "c->pinned records whether to unpin",
     "It pins the pages of user and pipe iterators. Nothing here keeps out those "
     "of bvec, on whose pages it takes nothing, so c->pinned records whether to "
     "unpin."),
    (["unknown"], "c->pinned records whether to unpin",
     "Any iterator may get here, so c->pinned records"),
    (["kvec"], "", "Only kvec iterators get here: nothing is taken on their "
     "pages, and nothing released."),
])
def test_changelog_on_iterators(kinds, told, want):
    text = flat(message(api="iov_iter_get_pages2", case=1, iterators=kinds,
                        needs_flag=bool(told), told_by=told))
    assert want in text
    assert "get() takes plain references on the pages of an iterator with " \
        "iov_iter_get_pages2(); drop() drops the references." in text
    assert "FOLL_LONGTERM" not in text


@pytest.mark.parametrize("api, diff, want", [
    ("iov_iter_get_pages2", "+\tn = iov_iter_extract_pages(i, &p);",
     "Use iov_iter_extract_pages()."),
    ("iov_iter_get_pages_alloc2", "+\tn = iov_iter_extract_pages_alloc(i, &p);",
     "Use iov_iter_extract_pages_alloc()."),
    ("iov_iter_get_pages_alloc2", "+\tn = iov_iter_extract_pages(i, &p);",
     "Use iov_iter_extract_pages()."),
    ("iov_iter_get_pages_alloc",
     "+\tn = iov_iter_extract_pages_alloc_noadvance(i);",
     "Use iov_iter_extract_pages(), in the form that leaves the iterator")])
def test_the_function_is_named_that_the_patch_calls(api, diff, want):
    assert want in flat(message(diff, api=api, case=1, iterators=["user"]))


def test_a_structure_without_a_tag_is_named_as_c_does():
    text = flat(message(handoffs=[
        Handoff("drivers/x/a.c", 5, "get", "struct queue::u::h.page")]))
    assert "keeps the pages in struct queue.u.h.page;" in text


def test_a_core_rule_says_itself_which_iterators_come_and_who_drops():
    sites = [site(api="iov_iter_get_pages2", case=1, code="core-rule",
                  iterators=["user", "bvec"], needs_flag=True)]
    text = flat(message(sites=sites, patch=patch_of(
        sites, facts=["The owner says it."])))
    assert "with iov_iter_get_pages2(). Plain references neither" in text
    assert "pins do both. Use iov_iter_extract_pages(). The owner says" in text
    assert "bvec" not in text and "drop()" not in text


def drops(*places):
    """Releases in functions of files, in the order given."""
    return [Release(f"drivers/x/{file}.c", n, function, "put_page(page)")
            for n, (file, function) in enumerate(places, 1)]


@pytest.mark.parametrize(("places", "handed", "want"), [
    ([("a", "get")], (), "pages_fast(), and drops them itself. Plain"),
    ([("a", "get"), ("a", "drop")], (), "; drop() drops the references, as "
     "does get() itself. Pl"),
    # A function of that name in another file is another one.
    ([("b", "get")], (), "; get() drops the references. Pl"),
    ([("a", "p"), ("a", "q")], (), "; p() and q() drop the references. Pl"),
    ([("a", n) for n in "pqrs"], (), "; 4 functions drop the references. Pl"),
    ([("a", "drop")], ("struct ctx.page",), " and keeps the pages in struct "
     "ctx.page; drop() drops the references. Pl"),
    ([("a", "drop")], ("struct ctx.page", "struct job.page"),
     "pages_fast(); drop() drops"),
    ([], (), "pages_fast(). Plain")])
def test_changelog_says_who_drops_the_pages(places, handed, want):
    text = flat(message(releases=drops(*places), handoffs=[
        Handoff("drivers/x/a.c", 5, "get", to) for to in handed]))
    assert want in text


def test_changelog_says_page_of_a_single_page():
    text = flat(message(
        pages=Pages("single", "struct page *", "&page"), handoffs=[
            Handoff("drivers/x/a.c", 5, "get", "struct ctx.page")]))
    assert "takes a plain reference on a page of user memory with " \
        "get_user_pages_fast() and keeps the page in struct ctx.page; drop() " \
        "drops the reference. A plain reference neither keeps the process on " \
        "the page" in text
    own = flat(message(pages=Pages("single", "struct page *", "&page"),
                       releases=drops(("a", "get"))))
    assert "get_user_pages_fast(), and drops it itself." in own


def test_longterm_is_said_only_where_the_patch_adds_it():
    moved = "-a(FOLL_LONGTERM);\n+b(FOLL_LONGTERM);\n"
    assert "FOLL_LONGTERM" not in message(diff=moved)
    assert "fs-dax" in message(diff="+b(FOLL_LONGTERM);\n")


@pytest.mark.parametrize(("gup", "want"), [
    ("", "fs-dax and, since Linux 6.5, for writing, on shared mappings"),
    ("int f;\n", "on mappings of files on fs-dax. Pages"),
    ("if (!writable_file_mapping_allowed(vma, f))\n",
     "fs-dax and, for writing, on shared mappings")])
def test_what_fails_with_longterm_is_what_this_tree_refuses(gup, want):
    sites = [site()]
    text = flat(changelog.body(patch_of(sites), sites, "", gup))
    assert want in text and (" 6.5" in text) == (not gup)


@pytest.mark.parametrize(("case", "want"), [
    (1, "Use pin_user_pages_fast() and unpin what it pinned."),
    (2, "with FOLL_LONGTERM and unpin what it pinned, as in CASE 2 of Doc"),
    (5, "Use pin_user_pages_fast() and unpin what it pinned, as in CASE 5 of D")])
def test_direct_io_is_not_said_of_what_may_be_a_copy(case, want):
    text = flat(message(case=case))
    assert want in text and "CASE 1" not in text


def test_a_message_is_read_on_one_screen():
    """Of all texts of ours: with what stands before them, at most 12 lines."""
    for rule in handwritten.load():
        for one in rule.patches:
            mine = [site(api=s["api"], function=s["function"], id=s["api"],
                         code="core-rule", iterators=["user"], case=1)
                    for s in rule.sites if s["rule"] == one.rule]
            text = message("+", sites=mine, patch=patch_of(
                mine, kind=one.kind, facts=one.text))
            lines = [line for line in text.splitlines() if line][:-1]
            assert len(lines) <= 12, (rule.name, one.rule, text)


def test_a_reviewed_answer_is_a_fact_and_who_gave_it_stands_below():
    patch = patch_of([site()], facts=["It is kept until close()."],
                     notes=["Decided by A, 2026-01-02: It is kept until "
                            "close()."])
    assert "\n\nIt is kept until close().\n\n" in message(patch=patch)
    assert "Decided" not in message(patch=patch)
    assert "Decided by A, 2026-01-02: It is kept" in flat(below(patch=patch))


def test_proofs_are_told_as_they_are():
    text = flat(below({
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
    run = below({"run": [{"command": "under UML: w", "result": "pass"}]})
    assert "Run under UML: w." in run and "Not run" not in run
    bad = below({"run": [{"command": "under UML: w", "result": "fail"}]})
    assert "FAILS when run under UML: w." in bad
    assert "Not run: no way there." in below(
        {"run": [{"command": "no way there", "result": "SKIPPED"}]})


def test_code_is_told_where_it_was_compared():
    code = [{"object": name, "same": how} for name, how in (
        ("a.o", "same"), ("b.o", "different"), ("c.o", "same"),
        ("d.o", "same but for immediates"))]
    text = flat(below({"compile": [BUILD], "code": [*code, {
        "object": "e.o", "result": "SKIPPED"}]}))
    assert "The machine code of 2 of 4 objects is the same. Same but for " \
        "immediates: d.o. Different: b.o." in text
    assert "machine code" not in flat(below({"compile": [BUILD]}))


def test_subject():
    def subject(text, prefix="VMCI"):
        return changelog.subject(Patch("convert", "g", text, [], [], [], [],
                                       "", "t", "p", "c"), prefix)
    assert subject("Pin the page") == "VMCI: Pin the page"
    assert subject("KVM: PPC: Pin it") == "KVM: PPC: Pin it"
    assert subject("Pin\nit") == "VMCI: Pin it"
    assert len(subject("word " * 40)) <= 75
    assert subject("Pin it", "VMCI: x") == "VMCI: x: Pin it"
    assert subject("pin it", "crypto: lab -") == "crypto: lab - pin it"


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


def test_preparatory_patch_says_what_it_mends():
    text = message(patch=patch_of([site()], kind="prepare", facts=[
        "get() loses a page on a short pin."]))
    assert text == ("get() loses a page on a short pin.\n\n"
                    "Made with gup2pin and Coccinelle.\n")
