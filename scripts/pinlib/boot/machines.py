# SPDX-License-Identifier: GPL-2.0-only
"""Define the machines that a kernel is booted on, and how they differ.

User Mode Linux starts in no time and reaches most call sites. qemu emulates a
PC: it has the hardware that UML cannot have, and takes longer for everything.
A RISC-V board without an MMU runs no programs of ours, only the kernel's tests.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

from pinlib.base.resources import OVERLAY

CONFIGS = OVERLAY / "boot" / "config"
MEMORY = "1G"
# The folder of the host that a guest reaches by 9p, and its name there.
SHARE = "share"


@dataclasses.dataclass(frozen=True)
class Machine:
    """How a kernel is built for one machine."""

    name: str               # in MACHINE, and in names of files
    title: str              # in sentences
    arch: str               # make's ARCH
    base: str               # what the fragment of options is added to
    goal: str               # what make builds
    disk: str               # what its disks are called, without their letter
    images: tuple[str, ...] | None      # those that it gets; None: all
    guest_seconds: int      # how long a guest may run
    quiet_seconds: int      # and say nothing; longer than any workload takes
    memory: tuple[str, ...]     # the kinds that buffers can be of there
    extra: tuple[str, ...] = ()     # files of kernel/ that only it gets
    folder: str = ""        # where make puts it
    cross: str = ""         # the prefix of its compiler, if it has one of its own
    tests_only: bool = False    # whether it has no workloads

    @property
    def hosted(self) -> bool:
        """Say whether the kernel is a program of the host."""
        return self.arch == "um"

    @property
    def image(self) -> str:
        """Return what boots, below the build folder."""
        return self.folder + self.goal

    def covers(self, file: str) -> bool:
        """Say whether code of arch/ can be built for it."""
        arch = {"x86_64": "x86"}.get(self.arch, self.arch)
        return file.startswith(f"arch/{arch}/")

    @property
    def config(self) -> Path:
        """Return the options that the kernel is built with."""
        return CONFIGS / f"{self.name}.config"

    def file(self, name: str) -> str:
        """Return the name of a file of results, one for each machine."""
        stem, dot, end = name.partition(".")
        return name if self.hosted else f"{stem}-{self.name}{dot}{end}"

    def link(self, wraps: Sequence[str]) -> list[str]:
        """Return what makes make lead calls of some functions to others."""
        if self.tests_only:
            return []
        if self.hosted:
            # UML's own come first: this replaces them.
            names = ("malloc", "free", "calloc", *wraps)
            return ["LINK_WRAPS=" + " ".join(f"-Wl,--wrap={n}" for n in names)]
        return ["LD=" + " ".join(["ld", *(f"--wrap={n}" for n in wraps)])]

    def disks(self, count: int) -> list[str]:
        """Return the names of so many disks."""
        return [f"{self.disk}{chr(ord('a') + n)}" for n in range(count)]

    def command(self, kernel: Path, archive: Path, folder: Path,
                copies: Sequence[Path], words: Sequence[str]) -> list[str]:
        """Return what starts a guest with these disks.

        folder is the guest's own, and has the folder SHARE; words are for the
        command line of Linux.
        """
        if self.tests_only:
            return _board(kernel)
        start = _uml if self.hosted else _qemu
        return start(kernel, archive, folder, copies, [
            "rdinit=/init", "panic=1", "printk.devkmsg=on",
            "memory=" + ",".join(self.memory), *words])


def _uml(kernel: Path, archive: Path, folder: Path, copies: Sequence[Path],
         words: Sequence[str]) -> list[str]:
    return [os.fspath(kernel), f"mem={MEMORY}", f"initrd={archive}",
            "con0=null,fd:1", "con=null", "ssl=null", f"uml_dir={folder}",
            "umid=guest",
            # kunit.py runs the tests of the helpers in a guest of their own.
            "kunit.enable=0",
            # glibc registers an rseq area, which UML's stub does not survive.
            "GLIBC_TUNABLES=glibc.pthread.rseq=0",
            *(f"{name}={copy}"
              for name, copy in zip(UML.disks(len(copies)), copies)), *words]


def _qemu(kernel: Path, archive: Path, folder: Path, copies: Sequence[Path],
          words: Sequence[str]) -> list[str]:
    more = ["console=ttyS0", "numa=fake=2", "end=reboot",
            "kunit.filter_glob=page_extract*", *words]
    return ["qemu-system-x86_64",
            # No default devices, no network, and no hypervisor.
            "-nodefaults", "-no-user-config", "-machine", "pc",
            "-accel", "tcg", "-cpu", "max", "-smp", "2,sockets=2", "-m", MEMORY,
            "-display", "none", "-serial", "stdio",
            # It cannot power off: it ends when it reboots.
            "-no-reboot",
            "-kernel", os.fspath(kernel), "-initrd", os.fspath(archive),
            "-append", " ".join(more),
            "-fsdev", "local,id=share,security_model=none,path="
            + _quoted(folder / SHARE),
            "-device", f"virtio-9p-pci,fsdev=share,mount_tag={SHARE}",
            *(word for copy in copies for word in
              ("-drive", f"format=raw,if=virtio,file={_quoted(copy)}"))]


def _board(kernel: Path) -> list[str]:
    """Return what starts a kernel that has its command line built in."""
    return ["qemu-system-riscv64", "-nodefaults", "-no-user-config",
            "-machine", "virt", "-cpu", "rv64,mmu=off", "-bios", "none",
            "-smp", "2", "-m", "256M", "-display", "none", "-serial", "stdio",
            "-no-reboot", "-kernel", os.fspath(kernel)]


def _quoted(path: Path) -> str:
    """Return a path as a value among others, which commas divide."""
    return os.fspath(path).replace(",", ",,")


UML = Machine("uml", "UML", "um", "defconfig", "linux", "ubd", None, 420, 75,
              ("ring", "file"))
QEMU = Machine("qemu", "qemu", "x86_64", "tinyconfig", "vmlinux", "vd",
               ("scratch", "ext4", "ext2", "vfat", "files"), 900, 150,
               ("thp", "hugetlb", "file"), ("smb_server.h", "smb_server.c"))
NOMMU = Machine("nommu", "qemu without an MMU", "riscv", "nommu_virt_defconfig",
                "Image", "vd", (), 300, 120, (), folder="arch/riscv/boot/",
                cross="riscv64-linux-gnu-", tests_only=True)
MACHINES = {machine.name: machine for machine in (UML, QEMU, NOMMU)}
