# SPDX-License-Identifier: GPL-2.0-only
"""Nobody's work in OUT/series is lost: other subsystems' and edited mails."""

from __future__ import annotations

import subprocess

import pytest

from pinlib.base.errors import UsageError
from pinlib.base.records import Series
from pinlib.kernel import subsystem_filter
from pinlib.series import reroll
from pinlib.series.writer import write_series
from pinlib.series.written import RECORD
from test_series import Work, site

MAIL = "x-driver/0002-x-a-a-prepare-patch.patch"


@pytest.fixture(name="work")
def _work(tree, tmp_path):
    return Work(tree, tmp_path / "out")


def both(work):
    """Two subsystems with the same patches."""
    made = work.series()
    return [*made, Series("y-driver", "Y DRIVER", made[0].patches)]


def write(work, series, only=None):
    """One run; the files by name and bytes, and what was said."""
    said = []
    write_series(work.tree, work.out, series, [site()], {},
                 ours=lambda name: subsystem_filter.matches(name, only),
                 say=said.append)
    folder = work.out / "series"
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(
        folder.rglob("*")) if p.is_file()}, said


def test_other_subsystems_stay(work):
    first, said = write(work, both(work))
    again, said = write(work, work.series(), "X *")
    assert again == first and not said
    done = subprocess.run(["sh", work.out / "series/send.sh"], check=False,
                          text=True, capture_output=True)
    assert done.stderr.split()[-2:] == ["x-driver", "y-driver"]
    # What the subsystem has no more goes, and nothing else.
    left, _ = write(work, [], "X *")
    assert {n.split("/")[0] for n in left} == {RECORD, "send.sh", "y-driver"}
    whole, _ = write(work, work.series())
    assert {n.split("/")[0] for n in whole} == {RECORD, "send.sh", "x-driver"}


@pytest.mark.parametrize("only", [None, "X*"])
def test_an_edited_mail_is_kept_aside(work, only):
    first, _ = write(work, both(work))
    mine = first[MAIL] + b"Signed-off-by: Me <me@example.org>\n"
    (work.out / "series" / MAIL).write_bytes(mine)
    (work.out / "series/x-driver/notes.txt").write_text("to do\n")
    now, said = write(work, both(work)[:1] if only else both(work), only)
    folder, name = MAIL.split("/")
    kept = f"{folder}/edited-1/{name}"
    assert now[MAIL] == first[MAIL] and now[kept] == mine
    assert now[f"{folder}/edited-1/notes.txt"] == b"to do\n"
    assert len(said) == 2 and f"series/{kept}" in said[0] + said[1]
    (work.out / "series" / MAIL).write_bytes(mine + b"\n")
    now, said = write(work, both(work))
    assert now[kept] == mine and len(said) == 1
    assert now[kept.replace("edited-1", "edited-2")] == mine + b"\n"
    assert write(work, both(work)) == (now, [])
    # A posted series is what is not kept aside.
    assert len(reroll.read(work.out / "series")["x-driver"].mails) == 3


def test_edits_outlive_their_series(work):
    first, _ = write(work, both(work))
    (work.out / "series" / MAIL).write_text("mine")
    (work.out / "series/send.sh").write_text("mine too")
    now, said = write(work, both(work)[1:])
    kept = MAIL.replace("/", "/edited-1/")
    assert now[kept] == b"mine" and now["edited-1/send.sh"] == b"mine too"
    assert [n for n in now if n.startswith("x-driver")] == [kept]
    assert len(said) == 2
    assert write(work, both(work)[1:]) == (now, [])


def test_edits_of_another_subsystem_are_left_in_place(work):
    write(work, both(work))
    mail = work.out / "series/y-driver" / MAIL.split("/")[1]
    mail.write_text("mine")
    now, said = write(work, work.series(), "X*")
    assert mail.read_text() == "mine" and not said
    now, said = write(work, both(work))
    assert now[f"y-driver/edited-1/{mail.name}"] == b"mine"


@pytest.mark.parametrize("edit", [False, True])
def test_a_folder_of_an_older_version_has_no_record(work, edit):
    first, _ = write(work, both(work))
    (work.out / "series" / RECORD).unlink()
    if edit:
        (work.out / "series" / MAIL).write_text("mine")
    now, said = write(work, work.series(), "X*")
    assert sorted(now["send.sh"].splitlines()) == sorted(
        first["send.sh"].splitlines())
    assert any(name.startswith("y-driver/") for name in now)
    if edit:
        assert now[MAIL.replace("/", "/edited-1/")] == b"mine"
    else:
        assert not said and not any("edited" in name for name in now)


def test_what_somebody_put_there_stays(work):
    write(work, work.series())
    other = work.out / "series/sent/0001-old.patch"
    other.parent.mkdir()
    other.write_text("old")
    now, said = write(work, work.series())
    assert now["sent/0001-old.patch"] == b"old" and not said


def test_a_run_that_was_killed_between_two_renames(work):
    first, _ = write(work, work.series())
    (work.out / "series").rename(work.out / "old")
    (work.out / ".series-x").mkdir()
    (work.out / "old").rename(work.out / ".series-x/old")
    (work.out / ".series-x/old" / MAIL).write_text("mine")
    now, said = write(work, work.series())
    assert now[MAIL.replace("/", "/edited-1/")] == b"mine" and said


SECTIONS = """\
List

VMWARE BALLOON DRIVER
F:\tdrivers/misc/balloon.c

VMWARE VMCI DRIVER
F:\tdrivers/misc/vmci/

FUSE: FILESYSTEM IN USERSPACE
F:\tfs/fuse/

THE REST
F:\t*
F:\t*/
"""


@pytest.mark.parametrize("only, words", [
    ("VMWARE*", None), ("vmware vmci driver", None), ("*FUSE*", None),
    ("drivers/odd", None), ("drivers/o*", None), ("THE REST", None),
    ("VMWRE*", "VMWARE BALLOON DRIVER, VMWARE VMCI DRIVER"),
    ("FUES*", "FUSE: FILESYSTEM IN USERSPACE"), ("vmcl", "VMWARE VMCI"),
    ("fs/fuse", ""), ("drivers/misc/vmci", ""), ("zzz", "such a name")])
def test_a_name_that_nothing_bears(tree, only, words):
    (tree / "MAINTAINERS").write_text(SECTIONS)
    for name in ("drivers/odd/a.c", "fs/fuse/dev.c", "drivers/misc/vmci/q.c"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("")
    if words is None:
        subsystem_filter.check(tree, only)
        return
    with pytest.raises(UsageError) as caught:
        subsystem_filter.check(tree, only)
    assert words in str(caught.value) and only in str(caught.value)


def test_a_slip_changes_nothing(gup2pin, tree, tmp_path):
    (tree / "MAINTAINERS").write_text(SECTIONS)
    out = tmp_path / "out"
    args = ("series", "--kernel", tree, "--out", out, "--subsystem")
    done = gup2pin(*args, "VMWARE*")
    assert done.returncode == 0, done.stderr
    assert "VMWARE*: no call site to convert" in done.stdout
    before = {p: p.read_bytes() for p in out.rglob("*.json")}
    done = gup2pin(*args, "VMWRE*")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "VMWARE VMCI DRIVER" in done.stderr
    assert {p: p.read_bytes() for p in out.rglob("*.json")} == before
