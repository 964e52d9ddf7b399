# SPDX-License-Identifier: GPL-2.0-only
"""The tools around the command: progress, lint, the runner, bench, CI."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import io
import subprocess
import sys
import time

import pytest
from pinlib.base import progress
from pinlib.base.errors import RuleError, UsageError
from pinlib.dev import bench, bench_base, lint


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def test_progress_in_a_log_is_plain_lines(monkeypatch):
    monkeypatch.setattr(progress, "LOG_SECONDS", 0.0)
    log = io.StringIO()
    with progress.Step("facts", total=2, stream=log) as step:
        step.update(1, "a.c")
        step.update(2, "b.c")
    lines = log.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[0].split()[:2] == ["facts", "1/2"]
    assert lines[0].endswith("so far")
    assert lines[2].split()[:2] == ["facts", "2/2"]
    assert "\r" not in log.getvalue()


def test_progress_in_a_log_is_sparing():
    log = io.StringIO()
    with progress.Step("facts", total=1000, stream=log) as step:
        for number in range(1000):
            step.update(number + 1)
    assert log.getvalue().count("\n") == 1


def test_progress_on_a_terminal_is_one_line(monkeypatch):
    monkeypatch.setattr(progress, "LIVE_SECONDS", 0.0)
    monkeypatch.setenv("COLUMNS", "40")
    screen = Terminal()
    with progress.Step("facts", total=2, stream=screen) as step:
        step.update(1, "a" * 200)
    shown = screen.getvalue()
    assert shown.count("\n") == 1 and shown.endswith(" s\n")
    assert all(len(part) < 40 for part in shown.split("\r\x1b[K"))


def test_progress_leaves_nothing_behind_when_a_step_fails():
    screen = Terminal()
    with pytest.raises(ValueError):
        with progress.Step("facts", stream=screen):
            raise ValueError
    assert screen.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize("rule, wanted", [
    ("virtual report\n", ["report"]),
    ("virtual patch, report ;\n@r@\n@@\nf()\n", ["patch", "report"]),
    ("virtual a\nvirtual b\n", ["a", "b"]),
    ("// virtual x\n@r@\nidentifier virtual.f;\n@@\nf()\n", []),
])
def test_modes_of_a_rule(rule, wanted):
    assert lint.modes(rule) == wanted


RULE = "@r@\n{0}expression e;\n@@\n- f(e);\n"


@pytest.mark.parametrize("text, wanted", [
    (RULE.format(""), 0),
    ("virtual a, b\n" + RULE.format(""), 0),
    (RULE.format("identifier unused;\n"), 1),
    ("virtual a, b\n" + RULE.format("identifier unused;\n"), 2),
    ("@r@\nexpression e\n@@\nf(e)\n", 1),
])
def test_parse_cocci(tmp_path, monkeypatch, text, wanted):
    monkeypatch.setattr(lint, "ROOT", tmp_path)
    (tmp_path / "cocci" / "find").mkdir(parents=True)
    (tmp_path / "cocci" / "find" / "x.cocci").write_text(text)
    found = lint.semantic_patches(tmp_path)
    assert bool(found) == bool(wanted)
    if wanted and "unused" in text:
        assert len(found) == wanted
        assert all("unused not used" in line for line in found)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one file; what a check says of it."""
    monkeypatch.setattr(lint, "ROOT", tmp_path)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)

    def put(name, text, check):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return check(tmp_path)
    return put


SPDX = f"# {lint.LICENSE}\n"


def test_license(project):
    assert project("scripts/a.py", "import os\n", lint.licenses)
    assert not project("scripts/a.py", SPDX, lint.licenses)
    assert not project("scripts/a.py", f"#!/bin/sh\n{SPDX}", lint.licenses)
    assert project("scripts/a.py", f"import os\n{SPDX}", lint.licenses)


def test_length(project):
    assert not project("a.py", "x\n" * 400, lint.length)
    assert project("a.py", "x\n" * 401, lint.length) == [
        "a.py: 401 lines, more than 400"]


def test_generic_rules_name_no_caller(project):
    rule = "@r@\nexpression e;\n@@\nf(e)\n"
    check = lint.generic
    assert not project("cocci/find/a.cocci",
                       f"// as in fs/fuse/dev.c\n{rule}", check)
    assert project("cocci/find/a.cocci", rule + "// x\n fs/x/y.c", check) == [
        "cocci/find/a.cocci:6: names fs/x/y.c"]
    (lint.ROOT / "cocci/find/a.cocci").unlink()
    assert not project("cocci/core/a.cocci", "fs/x/y.c", check)
    text = '"""As in fs/x/y.c."""\n# fs/x/y.c\nX = {}\n'
    assert not project("scripts/a.py", text.format('"mm/gup.c"'), check)
    assert project("scripts/a.py", text.format('"drivers/a/b.c"'), check) == [
        "scripts/a.py:3: names drivers/a/b.c"]


