# SPDX-License-Identifier: GPL-2.0-only
"""Series of trees that lie in a repository: whatever its shape or owner."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pinlib.analysis import since
from pinlib.base.git import git_env
from pinlib.kernel import git_checkout, maintainers
from pinlib.prove import mail_checks
from pinlib.series import mail_reader, reroll
from test_series import DRIVER, Work


def git(folder: Path, *args: str) -> str:
    return subprocess.run(
        ["git", *args], cwd=folder, check=True, env=git_env(),
        capture_output=True, text=True).stdout.strip()


def commit(folder: Path) -> str:
    """Make a folder a repository with one commit."""
    git(folder, "init", "-q")
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "-m", "x driver: begin")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(name="work")
def _work(make_tree, tmp_path: Path) -> Work:
    """A tree two folders down."""
    return Work(make_tree("repo/vendor/linux"), tmp_path / "out")


def applied(work: Work, top: Path) -> list[str]:
    """The files that git am changes at the top of a repository."""
    mbox = work.out / "series/x-driver/series.mbox"
    before = git(top, "rev-parse", "HEAD")
    git(top, "am", "-q", "--empty=drop", str(mbox))
    return git(top, "diff", "--name-only", before).splitlines()


def cover(work: Work) -> str:
    return (work.out / "series/x-driver/0000-cover-letter.patch").read_text()


FILES = ["drivers/x/a.c", "lib/page_extract.c"]
BELOW = [f"vendor/linux/{name}" for name in FILES]


def test_paths_begin_at_the_top(work: Work, tmp_path: Path) -> None:
    head = commit(tmp_path / "repo")
    written = work.write()
    assert cover(work).endswith(f"\nbase-commit: {head}\n")
    assert " vendor/linux/drivers/x/a.c" in cover(work)
    # What the repository says of itself begins the subjects.
    assert any(n.startswith("x-driver/0003-x-driver-") for n in written)
    assert applied(work, tmp_path / "repo") == BELOW


def test_local_changes_are_said_and_only_they(work: Work,
                                              tmp_path: Path) -> None:
    head = commit(tmp_path / "repo")
    (work.tree / "drivers/x/a.c").write_text(DRIVER + "/* mine */\n")
    Work(work.tree, work.out).write()
    assert f"commit {head}\nwith local changes" in cover(work)


def test_a_commit_that_cannot_be_read_is_not_called_changed(
        work: Work, tmp_path: Path) -> None:
    head = commit(tmp_path / "repo")
    shutil.rmtree(tmp_path / "repo/.git/objects")
    (tmp_path / "repo/.git/objects").mkdir()
    work.write()
    assert f"commit {head}\nwhich git could not read" in cover(work)
    assert "local changes" not in cover(work)


def test_a_folder_that_is_not_tracked(work: Work, tmp_path: Path) -> None:
    (tmp_path / "repo/.gitignore").write_text("vendor\n")
    git(tmp_path / "repo", "init", "-q")
    git(tmp_path / "repo", "add", ".gitignore")
    git(tmp_path / "repo", "commit", "-q", "-m", "dots")
    assert git_checkout.find(work.tree) is None
    work.write()
    assert "no git checkout" in cover(work)
    assert [f.path for m in mail_reader.folder(work.out / "series/x-driver")
            for f in m.files][-1] == "drivers/x/a.c"


def test_worktree_and_submodule(work: Work, tmp_path: Path) -> None:
    head = commit(tmp_path / "repo")
    git(tmp_path / "repo", "worktree", "add", "-q", str(tmp_path / "tree"))
    other = tmp_path / "tree/vendor/linux"
    assert git_checkout.find(other) == git_checkout.Checkout(
        tmp_path / "tree", "vendor/linux", head)
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet",
        "add", str(tmp_path / "repo"), "sub")
    git(outer, "commit", "-q", "-m", "outer")
    found = git_checkout.find(outer / "sub/vendor/linux")
    assert found == git_checkout.Checkout(outer / "sub", "vendor/linux", head)
    Work(other, work.out).write()
    assert applied(work, tmp_path / "tree") == BELOW


def test_a_link_leads_to_where_the_tree_lies(work: Work,
                                             tmp_path: Path) -> None:
    commit(tmp_path / "repo")
    (tmp_path / "link").symlink_to(work.tree)
    found = git_checkout.find(tmp_path / "link")
    assert found and found.prefix == "vendor/linux"


def test_a_git_folder_that_is_none(work: Work, tmp_path: Path) -> None:
    head = commit(tmp_path / "repo")
    (work.tree / ".git").mkdir()
    found = git_checkout.find(work.tree)
    assert found and (found.prefix, found.commit) == ("vendor/linux", head)


def test_apply_proof_and_next_version(work: Work, tmp_path: Path) -> None:
    commit(tmp_path / "repo")
    series = work.series()
    work.write(series)
    paths = mail_checks.series_mails(work.out, series[0])
    assert [e["result"] for e in mail_checks.apply_series(
        work.scratch, work.base, series[0], paths,
        git_checkout.prefix_of(work.tree))] == ["pass"] * 3
    old = reroll.read(work.out / "series")["x-driver"]
    assert not reroll.merged(old.mails[1], tmp_path / "repo")
    git(tmp_path / "repo", "am", "-q", str(paths[0]), str(paths[1]))
    assert reroll.merged(old.mails[1], tmp_path / "repo")


def test_since_in_a_folder_of_a_repository(work: Work,
                                           tmp_path: Path) -> None:
    commit(tmp_path / "repo")
    (tmp_path / "repo/else.c").write_text("int other;\n")
    (work.tree / "drivers/x/a.c").write_text(DRIVER + "int fresh;\n")
    (work.tree / "drivers/x/new.c").write_text("int very;\n")
    change = since.read(work.tree, "HEAD")
    assert change.files == {"drivers/x/a.c", "drivers/x/new.c"}
    assert "fresh" in change.words and "other" not in change.words


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another owner")
@pytest.mark.parametrize("place", ["repo", "repo/vendor/linux"])
def test_a_checkout_of_another_owner(work: Work, tmp_path: Path,
                                     place: str) -> None:
    top = tmp_path / place
    head = commit(top)
    mine = work.write()
    for path in (top, *top.rglob("*")):
        os.lchown(path, 1001, 1001)
    refused = subprocess.run(["git", "log"], cwd=top, env={
        k: v for k, v in git_env().items() if "CONFIG" not in k},
        check=False, capture_output=True, text=True)
    assert "dubious ownership" in refused.stderr
    assert work.write() == mine
    assert cover(work).endswith(f"\nbase-commit: {head}\n")
    assert maintainers.subject_prefix("drivers/x/a.c", work.tree,
                                      True) == "x driver"
    assert since.read(work.tree, "HEAD").files == set()


def history(work: Work, top: Path) -> str:
    """A repository in which the file gets its code in the second commit."""
    path = work.tree / "drivers/x/a.c"
    path.write_text("/* nothing yet */\n")
    commit(top)
    path.write_text(DRIVER)
    git(top, "commit", "-qam", "x: a: take a page")
    return git(top, "rev-parse", "--short=12", "HEAD")


def test_a_fix_names_the_commit_that_the_bug_came_with(
        work: Work, tmp_path: Path) -> None:
    found = history(work, tmp_path / "repo")
    [series] = work.series()
    series.patches[1].fixes = "put_page("
    mails = work.write([series])
    [text] = [t.decode() for n, t in mails.items() if "/0002-" in n]
    message, _, below = text.partition("\n---\n")
    assert message.endswith(
        f'\nFixes: {found} ("x: a: take a page")\n'
        "Cc: stable@vger.kernel.org")
    assert "git log" not in below


def test_without_a_history_it_says_how_to_find_it(
        work: Work, tmp_path: Path) -> None:
    """One that begins with the code does not tell either."""
    commit(tmp_path / "repo")
    [series] = work.series()
    series.patches[1].fixes = "put_page("
    mails = work.write([series])
    [text] = [t.decode() for n, t in mails.items() if "/0002-" in n]
    message, _, below = text.partition("\n---\n")
    assert "Fixes:" not in message and "stable@" not in message
    assert "'-Sput_page('" in below and "drivers/x/a.c" in below
