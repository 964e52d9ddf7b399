# SPDX-License-Identifier: GPL-2.0-only
"""Mount a private namespace in which a kernel tree may be changed.

kbuild decides by time stamps and recorded paths, so a changed file must appear
at its own place. Overlays with their upper side in memory do that: the user's
tree and the finished objects below stay as they are, and everything is gone when
the process that holds the namespace ends, however it ends.
"""

from __future__ import annotations

import functools
import os
import subprocess
from pathlib import Path
from types import TracebackType

from pinlib.base.errors import Gup2pinError

# Left by a build inside the tree; kbuild refuses a separate folder then.
_UNCLEAN = (".config", "include/config", "include/generated")

# $1 holds src, obj, tmp; $2 is the kernel; $3 adds overlayfs options; $4 says
# whether the object folder gets an overlay too.
_SETUP = r"""
set -e
mount -t tmpfs -o mode=755 tmpfs "$1/tmp"
cd "$1/tmp"
mkdir low su sw ou ow
mount --rbind "$2" low
mount -t overlay -o "lowerdir=low,upperdir=su,workdir=sw$3" overlay "$1/src"
if [ "$4" = both ]; then
    mount -t overlay -o "lowerdir=$1/obj,upperdir=ou,workdir=ow$3" \
        overlay "$1/obj"
fi
echo ready
exec cat
"""

# Variables through which a caller's make or build would reach into this one.
_DROP = ("MAKE", "KBUILD_", "KCONFIG_", "GIT_", "GNUMAKEFLAGS", "MFLAGS",
         "ARCH", "SUBARCH", "CROSS_COMPILE", "LOCALVERSION", "CDPATH",
         "KCFLAGS", "KCPPFLAGS", "KAFLAGS", "LLVM", "CHECK", "CF", "SPARSE",
         "MODLIB", "INSTALL_", "O", "M", "W", "C", "V", "VPATH")


def build_env() -> dict[str, str]:
    """Return the environment of every tool that reads or builds the tree."""
    def drop(name: str) -> bool:
        return name in _DROP or name.startswith(
            tuple(p for p in _DROP if len(p) > 3))
    env = {k: v for k, v in os.environ.items() if not drop(k)}
    # kbuild unsets LC_ALL, and gcc would quote as the user's language does.
    env.pop("LANGUAGE", None)
    return env | {"LC_ALL": "C", "LANG": "C", "LC_CTYPE": "C",
                  "LC_MESSAGES": "C",
                  "PYTHONDONTWRITEBYTECODE": "1", "GIT_OPTIONAL_LOCKS": "0"}


@functools.cache
def enter_flags() -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return unshare's flags, nsenter's flags and the overlay's options.

    root needs no user namespace; others do, where the system allows it.
    """
    if os.geteuid() == 0:
        return ("--mount", "--propagation", "private"), ("--mount",), ""
    return (("--user", "--map-root-user", "--mount",
             "--propagation", "private"),
            ("--user", "--mount", "--preserve-credentials"), ",userxattr")


class NamespaceRefused(Gup2pinError):
    """A system that does not allow mounts: proofs are skipped, and reported so."""


class Namespace:
    """The tree at folder/src (changeable) with its objects at folder/obj."""

    def __init__(self, folder: Path, kernel: Path, both: bool) -> None:
        """Mount kernel at folder/src; with both, protect folder/obj too."""
        self.folder = folder
        unshare, self._nsenter, options = enter_flags()
        for name in ("src", "obj", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self._holder = subprocess.Popen(
            ["unshare", *unshare, "--", "sh", "-c", _SETUP, "sh",
             os.fspath(folder), os.fspath(kernel.resolve()), options,
             "both" if both else "src"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        assert self._holder.stdout and self._holder.stderr
        if self._holder.stdout.readline() != b"ready\n":
            text = self._holder.stderr.read().decode("utf-8", "replace")
            self.close()
            raise NamespaceRefused("overlay mounts are not permitted: "
                                   + " ".join(text.split()))
        self._clean_source()

    def __enter__(self) -> Namespace:
        return self

    def __exit__(self, kind: type[BaseException] | None,
                 value: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the holder; the mounts and all that was written go with it."""
        for stream in (self._holder.stdin, self._holder.stdout,
                       self._holder.stderr):
            if stream:
                stream.close()
        self._holder.wait()

    def path(self, side: str, name: str = "") -> Path:
        """Return the outside path of a file in src or obj as seen inside."""
        root = Path(f"/proc/{self._holder.pid}/root")
        return root / os.fspath(self.folder)[1:] / side / name

    def command(self, args: list[str]) -> list[str]:
        """Return args wrapped so that they run inside, in folder/src."""
        script = 'cd "$1" && shift && exec "$@"'
        # A build must not outlive a run that was killed.
        return ["setpriv", "--pdeathsig", "TERM", "--",
                "nsenter", "--target", str(self._holder.pid), *self._nsenter,
                "--", "sh", "-c", script, "sh",
                os.fspath(self.folder / "src"), *args]

    def write(self, name: str, data: bytes | None) -> None:
        """Give a file of the tree a new text; None removes it."""
        try:
            self._write(self.path("src", name), data)
        except PermissionError as error:
            # A user namespace gives no rights over files of other users.
            raise NamespaceRefused(
                f"{name} cannot be changed in an overlay of a tree that "
                "another user owns: run as its owner or as root") from error

    @staticmethod
    def _write(target: Path, data: bytes | None) -> None:
        if data is None:
            target.unlink(missing_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        # A link of the tree is replaced, never followed out of it.
        target.unlink(missing_ok=True)
        target.write_bytes(data)
        target.chmod(mode)

    def _clean_source(self) -> None:
        """Hide what an earlier build inside the tree left there."""
        stale = [name for name in _UNCLEAN
                 if os.path.lexists(self.path("src", name))]
        stale += [os.fspath(p.relative_to(self.path("src")))
                  for p in self.path("src").glob(
                      "arch/*/include/generated")]
        if stale:
            subprocess.run(self.command(["rm", "-rf", "--", *stale]),
                           check=True, capture_output=True)
