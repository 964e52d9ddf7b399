# SPDX-License-Identifier: GPL-2.0-only
"""Time one run on one copy of a tree: `make bench`.

Cold means gup2pin's own caches empty; the tree itself has just been copied, so
the system's page cache is warm for every line alike. The copy is there to be
edited: the user's tree is only read.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pinlib.base.errors import RuleError
from pinlib.base.files import read_json, write_json
from pinlib.base.options import Options
from pinlib.base.progress import Step
from pinlib.base.resources import SCRIPTS
from pinlib.kernel import kernel_tree


NAMES = ("iov_iter_get_pages", "iov_iter_get_pages2",
         "iov_iter_get_pages_alloc", "iov_iter_get_pages_alloc2",
         "get_user_pages_fast")
BOUND = 60.0
MOST_OF_FLOOR = 3.0
LEAST_OF_PLAIN = 50.0
TOUCHED_SECONDS = 2.0
COMMAND = SCRIPTS / "gup2pin"

# One query in the two ways that SmPL can say it. The first is how a set of
# names is usually written; spatch finds no token in it to skip files by. The
# second lets it skip every file that holds none of the names.
LIST = "identifier f = {%s};\nposition p;\n@@\nf@p(...)\n"
SPELLED = "position p;\n@@\n\\(%s\\)(...)\n"
RULE = """// SPDX-License-Identifier: GPL-2.0-only
virtual report

@site@
%s
@script:python depends on report@
p << site.p;
@@
for q in p:
    print(f"{q.file}:{q.line}")
