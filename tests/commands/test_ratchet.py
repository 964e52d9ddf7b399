# SPDX-License-Identifier: GPL-2.0-only
"""The baseline: what check lets pass, what it prints, what it refuses."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from pinlib.audit import follow
from pinlib.base.codes import Code, REGISTER
from pinlib.base.files import write_json
from pinlib.base.records import DISPOSITIONS
from pinlib.commands import baseline
from pinlib.decide.bugs.findings import Finding
from pinlib.decide.bugs.ways import Step
from pinlib.kernel import kernel_tree
from pinlib.report import advice
from trees import lab

SITE = {"id": "a.c:f:get_user_pages_fast:get_user_pages_fast(a)#1",
        "file": "a.c", "line": 3, "column": 4, "function": "f",
        "api": "get_user_pages_fast", "disposition": "manual",
        "subsystem": "X DRIVER", "code": "leak-today", "blocked_by": "a.c:9",
        "reason": "On this error the pages are not given back."}
NEW = {**SITE, "id": "b.c:g:get_user_pages_fast:get_user_pages_fast(b)#1",
       "file": "b.c", "line": 7, "disposition": "mismatch",
       "code": "wrong-release", "reason": "A pin\x1b is put.",
       "blocked_by": None}


@pytest.fixture
def run(stages, tree, tmp_path, monkeypatch, capsys):
    """Runs check or baseline on a report of given sites."""
    from pinlib import cli
    monkeypatch.setenv("GUP2PIN_CACHE", str(tmp_path))

    def made(target, sites, unparsed=(), *more):
        stages(report=lambda opts: write_json(
            opts.out / "report.json", {
                "sites": sites, "unparsed": list(unparsed),
                "findings": []}))
        code = cli.main([target, f"--kernel={tree}",
                         f"--out={tmp_path / 'out'}",
                         f"--baseline={tmp_path / 'base.json'}", *more])
        return code, capsys.readouterr()
    return made


def test_without_a_baseline(run, tmp_path):
    code, said = run("check", [SITE])
    assert code == 2 and str(tmp_path / "base.json") in said.err
    assert not (tmp_path / "base.json").exists()


def test_with_the_same_sites(run, tmp_path):
    kept = {**SITE, "id": "b", "disposition": "keep"}
    assert run("baseline", [SITE, kept])[0] == 0
    path = tmp_path / "base.json"
    assert json.loads(path.read_text())["sites"] == [SITE["id"]]
    before = path.stat()
    assert run("check", [kept, {**SITE, "line": 900}])[0] == 0
    assert path.stat() == before


@pytest.mark.parametrize("disposition", DISPOSITIONS)
def test_what_counts_as_unconverted(run, disposition):
    run("baseline", [])
    code, _ = run("check", [{**SITE, "disposition": disposition}])
    assert code == (disposition in ("convert", "manual", "mismatch",
                                    "blocked"))


def test_order_of_the_file_is_that_of_the_ids(run, tmp_path):
    run("baseline", [NEW, SITE])
    one = (tmp_path / "base.json").read_bytes()
    run("baseline", [SITE, NEW])
    assert (tmp_path / "base.json").read_bytes() == one
    # One id a line, so that a diff shows one line for one site.
    rows = [row.strip(' ",') for row in one.decode().split("\n")]
    assert rows.index(SITE["id"]) < rows.index(NEW["id"])


def test_a_new_and_a_stale_site_are_shown_whole(run, tmp_path):
    run("baseline", [SITE])
    text = (tmp_path / "base.json").read_text()
    code, said = run("check", [NEW, {**SITE, "disposition": "converted",
                                     "code": "pins", "reason": "It pins."}])
    assert code == 1
    assert said.out.splitlines() == [
        r"new: b.c:7: mismatch [wrong-release] A pin\x1b is put.",
        "    to do: " + advice.BY_DISPOSITION["mismatch"],
        "    or, to accept it: add the id with `make baseline`",
        f"    id: {NEW['id']}",
        "stale: a.c:3: converted [pins] It pins.",
        "    to do: take the entry out by `make baseline`",
        f"    id: {SITE['id']}"]
    assert said.err.count("\n") == 1
    assert (tmp_path / "base.json").read_text() == text


def test_a_manual_site_names_the_line_in_the_way(run):
    run("baseline", [])
    said = run("check", [SITE])[1].out
    assert "    obstacle: a.c:9\n" in said
    assert REGISTER[Code.LEAK_TODAY].advice in said


def test_a_site_that_is_gone(run):
    run("baseline", [SITE])
    code, said = run("check", [])
    assert code == 1 and "no call site has this id" in said.out


BUG = Finding("a.c", 9, "f", "leak-error", "High", "a.c:3", "It leaks.",
              (Step("a.c", 3, "g() takes pins: 1"),), "1", "0", "put it")


@pytest.fixture
def audit(monkeypatch):
    """Gives the audit's findings in place of a run."""
    def made(*found):
        monkeypatch.setattr(follow, "read", lambda *_: follow.Audit(
            None, [follow.Call("a.c:f", "a.c", 3, "g", list(found), "")], None,
            None))
    return made


