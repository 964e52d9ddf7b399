# SPDX-License-Identifier: GPL-2.0-only
"""Find which Debian packages a target needs, and install those that are missing.

Only the standard library is used here: this runs before anything else is
installed.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable

from pinlib.base import host_program
from pinlib.base.errors import UsageError

REPORT = ("coccinelle", "parallel", "ripgrep", "python3-jinja2",
          "python3-jsonschema", "python3-pygments", "python3-unidiff", "xz-utils",
          *host_program.PACKAGES)
SERIES = ("git", "perl")
PROVE = ("build-essential", "bc", "flex", "bison", "libelf-dev", "libssl-dev",
         "sparse", "gcc-powerpc-linux-gnu", "gcc-powerpc64le-linux-gnu",
         "gcc-riscv64-linux-gnu", "gcc-s390x-linux-gnu", "gcc-m68k-linux-gnu")
CHECKS = ("make", "python3-pytest", "python3-pytest-xdist", "python3-yaml",
          "mypy", "flake8", "shellcheck")
# What the reader in C is held against, and fuzzed with.
READER = ("universal-ctags", "valgrind", "clang-14", "libclang-rt-14-dev")
# What builds the guest, and the file systems that it works on.
BOOT = ("ccache", "cpio", "e2fsprogs", "xfsprogs", "btrfs-progs", "f2fs-tools",
        "dosfstools", "exfatprogs", "ntfs-3g", "jfsutils", "nilfs-tools",
        "udftools", "hfsutils")
# A PC for kernels that need hardware which User Mode Linux does not have.
QEMU = ("qemu-system-x86",)
# A board without an MMU.
NOMMU = ("qemu-system-misc",)
# Chromium opens the report; b4 and git send-email read the series.
RENDER = ("chromium", "chromium-driver", "python3-selenium", "b4", "git-email",
          "libmailtools-perl", "golang-github-haya14busa-go-sarif-dev")
DEFAULT_SOURCE = "linux-source-6.1"
NEXT_SOURCE = "linux-source-6.12"

NEEDS = {
    "report": REPORT,
    "series": REPORT + SERIES,
    "prove": REPORT + SERIES + PROVE,
    "test": (REPORT + SERIES + PROVE + CHECKS + READER + RENDER +
             (NEXT_SOURCE,)),
    "boot": REPORT + SERIES + PROVE + BOOT,
    "boot-qemu": REPORT + SERIES + PROVE + BOOT + QEMU,
    "boot-nommu": REPORT + SERIES + PROVE + BOOT + NOMMU,
    "mutants": REPORT + SERIES + PROVE + BOOT,
    "lint": REPORT + SERIES + PROVE + CHECKS,
    "bench": REPORT + SERIES,
}
NEEDS_LIKE = {"convert": "series", "setup": "prove"}


def packages_for(target: str, own_kernel: bool) -> tuple[str, ...]:
    """Return the packages of a target; own_kernel when the user names a tree."""
    found = NEEDS[NEEDS_LIKE.get(target, target if target in NEEDS
                                 else "report")]
    return found if own_kernel else found + (DEFAULT_SOURCE,)


def installed(packages: Iterable[str]) -> dict[str, str]:
    """Return the version of each of the packages that is installed."""
    form = "${Package} ${db:Status-Status} ${Version}\n"
    try:
        done = subprocess.run(["dpkg-query", "-W", "-f", form, *packages],
                              capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise UsageError("dpkg-query: not found; gup2pin needs Debian 12 "
                         "with: " + " ".join(packages)) from error
    lines = (line.split() for line in done.stdout.splitlines())
    return {parts[0]: parts[2] for parts in lines
            if len(parts) == 3 and parts[1] == "installed"}


def ensure(packages: Iterable[str], may_install: bool = True,
           ) -> dict[str, str]:
    """Install what is missing, or say the one command that does.

    Returns the version of every package asked for. Costs one dpkg-query when
    all are there.
    """
    wanted = sorted(set(packages))
    found = installed(wanted)
    missing = [name for name in wanted if name not in found]
    if not missing:
        return found
    prefix = _privilege() if may_install else None
    if prefix is None:
        command = shlex.join(["apt-get", "install", "-y", *missing])
        raise UsageError("packages are missing; install them with: "
                         f"sudo {command}")
    _install(prefix, missing)
    found = installed(wanted)
    left = [name for name in missing if name not in found]
    if left:
        raise UsageError("apt-get did not install: " + " ".join(left))
    return found


def _privilege() -> list[str] | None:
    """Return what to put before apt-get, or None if it cannot install."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["env"]
    if shutil.which("sudo") is None:
        return None
    done = subprocess.run(["sudo", "-n", "true"], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True)
    return ["sudo", "-n", "env"] if done.returncode == 0 else None


def _install(prefix: list[str], missing: list[str]) -> None:
    """Run apt-get; its output is shown only when it fails."""
    print("gup2pin: installing with apt-get: " + " ".join(missing),
          file=sys.stderr, flush=True)
    apt = [*prefix, "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y",
           "-o", "DPkg::Lock::Timeout=300"]
    # A list that cannot be refreshed may still hold the packages.
    _run([*apt, "update"])
    done = _run([*apt, "install", "--no-install-recommends", *missing])
    if done.returncode:
        errors = [line for line in done.stdout.splitlines()
                  if line.startswith("E:")]
        reason = errors[0] if errors else f"exit {done.returncode}"
        raise UsageError(f"apt-get install {' '.join(missing)}: {reason}")


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