"""


@dataclasses.dataclass
class Plain:
    """A run of spatch --dir: how long, or how far it came until stopped."""

    seconds: float
    stopped: bool
    handled: int
    files: int
    sites: int

    @property
    def whole(self) -> float:
        """Return seconds of a run: measured, else by files handled."""
        if not self.stopped or not self.handled:
            return self.seconds
        return max(self.seconds, self.seconds * self.files / self.handled)


@dataclasses.dataclass
class Floor:
    """A text search, and one bare spatch over the files that it names."""

    search: float
    spatch: float
    files: int
    sites: int

    @property
    def seconds(self) -> float:
        """Return the time of both together."""
        return self.search + self.spatch


@dataclasses.dataclass
class Times:
    """Everything measured; pairs are (caches cold, caches warm)."""

    cold: dict[str, float]
    warm: dict[str, float]
    report: tuple[float, float]
    series: tuple[float, float]
    touched_file: str
    touched: float
    floor: Floor
    plain: Plain
    plain_spelled: Plain


def rules(work: Path) -> tuple[Path, Path]:
    """Write the query in its two forms: as a list, and spelled out."""
    made = []
    for name, body in (("list", LIST % ", ".join(NAMES)),
                       ("spelled", SPELLED % "\\|".join(
                           f"{each}@p" for each in NAMES))):
        path = work / f"{name}.cocci"
        path.write_text(RULE % body, encoding="ascii")
        made.append(path)
    return made[0], made[1]


def bare(work: Path) -> dict[str, str]:
    """Return an environment in which no .cocciconfig of the user is found."""
    return {**os.environ, "HOME": str(work), "LC_ALL": "C"}


def floor(tree: Path, rule: Path, work: Path) -> Floor:
    """Return the least that any use of spatch on this tree can cost."""
    pattern = "|".join(NAMES)
    began = time.monotonic()
    found = subprocess.run(
        ["rg", "--no-config", "--no-ignore", "--files-with-matches", "--null",
         "--word-regexp", "--glob=*.c", "--glob=*.h", "-e", pattern,
         str(tree)], check=True, capture_output=True)
    middle = time.monotonic()
    files = sorted(os.fsdecode(name) for name in found.stdout.split(b"\0")
                   if name)
    done = subprocess.run(
        ["spatch", "--very-quiet", "--no-includes", "-D", "report", str(rule),
         *files], check=True, cwd=work, env=bare(work), capture_output=True)
    return Floor(middle - began, time.monotonic() - middle, len(files),
                 len(set(done.stdout.splitlines())))


def plain(tree: Path, rule: Path, jobs: int, bound: float) -> Plain:
    """Return the query over the whole tree as the kernel's coccicheck runs it.

    Stopped after the bound. What was handled by then is read from the
    per-worker logs that spatch -j leaves in its working folder.
    """
    files = subprocess.run(
        ["rg", "--no-config", "--no-ignore", "--files", "--glob=*.c",
         "--glob=*.h", str(tree)], check=True, capture_output=True)
    with tempfile.TemporaryDirectory(prefix="gup2pin-bench-") as name:
        work = Path(name)
        parallel = ["--jobs", str(jobs), "--chunksize", "1"]
        with open(work / "out", "wb") as out, open(work / "err", "wb") as err:
            began = time.monotonic()
            child = subprocess.Popen(
                ["spatch", "--no-includes", "--include-headers", "-D",
                 "report", "--cocci-file", str(rule), "--dir", str(tree),
                 *(parallel if jobs > 1 else [])], cwd=work, env=bare(work),
                stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True)
            stopped = _wait(child, bound)
            seconds = time.monotonic() - began
        logs = [work / "err", *work.glob("*/stderr.*")]
        handled = sum(len(re.findall(rb"^(?:HANDLING|Skipping): ",
                                     log.read_bytes(), re.MULTILINE))
                      for log in logs)
        sites = len(set((work / "out").read_bytes().splitlines()))
        return Plain(seconds, stopped, handled,
                     len(files.stdout.splitlines()), sites)


def _wait(child: subprocess.Popen[bytes], bound: float) -> bool:
    """Return whether the child had to be stopped; its workers are stopped too."""
    try:
        child.wait(bound)
        return False
    except subprocess.TimeoutExpired:
        return True
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def environment(work: Path) -> dict[str, str]:
    """Return that of a run: its own caches, and modules that Python compiles once.

    Without the latter each run would take a third of a second to compile them.
    """
    return {**{name: value for name, value in os.environ.items()
               if name != "PYTHONDONTWRITEBYTECODE"},
            "GUP2PIN_CACHE": str(work / "cache")}


def timed(target: str, opts: Options, tree: Path, work: Path,
          ) -> tuple[float, dict[str, float]]:
    """Run a target once in private folders; return seconds in all and by stage."""
    out = work / "out"
    with Step(f"{target}"):
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, str(COMMAND), target, f"--kernel={tree}",
             f"--out={out}", f"--jobs={opts.jobs}", f"--apis={opts.apis}",
             "--no-install"], env=environment(work), check=False, text=True,
            errors="replace", capture_output=True)
        seconds = time.monotonic() - began
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word why"])[-1]
        raise RuleError(f"bench: {target} ended with {done.returncode}: "
                        f"{last.removeprefix('gup2pin: ')}")
    return seconds, dict(read_json(out / "timings.json"))


def touch(tree: Path, out: Path) -> str:
    """Change one file that holds a call site, as an edit would."""
    sites = read_json(out / "report.json")["sites"]
    name = str(sorted(site["file"] for site in sites)[0])
    with open(tree / name, "a", encoding="ascii") as stream:
        stream.write("\n/* touched */\n")
    return name


def copy(tree: Path, into: Path) -> None:
    """Copy a tree's files, without its git folder."""
    with Step("copy"):
        shutil.copytree(tree, into, symlinks=True,
                        ignore=lambda folder, names: [
                            name for name in names
                            if name == ".git" and Path(folder) == tree])


