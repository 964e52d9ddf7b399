# SPDX-License-Identifier: GPL-2.0-only
"""make report SINCE=<rev>: which sites it shows, and that they are the same."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from pinlib.base.git import git_env
from trees import lab


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A checkout with a base commit, and a cache for facts."""
    made = tmp_path_factory.mktemp("since")
    tree = lab.make(made / "linux", None, "idioms")
    (made / "none.toml").write_text("")
    git(tree, "init", "-q")
    git(tree, "add", "-A", "-f")
    git(tree, "commit", "-q", "-m", "base")
    git(tree, "tag", "base")
    return made


def git(tree, *args):
    subprocess.run(["git", *args], cwd=tree, check=True, env=git_env(),
                   capture_output=True)


def run(home, *args):
    return subprocess.run(
        [lab.TREES.parents[1] / "scripts/gup2pin", "report", "--no-install",
         "--kernel", home / "linux", "--out", home / "out", "--decisions",
         home / "none.toml", *args], check=False, text=True,
        capture_output=True,
        env={**os.environ, "GUP2PIN_CACHE": lab.cold_cache(home / "cache")})


def report(home, *args):
    done = run(home, *args)
    assert done.returncode == 0, done.stderr
    return json.loads((home / "out/report.json").read_text())


def change(home, file, old, new):
    path = home / "linux" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.fixture
def clean(home):
    yield
    git(home / "linux", "reset", "-q", "--hard", "base")
    git(home / "linux", "clean", "-q", "-f", "-d")


def files(found):
    return {s["file"] for s in found["sites"]}


def test_what_changed_and_what_pairs_with_it(home, clean):
    """One driver's other file, committed; another file, not committed; a new
    file, not even added."""
    change(home, "drivers/member/other.c", "{\n", "{\n\tint more = 0;\n\n")
    git(home / "linux", "commit", "-q", "-a", "-m", "one")
    change(home, "drivers/array_leak/main.c", "{\n", "{\n\tint more = 0;\n\n")
    leaf = home / "linux/drivers/fresh/main.c"
    leaf.parent.mkdir()
    leaf.write_text((home / "linux/drivers/direct/main.c").read_text())
    some = report(home, "--since", "base")
    assert some["since"] == "base"
    assert {"drivers/member/main.c", "drivers/array_leak/main.c",
            "drivers/fresh/main.c"} <= files(some)
    assert not {"drivers/skb/main.c", "drivers/iter_user/main.c",
                "drivers/direct/main.c"} & files(some)
    assert "what changed since base" in (home / "out/report.txt").read_text()
    every = report(home)
    assert every["since"] is None
    full = {s["id"]: s for s in every["sites"]}
    assert len(some["sites"]) < len(full)
    for site in some["sites"]:
        assert site == full[site["id"]]


def test_a_release_that_was_taken_out_is_a_change(home, clean):
    """The pages go through the changed file no more; the words tell."""
    change(home, "drivers/member/other.c", "\tput_page(ctx->page); /* @release"
           " */\n", "")
    some = report(home, "--since", "base")
    [site] = [s for s in some["sites"] if s["file"] ==
              "drivers/member/main.c"]
    assert site["disposition"] == "manual"


def test_a_changed_interface_concerns_all(home, clean):
    change(home, "include/linux/mm.h", "pin_user_pages_fast", "pin_gone")
    some = report(home, "--since", "base")
    assert len(some["sites"]) == some["summary"]["sites"] > 15
    assert {s["code"] for s in some["sites"]} >= {"no-pin-api"}


def test_nothing_changed(home, clean):
    assert report(home, "--since", "HEAD")["sites"] == []


def test_commands_of_the_checkout_are_not_run(home, clean):
    tree = home / "linux"
    git(tree, "config", "filter.evil.clean", "touch ran; cat")
    git(tree, "config", "diff.evil.textconv", "touch ran; cat")
    git(tree, "config", "core.fsmonitor", "touch ran; false")
    (tree / ".git/info/attributes").write_text("*.c filter=evil diff=evil\n")
    change(home, "drivers/member/main.c", "{\n", "{\n\n")
    try:
        report(home, "--since", "base")
        assert not list(tree.rglob("ran"))
    finally:
        (tree / ".git/info/attributes").unlink()
        git(tree, "config", "--unset", "core.fsmonitor")


@pytest.mark.parametrize("args, words", [
    (["--since", "v9.9"], "no revision v9.9"),
    (["--since", "--output=x"], "--since"),
    (["--since=--output=x"], "no revision --output=x")])
def test_a_revision_that_is_not_there(home, args, words):
    done = run(home, *args)
    assert done.returncode == 2 and words in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_git(gup2pin, tree, tmp_path):
    out = ("--out", tmp_path / "out")
    done = gup2pin("report", "--kernel", tree, *out, "--since", "HEAD")
    assert done.returncode == 2 and "no git checkout" in done.stderr
    done = gup2pin("check", "--kernel", tree, *out, "--since", "HEAD")
    assert done.returncode == 2 and "narrows a report" in done.stderr
