# SPDX-License-Identifier: GPL-2.0-only
"""Check gup2pin's own sources: `make lint`.

Each check returns the problems that it found, one a line; any problem at all, a
warning included, is a failure.
"""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import tempfile
import time
import tokenize
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pinlib.base.errors import ProofError, UsageError
from pinlib.base.resources import ROOT
from pinlib.dev import overlay_check, walls

PYTHON = "/usr/bin/python3"
MOST_LINES = 400
LICENSE = "SPDX-License-Identifier: GPL-2.0-only"
# Messages of spatch about its own standard.h and standard.iso, for any rule.
SPATCH_NOISE = re.compile(
    r"init_defs_builtins: |Warning: PARSING: type defaults to 'int'")
# What checkpatch demands of kernel code only.
NOT_IN_USER_SPACE = ("PREFER_KERNEL_TYPES,PREFER_DEFINED_ATTRIBUTE_MACRO,"
                     "VOLATILE,EMBEDDED_FUNCTION_NAME,ENOSYS,FUNCTION_ARGUMENTS")
# Files of the kernel that hold callers. The API's own files and headers are
# not meant: a rule may know where the API lives.
CALLER_FILE = re.compile(
    r"\b(?:arch|block|crypto|drivers|fs|io_uring|net|sound|virt)/"
    r"[\w./-]+\.[ch]\b")

Check = Callable[[Path], "list[str]"]


def sources() -> list[Path]:
    """Return every file of the project that is not generated."""
    done = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"], check=False, capture_output=True)
    if done.returncode:
        raise UsageError(f"{ROOT}: lint wants a git checkout: "
                         f"{done.stderr.decode('utf-8', 'replace').strip()}")
    paths = (ROOT / os.fsdecode(name)
             for name in sorted(set(done.stdout.split(b"\0"))) if name)
    return [path for path in paths if path.is_file()]


def interpreter(path: Path) -> str:
    """Return the language of a source file, by its name or its first line."""
    if path.suffix in (".py", ".sh"):
        return path.suffix[1:]
    with open(path, "rb") as stream:
        first = stream.readline(80)
    if not first.startswith(b"#!"):
        return ""
    return "py" if b"python" in first else "sh"


def is_fixture(path: Path) -> bool:
    """Say whether a file is test data: C and text as a test needs it."""
    parts = path.relative_to(ROOT).parts
    return "tests" in parts[:-1] and not interpreter(path)


def tool(command: Sequence[str | Path], cwd: Path = ROOT,
         env: dict[str, str] | None = None) -> list[str]:
    """Run a checker; what it prints is a problem when it fails."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=env,
                          check=False, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    lines = done.stdout.splitlines()
    if done.returncode and not lines:
        return [f"{command[0]}: exit {done.returncode}"]
    return lines if done.returncode else []


def types(_kernel: Path) -> list[str]:
    """Run mypy --strict over the package and the commands."""
    return tool([PYTHON, "-m", "mypy", "--strict", "--no-error-summary",
                 "--scripts-are-modules", "scripts/pinlib", "scripts/gup2pin",
                 "tests/run", "tests/refresh"])


def style(_kernel: Path) -> list[str]:
    """Run flake8 over every Python file."""
    return tool([PYTHON, "-m", "flake8", *(
        path for path in sources() if interpreter(path) == "py")])


def shell(_kernel: Path) -> list[str]:
    """Run shellcheck over every shell script."""
    scripts = [path for path in sources()
               if interpreter(path) == "sh"]
    return tool(["shellcheck", "--format=gcc", *scripts]) if scripts else []


def modes(rule: str) -> list[str]:
    """Return the names that a semantic patch declares as virtual."""
    found = re.findall(r"^virtual\s+([\w\s,]+?)\s*;?\s*$", rule, re.MULTILINE)
    return [name for line in found for name in re.split(r"[\s,]+", line)]


def semantic_patches(_kernel: Path) -> list[str]:
    """Run spatch --parse-cocci once for each mode; warnings are problems."""
    found = []
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as home:
        env = {**os.environ, "HOME": home, "LC_ALL": "C",
               "GUP2PIN_LIB": str(ROOT / "scripts")}
        for rule in sorted((ROOT / "cocci").rglob("*.cocci")):
            text = rule.read_text(encoding="utf-8")
            for mode in modes(text) or [""]:
                given = ["-D", mode] if mode else []
                found += _parse(rule, given, Path(home), env)
    return found


def _parse(rule: Path, given: list[str], home: Path,
           env: dict[str, str]) -> list[str]:
    done = subprocess.run(["spatch", "--parse-cocci", str(rule), *given],
                          cwd=home, env=env, check=False, text=True,
                          errors="replace", capture_output=True)
    lines = [line for line in done.stderr.splitlines()
             if line.strip() and not SPATCH_NOISE.match(line)]
    if done.returncode and not lines:
        lines = [f"spatch --parse-cocci: exit {done.returncode}"]
    name = " ".join([str(rule.relative_to(ROOT)), *given])
    return [f"{name}: {line}" for line in lines]


def overlay_files() -> list[Path]:
    """Return the C of the overlay."""
    return sorted(path for path in (ROOT / "kernel-overlay").rglob("*.[ch]"))


def overlay_style(kernel: Path) -> list[str]:
    """Return the kernel's checkpatch.pl, strict, over the overlay."""
    files = [path.relative_to(ROOT) for path in overlay_files()]
    # The guest's programs have libc's types and gcc's own attributes.
    guest = [path for path in files if path.parts[1] == "boot"
             and "kernel" not in path.parts[2:]]
    found = []
    for some, more in ((sorted(set(files) - set(guest)), ()),
                       (guest, ("--ignore", NOT_IN_USER_SPACE))):
        if some:
            found += tool(["perl", kernel / "scripts" / "checkpatch.pl",
                           "--no-tree", "--strict", "--terse", "--no-summary",
                           *more, "-f", *some])
    return found


