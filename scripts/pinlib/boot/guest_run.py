# SPDX-License-Identifier: GPL-2.0-only
"""Run one guest from power on to power off, with everything it needs.

Whatever the guest does, this ends within a bound and leaves the console log: a
panic, a hang, a lost console and a full disk differ only in what they print.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.base.files import write_file
from pinlib.boot import console
from pinlib.boot.kernel_builds import BOOT, digest
from pinlib.boot.machines import Machine, SHARE, UML
from pinlib.build.configs import build_root

LOG_BYTES = 64 << 20
FILE_LIMIT = 2 << 30    # its memory is a file as well

# Name, size in MiB, and how the host makes it; no command leaves it empty.
# IMAGE and FILE stand for the image and for a file of zeros.
IMAGES: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("scratch", 16, ()),
    ("ext4", 64, ("mkfs.ext4 -q -F IMAGE",)),
    ("ext2", 32, ("mkfs.ext2 -q -F IMAGE",)),
    ("xfs", 320, ("mkfs.xfs -q -f IMAGE",)),
    ("btrfs", 128, ("mkfs.btrfs -q -f IMAGE",)),
    ("f2fs", 128, ("mkfs.f2fs -q -f IMAGE",)),
    ("vfat", 32, ("mkfs.vfat IMAGE",)),
    ("exfat", 32, ("mkfs.exfat IMAGE",)),
    # Linux 6.1 cannot create files on a new one, so it has them already.
    ("ntfs3", 32, ("mkntfs -q -F -f -s 512 -p 0 -H 16 -S 63 IMAGE",
                   "ntfscp -f -q IMAGE FILE direct",
                   "ntfscp -f -q IMAGE FILE odd")),
    ("jfs", 32, ("mkfs.jfs -q IMAGE",)),
    ("nilfs2", 160, ("mkfs.nilfs2 -q -B 16 IMAGE",)),
    ("udf", 32, ("mkudffs --blocksize=512 --media-type=hd IMAGE",)),
    ("hfs", 32, ("hformat IMAGE",)),
    # For buffers that are pages of a file, beside what a workload mounts.
    ("files", 32, ("mkfs.ext4 -q -F IMAGE",)),
)
FILE_BYTES = 96 << 10


@dataclasses.dataclass
class Run:
    """One boot: what the guest printed, and how it ended."""

    output: console.ConsoleLog
    problem: str        # why it is of no use, or ""
    log: Path
    seconds: float


def program(folder: Path) -> Path:
    """Return the guest's initramfs with the workloads, built if need be."""
    sources = {p.relative_to(BOOT).as_posix(): p.read_bytes()
               for p in sorted(BOOT.rglob("*.[ch]"))}
    archive = folder / f"init-{digest(dict(sources))}.cpio"
    if archive.is_file():
        return archive
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        root = Path(name)
        files = [n for n in sources if n.endswith(".c")
                 and not n.startswith("kernel/")]
        done = subprocess.run(
            ["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-static",
             "-pthread", "-o", os.fspath(root / "init"), *files],
            cwd=BOOT, check=False, capture_output=True, text=True,
            errors="replace")
        if done.returncode:
            raise Gup2pinError("the workloads do not compile: "
                               + done.stderr.strip().splitlines()[0])
        # The kernel opens it before anything is mounted.
        (root / "dev").mkdir()
        listed = "\0".join(["dev", "init"]).encode()
        made = subprocess.run(
            ["cpio", "-o", "-0", "-H", "newc", "--quiet", "-R", "0:0"],
            cwd=root, input=listed, check=True, capture_output=True).stdout
    folder.mkdir(parents=True, exist_ok=True)
    part = archive.with_suffix(".part")
    part.write_bytes(made)
    part.rename(archive)
    return archive


def tools() -> list[str]:
    """Return the programs for file systems that this host has."""
    return [program for _, _, commands in IMAGES for program in needed(commands)
            if shutil.which(program)]


def needed(commands: tuple[str, ...]) -> list[str]:
    """Return the programs that some commands call."""
    return [command.split()[0] for command in commands]


def images(folder: Path, machine: Machine) -> dict[str, Path]:
    """Return the machine's images of every file system that the host can make."""
    store = folder / "images"
    store.mkdir(parents=True, exist_ok=True)
    found = {}
    for name, size, commands in IMAGES:
        if machine.images is not None and name not in machine.images:
            continue
        made = hashlib.sha256(f"{size} {commands}".encode()).hexdigest()[:8]
        path = store / f"{name}-{made}.img"
        if not path.is_file():
            if not all(map(shutil.which, needed(commands))):
                continue
            make_image(path, size, commands)
        found[name] = path
    return found


