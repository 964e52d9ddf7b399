# SPDX-License-Identifier: GPL-2.0-only
"""Each target has a parser of its own, and takes what make passes to all."""

from __future__ import annotations

import pytest
from pinlib import arguments, cli
from pinlib.base.errors import UsageError

NAMES = (*arguments.TARGETS, *arguments.STAGES)


def shown(target, capsys):
    """The help of a target, its blanks folded."""
    with pytest.raises(SystemExit) as end:
        arguments.parser().parse_args([target, "--help"])
    assert end.value.code == 0
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("target", NAMES)
def test_help_of_each_target(target, capsys):
    text = shown(target, capsys)
    assert f"usage: gup2pin {target} " in text
    sentence = (arguments.TARGETS | arguments.STAGES)[target]
    assert sentence[1:] in text


@pytest.mark.parametrize("target, has, lacks", [
    ("report", ("--since", "--format"), ("--site", "--machine", "--config")),
    ("explain", ("--site", "--decisions"), ("--since", "--mutants")),
    ("prove", ("--config", "--arch"), ("--module", "--machine")),
    ("boot", ("--machine",), ("--config", "--since")),
    ("mutants", ("--mutants",), ("--machine", "--site")),
    ("diff", ("--subsystem", "--out"), ("--apis", "--decisions")),
    ("setup", ("--no-install",), ("--apis", "--out")),
])
def test_help_lists_what_a_target_uses(target, has, lacks, capsys):
    text = shown(target, capsys)
    assert all(f"{option} " in text for option in has)
    assert not any(option in text for option in lacks)


@pytest.mark.parametrize("target", NAMES)
def test_every_target_takes_what_make_passes(target):
    args = arguments.parser().parse_args([
        target, "--site=x", "--machine=qemu", "--since=HEAD", "--config=c",
        "--format=gcc", "--mutants=all", "--subsystem=net", "-j3"])
    assert (args.target, args.site, args.machine, args.jobs) == (
        target, "x", "qemu", 3)


def test_options_before_the_target_are_kept():
    args = arguments.parser().parse_args([
        "--no-install", "--apis=all", "report", "--out=o"])
    assert args.no_install and args.apis == "all" and args.out == "o"
    assert args.machine == "uml" and args.format == "text"


@pytest.mark.parametrize("words, text", [
    (["bogus"], "bogus: no such target; see gup2pin --help"),
    ([], "the following arguments are required: TARGET; see gup2pin --help"),
    (["report", "--format=xml"], "argument --format: invalid choice: 'xml' "
     "(choose from 'text', 'gcc'); see gup2pin report --help"),
])
def test_a_wrong_command_line_is_one_line(words, text):
    with pytest.raises(UsageError) as error:
        arguments.parser().parse_args(words)
    assert str(error.value) == text


def test_each_target_has_its_module():
    for target in arguments.TARGETS:
        if target != "lint":
            module, function = cli.RUN.get(
                target, (f"commands.{target}", "run"))
            found = __import__(f"pinlib.{module}", fromlist=[function])
            assert callable(getattr(found, function))