def test_findings_are_watched_if_asked(run, audit, tmp_path):
    audit(BUG)
    assert run("baseline", [])[0] == 0
    code, said = run("check", [], (), "--findings")
    assert code == 2 and "FINDINGS=1" in said.err
    code, said = run("baseline", [], (), "--findings")
    assert code == 0 and said.out.endswith(", 1 findings\n")
    name = "leak-error a.c f#1"
    assert json.loads((tmp_path / "base.json").read_text())["findings"] == [name]
    # Kept by whoever records the sites alone, and not asked for otherwise.
    audit()
    assert run("baseline", [])[0] == run("check", [])[0] == 0
    code, said = run("check", [], (), "--findings")
    assert code == 1 and f"no finding has the id {name} any more" in said.out


def test_a_new_finding_fails(run, audit, tmp_path):
    audit(replace(BUG, line=4))
    run("baseline", [], (), "--findings")
    assert run("check", [], (), "--findings")[0] == 0
    audit(BUG, replace(BUG, line=12))
    code, said = run("check", [], (), "--findings")
    assert code == 1 and said.out.splitlines() == [
        "new: a.c:12: High [leak-error] It leaks.",
        "    a.c:3: g() takes pins: 1",
        "    to do: put it",
        "    or, to accept it: a [[finding]] entry in DECISIONS",
        "    id: leak-error a.c f#2"]
    said = run("check", [], (), "--findings", "--format=gcc")[1]
    assert said.out == "a.c:12:1: warning: It leaks. [leak-error]\n"
    answers = tmp_path / "answers.toml"
    answers.write_text('[[finding]]\nfinding = "leak-error a.c f#2"\n'
                       'reason = "A keep."\nwho = "mm"\nwhen = "2026-11-30"\n')
    assert run("check", [], (), "--findings", f"--decisions={answers}")[0] == 0


@pytest.mark.parametrize("text, said", [
    ('[[finding]]\nfinding = "a"\n', "wants the texts"),
    ("[[finding]]\nfinding = 3\n", "wants the texts"),
    ("finding = 3\n", "only [[decision]] and [[finding]]"),
    ("[[findings]]\n", "only [[decision]] and [[finding]]"),
    ("[[finding", "answers.toml"),
])
def test_an_acceptance_that_is_none(run, audit, tmp_path, text, said):
    audit(BUG)
    run("baseline", [], (), "--findings")
    answers = tmp_path / "answers.toml"
    answers.write_text(text)
    code, told = run("check", [], (), "--findings", f"--decisions={answers}")
    assert code == 2 and said in told.err


def test_gcc_lines(run, tmp_path):
    run("baseline", [SITE])
    code, said = run("check", [NEW], (), "--format=gcc")
    rows = said.out.splitlines()
    assert code == 1 and len(rows) == 2
    assert rows[0] == (r"b.c:7:5: warning: get_user_pages_fast() in f(): "
                       r"A pin\x1b is put. [wrong-release]")
    match = re.fullmatch(r"(.*):(\d+):1: warning: stale entry: .* "
                         r"\[stale-entry\]", rows[1])
    base = tmp_path / "base.json"
    assert match and match[1] == str(base)
    assert SITE["id"] in base.read_text().split("\n")[int(match[2]) - 1]


