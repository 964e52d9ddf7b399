# SPDX-License-Identifier: GPL-2.0-only
"""How the command takes its arguments, and how every run ends."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from pinlib import cli
from pinlib.base import errors
from pinlib.base.options import Options
from pinlib.base.resources import ROOT


@pytest.fixture
def ends(stages, tree, tmp_path, monkeypatch, capsys):
    """Runs report with a stage that raises; the code and what was said."""
    monkeypatch.setenv("GUP2PIN_CACHE", str(tmp_path / "cache"))

    def end(error):
        def run_report(_opts):
            raise error
        stages(report=run_report)
        code = cli.main(["report", f"--kernel={tree}",
                         f"--out={tmp_path / 'out'}", "--no-install"])
        return code, capsys.readouterr().err
    return end


def one_error(done, code, *words):
    """The run ended with code and one line that holds the words."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("gup2pin: ")
    assert done.stderr.count("\n") == 1
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("args, words", [
    (["report", "--kernel=/nonexistent"], ["/nonexistent", "no such folder"]),
    (["report", "--kernel=/etc/passwd"], ["/etc/passwd", "not a folder"]),
    (["report", "--kernel=/usr"], ["/usr", "not a kernel tree"]),
    (["nonsense"], ["nonsense", "no such target"]),
    ([], ["TARGET", "--help"]),
    (["report", "--nonsense"], ["--nonsense"]),
    (["report", "series"], ["series", "one target"]),
    (["report", "--jobs=many"], ["--jobs", "many"]),
    (["report", "--jobs=-1"], ["--jobs", "-1"]),
    (["report", "--apis=some"], ["--apis", "some"]),
    (["explain"], ["--site"]),
    ([""], ["no such target"]),
    *[(["report", f"--{name}="], [f"--{name}", "empty"]) for name in (
        "kernel", "module", "out", "baseline", "decisions", "previous",
        "config", "subsystem", "site", "since", "arch", "cross-compile")],
])
def test_wrong_usage(gup2pin, args, words):
    one_error(gup2pin(*args), 2, *words)


def test_makefile_that_is_no_kernels(gup2pin, tree):
    (tree / "Makefile").write_text("all:\n\ttrue\n")
    one_error(gup2pin("report", "--kernel", tree), 2, str(tree), "VERSION")


def test_tree_without_mm_header(gup2pin, tree):
    (tree / "include/linux/mm.h").unlink()
    one_error(gup2pin("report", "--kernel", tree), 2, "include/linux/mm.h")


def test_makefile_that_is_a_pipe(gup2pin, tree):
    (tree / "Makefile").unlink()
    os.mkfifo(tree / "Makefile")
    one_error(gup2pin("report", "--kernel", tree), 2, "no Makefile")


def test_module_that_is_not_there(gup2pin, tree, tmp_path):
    one_error(gup2pin("report", "--kernel", tree, "--module", "gone"), 2,
              str(tmp_path / "gone"))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user to be")
@pytest.mark.parametrize("shut", [".", "include", "include/linux/mm.h",
                                  "Makefile"])
def test_tree_that_cannot_be_read(root, make_tree, shut):
    """As a user who may not read it; root may read everything."""
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(root / "scripts", f"{name}/scripts",
                        ignore=shutil.ignore_patterns("__pycache__", ".*"))
        tree = shutil.copytree(make_tree(), f"{name}/linux")
        os.chmod(name, 0o755)
        os.chmod(Path(tree, shut), 0)
        done = subprocess.run(
            [f"{name}/scripts/gup2pin", "report", "--no-install",
             "--kernel", tree, "--out", f"{name}/out"], check=False,
            capture_output=True, text=True, user=65534, group=65534,
            extra_groups=[], env={"PATH": os.environ["PATH"],
                                  "HOME": f"{name}/home"})
    one_error(done, 2, tree, "no permission")


@pytest.mark.parametrize("below", [".", "out", "include/../out", "link/out"])
def test_out_inside_the_tree(gup2pin, tree, below):
    (tree.parent / "link").symlink_to(tree)
    out = tree / below if below != "link/out" else tree.parent / below
    before = sorted(tree.rglob("*"))
    one_error(gup2pin("report", "--kernel", tree, "--out", out), 2,
              "inside", str(tree))
    assert sorted(tree.rglob("*")) == before


def test_cache_inside_the_tree(gup2pin, tree):
    one_error(gup2pin("report", "--kernel", tree,
                      GUP2PIN_CACHE=str(tree / "cache")), 2, "cache")


