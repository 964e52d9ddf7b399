# SPDX-License-Identifier: GPL-2.0-only
"""Every command that README.md shows exists and does what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from pinlib import arguments, host_packages

ROOT = Path(__file__).resolve().parent.parent
# Long ones, which CI runs by themselves, word for word.
IN_CI = ("make series", "make test", "make prove", "make lint")
CHEAP = ("make help",)


def commands():
    """The lines of README's shell blocks."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def test_quick_start_is_two_commands():
    assert commands()[:2] == ["make series", "make test"]


@pytest.mark.parametrize("command", commands())
def test_command(command):
    if command in IN_CI:
        steps = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
        assert any(line.endswith(f" {command}") for line in steps)
    elif command in CHEAP:
        done = subprocess.run(command, shell=True, cwd=ROOT, check=True,
                              capture_output=True, text=True)
        assert done.stdout and not done.stderr
    elif command.startswith("make "):
        done = subprocess.run(f"{command} --dry-run", shell=True, cwd=ROOT,
                              check=True, capture_output=True, text=True)
        words = shlex.split(done.stdout)
        assert words[0].endswith("scripts/gup2pin")
        assert arguments.parser().parse_args(words[1:]).target in arguments.TARGETS
    else:
        words = shlex.split(command)
        assert words[0] == "scripts/gup2pin"
        assert arguments.parser().parse_args(words[1:]).target in arguments.TARGETS


def test_help_lists_every_target_and_variable():
    done = subprocess.run(["make", "help"], cwd=ROOT, check=True,
                          capture_output=True, text=True)
    for name in (*arguments.TARGETS, "test", "clean"):
        assert re.search(rf"^  {name} +- ", done.stdout, re.MULTILINE), name
    for name in ("KERNEL", "M", "OUT", "J", "SUBSYSTEM", "BASELINE", "APIS",
                 "SITE", "DECISIONS", "CONFIG", "FORMAT", "SINCE",
                 "PREVIOUS", "V"):
        assert re.search(rf"^  {name}=\S+ +- ", done.stdout, re.MULTILINE)


def test_help_lists_every_exit_code_and_file(tmp_path):
    text = subprocess.run(["make", "help"], cwd=ROOT, check=True,
                          capture_output=True, text=True).stdout
    for code in ("0", "1", "2", "3", "4", "5", "130, 143"):
        assert f"\n  {code}  " in text
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("report.html", "report.txt", "report.json", "report.sarif",
                 "series/", "evidence.json", "plan.json", "commits.json",
                 "timings.json", "crash.log"):
        assert f"\n  {name} " in text and f"`{name}`" in readme, name


def test_help_lists_every_option_of_the_command():
    """Each long option has its make variable, but for the ones of setup."""
    named = {"module": "M", "jobs": "J", "verbose": "V"}
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for action in arguments.parser()._actions:
        for option in action.option_strings:
            name = option.removeprefix("--")
            if not option.startswith("--") or name in ("help", "no-install"):
                continue
            variable = named.get(name, name.upper().replace("-", "_"))
            assert re.search(rf"^\t@echo  '  (.*, )?{variable}=", text,
                             re.MULTILINE), variable


def test_exit_codes_are_documented():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for code in range(6):
        assert f"\n| {code} | " in text


def test_every_target_has_packages():
    for target in (*arguments.TARGETS, *arguments.STAGES):
        assert "coccinelle" in host_packages.packages_for(target, True)
