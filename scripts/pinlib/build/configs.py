# SPDX-License-Identifier: GPL-2.0-only
"""Choose the configurations that a tree is built in, and where builds are kept."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from pinlib.base.errors import UsageError
from pinlib.base.options import UserBuild
from pinlib.base.resources import KCONFIG
from pinlib.kernel.kernel_tree import cache_folder, kernel_version

# make's name of an architecture, where its folder has another.
_SRCARCH = {"x86_64": "x86", "i386": "x86", "sparc32": "sparc",
            "sparc64": "sparc", "parisc64": "parisc"}


@dataclasses.dataclass(frozen=True)
class Flavour:
    """One configuration of one architecture."""

    name: str
    arch: str
    cross: str
    goal: str               # make's configuration target
    fragment: Path | None   # options added to it
    config: Path | None     # a whole .config instead
    asked: bool = False     # only for patches that ask for it
    sparse: bool = True     # whether sparse takes the compiler's options
    # kbuild reaches some folders twice, and the right way last: one at a time.
    serial: bool = False

    @property
    def srcarch(self) -> str:
        """Return the folder below arch/."""
        return _SRCARCH.get(self.arch, self.arch)

    def variables(self) -> list[str]:
        """Return make's variables that choose this architecture."""
        cross = [f"CROSS_COMPILE={self.cross}"] if self.cross else []
        return [f"ARCH={self.arch}", *cross]

    def describe(self) -> str:
        """Return the configuration as a reader would make it again."""
        if self.config:
            return f"{self.arch}, the given configuration"
        extra = f" with scripts/kconfig/{self.fragment.name}" \
            if self.fragment else ""
        return f"{self.arch} {self.goal}{extra}"

    def covers(self, path: str) -> bool:
        """Say whether code at path can belong to this architecture."""
        parts = path.split("/")
        return parts[0] != "arch" or parts[1] == self.srcarch

    def missing(self) -> str:
        """Return why this configuration cannot be built here, or ''."""
        gcc = f"{self.cross}gcc"
        if shutil.which(gcc):
            return ""
        package = f"gcc-{self.cross.rstrip('-')}" if self.cross else "gcc"
        return f"no {gcc}: apt-get install {package}"


def default_flavours() -> list[Flavour]:
    """Return the configurations that between them build every listed site."""
    machine = platform.machine()
    return [
        Flavour("x86_64", "x86_64",
                "" if machine == "x86_64" else "x86_64-linux-gnu-",
                "allmodconfig", KCONFIG / "x86_64.config", None),
        Flavour("ppc64le", "powerpc",
                "" if machine == "ppc64le" else "powerpc64le-linux-gnu-",
                "ppc64le_defconfig", KCONFIG / "ppc64le.config", None),
        Flavour("nommu", "riscv", "riscv64-linux-gnu-",
                "nommu_virt_defconfig", None, None, asked=True, sparse=False),
        Flavour("ppc32", "powerpc", "powerpc-linux-gnu-",
                "corenet32_smp_defconfig", KCONFIG / "ppc32.config", None),
    ]


def wide_flavours() -> list[Flavour]:
    """Return the configurations that build the code of rare machines, too."""
    first, *others = default_flavours()
    return [
        first,
        Flavour("s390x", "s390", "s390x-linux-gnu-", "defconfig",
                KCONFIG / "s390x.config", None, serial=True),
        *others,
        Flavour("m68k", "m68k", "m68k-linux-gnu-", "atari_defconfig",
                KCONFIG / "m68k.config", None, sparse=False),
    ]


def flavours(user: UserBuild | None, wide: bool = False) -> list[Flavour]:
    """Return what to build in: the user's own choice alone when given."""
    if user is None or user == UserBuild():
        return wide_flavours() if wide else default_flavours()
    if user.config and not user.config.is_file():
        raise UsageError(f"{user.config}: no such configuration file")
    arch = user.arch or "x86_64"
    default = next((f for f in default_flavours() if f.arch == arch), None)
    cross = user.cross
    if cross is None:
        cross = default.cross if default else ""
    fragment = None if user.config else KCONFIG / "x86_64.config"
    return [Flavour("user", arch, cross, "allmodconfig", fragment,
                    user.config)]


def build_root() -> Path:
    """Return the folder of finished builds, refusing one kbuild cannot use."""
    path = cache_folder() / "build"
    if re.search(r"[^\w./+@=-]", os.fspath(path)):
        raise UsageError(f"{path}: kbuild cannot build below this name; "
                         "set GUP2PIN_CACHE to a plain one")
    return path


def tree_key(kernel: Path) -> str:
    """Return a hash of what decides how the tree is configured and built."""
    listed = subprocess.run(
        ["rg", "--no-config", "--files", "--no-ignore", "--hidden", "-0",
         "-g", "Kconfig*", "-g", "/Makefile"], cwd=kernel,
        capture_output=True).stdout
    digest = hashlib.sha256()
    for name in sorted(filter(None, listed.split(b"\0"))):
        digest.update(name + b"\0")
        digest.update((kernel / os.fsdecode(name)).read_bytes())
    return digest.hexdigest()


def flavour_key(flavour: Flavour) -> str:
    """Return a hash of the configuration and of the tools that serve it."""
    digest = hashlib.sha256(repr((
        flavour.arch, flavour.cross, flavour.goal,
        *([] if flavour.sparse else ["no sparse"]))).encode())
    for file in (flavour.fragment, flavour.config):
        if file:
            digest.update(file.read_bytes())
    for tool in ([f"{flavour.cross}gcc", "-v"], ["sparse", "--version"]):
        try:
            done = subprocess.run(tool, capture_output=True)
            digest.update(done.stdout + done.stderr)
        except OSError:
            digest.update(b"none")
    return digest.hexdigest()


def build_folder(kernel: Path, tree: str, flavour: Flavour,
                 key: str) -> Path:
    """Return where the build of one tree in one configuration is kept."""
    both = hashlib.sha256(f"{tree}{key}".encode()).hexdigest()[:16]
    version = re.sub(r"[^\w.+-]", "_", kernel_version(kernel))
    name = f"{version}-{flavour.name}-{both}"
    return build_root() / name