def test_out_that_is_a_file(gup2pin, tree, tmp_path):
    (tmp_path / "out").write_text("")
    one_error(gup2pin("report", "--kernel", tree, "--out", tmp_path / "out"),
              2, str(tmp_path / "out"), "OUT")


def in_mount(script, *args):
    """Run a shell script in a mount namespace of its own, or skip."""
    if subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"],
                      check=False, capture_output=True).returncode:
        pytest.skip("needs to mount")
    return subprocess.run(["unshare", "-m", "sh", "-c", script, "sh",
                           *map(str, args)], check=False, text=True,
                          capture_output=True)


@pytest.mark.parametrize("mount, reason", [
    ("mount -t tmpfs -o ro none /mnt", "Read-only file system"),
    ("mount -t tmpfs -o size=16k none /mnt; yes > /mnt/x 2>/dev/null",
     "No space left on device"),
])
def test_out_that_takes_nothing(root, tree, mount, reason):
    done = in_mount(f"{mount}; GUP2PIN_CACHE=/tmp \"$1\"/scripts/gup2pin "
                    "report --no-install --kernel \"$2\" --out /mnt/out",
                    root, tree)
    one_error(done, 2, "/mnt/out", reason)


def test_odd_names_of_folders(stages, make_tree, tmp_path, monkeypatch,
                              capsys):
    """Names reach the stages unchanged, whatever is in them."""
    monkeypatch.setenv("GUP2PIN_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    for name in ("a b", "it's", 'say "x"', "new\nline", "-x", "$HOME",
                 os.fsdecode(b"\xff")):
        tree = make_tree(name)
        seen = []
        stages(report=seen.append)
        out = tmp_path / "out" / name
        assert cli.main(["report", f"--kernel={name}", f"--out={out}",
                         "--no-install"]) == 0, capsys.readouterr().err
        assert [(o.kernel, o.out) for o in seen] == [(tree, out)]


def test_odd_name_in_an_error_is_one_line(gup2pin):
    one_error(gup2pin("report", "--kernel=a\nb\x1b\udcff"), 2, r"a\nb\x1b\xff")


def test_make_passes_names_and_ends_with_2(root, tmp_path):
    odd = "it's a \"b\" & `c`"
    done = subprocess.run(
        ["make", "-C", root, "report", f"KERNEL={tmp_path}/{odd}"],
        check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"gup2pin: {tmp_path}/{odd}: no such folder" in done.stderr


@pytest.mark.parametrize("name, option", [
    ("KERNEL", "kernel"), ("M", "module"), ("OUT", "out"),
    ("SUBSYSTEM", "subsystem"), ("SINCE", "since")])
def test_make_refuses_what_is_given_as_empty(root, name, option):
    """On the command line; what the environment has empty counts as unset."""
    done = subprocess.run(["make", "-C", root, "report", f"{name}="],
                          check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"gup2pin: --{option}: an empty value" in done.stderr
    done = subprocess.run(["make", "-C", root, "-n", "report"], check=True,
                          capture_output=True, text=True,
                          env={**os.environ, name: ""})
    assert f"--{option}" not in done.stdout


@pytest.mark.parametrize("error, code", [
    (errors.UsageError("x"), 2), (errors.UnconvertedError("x"), 1),
    (errors.IdentityError("x"), 3), (errors.RuleError("x"), 4),
    (errors.ProofError("x"), 5), (errors.Gup2pinError("x"), 2),
])
def test_exit_code_of_each_error(ends, error, code):
    assert ends(error) == (code, "gup2pin: x\n")


def test_keyboard_interrupt(ends):
    previous = signal.getsignal(signal.SIGINT)
    try:
        code, text = ends(KeyboardInterrupt())
    finally:
        signal.signal(signal.SIGINT, previous)
    assert code == 130
    assert text.startswith("gup2pin: interrupted")
    assert text.count("\n") == 1


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130),
                                          (signal.SIGTERM, 143)])
def test_signal_in_the_middle(root, tree, tmp_path, number, code):
    """A real signal to a real process that is at work."""
    fake = tmp_path / "fake.py"
    fake.write_text(
        "import signal, sys, time\n"
        # What runs in the background of a shell is deaf to SIGINT.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"sys.path.insert(0, {str(root / 'scripts')!r})\n"
        "from pinlib import cli\nfrom pinlib.commands import report\n"
        "def run_report(_opts):\n    print('at work', flush=True)\n"
        "    time.sleep(60)\n"
        "report.run = run_report\n"
        "sys.exit(cli.main(sys.argv[1:]))\n")
    with subprocess.Popen(
            ["/usr/bin/python3", fake, "report", "--no-install", "--kernel",
             tree, "--out", tmp_path / "out"], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "GUP2PIN_CACHE": str(tmp_path)}) as child:
        assert child.stdout.readline() == "at work\n"
        child.send_signal(number)
        _, text = child.communicate(timeout=20)
    assert child.returncode == code
    assert text.startswith("gup2pin: interrupted") and text.count("\n") == 1