@pytest.fixture(name="runner")
def load_runner(root):
    """tests/run as a module."""
    loader = importlib.machinery.SourceFileLoader("run_tests",
                                                  str(root / "tests/run"))
    spec = importlib.util.spec_from_loader("run_tests", loader)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, old = True, sys.dont_write_bytecode
    loader.exec_module(module)
    sys.dont_write_bytecode = old
    return module


@pytest.mark.parametrize("says, code, wanted", [
    ("12 passed in 3.1s", 0, (12, 0, 0)),
    ("1 passed, 2 failed", 1, (1, 2, 0)),
    ("9 failed\n3 passed, 1 skipped, 2 errors in 1s", 1, (3, 2, 1)),
    ("3 passed", 1, (3, 1, 0)),
    ("no tests ran in 0.01s", 5, (0, 1, 0)),
    ("", 0, (0, 1, 0)),
    ("2 skipped in 0.1s", 0, (0, 1, 2)),
])
def test_counts_of_a_suite(runner, capsys, says, code, wanted):
    found = runner.suite([sys.executable, "-c",
                          f"print({says!r}); raise SystemExit({code})"])
    assert (found["passed"], found["failed"], found["skipped"]) == wanted
    assert says in capsys.readouterr().out


def test_runner_adds_up_and_fails(runner, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["run"])
    monkeypatch.setattr(runner.subprocess, "run",
                        lambda *_args, **_more: subprocess.CompletedProcess(
                            [], 0))
    for counts, line, code in (
            ({"passed": 2}, "4 passed, 0 failed", 0),
            ({"passed": 2, "skipped": 1}, "4 passed, 0 failed, 2 skipped", 0),
            ({"passed": 2, "failed": 1}, "4 passed, 2 failed", 1),
            ({}, "0 passed, 0 failed", 1)):
        monkeypatch.setattr(runner, "suite",
                            lambda _command, c=counts: runner.Counter(c))
        assert runner.main() == code
        assert capsys.readouterr().out.splitlines()[-1] == line


def ci_total(root, tmp_path, makes):
    """The last line of .ci/run and its code, with stand-ins for its tools."""
    copy = tmp_path / "clone"
    (copy / ".ci").mkdir(parents=True)
    (copy / "scripts").mkdir()
    (copy / "tests").mkdir()
    tools = tmp_path / "bin"
    tools.mkdir()
    (copy / ".ci/run").write_text((root / ".ci/run").read_text())
    for path, text in ((copy / "scripts/gup2pin", ""),
                       (copy / "tests/fuzz", ""),
                       (tools / "apt-get", ""), (tools / "sudo", ""),
                       (tools / "make", f"case $1 in {makes} esac\n")):
        path.write_text(f"#!/bin/sh\n{text}")
        path.chmod(0o755)
    done = subprocess.run(["bash", copy / ".ci/run"], check=False, text=True,
                          capture_output=True, cwd="/", stdin=None,
                          env={"PATH": f"{tools}:/usr/bin:/bin"})
    return done.stdout.splitlines()[-1], done.returncode


GOOD = ("lint) echo '9 passed, 0 failed';; "
        "test) echo '412 passed, 0 failed, 3 skipped';;")


@pytest.mark.parametrize("makes, line, code", [
    (GOOD, "426 passed, 0 failed, 3 skipped", 0),
    (GOOD + " prove) exit 2;;", "425 passed, 1 failed, 3 skipped", 1),
    ("lint) echo '8 passed, 1 failed'; exit 2;; test) echo '5 passed, 0 "
     "failed'; exit 2;;", "18 passed, 2 failed", 1),
    ("lint) ;; test) echo '0 passed, 0 failed';;", "5 passed, 2 failed", 1),
])
def test_ci_counts_everything(root, tmp_path, makes, line, code):
    assert ci_total(root, tmp_path, makes) == (line, code)


@pytest.fixture
def sources(tmp_path):
    """A small tree with two call sites, one of them in a file of its own."""
    tree = tmp_path / "tree"
    tree.mkdir()
    call = "int {0}(void)\n{{\n\treturn get_user_pages_fast(1, 2, 3, 4);\n}}\n"
    (tree / "a.c").write_text(call.format("f") + call.format("g"))
    (tree / "b.c").write_text(call.format("h"))
    (tree / "c.c").write_text("int k(void)\n{\n\treturn 0;\n}\n")
    return tree


def test_floor_and_plain_find_the_same(sources, tmp_path):
    listed, spelled = bench.rules(tmp_path)
    least = bench.floor(sources, spelled, tmp_path)
    assert (least.files, least.sites) == (2, 3)
    for rule in (listed, spelled):
        found = bench.plain(sources, rule, 2, 60.0)
        assert not found.stopped
        assert (found.files, found.sites) == (3, 3)
        assert found.whole == found.seconds


