# SPDX-License-Identifier: GPL-2.0-only
"""explain and diff, on a small tree: from a question to the patch."""

from __future__ import annotations

import os
import pty
import re
import subprocess

import pytest
from trees import lab

PLACE = "drivers/same_entry/main.c"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A tree where facts leave one site's lifetime open."""
    made = tmp_path_factory.mktemp("explain")
    lab.make(made / "linux", None, "idioms")
    (made / "decisions.toml").write_text("")
    return made


def run(home, *args, **more):
    return subprocess.run(
        [lab.TREES.parents[1] / "scripts/gup2pin", "--no-install", *args,
         "--kernel", home / "linux", "--out", home / "out", "--decisions",
         home / "decisions.toml"], check=False, text=True, cwd=home,
        capture_output=True, **more,
        env={**os.environ, "GUP2PIN_CACHE": lab.cold_cache(home / "cache")})


def test_from_the_question_to_a_patch_that_quotes_the_answer(home):
    line = lab.line(home / "linux", PLACE, "get_user_pages_fast(")
    done = run(home, "explain", "--site", f"{PLACE}:{line}")
    assert done.returncode == 0, done.stderr
    text = done.stdout
    for part in ("decision, step by step:\n  1. The call alone does not decide it",
                 "manual [lifetime-unknown]", "obstacle: ", ": release: ",
                 f"    struct same_ctx.page <- {PLACE}:{line} "):
        assert part in text, part
    entry = text[text.index("[[decision]]"):]
    for key, value in (("answer", "long"), ("reason", "Until the 2nd ioctl."),
                       ("who", "A. Reader"), ("when", "2026-01-02")):
        entry, count = re.subn(rf'^{key} = "".*$', f'{key} = "{value}"',
                               entry, flags=re.M)
        assert count == 1
    (home / "decisions.toml").write_text(entry)
    done = run(home, "series")
    assert done.returncode == 0, done.stderr
    mails = [p.read_text() for p in (home / "out/series").rglob("*.patch")]
    assert any(PLACE in m and "Until the 2nd ioctl." in " ".join(m.split())
               and "A. Reader" in m for m in mails)
    again = run(home, "explain", "--site", f"{PLACE}:{line}").stdout
    assert "convert [pin-longterm]" in again and "[[decision]]" not in again


def test_a_site_that_no_answer_settles(home):
    line = lab.line(home / "linux", "drivers/array_leak/main.c",
                    "get_user_pages_fast(")
    done = run(home, "explain", "--site", f"drivers/array_leak/main.c:{line}")
    assert "to do: Give the pages back on that exit first" in done.stdout
    done = run(home, "explain", "--site", "drivers/array_leak/main.c:1")
    assert done.returncode == 2
    assert f"has drivers/array_leak/main.c:{line}" in done.stderr


def test_diff_in_colour_on_a_terminal(home):
    plain = run(home, "diff", "--subsystem", "toy*")
    assert plain.returncode == 0, plain.stderr
    assert "\x1b" not in plain.stdout
    assert "\n-\tput_page(ctx->page); /* @release */\n" in plain.stdout
    leader, follower = pty.openpty()
    with subprocess.Popen(
            [lab.TREES.parents[1] / "scripts/gup2pin", "--no-install", "diff",
             "--kernel", home / "linux", "--out", home / "out"],
            stdout=follower, env={**os.environ, "GUP2PIN_CACHE":
                                  f"{home}/cache"}) as child:
        os.close(follower)
        seen = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:
                break
            seen += part
            if not part:
                break
    assert child.returncode == 0
    assert b"\x1b[31m-\tput_page(ctx->page);" in seen
    assert re.search(rb"\x1b\[32m\+\tunpin_user_page", seen)


@pytest.mark.parametrize("spoil, words", [
    (lambda h: (h / "out/report.json").write_text("{"), "not a report"),
    (lambda h: (h / "out/report.json").write_text('{"schema": 9}'),
     "schema is 9"),
    (lambda h: (h / "out/report.json").write_text(
        (h / "out/report.json").read_text().replace(
            '"disposition": "keep"', '"disposition": "lost"', 1)),
     "report.json: sites/"),
    (lambda h: (h / "out/report.json").unlink(), "no report"),
    (lambda h: next((h / "out/series").rglob("0001-*")).write_text("x"),
     "0001-"),
    (lambda h: (h / "linux" / "drivers/member/other.c").write_text("int a;"),
     "drivers/member/other.c: it has changed")])
def test_diff_of_damaged_results(home, tmp_path, spoil, words):
    copy = tmp_path / "home"
    subprocess.run(["cp", "-r", home, copy], check=True)
    spoil(copy)
    done = run(copy, "diff")
    assert done.returncode == 2 and words in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1 and done.stdout == ""


@pytest.mark.parametrize("name, text, words", [
    ("report.json", "[]", "not a report"),
    ("report.json", '{"schema": 1, "sites": 3}', "report.json: "),
    ("evidence.json", "", "not evidence"),
    ("evidence.json", '{"nonsense": 1}', "entry nonsense"),
    ("evidence.json", '{"%s": {"link": 1}}' % ("a" * 40), "link")])
def test_pages_of_damaged_results(home, tmp_path, name, text, words):
    copy = tmp_path / "home"
    subprocess.run(["cp", "-r", home, copy], check=True)
    done = run(copy, "render")
    assert done.returncode == 0, done.stderr
    front = (copy / "out/report.html").read_bytes()
    assert front == (home / "out/report.html").read_bytes()
    (copy / "out" / name).write_text(text)
    done = run(copy, "render")
    assert done.returncode == 2 and words in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1
    assert (copy / "out/report.html").read_bytes() == front


def test_diff_of_no_subsystem(home):
    done = run(home, "diff", "--subsystem", "nothing*")
    assert done.returncode == 2 and "nothing*" in done.stderr


def test_a_file_that_changes_under_the_run(home, tmp_path, monkeypatch):
    """What the facts were read from is no more: start again."""
    from pinlib.base import errors
    from pinlib.series import commits
    monkeypatch.setenv("GUP2PIN_CACHE", lab.cold_cache(home / "cache"))
    tree = lab.make(tmp_path / "linux", None, "idioms")
    found = lab.analyse(tree)
    groups = commits.make_plan(found)
    assert groups and all(g.hashes for g in groups)
    path = tree / "drivers/member/other.c"
    path.write_text("\n" + path.read_text())
    with pytest.raises(errors.UsageError, match="other.c: it has changed"):
        commits.convert(tree, tmp_path / "out", found, groups, None)
