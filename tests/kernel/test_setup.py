# SPDX-License-Identifier: GPL-2.0-only
"""What is installed, what is unpacked, and what of a tree is read."""

from __future__ import annotations

import os
import stat
import subprocess
import tarfile
import time
from pathlib import Path

import pytest
from pinlib import host_packages
from pinlib.base.errors import UsageError
from pinlib.kernel import kernel_tree

COMMIT = "0123456789abcdef0123456789abcdef01234567"

DPKG = """#!/bin/sh
echo query >> "$STATE/calls"
shift 3
for name; do grep -h "^$name " "$STATE/installed"; done
exit 0
"""
APT = """#!/bin/sh
echo "$*" >> "$STATE/calls"
case "$*" in *install*) ;; *) exit "${APT_UPDATE:-0}";; esac
[ -z "$APT_INSTALL" ] || { echo 'E: Unable to locate package'; exit 100; }
for name; do echo "$name installed 1.0"; done >> "$STATE/installed"
"""


def script(path, text):
    """Write an executable."""
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A machine whose dpkg-query and apt-get only keep notes."""
    (tmp_path / "bin").mkdir()
    script(tmp_path / "bin" / "dpkg-query", DPKG)
    script(tmp_path / "bin" / "apt-get", APT)
    (tmp_path / "installed").write_text("git installed 2.39\n"
                                        "perl config-files 5.36\n")
    (tmp_path / "calls").write_text("")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("STATE", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


def calls(host):
    """What dpkg-query and apt-get were asked for."""
    return (host / "calls").read_text().splitlines()


def test_nothing_missing_asks_once(host):
    assert host_packages.ensure(["git"]) == {"git": "2.39"}
    assert calls(host) == ["query"]


def test_missing_packages_are_installed_together(host, capsys):
    found = host_packages.ensure(["git", "perl", "ripgrep"])
    assert found == {"git": "2.39", "perl": "1.0", "ripgrep": "1.0"}
    said = calls(host)
    assert [line.split()[-1] for line in said] == [
        "query", "update", "ripgrep", "query"]
    assert said[2].endswith("install --no-install-recommends perl ripgrep")
    assert "perl ripgrep" in capsys.readouterr().err
    host_packages.ensure(["git", "perl", "ripgrep"])
    assert calls(host)[4:] == ["query"]


def test_stale_package_lists_do_not_stop_an_install(host, monkeypatch):
    monkeypatch.setenv("APT_UPDATE", "100")
    assert "ripgrep" in host_packages.ensure(["ripgrep"])


def test_failed_install_says_why(host, monkeypatch):
    monkeypatch.setenv("APT_INSTALL", "1")
    with pytest.raises(UsageError, match="ripgrep: E: Unable to locate"):
        host_packages.ensure(["ripgrep"])


def test_without_rights_the_command_is_printed(host, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    script(host / "bin" / "sudo", "#!/bin/sh\nexit 1\n")
    with pytest.raises(UsageError) as error:
        host_packages.ensure(["git", "perl", "ripgrep"])
    assert str(error.value).endswith(
        "sudo apt-get install -y perl ripgrep")
    assert calls(host) == ["query"]


def test_sudo_without_a_password(host, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    script(host / "bin" / "sudo", '#!/bin/sh\nshift\nexec "$@"\n')
    assert "ripgrep" in host_packages.ensure(["ripgrep"])


def test_install_can_be_forbidden(host):
    with pytest.raises(UsageError, match="apt-get install -y ripgrep"):
        host_packages.ensure(["ripgrep"], may_install=False)
    assert calls(host) == ["query"]


def test_machine_without_dpkg(host, monkeypatch):
    monkeypatch.setenv("PATH", str(host))
    with pytest.raises(UsageError, match="Debian 12"):
        host_packages.ensure(["git"])


def test_own_kernel_needs_no_kernel_package():
    own = host_packages.packages_for("report", True)
    assert host_packages.DEFAULT_SOURCE not in own
    assert set(host_packages.packages_for("report", False)) - set(own) == {
        host_packages.DEFAULT_SOURCE}
    assert "git" not in own
    # Nothing is read without the reader, which is built when it is first run.
    assert {"gcc", "libc6-dev", "make"} < set(own)
    assert "git" in host_packages.packages_for("convert", True)
    assert host_packages.packages_for("check", True) == own


def test_second_setup_is_quick(gup2pin):
    if gup2pin("setup", "series").returncode:
        pytest.skip("the packages are not installed")
    began = time.monotonic()
    assert gup2pin("setup", "series").returncode == 0
    assert time.monotonic() - began < 0.5


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of a kernel source, and the cache that it goes to."""
    monkeypatch.setenv("GUP2PIN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(kernel_tree, "SOURCES", tmp_path)
    (tmp_path / "linux-source-6.1").mkdir()
    (tmp_path / "linux-source-6.1" / "Makefile").write_text("VERSION = 6\n")
    with tarfile.open(tmp_path / "linux-source-6.1.tar.xz", "w:xz") as tar:
        tar.add(tmp_path / "linux-source-6.1", "linux-source-6.1")
    return tmp_path / "linux-source-6.1.tar.xz"


def test_source_is_unpacked_once_a_version(package):
    first = kernel_tree.debian_tree("linux-source-6.1", "6.1.1-1")
    assert (first / "Makefile").read_text() == "VERSION = 6\n"
    before = (first / "Makefile").stat()
    assert kernel_tree.debian_tree("linux-source-6.1", "6.1.1-1") == first
    assert (first / "Makefile").stat() == before
    second = kernel_tree.debian_tree("linux-source-6.1", "6.1.2-1~deb12u1")
    assert second != first and (second / "Makefile").is_file()


def test_broken_archive_leaves_no_tree(package):
    package.write_bytes(package.read_bytes()[:100])
    with pytest.raises(UsageError, match="cannot unpack"):
        kernel_tree.debian_tree("linux-source-6.1", "6.1.1-1")
    assert [p.name for p in (package.parent / "cache").iterdir()] == [
        ".unpack.lock"]


def test_leftovers_of_a_killed_unpack_are_removed(package):
    left = package.parent / "cache" / ".unpack-x" / "linux"
    left.mkdir(parents=True)
    kernel_tree.debian_tree("linux-source-6.1", "6.1.1-1")
    assert not left.parent.exists()


def test_version(tree):
    assert kernel_tree.kernel_version(tree) == "6.1.192"
    text = (tree / "Makefile").read_text()
    for extra, wanted in (("-rc3", "6.1.192-rc3"), ("/../../x", "6.1.192"),
                          ("$(shell touch x)", "6.1.192")):
        (tree / "Makefile").write_text(
            text.replace("EXTRAVERSION =", f"EXTRAVERSION = {extra}"))
        assert kernel_tree.kernel_version(tree) == wanted


def git(folder, *args):
    """Run git with a fixed identity."""
    subprocess.run(["git", "-C", folder, "-c", "user.name=a", "-c",
                    "user.email=a@b", "-c", "commit.gpgsign=false", *args],
                   check=True, capture_output=True)


def head(folder):
    """What git itself says the commit is."""
    return subprocess.run(["git", "-C", folder, "rev-parse", "HEAD"],
                          check=True, capture_output=True,
                          text=True).stdout.strip()


def test_commit_of_a_checkout(tree, tmp_path):
    assert kernel_tree.commit_id(tree) is None
    git(tree, "init", "-q", "-b", "topic/x")
    assert kernel_tree.commit_id(tree) is None
    git(tree, "add", ".")
    git(tree, "commit", "-q", "-m", "x")
    assert kernel_tree.commit_id(tree) == head(tree)
    git(tree, "pack-refs", "--all")
    assert kernel_tree.commit_id(tree) == head(tree)
    git(tree, "commit", "-q", "--allow-empty", "-m", "y")
    git(tree, "worktree", "add", "-q", tmp_path / "work", "-b", "other",
        "HEAD~1")
    assert kernel_tree.commit_id(tmp_path / "work") == head(
        tmp_path / "work") != head(tree)
    git(tree, "checkout", "-q", "--detach")
    assert kernel_tree.commit_id(tree) == head(tree)


@pytest.mark.parametrize("text", [
    "ref: refs/../../secret", "ref: /etc/passwd", "nonsense", "",
    "ref: refs/heads/loop", "\xff\xfe"])
def test_head_that_is_no_commit(tree, text):
    (tree / ".git/refs/heads").mkdir(parents=True)
    (tree / ".git/refs/heads/loop").write_text("ref: refs/heads/loop\n")
    (tree / ".git/HEAD").write_text(text, encoding="latin-1")
    (tree / "secret").write_text(COMMIT)
    assert kernel_tree.commit_id(tree) is None


def test_commit_through_pipes_does_not_hang(tree):
    os.mkfifo(tree / ".git")
    assert kernel_tree.commit_id(tree) is None
    (tree / ".git").unlink()
    (tree / ".git").mkdir()
    os.mkfifo(tree / ".git" / "HEAD")
    assert kernel_tree.commit_id(tree) is None


def traps(tree: Path, marker: Path) -> None:
    """Put commands wherever a tool that trusts the tree would run them."""
    git(tree, "init", "-q")
    git(tree, "add", ".")
    git(tree, "commit", "-q", "-m", "x")
    trap = tree / "trap"
    script(trap, f"#!/bin/sh\ntouch '{marker}'\n")
    with open(tree / ".git" / "config", "a", encoding="ascii") as config:
        config.write(f"[core]\n\tfsmonitor = {trap}\n\tpager = {trap}\n"
                     f"\thooksPath = {tree}/hooks\n\tsshCommand = {trap}\n"
                     f'[diff]\n\texternal = {trap}\n'
                     f'[filter "x"]\n\tclean = {trap}\n\tsmudge = {trap}\n'
                     f"[alias]\n\trev-parse = !{trap}\n")
    (tree / ".gitattributes").write_text("* filter=x\n")
    (tree / "hooks").mkdir()
    (tree / "scripts").mkdir()
    for name in ("hooks/post-checkout", "hooks/pre-commit",
                 "scripts/get_maintainer.pl", "scripts/checkpatch.pl",
                 "scripts/setlocalversion"):
        script(tree / name, trap.read_text())
    (tree / ".cocciconfig").write_text("[spatch]\n\toptions = --dir /\n")
    (tree / "Makefile").write_text((tree / "Makefile").read_text() +
                                   f"X := $(shell {trap})\n")


def test_nothing_of_the_tree_is_executed(gup2pin, tree, tmp_path):
    """Not by report, whatever the checkout's configuration asks for."""
    marker = tmp_path / "executed"
    traps(tree, marker)
    subprocess.run(["git", "-C", tree, "status"], check=False,
                   capture_output=True)
    assert marker.exists(), "the traps do not work"
    marker.unlink()
    before = {path: path.lstat() for path in tree.rglob("*")}
    assert kernel_tree.commit_id(tree)
    done = gup2pin("report", "--kernel", tree, "--out", tmp_path / "out")
    assert "Traceback" not in done.stderr
    assert not marker.exists()
    after = {path: path.lstat() for path in tree.rglob("*")}
    times = {path: (s.st_mtime_ns, s.st_ctime_ns, s.st_size)
             for path, s in before.items()}
    assert times == {path: (s.st_mtime_ns, s.st_ctime_ns, s.st_size)
                     for path, s in after.items()}


def test_commands_are_executable(root):
    for name in ("scripts/gup2pin", "tests/run", ".ci/run"):
        assert (root / name).stat().st_mode & stat.S_IXUSR, name