def test_report_in_gcc_lines(run, stages):
    region = {"file": "c.c", "line": 2, "end": 9, "why": "BAD", "tokens": 1}
    keep = {**SITE, "disposition": "keep", "id": "k#1"}
    code, said = run("report", [SITE, keep], [region], "--format=gcc")
    assert code == 0 and said.out.splitlines() == [
        "a.c:3:5: warning: get_user_pages_fast() in f(): On this error the "
        "pages are not given back. [leak-today]",
        "c.c:2:1: warning: not analysed: BAD [unparsed]"]


def test_with_more_code_unparsed(run):
    region = {"file": "a.c", "line": 1, "end": 9, "why": "BAD", "tokens": 1}
    run("baseline", [SITE], [region])
    assert run("check", [SITE], [region])[0] == 0
    code, said = run("check", [SITE], [region, region])
    assert code == 3 and "a.c: 2 tokens" in said.out
    assert run("check", [SITE], [])[0] == 0


def test_of_another_kind_of_run(run):
    run("baseline", [SITE])
    code, said = run("check", [SITE], (), "--apis=all")
    assert code == 2 and "apis" in said.err


GOOD = {"schema": 1, "apis": "mission", "subsystem": None,
        "sites": [SITE["id"]], "unparsed": {}}


@pytest.mark.parametrize("text, words", [
    ("", "Expecting value"), ("[]", "object"), ("\xff", "Expecting value"),
    ('{"sites": 1}', "schema is None"),
    (json.dumps({**GOOD, "schema": 99}), "schema is 99"),
    (json.dumps(GOOD)[:-20], "line 1"),
    (json.dumps({**GOOD, "sites": {}}), "sites"),
    (json.dumps({k: GOOD[k] for k in GOOD if k != "unparsed"}), "unparsed"),
    (json.dumps({**GOOD, "sites": [SITE["id"], 7]}), "entry 2 of sites, 7,"),
    (json.dumps({**GOOD, "sites": [SITE["id"], "x"]}), "entry 2 of sites"),
    (json.dumps({**GOOD, "sites": [SITE["id"]] * 2}), "entry 2 of sites"),
    (json.dumps({**GOOD, "unparsed": {"a.c": "many"}}), "unparsed a.c"),
    (json.dumps({**GOOD, "more": 1}), "more is not known")])
def test_a_broken_baseline(run, tmp_path, text, words):
    (tmp_path / "base.json").write_text(text, encoding="latin-1")
    code, said = run("check", [SITE])
    assert code == 2 and "not a baseline" in said.err, said.err
    assert words in said.err and said.err.count("\n") == 1


def test_every_disposition_says_what_to_do():
    assert set(advice.BY_DISPOSITION) == set(DISPOSITIONS)
    assert "SUBSYSTEM='X DRIVER'" in advice.of_site(
        {**SITE, "code": "pin-short", "disposition": "convert"})
    assert "SITE=a.c:3" in advice.of_site({**SITE, "code": "unheard-of"})


def test_moved_and_renamed_code_changes_no_id(gup2pin, tmp_path):
    """On a real analysis: 100 lines above, functions in another order."""
    tree = lab.make(tmp_path / "linux", None, "idioms")
    base = tmp_path / "base.json"
    none = tmp_path / "decisions.toml"
    none.write_text("")
    args = ("--kernel", tree, "--out", tmp_path / "out", "--baseline", base,
            "--decisions", none)
    assert gup2pin("baseline", *args).returncode == 0
    before = base.read_bytes()
    for path in tree.glob("drivers/*/*.c"):
        path.write_text("/* more */\n" * 100 + path.read_text()
                        + "\nvoid after(void)\n{\n\tint other = 0;\n}\n")
    done = gup2pin("check", *args)
    assert (done.returncode, base.read_bytes()) == (0, before), done.stdout
    leaf = tree / "drivers" / "fresh" / "main.c"
    leaf.parent.mkdir()
    source = (tree / "drivers/direct/main.c").read_text()
    leaf.write_text(source)
    done = gup2pin("check", *args)
    assert done.returncode == 1
    assert re.search(r"^new: drivers/fresh/main.c:\d+: \w+ \[",
                     done.stdout, re.M)


def test_the_baselines_lie_where_check_looks(tree):
    opts = type("Options", (), {"baseline": None, "kernel": tree,
                                "campaign": "pins"})
    assert kernel_tree.kernel_version(tree).startswith("6.1.")
    assert baseline.baseline_file(opts) == \
        baseline.REPORTS / "baseline/6.1.json"
