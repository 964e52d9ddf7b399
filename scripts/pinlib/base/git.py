# SPDX-License-Identifier: GPL-2.0-only
"""Run git without the configuration of the user or of a repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from pinlib.base.errors import Gup2pinError


# The same tree must give the same commit ids on every machine and day.
_WHO = "gup2pin"
_MAIL = "gup2pin@localhost"
_DATE = "946684800 +0000"

AUTHOR = f"{_WHO} <{_MAIL}>"
SIGNATURE = f"{AUTHOR} {_DATE}"

_FIXED = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_COUNT": "4",
    "GIT_CONFIG_KEY_0": "core.hooksPath",
    "GIT_CONFIG_VALUE_0": "/dev/null",
    "GIT_CONFIG_KEY_1": "core.quotePath",
    "GIT_CONFIG_VALUE_1": "true",
    "GIT_CONFIG_KEY_2": "gc.auto",
    "GIT_CONFIG_VALUE_2": "0",
    # A container's checkout is often another user's. Each caller switches off
    # what a checkout could have run.
    "GIT_CONFIG_KEY_3": "safe.directory",
    "GIT_CONFIG_VALUE_3": "*",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_AUTHOR_NAME": _WHO, "GIT_COMMITTER_NAME": _WHO,
    "GIT_AUTHOR_EMAIL": _MAIL, "GIT_COMMITTER_EMAIL": _MAIL,
    "GIT_AUTHOR_DATE": _DATE, "GIT_COMMITTER_DATE": _DATE,
    "LC_ALL": "C", "TZ": "UTC",
}

# Configuration that keeps git from running what a checkout names.
SAFE = ("core.fsmonitor=false", "core.hooksPath=/dev/null",
        "protocol.allow=never")


def git_env(more: dict[str, str] | None = None) -> dict[str, str]:
    """Return an environment that no configuration of the user reaches."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    # git's mail parser looks for its home even when it reads nothing there.
    env.setdefault("HOME", "/nonexistent")
    return env | _FIXED | (more or {})


def run_git(args: list[str], stdin: bytes = b"", cwd: Path | None = None,
            more: dict[str, str] | None = None) -> bytes:
    """Run git in the private environment; its output, or one clear error."""
    done = subprocess.run(["git", *args], input=stdin, cwd=cwd,
                          env=git_env(more), capture_output=True)
    if done.returncode:
        text = done.stderr.decode("utf-8", "replace").strip()
        verb = next((a for a in args if not a.startswith("-")), "")
        raise Gup2pinError(f"git {verb}: {text or 'failed'}")
    return done.stdout