def host_style(kernel: Path) -> list[str]:
    """Return the kernel's checkpatch.pl, strict, over the programs in C."""
    files = sorted((ROOT / "scripts").glob("*/*.[ch]"))
    # It leaves a file where it is run.
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as work:
        return tool(["perl", kernel.absolute() / "scripts" / "checkpatch.pl",
                     "--no-tree", "--strict", "--terse", "--no-summary",
                     "--ignore", NOT_IN_USER_SPACE + ",CAMELCASE", "-f",
                     *files], cwd=Path(work))


def overlay_build(kernel: Path) -> list[str]:
    """Run W=1 and sparse over the overlay, by the module that builds kernels."""
    return overlay_check.problems(kernel)


def licenses(_kernel: Path) -> list[str]:
    """Find source files without an SPDX line at the head, or after a `#!`."""
    plain = (".json", ".md", ".png", ".res", ".facts", ".config", ".stdout")
    found = []
    for path in sources():
        if path.suffix in plain or is_fixture(path):
            continue
        with open(path, encoding="utf-8", errors="replace") as stream:
            lines = [stream.readline(), stream.readline()]
        first = lines[1] if lines[0].startswith("#!") else lines[0]
        if LICENSE not in first:
            found.append(f"{path.relative_to(ROOT)}:1: no {LICENSE}")
    return found


def length(_kernel: Path) -> list[str]:
    """Find source files that are too long for a reader to hold in mind."""
    found = []
    for path in sources():
        if is_fixture(path) or path.suffix in (".json", ".png"):
            continue
        count = len(path.read_bytes().splitlines())
        if count > MOST_LINES:
            found.append(f"{path.relative_to(ROOT)}: {count} lines, more "
                         f"than {MOST_LINES}")
    return found


def imports(_kernel: Path) -> list[str]:
    """Find imports against the direction of the packages."""
    return walls.problems(ROOT / "scripts" / "pinlib", ROOT)


def generic(_kernel: Path) -> list[str]:
    """Find rules and scripts, outside cocci/core, that name a caller's file."""
    found = []
    for path in sources():
        parts = path.relative_to(ROOT).parts
        if "tests" in parts or parts[:2] == ("cocci", "core"):
            continue
        if path.suffix == ".cocci":
            text = path.read_text(encoding="utf-8")
            code: Iterable[tuple[int, str]] = enumerate(
                (re.sub(r"//.*", "", line) for line in text.splitlines()), 1)
        elif parts[0] == "scripts" and interpreter(path) == "py":
            code = strings(path.read_text(encoding="utf-8"))
        else:
            continue
        found += [f"{path.relative_to(ROOT)}:{line}: names {match.group()}"
                  for line, part in code
                  for match in CALLER_FILE.finditer(part)]
    return found


def strings(text: str) -> list[tuple[int, str]]:
    """Return the string literals of a Python source, less its docstrings."""
    docs = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docs.add((node.value.lineno, node.value.col_offset))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(token.start[0], token.string) for token in tokens
            if token.type == tokenize.STRING and token.start not in docs]


CHECKS: dict[str, Check] = {
    "license": licenses, "length": length, "imports": imports,
    "generic": generic,
    "flake8": style, "mypy": types, "shellcheck": shell,
    "parse-cocci": semantic_patches, "checkpatch": overlay_style,
    "host style": host_style, "overlay build": overlay_build,
}


def run(kernel: Path) -> None:
    """Run every check and print each problem, then how many checks passed."""
    failed = 0
    for name, check in CHECKS.items():
        began = time.monotonic()
        problems = check(kernel)
        for line in problems:
            print(line)
        failed += bool(problems)
        print(f"{'FAIL' if problems else 'ok':<5}{name} "
              f"({time.monotonic() - began:.1f} s)", flush=True)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    if failed:
        raise ProofError(f"lint: {failed} of {len(CHECKS)} checks failed")
