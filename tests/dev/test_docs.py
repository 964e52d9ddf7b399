# SPDX-License-Identifier: GPL-2.0-only
"""CONTRIBUTING's example works, and the sample CI files run as far as here."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml
from pinlib.base import edits
from pinlib.dev import lint, rule_tests
from pinlib.rewrite import ledger
from pinlib.rewrite.rule_set import PINS
from trees import lab

ROOT = lab.TREES.parents[1]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```",
                        CONTRIBUTING, re.S))
[(OP, FORMS)] = re.findall(r"<!-- op: (\S+) -->\n```\w+\n(.*?)```",
                           CONTRIBUTING, re.S)
EXAMPLE = "unpin_sum"


@pytest.fixture
def example(tmp_path, monkeypatch):
    """The rules with the example of CONTRIBUTING among them; its C."""
    rules = tmp_path / "cocci/convert"
    shutil.copytree(ROOT / "cocci/convert", rules)
    assert len(FILES) == 3
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    ledger_rules = rules / "ledger.txt"
    before, op, behind = ledger_rules.read_text().partition(f"\nop {OP}\n")
    own, _, rest = behind.partition("\n\nop ")
    ledger_rules.write_text(f"{before}{op}{own}\n{FORMS}\nop {rest}")
    place = edits.ORDER.index("unpin_single")
    order = (*edits.ORDER[:place], EXAMPLE, *edits.ORDER[place:])
    monkeypatch.setattr(edits.Unpin, "rules",
                        (EXAMPLE, *edits.Unpin.rules))
    return dataclasses.replace(
        PINS, folder=rules, order=order,
        ledger=ledger_rules), rules / f"tests/{EXAMPLE}.c"


def test_the_example_of_contributing(example):
    for check in (rule_tests.converts, rule_tests.keeps,
                  rule_tests.refuses_shift):
        assert check(*example) == []


def test_the_example_needs_each_of_its_steps(example, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(edits.Unpin, "rules", edits.Unpin.rules[1:])
        assert "+\t\tunpin_user_page(*(pages + i));" in \
            rule_tests.converts(*example)
    rules, fixture = example
    with pytest.raises(ledger.LedgerMismatch):
        rule_tests.converts(
            dataclasses.replace(rules, ledger=PINS.ledger), fixture)


def test_the_example_is_a_rule_without_warnings(tmp_path, monkeypatch):
    rule = tmp_path / f"cocci/convert/{EXAMPLE}.cocci"
    rule.parent.mkdir(parents=True)
    rule.write_text(FILES[f"cocci/convert/{EXAMPLE}.cocci"])
    monkeypatch.setattr(lint, "ROOT", tmp_path)
    monkeypatch.setenv("GUP2PIN_LIB", str(ROOT / "scripts"))
    assert lint.semantic_patches(tmp_path) == []


def steps(name):
    """The commands of a sample that call gup2pin."""
    data = yaml.safe_load((ROOT / "docs" / name).read_text())
    if name == "ci-github.yml":
        job = data["jobs"]["check"]
        assert data[True] == ["push", "pull_request"]      # YAML 1.1's "on"
        lines = [step["run"] for step in job["steps"] if "run" in step]
        [upload] = [s for s in job["steps"] if "sarif" in s.get("uses", "")]
        assert upload["with"]["sarif_file"] == "out/report.sarif"
    else:
        job = data["page pins"]
        lines = [*job["before_script"], *job["script"], *job["after_script"]]
    return [line for line in lines if "apt-get" not in line
            and "git clone" not in line]


@pytest.mark.parametrize("name", ["ci-github.yml", "ci-gitlab.yml"])
def test_sample_ci(name, tmp_path):
    """As the service would run it: fine, and red once a site is new."""
    tree = lab.make(tmp_path / "linux", None, "idioms")
    # The shipped decisions are of a real 6.1: this small tree is none.
    make = tree / "Makefile"
    make.write_text(make.read_text().replace("VERSION = 6", "VERSION = 7", 1))
    (tmp_path / "gup2pin").symlink_to(ROOT)
    home = tmp_path if name == "ci-github.yml" else tree
    env = {**os.environ, "GUP2PIN_CACHE": lab.cold_cache(tmp_path / "cache")}

    def run(command):
        command = command.replace("/gup2pin/scripts", f"{ROOT}/scripts") \
            if command.startswith("/gup2pin") else command
        command = command.replace("/tmp/out", str(tmp_path / "out"))
        return subprocess.run(command, shell=True, cwd=home, env=env,
                              check=False, capture_output=True, text=True)
    first, *rest = steps(name)
    # The tool writes nothing into a kernel tree; a person copies it there.
    base = re.search(r"--baseline (\S+)", first)[1]
    write = first.replace("gup2pin check", "gup2pin baseline").replace(
        base, str(tmp_path / "base.json"))
    done = run(write)
    assert done.returncode == 0, done.stderr
    (home / base).write_bytes((tmp_path / "base.json").read_bytes())
    for command in (first, *rest):
        done = run(command)
        assert done.returncode == 0, done.stderr
    fresh = tree / "drivers/fresh/main.c"
    fresh.parent.mkdir()
    fresh.write_text((tree / "drivers/direct/main.c").read_text())
    done = run(first)
    assert done.returncode == 1 and "drivers/fresh/main.c:" in done.stdout
    out = tmp_path / "out"
    results = json.loads((out / "report.sarif").read_text())["runs"][0][
        "results"]
    assert any("fresh" in str(r["locations"]) for r in results)
