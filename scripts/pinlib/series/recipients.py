# SPDX-License-Identifier: GPL-2.0-only
"""Find who gets a mail, from the tree's own get_maintainer.pl."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import email.header
import email.utils
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pinlib.series.maintainers_file import MaintainersFile, names_in

SCRIPT = "scripts/get_maintainer.pl"
OPTIONS = ("--no-git", "--no-git-fallback", "--no-rolestats", "--roles",
           "--no-file-emails", "--multiline")
# Arguments and input of the script; what it printed, or why it failed.
Question = tuple[tuple[str, ...], str]
Answer = tuple[str, bool]
EVERYBODY = "linux-kernel@vger.kernel.org"

_LINE = re.compile(r"^(.*?<[^<>]+>|\S+) \((.*)\)$")
_LIST = re.compile(r"(?:open|moderated|subscriber) list\b")
_REVIEWER = re.compile(r"reviewer:")
_MORE = re.compile(r",(?:maintainer|supporter|odd fixer|orphan minder):")


@dataclasses.dataclass
class Recipients:
    """Addresses with their roles: people to ask, and all who read along."""

    to: dict[str, str] = dataclasses.field(default_factory=dict)
    copies: dict[str, str] = dataclasses.field(default_factory=dict)

    def addresses(self) -> tuple[list[str], list[str]]:
        """Return the addresses for To and for Cc; a mail needs some To."""
        people = sorted(self.to, key=_by_name)
        others = sorted((c for c in self.copies if c not in self.to),
                        key=lambda c: (c == EVERYBODY,
                                       "list" not in self.copies[c],
                                       _by_name(c)))
        return (people, others) if people else (others, [])


def _by_name(address: str) -> str:
    return address.lstrip('"').casefold()


def headers(who: Recipients) -> str:
    """Return the To: and Cc: lines of a mail."""
    text = ""
    for name, addresses in zip(("To", "Cc"), who.addresses()):
        if addresses:
            text += f"{name}: " + ",\n    ".join(map(encoded, addresses)) \
                + "\n"
    return text


def encoded(address: str) -> str:
    """Return an address as a header carries it: in ASCII."""
    if address.isascii():
        return address
    name, plain = email.utils.parseaddr(address)
    if not plain:
        return str(email.header.Header(address, "utf-8").encode())
    return email.utils.formataddr((name, plain), "utf-8")


def listing(who: Recipients, version: str, problem: str) -> str:
    """Return recipients.txt: every address with the reason it is there."""
    lines = [f"# From {SCRIPT} of Linux {version}; the mails carry the same.",
             "# SIGNOFF='Name <address>' makes the sender author and signer;",
             "# gup2pin makes nobody up."]
    if problem:
        lines.append(f"# {problem}")
    for name, addresses in zip(("To", "Cc"), who.addresses()):
        for address in addresses:
            role = who.to.get(address) or who.copies.get(address, "")
            lines.append(f"{name}: {address}  ({role})")
    return "\n".join(lines) + "\n"


def union(all_of_them: Iterable[Recipients]) -> Recipients:
    """Return everyone, each once."""
    found = Recipients()
    for one in all_of_them:
        found.to |= one.to
        found.copies |= one.copies
    return found


def parse(text: str) -> Recipients:
    """Read the lines of get_maintainer.pl --roles."""
    found = Recipients()
    for line in text.splitlines():
        match = _LINE.match(line.strip())
        if match is None:
            continue
        address, role = match.groups()
        copy = _LIST.match(role) or (
            _REVIEWER.match(role) and not _MORE.search(role))
        (found.copies if copy else found.to)[address] = role
    return found


class Maintainers:
    """A tree's get_maintainer.pl, with its answers kept.

    problem says in one sentence why nobody could be named; failed, that there is
    a script which should have named some.
    """

    def __init__(self, kernel: Path) -> None:
        self.kernel = kernel
        self.problem = ""
        self._perl = shutil.which("perl")
        self._known: dict[tuple[str, tuple[str, ...]], Recipients] = {}
        self._said: dict[Question, concurrent.futures.Future[Answer]] = {}
        self.failed = False
        self._patterns: MaintainersFile | None = None
        self._lock = threading.Lock()
        if not (kernel / SCRIPT).is_file():
            self.problem = (f"The tree has no {SCRIPT}, so the mails name "
                            "no recipients.")
        elif self._perl is None:
            self.failed = True
            self.problem = ("perl is not installed, so the mails name no "
                            "recipients.")

    @contextlib.contextmanager
    def asked_ahead(self, wanted: Iterable[tuple[str, Sequence[str]]],
                    jobs: int) -> Iterator[None]:
        """Ask, while the block runs, for patches that of() will be asked for."""
        with contextlib.ExitStack() as scripts, \
                concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            idle: queue.SimpleQueue[_Script] = queue.SimpleQueue()
            for _ in range(0 if self.problem else jobs):
                idle.put(scripts.enter_context(_Script(self._perl, self.kernel)))
            for question in dict.fromkeys(
                    question for diff, also in wanted
                    for question in self._questions(diff, also)):
                if not self.problem:
                    self._said[question] = pool.submit(
                        self._answer, idle, question)
            yield

    def of(self, diff: str, also: Sequence[str] = ()) -> Recipients:
        """Return who gets a patch, and who maintains the files of also."""
        key = (diff, tuple(also))
        if key not in self._known:
            questions = self._questions(diff, also)
            if not self._said.keys() >= set(questions):
                with self.asked_ahead([key], 1):
                    pass
            self._known[key] = union(map(self._ask, questions))
        return self._known[key]

    def _questions(self, diff: str, also: Sequence[str]) -> list[Question]:
        """Return what the script is asked: its arguments, and its input."""
        files = [f for f in also if (self.kernel / f).is_file()]
        return [((), diff), *([(("-f", *files), "")] if files else [])]

    def _ask(self, question: Question) -> Recipients:
        if self.problem:
            return Recipients()
        said, failed = self._said[question].result()
        if failed:
            # The message may name a folder of this machine.
            last = said.replace(os.fspath(self.kernel), "the tree")
            self.problem = (f"{SCRIPT} failed ({last}), so not every mail "
                            "names its recipients.")
            return Recipients()
        return parse(said)

    def _answer(self, idle: queue.SimpleQueue[_Script],
                question: Question) -> Answer:
        """Return what the script prints, or why it failed."""
        if self.failed:
            return "", True     # who asked before was told why
        script = idle.get()
        try:
            said, failed = self._run(script, *question)
        finally:
            idle.put(script)
        self.failed = self.failed or failed
        return said, failed

    def _run(self, script: _Script, args: tuple[str, ...],
             stdin: str) -> Answer:
        """Ask with the patterns that may match, or with all if that fails."""
        diff = stdin.encode("utf-8", "surrogateescape")
        with contextlib.suppress(OSError), tempfile.NamedTemporaryFile(
                prefix="gup2pin-") as stream:
            stream.write(self._short().only_for(
                names_in(diff) | {os.fsencode(arg) for arg in args}))
            stream.flush()
            found = script.ask((f"--mpath={stream.name}", *args), diff)
            if not found[1]:
                return found
        return script.ask(args, diff)

    def _short(self) -> MaintainersFile:
        with self._lock:
            if self._patterns is None:
                self._patterns = MaintainersFile(self.kernel / "MAINTAINERS")
            return self._patterns


class _Script:
    """A tree's script, which Perl compiles once for many questions.

    A copy of the process answers each (compiled_once.pm).
    """

    def __init__(self, perl: str | None, kernel: Path) -> None:
        assert perl is not None
        self._said = tempfile.TemporaryFile()   # before it could be asked
        # With an empty PATH it finds no git, whose configuration in the
        # tree could name commands; a fixed seed keeps Perl's order.
        self._process = subprocess.Popen(
            [perl, f"-I{Path(__file__).parent}", "-Mcompiled_once", SCRIPT],
            cwd=kernel, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._said, encoding="utf-8", bufsize=1,
            env={"PATH": "/nonexistent", "HOME": "/nonexistent",
                 "LC_ALL": "C", "PERL_HASH_SEED": "0",
                 "PERL_PERTURB_KEYS": "0", "PERL_UNICODE": "0"})

    def __enter__(self) -> _Script:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._said.close()

    def ask(self, args: tuple[str, ...], diff: bytes) -> Answer:
        """Return what the script prints, or why it failed."""
        with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
            work = Path(name)
            (work / "args").write_bytes(b"".join(
                os.fsencode(arg) + b"\0" for arg in (*OPTIONS, *args)))
            (work / "in").write_bytes(diff)
            status = self._ran(work)
            if status == signal.SIGALRM:
                return "no answer in time", True
            if status:
                said = self._error(work).decode("utf-8", "replace").strip()
                return (said.splitlines() or ["it failed"])[0], True
            return (work / "out").read_bytes().decode("utf-8", "replace"), False

    def _ran(self, work: Path) -> int:
        """Have it asked what is in a folder; 0, or how it failed."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(f"{work}\n")
            return int(self._process.stdout.readline() or -1)
        except OSError:
            return -1

    def _error(self, work: Path) -> bytes:
        """Return what it said, or what Perl said of it."""
        with contextlib.suppress(OSError):
            return (work / "err").read_bytes()
        self._said.seek(0)
        return self._said.read()