def test_system_error_names_the_place(ends, tmp_path):
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert ends(full) == (
        2, f"gup2pin: {tmp_path}/out: No space left on device\n")
    gone = FileNotFoundError(errno.ENOENT, "No such file", "plan\n.json")
    assert ends(gone) == (2, "gup2pin: plan\\n.json: No such file\n")


def test_own_error_leaves_a_traceback_in_a_file(ends, tmp_path):
    code, text = ends(KeyError("pages"))
    log = tmp_path / "out" / "crash.log"
    assert code == 4
    assert text.count("\n") == 1
    assert "KeyError: 'pages'" in text and "test_cli.py:" in text
    assert str(log) in text
    assert "Traceback" in log.read_text()


def test_reader_that_went_away(root):
    done = subprocess.run(
        ["bash", "-c", f"'{root}/scripts/gup2pin' --help | true; "
         "echo ${PIPESTATUS[0]}"], check=False, capture_output=True, text=True)
    assert done.stdout.strip() in ("0", "141")
    assert done.stderr == ""


def test_second_run_into_the_same_folder(stages, ends, tree, tmp_path,
                                         capsys):
    """The folder is held while a run lasts, and free when it has ended."""
    def run_report(opts):
        done = subprocess.run(
            [str(ROOT / "scripts/gup2pin"), "report", "--no-install",
             "--kernel", opts.kernel, "--out", opts.out], check=False,
            capture_output=True, text=True)
        one_error(done, 2, str(opts.out), "another run")
    stages(report=run_report)
    args = ["report", f"--kernel={tree}", f"--out={tmp_path / 'out'}"]
    assert cli.main(args) == 0, capsys.readouterr().err
    assert cli.main(args) == 0, capsys.readouterr().err


def test_environment_of_the_caller_is_dropped(stages, tree, tmp_path,
                                              monkeypatch):
    monkeypatch.setenv("GUP2PIN_CACHE", str(tmp_path))
    for name in ("GIT_DIR", "MAKEFLAGS", "M"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("CROSS_COMPILE", "powerpc-linux-gnu-")
    seen = []
    stages(report=lambda _opts: seen.append(dict(os.environ)))
    assert cli.main(["report", f"--kernel={tree}",
                     f"--out={tmp_path / 'out'}"]) == 0
    assert not {"GIT_DIR", "MAKEFLAGS", "M"} & set(seen[0])
    assert seen[0]["CROSS_COMPILE"] == "powerpc-linux-gnu-"


@pytest.mark.parametrize("target, called", [
    ("report", "report"), ("series", "series"),
    ("prove", "prove"), ("explain", "explain"),
    ("census", "census"), ("facts", "facts"), ("pair", "pair"),
    ("decide", "decide"), ("convert", "convert"),
])
def test_each_target_runs_its_stage(stages, tree, tmp_path, monkeypatch,
                                    target, called):
    monkeypatch.setenv("GUP2PIN_CACHE", str(tmp_path))
    seen = []
    names = ("report", "series", "prove", "explain")
    stages(stages=lambda opts, name: seen.append((name, opts)), **{
        name: lambda opts, name=name: seen.append((name, opts))
        for name in names})
    assert cli.main([target, f"--kernel={tree}", f"--out={tmp_path / 'o'}",
                     "-j", "3", "--site=s", "--apis=all", "-v",
                     "--subsystem=X*"]) == 0
    assert seen == [(called, Options(
        kernel=tree, module=None, out=tmp_path / "o", jobs=3,
        subsystem="X*", baseline=None, apis="all", site="s", decisions=None,
        verbose=True))]


def test_audit(gup2pin, tree, tmp_path):
    driver = tree / "drivers" / "toy" / "main.c"
    driver.parent.mkdir(parents=True)
    driver.write_text("int toy(unsigned long a)\n{\n"
                      "\treturn get_user_pages_fast(a, 1, 0, NULL);\n}\n")
    out = tmp_path / "out"
    done = gup2pin("audit", f"--kernel={tree}", f"--out={out}")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (f"{out / 'audit.txt'}: 1 calls, 1 findings: "
                           "1 High, 0 Moderate, 0 Low\n")
    text = (out / "audit.txt").read_text()
    assert "drivers/toy/main.c:3 toy()\n    [no-pages]" in text