def make_image(path: Path, size: int, commands: tuple[str, ...]) -> None:
    """Make one image; a run that is cut short leaves none."""
    with tempfile.TemporaryDirectory(prefix="gup2pin-", dir=path.parent
                                     ) as folder:
        names = {"IMAGE": f"{folder}/image", "FILE": f"{folder}/file"}
        for name, length in (("IMAGE", size << 20), ("FILE", FILE_BYTES)):
            with open(names[name], "wb") as stream:
                stream.truncate(length)
        for command in commands:
            # hformat leaves a note in the home folder.
            done = subprocess.run(
                [names.get(w, w) for w in command.split()], check=False,
                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                errors="replace", env=os.environ | {"HOME": folder})
            if done.returncode:
                raise Gup2pinError(f"{command}: exit {done.returncode}: "
                                   + done.stderr.strip())
        os.rename(names["IMAGE"], path)


def boot(kernel: Path, log: Path, only: list[str] | None = None,
         machine: Machine = UML, seconds: int = 0) -> Run:
    """Boot a kernel with the workloads and read what they say.

    only names some of them; the first that fails is then the last. seconds
    bounds the guest's time; 0 leaves it to the machine.
    """
    shared = build_root() / "boot"
    archive = program(shared)
    found = images(shared, machine)
    with tempfile.TemporaryDirectory(prefix="gup2pin-boot-") as name:
        folder = Path(name)
        (folder / SHARE).mkdir()
        copies = [folder / f"{image}.img" for image in found]
        for path, copy in zip(found.values(), copies):
            _copy(path, copy)
        listed = zip(found, machine.disks(len(copies)))
        words = ["images=" + ",".join(f"{i}:/dev/{d}" for i, d in listed)]
        if only is not None:
            words += ["stop=1", "only=" + ",".join(only)]
        start = time.monotonic()
        problem = _wait(machine.command(kernel, archive, folder, copies, words),
                        folder, log, seconds or machine.guest_seconds,
                        machine.quiet_seconds)
        took = time.monotonic() - start
    text = log.read_text(encoding="utf-8", errors="replace")
    output = console.parse(text)
    if not problem and not output.ended:
        problem = "the guest stopped before the last workload"
    return Run(output, problem, log, took)


def tests(kernel: Path, log: Path, machine: Machine) -> str:
    """Boot a kernel that runs its tests and ends; what went wrong, or ''."""
    with tempfile.TemporaryDirectory(prefix="gup2pin-boot-") as name:
        folder = Path(name)
        return _wait(machine.command(kernel, folder, folder, [], []), folder,
                     log, machine.guest_seconds, machine.quiet_seconds)


def _copy(image: Path, copy: Path) -> None:
    """Make a copy of an image for the guest to write to."""
    done = subprocess.run(["cp", "--sparse=always", "--reflink=auto",
                           os.fspath(image), os.fspath(copy)], check=False,
                          capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise Gup2pinError(done.stderr.strip())


def _limits() -> None:
    """Forbid core dumps of the guest, and bound the files that it writes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT, FILE_LIMIT))


def _wait(command: list[str], folder: Path, log: Path, seconds: int,
          quiet: int) -> str:
    """Run the guest to its end; why it was ended instead, or ''."""
    write_file(log, "")
    with open(log, "wb") as stream:
        # A guest must not outlive a run that was killed.
        guest = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", *command],
            stdin=subprocess.DEVNULL, stdout=stream,
            stderr=subprocess.STDOUT, cwd=folder, preexec_fn=_limits,
            env=os.environ | {"TMPDIR": os.fspath(folder)},
            start_new_session=True)
        try:
            return _watch(guest, log, seconds, quiet)
        finally:
            # Its helper processes outlive it when it is killed.
            try:
                os.killpg(guest.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            guest.wait()


def _watch(guest: subprocess.Popen[bytes], log: Path, seconds: int,
           quiet: int) -> str:
    start = changed = time.monotonic()
    size = 0
    while guest.poll() is None:
        time.sleep(0.1)
        now = time.monotonic()
        found = log.stat().st_size
        if found != size:
            size, changed = found, now
        if now - start > seconds:
            return f"the guest did not end within {seconds} s"
        if now - changed > quiet:
            return f"the guest said nothing for {quiet} s"
        if size > LOG_BYTES:
            return f"the guest's log grew beyond {LOG_BYTES >> 20} MiB"
    # A kernel that panics has its own exit code, and prints why.
    if guest.returncode < 0:
        return ("the guest was ended by "
                f"{signal.Signals(-guest.returncode).name}")
    return ""
