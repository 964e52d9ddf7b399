# SPDX-License-Identifier: GPL-2.0-only
"""Every command that README.md shows exists and does what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from pinlib import cli, setup_host

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
        assert cli.parser().parse_args(words[1:]).target in cli.TARGETS
    else:
        words = shlex.split(command)
        assert words[0] == "scripts/gup2pin"
        assert cli.parser().parse_args(words[1:]).target in cli.TARGETS


def test_help_lists_every_target_and_variable():
    done = subprocess.run(["make", "help"], cwd=ROOT, check=True,
                          capture_output=True, text=True)
    for name in (*cli.TARGETS, "test", "clean"):
        assert re.search(rf"^  {name} +- ", done.stdout, re.MULTILINE), name
    for name in ("KERNEL", "M", "OUT", "J", "SUBSYSTEM", "BASELINE", "APIS",
                 "SITE", "V"):
        assert re.search(rf"^  {name}=\S+ +- ", done.stdout, re.MULTILINE)


def test_exit_codes_are_documented():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for code in range(6):
        assert f"\n| {code} | " in text


def test_every_target_has_packages():
    for target in (*cli.TARGETS, *cli.STAGES):
        assert "coccinelle" in setup_host.packages_for(target, True)
