# SPDX-License-Identifier: GPL-2.0-only
"""Time this gup2pin against an older one, side by side: `make bench BASE=rev`.

Both read the same copy of a tree, one after the other, each with a cache folder
of its own that begins empty. The revision is taken from gup2pin's repository.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

from pinlib.base.errors import Gup2pinError, RuleError, UsageError
from pinlib.base.files import read_json, write_json
from pinlib.base.git import run_git
from pinlib.base.options import Options
from pinlib.base.progress import Step
from pinlib.base.resources import ROOT
from pinlib.dev.bench import copy, environment
from pinlib.kernel import kernel_tree

HEADER = "include/linux/uio.h"
# At most so much of what the older one takes.
WANTED = {"report, cold": 1 / 10, "report, nothing changed": 1 / 15,
          "report, a file with a call touched": 1 / 15,
          f"report, {HEADER} touched": 1 / 15, "series, beyond the report": 1 / 3,
          "audit APIS=all": 1 / 8, "memory of the cold report, MB": 1 / 2}


@dataclass(frozen=True)
class Ratio:
    """One measure of both: seconds, or MB."""

    name: str
    base: float
    here: float

    @property
    def reached(self) -> bool:
        """Say whether it is as small as it is wanted."""
        return self.here <= WANTED[self.name] * self.base


@dataclass
class Tool:
    """A gup2pin with its own cache and results."""

    root: Path
    work: Path
    tree: Path
    jobs: int

    def run(self, target: str, *more: str) -> tuple[float, float]:
        """Run a target; return seconds, and the most MB of one process."""
        with tempfile.TemporaryFile() as said, Step(
                f"{self.work.name} {target}"):
            began = time.monotonic()
            child = subprocess.Popen(
                [sys.executable, self.root / "scripts" / "gup2pin", target,
                 f"--kernel={self.tree}", f"--out={self.work / 'out'}",
                 f"--jobs={self.jobs}", "--no-install", *more],
                env=environment(self.work),
                stdin=subprocess.DEVNULL, stdout=said, stderr=said)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - began
            said.seek(0)
            words = said.read().decode("utf-8", "replace").strip()
        # A report whose code could not all be read is a report.
        if child.returncode not in (0, 3):
            raise RuleError(f"bench: {target} of {self.root} ended with "
                            f"{child.returncode}: {words.splitlines()[-1:]}")
        return seconds, usage.ru_maxrss / 1000


def measured(tool: Tool) -> dict[str, float]:
    """Return every measure of one tool; the tree is left as it was."""
    cold, memory = tool.run("report")
    again, _ = tool.run("report")
    sites = read_json(tool.work / "out" / "report.json")["sites"]
    one = str(min(site["file"] for site in sites))
    after = _touched(tool.tree / one, lambda: tool.run("report"))
    header = _touched(tool.tree / HEADER, lambda: tool.run("report"))
    # Both know the tree by now.
    report, _ = tool.run("report")
    series, _ = tool.run("series")
    audit, _ = tool.run("audit", "--apis=all")
    return dict(zip(WANTED, (cold, again, after, header,
                             max(series - report, 0.0), audit, memory)))


def _touched(path: Path, run: Callable[[], tuple[float, float]]) -> float:
    """Return seconds of a run with one more remark in a file."""
    text = path.read_bytes()
    path.write_bytes(text + b"\n/* touched */\n")
    try:
        return run()[0]
    finally:
        path.write_bytes(text)


def table(found: list[Ratio], revision: str) -> list[str]:
    """Return the ratios as a table for a reader."""
    lines = [f"{'':<36}{revision[:12]:>13}{'here':>9}{'ratio':>9}"]
    for one in found:
        ratio = one.base / one.here if one.here else float("inf")
        lines.append(
            f"{one.name:<36}{one.base:>13.2f}{one.here:>9.2f}{ratio:>8.1f}x  "
            f"wanted {1 / WANTED[one.name]:.0f}x: "
            f"{'reached' if one.reached else 'MISSED'}")
    return lines


def checked_out(revision: str, into: Path) -> Path:
    """Return a folder with gup2pin as it was at a revision."""
    try:
        packed = run_git(["archive", "--format=tar", revision], cwd=ROOT)
    except Gup2pinError as error:
        raise UsageError(f"--base {revision}: {error}") from error
    with tarfile.open(fileobj=BytesIO(packed)) as files:
        files.extractall(into)
    return into


def run(opts: Options) -> None:
    """Measure both, print the table, and leave the numbers in OUT/bench.json."""
    cache = kernel_tree.cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".bench-") as name:
        work = Path(name)
        old = checked_out(opts.base, work / "tool")
        copy(opts.kernel, work / "linux")
        times = [measured(Tool(root, work / title, work / "linux", opts.jobs))
                 for root, title in ((old, "base"), (ROOT, "here"))]
    found = [Ratio(key, times[0][key], times[1][key]) for key in WANTED]
    print("\n".join(table(found, opts.base)))
    write_json(opts.out / "bench.json", {
        "base": opts.base, "measures": [asdict(one) for one in found]})
