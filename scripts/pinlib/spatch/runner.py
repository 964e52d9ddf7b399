# SPDX-License-Identifier: GPL-2.0-only
"""Run spatch so that nothing it loses stays unseen.

Files are given by name, never by --dir, and each has a process of its own: what
spatch guesses about a name in one file (that `__free(x)` makes x a type) it
holds true in the files that it reads after. HOME and the working folder are
private, so that no .cocciconfig is merged; GNU parallel runs the processes and
keeps their order; a file with EXN on stderr, an exit code or a time-out is
named.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pinlib.base.resources import MACROS, SCRIPTS
from pinlib.kernel.kernel_tree import cache_folder

TIMEOUT = 120
# Else spatch runs the first python3 on PATH, twice, to find its library.
PYTHON = ("--python", "/usr/bin/python3")


@dataclass
class Outcome:
    """Facts printed, and the files that could not be run with the reason."""

    facts: list[dict[str, Any]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def environment(home: Path) -> dict[str, str]:
    """Return the environment of every spatch: ours, but for HOME and settings."""
    keep = {k: v for k, v in os.environ.items()
            if not k.startswith(("COCCI", "PYTHON", "SPFLAGS", "PARALLEL"))}
    return {**keep, "HOME": str(home), "GUP2PIN_LIB": str(SCRIPTS),
            "LC_ALL": "C", "PYTHONDONTWRITEBYTECODE": "1",
            # Its rules are many small trees, which live for a moment.
            "OCAMLRUNPARAM": "s=1M"}


def collect(rules: str, names: list[str], files: list[Path],
            jobs: int, batch: int = 1,
            releases: Sequence[str] = ()) -> Outcome:
    """Run find rules over files; each process ends with a count of its facts.

    names: the functions whose calls are asked for; releases: of those that drop
    what others take.
    batch: how many files a process reads, which can be lost together.
    """
    if not files:
        return Outcome()
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        work = Path(name)
        (work / "rules.cocci").write_text(
            rules + "\n@finalize:python@\n@@\n"
            "from pinlib.spatch.in_find_rules import finish\nfinish()\n")
        (work / "query.json").write_text(json.dumps(
            {"names": names, "releases": list(releases)}))
        return _run(work, files, jobs, batch)


def account(path: Path) -> str:
    """Return what spatch says of how it reads a file, "" if it does not end."""
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        try:
            done = subprocess.run(
                ["spatch", "--parse-c", f"--macro-file={MACROS}", str(path)],
                cwd=name, env=environment(Path(name)), check=False,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return ""
    return done.stdout.decode("latin-1")


def _run(work: Path, files: list[Path], jobs: int, batch: int) -> Outcome:
    """Run a process for each batch; output counts only when it is whole."""
    command = ["parallel", "--null", "--keep-order", f"-N{batch}",
               f"--jobs={jobs}", "--will-cite", "--halt=never",
               f"--timeout={TIMEOUT}", f"--results={work}/run/{{#}}",
               f"--joblog={work}/joblog", "spatch", *PYTHON, "--very-quiet",
               "--no-includes", f"--timeout={TIMEOUT}",
               f"--macro-file={MACROS}",
               f"{work}/rules.cocci"]
    # parallel measures how long a command may be, by running a hundred, and
    # keeps the answer at home: let it have one that lasts.
    env = {**environment(work), "GUP2PIN_QUERY": f"{work}/query.json",
           "PARALLEL_HOME": str(cache_folder() / "parallel")}
    subprocess.run(command, cwd=work, env=env, check=False,
                   input=b"\0".join(os.fsencode(str(f)) for f in files),
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    codes = _exit_codes(work / "joblog")
    outcome = Outcome()
    for number, first in enumerate(range(0, len(files), batch), 1):
        paths = [str(path) for path in files[first:first + batch]]
        base = work / "run" / str(number)
        why = _why_failed(base, codes.get(number, "did not run"))
        facts, whole = _read(base)
        if why or not whole:
            outcome.failed |= dict.fromkeys(
                paths, why or "its output is cut short")
        else:
            # The expansion of one of our macros has a place in macros.h.
            outcome.facts += [f for f in facts if f["file"] in paths]
    return outcome


def _exit_codes(joblog: Path) -> dict[int, str]:
    codes = {}
    if joblog.exists():
        for line in joblog.read_text().splitlines()[1:]:
            parts = line.split("\t")
            codes[int(parts[0])] = parts[6] if parts[7] == "0" else (
                f"signal {parts[7]}")
    return codes


def _why_failed(base: Path, code: str) -> str:
    stderr = Path(f"{base}.err") if Path(f"{base}.err").exists() else base
    text = ""
    for candidate in (stderr, base / "stderr"):
        if candidate.is_file():
            text = candidate.read_text(encoding="latin-1")
    match = re.search(r"^.*EXN:.*$", text, re.M)
    if match:
        return match.group().strip()
    if code == "-1":
        return f"spatch did not finish in {TIMEOUT} s"
    if code != "0":
        lines = text.strip().splitlines()
        return f"spatch: {code}: {lines[-1] if lines else 'no message'}"
    return ""


def _read(base: Path) -> tuple[list[dict[str, Any]], bool]:
    """Return the facts of one process, and whether its closing count holds."""
    stdout = base if base.is_file() else base / "stdout"
    if not stdout.is_file():
        return [], False
    facts: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    promised: dict[str, int] | None = None
    for line in stdout.read_text(encoding="latin-1").splitlines():
        if not line.startswith("{"):
            continue
        try:
            fact = json.loads(line)
        except ValueError:
            return [], False
        if fact["kind"] == "end":
            promised = fact["counts"]
        else:
            facts.append(fact)
            counts[fact["file"]] = counts.get(fact["file"], 0) + 1
    return facts, promised == counts