def measure(opts: Options, work: Path, bound: float) -> Times:
    """Copy the tree and take every time on the copy."""
    tree = work / "linux"
    copy(opts.kernel, tree)
    listed, spelled = rules(work)
    # Read once before anything is timed, so that all start equal.
    floor(tree, spelled, work)
    with Step("floor"):
        least = floor(tree, spelled, work)
    report, cold = timed("report", opts, tree, work)
    again, warm = timed("report", opts, tree, work)
    edited = touch(tree, work / "out")
    after, _ = timed("report", opts, tree, work)
    shutil.rmtree(work / "out")
    shutil.rmtree(work / "cache", ignore_errors=True)
    series, _ = timed("series", opts, tree, work)
    series_again, _ = timed("series", opts, tree, work)
    with Step("plain"):
        slow = plain(tree, listed, opts.jobs, bound)
    with Step("plain"):
        quick = plain(tree, spelled, opts.jobs, bound)
    return Times(cold, warm, (report, again), (series, series_again), edited,
                 after, least, slow, quick)


def table(found: Times, jobs: int, version: str) -> list[str]:
    """Return the times as a table for a reader."""
    rows = [(name, (found.cold[name], found.warm.get(name, 0.0)))
            for name in ("census", "facts") if name in found.cold]
    rows += [("report", found.report), ("series", found.series)]
    lines = [f"linux {version}, {jobs} jobs, seconds", "",
             f"{'':<10}{'cold':>9}{'warm':>9}"]
    lines += [f"{name:<10}{a:>9.2f}{b:>9.2f}" for name, (a, b) in rows]
    return lines + ["", "report after touching one file "
                    f"({found.touched_file}): {found.touched:.2f}  "
                    + _mark(found.touched < TOUCHED_SECONDS,
                            f"< {TOUCHED_SECONDS:.0f}")]


def verdict(found: Times, bound: float) -> list[str]:
    """Return the comparisons, each with its bound and whether it is met."""
    least, report = found.floor, found.report[0]
    lines = ["", f"floor: text search {least.search:.2f} + one spatch over "
             f"{least.files} files {least.spatch:.2f} = {least.seconds:.2f} "
             f"({least.sites} places)",
             f"  cold report / floor: {report / least.seconds:.2f}  "
             + _mark(report <= MOST_OF_FLOOR * least.seconds,
                     f"<= {MOST_OF_FLOOR:.0f}")]
    for title, run_ in (
            ("names as a list, so no file is skipped", found.plain),
            ("names spelled out, so files are skipped", found.plain_spelled)):
        lines += ["", f"plain spatch --dir, {title}:",
                  _plain_line(run_, bound), _ratio_line(run_, report)]
    return lines


def _plain_line(found: Plain, bound: float) -> str:
    if not found.stopped:
        return f"  {found.seconds:.2f}, whole ({found.sites} places)"
    return (f"  stopped after the bound of {bound:.0f} s with {found.handled} "
            f"of {found.files} files handled; at that rate "
            f"{found.whole:.0f} s")


def _ratio_line(found: Plain, report: float) -> str:
    ratio = found.seconds / report
    text = f"at least {ratio:.1f}" if found.stopped else f"{ratio:.1f}"
    if found.stopped:
        text += f", about {found.whole / report:.0f} at that rate"
    return (f"  plain / cold report: {text}  "
            + _mark(found.whole >= LEAST_OF_PLAIN * report,
                    f">= {LEAST_OF_PLAIN:.0f}", found.stopped))


def _mark(reached: bool, wanted: str, estimated: bool = False) -> str:
    word = "reached" if reached else "MISSED"
    return f"wanted {wanted}: {word}{' by estimate' if estimated else ''}"


def run(opts: Options, bound: float = BOUND) -> None:
    """Measure, print the table, and leave the numbers in OUT/bench.json."""
    cache = kernel_tree.cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".bench-") as name:
        found = measure(opts, Path(name), bound)
    version = kernel_tree.kernel_version(opts.kernel)
    print("\n".join(table(found, opts.jobs, version)
                    + verdict(found, bound)))
    write_json(opts.out / "bench.json", found)
