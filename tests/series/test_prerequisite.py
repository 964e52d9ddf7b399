# SPDX-License-Identifier: GPL-2.0-only
"""The helpers are a series of their own, on which the others apply."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from pinlib import cli
from pinlib.base.git import git_env
from pinlib.series.reroll import stable_id
from pinlib.series import mail_reader
from trees import lab, older

FIRST = "00-iov_iter"


@pytest.fixture(name="tree")
def _tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernel whose drivers and file systems call two forms of extraction."""
    lab.share_cache(monkeypatch)
    return older.make(tmp_path / "linux", "5.10")


def made(tree: Path, *more: str) -> dict[str, bytes]:
    """Run `series`; the mails by their names below series/."""
    out = tree.parent / "out"
    assert cli.main(["series", f"--kernel={tree}", f"--out={out}",
                     "--no-install", *more]) == 0
    return {str(p.relative_to(out / "series")): p.read_bytes()
            for p in sorted((out / "series").glob("*/*.patch"))}


def of(mails: dict[str, bytes], name: str) -> list[str]:
    """The patches of one series in order."""
    return [n for n in mails if n.startswith(f"{name}/") and "/0000-" not in n]


def callers(mails: dict[str, bytes]) -> dict[str, str]:
    """The series that call a helper, by what they call."""
    return {name.partition("/")[0]: word for word in (
        "iov_iter_extract_pages_alloc_noadvance(",
        "iov_iter_extract_pages_noadvance(")
        for name, text in mails.items() if f"= {word}" in text.decode()
        and not name.startswith(FIRST)}


def test_any_two_series_apply_one_after_the_other(tree: Path) -> None:
    mails = made(tree)
    assert len(callers(mails)) == 2
    assert not any(b"lib/iov_iter.c" in text for name, text in mails.items()
                   if not name.startswith(FIRST))
    env = git_env()
    for args in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "base")):
        subprocess.run(["git", *args], cwd=tree, env=env, check=True)
    out = tree.parent / "out/series"
    for name in (FIRST, *sorted(callers(mails), reverse=True)):
        done = subprocess.run(
            ["git", "am", "-q", *(out / m for m in of(mails, name))], cwd=tree,
            env=env, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_the_others_name_it_by_patch_id(tree: Path) -> None:
    mails = made(tree)
    ids = [f"prerequisite-patch-id: {stable_id(mail.diff)}" for mail in
           mail_reader.folder(tree.parent / "out/series" / FIRST)]
    assert len(ids) == 3
    for name in callers(mails):
        text = b"".join(t for n, t in mails.items()
                        if n.startswith(f"{name}/")).decode()
        assert "\n".join(ids) in text
        assert "This applies on top of" in text


def test_it_is_whole_whatever_subsystem_is_asked_for(tree: Path) -> None:
    whole = made(tree)
    one, other = sorted(callers(whole))
    first = {n: t for n, t in whole.items() if n.startswith(FIRST)}
    [name] = {shlex.split(line)[0] for n in of(whole, one) for line in re.findall(
        r"series --subsystem (.+)", whole[n].decode())}
    some = made(tree, f"--subsystem={name}")
    assert {n: t for n, t in some.items() if n.startswith(FIRST)} == first
    # What another run wrote of other subsystems stays.
    assert of(some, one) and {n: some[n] for n in of(some, other)} == {
        n: whole[n] for n in of(whole, other)}


def test_standalone_brings_what_it_calls(tree: Path) -> None:
    mails = made(tree, "--standalone")
    assert not of(mails, FIRST)
    for name, word in callers(mails).items():
        text = b"".join(mails[n] for n in of(mails, name)).decode()
        assert f"+EXPORT_SYMBOL_GPL({word[:-1]});" in text
        others = [w for w in callers(mails).values() if w != word]
        assert not any(f"+EXPORT_SYMBOL_GPL({w[:-1]});" in text for w in others)
        assert "prerequisite" not in text