def test_plain_is_stopped_after_the_bound(sources, tmp_path, monkeypatch):
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "spatch").write_text(
        "#!/bin/sh\nmkdir l_1; echo 'HANDLING: a.c' > l_1/stderr.0\n"
        "sleep 50 & wait\n")
    (fake / "spatch").chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake}:/usr/bin:/bin")
    began = time.monotonic()
    found = bench.plain(sources, tmp_path / "x.cocci", 2, 0.5)
    assert time.monotonic() - began < 10
    assert found.stopped and (found.handled, found.files) == (1, 3)
    assert found.whole == pytest.approx(3 * found.seconds)


def test_bench_says_what_was_stopped_and_missed():
    floor = bench.Floor(0.5, 2.5, 39, 37)
    stopped = bench.Plain(60.0, True, 5000, 50000, 0)
    whole = bench.Plain(9.0, False, 50000, 50000, 37)
    found = bench.Times({"census": 1.0, "facts": 5.0}, {"census": 0.1},
                        (8.0, 1.0), (20.0, 2.0), "a.c", 2.5, floor, stopped,
                        whole)
    text = "\n".join(bench.table(found, 2, "6.1") + bench.verdict(found, 60))
    assert "(a.c): 2.50  wanted < 2: MISSED" in text
    assert "cold report / floor: 2.67  wanted <= 3: reached" in text
    assert "stopped after the bound of 60 s with 5000 of 50000" in text
    assert ("at least 7.5, about 75 at that rate  "
            "wanted >= 50: reached by estimate") in text
    assert "plain / cold report: 1.1  wanted >= 50: MISSED" in text


def test_bench_touches_only_its_copy(sources, tmp_path):
    (sources / ".git").mkdir()
    bench.copy(sources, tmp_path / "copy")
    assert not (tmp_path / "copy" / ".git").exists()
    (tmp_path / "report.json").write_text('{"sites": [{"file": "b.c"}]}')
    before = (sources / "b.c").stat()
    assert bench.touch(tmp_path / "copy", tmp_path) == "b.c"
    assert (sources / "b.c").stat() == before
    assert (tmp_path / "copy/b.c").read_text().endswith("touched */\n")


def test_bench_against_an_older_one(tmp_path, monkeypatch):
    """Each tool runs with its own cache, and the tree is left as it was."""
    tree = tmp_path / "linux"
    (tree / "include/linux").mkdir(parents=True)
    (tree / bench_base.HEADER).write_text("struct iov_iter;\n")
    (tree / "a.c").write_text("int a;\n")
    tool = tmp_path / "tool"
    (tool / "scripts").mkdir(parents=True)
    (tool / "scripts/gup2pin").write_text(
        "import json, os, pathlib, sys\n"
        "given = dict(a[2:].split('=') for a in sys.argv[2:] if '=' in a)\n"
        "out = pathlib.Path(given['out']); out.mkdir(exist_ok=True)\n"
        "tree = pathlib.Path(given['kernel'])\n"
        "(out / 'report.json').write_text(json.dumps({'sites': [\n"
        "    {'file': 'b.c'}, {'file': 'a.c'}]}))\n"
        "with open(out / 'log', 'a') as log:\n"
        "    print(sys.argv[1], given.get('apis', '-'), *(\n"
        "        p.name for p in sorted(tree.rglob('*.[ch]'))\n"
        "        if 'touched' in p.read_text()),\n"
        "        os.environ['GUP2PIN_CACHE'], file=log)\n"
        "sys.exit(3 if sys.argv[1] == 'report' else 0)\n")
    work = tmp_path / "base"
    work.mkdir()
    made = bench_base.measured(bench_base.Tool(tool, work, tree, 2))
    assert list(made) == list(bench_base.WANTED)
    assert all(value > 0 for name, value in made.items() if "beyond" not in name)
    cache = str(work / "cache")
    assert (work / "out/log").read_text().splitlines() == [
        f"report - {cache}", f"report - {cache}", f"report - a.c {cache}",
        f"report - uio.h {cache}", f"report - {cache}", f"series - {cache}",
        f"audit all {cache}"]
    assert (tree / "a.c").read_text() == "int a;\n"
    (tool / "scripts/gup2pin").write_text("import sys; sys.exit('it broke')")
    with pytest.raises(RuleError, match="ended with 1.*it broke"):
        bench_base.measured(bench_base.Tool(tool, work, tree, 2))


def test_bench_says_which_ratio_is_missed():
    names = list(bench_base.WANTED)
    lines = bench_base.table([bench_base.Ratio(names[0], 100.0, 9.9),
                              bench_base.Ratio(names[1], 15.0, 1.5)], "28f0033")
    assert lines[1].endswith("10.1x  wanted 10x: reached")
    assert lines[2].endswith("10.0x  wanted 15x: MISSED")


def test_bench_of_a_revision_that_is_none(tmp_path):
    with pytest.raises(UsageError, match="--base no-such"):
        bench_base.checked_out("no-such", tmp_path / "tool")
