# SPDX-License-Identifier: GPL-2.0-only
"""Takes questions; answers them in processes of their own, some at a time.

A process starts as a copy of this one, and nothing that it reads or works out
stays behind but its answers. It takes one question after another until it has
grown: to start one, and to touch memory anew, takes as long as a short answer.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import selectors
import signal
import struct
import tempfile
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NoReturn, TypeVar

from pinlib.base.errors import Gup2pinError

# A process that has grown by as many KB at some time answers nothing more.
GROWN = 16 << 10
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# What is before an answer: whether the process takes another question, and the
# length.
_HEAD = struct.Struct("=?Q")
Asked = TypeVar("Asked")


@dataclass(eq=False)
class _Process:
    """A process, and where it is asked and answers; number: of its question."""

    child: int
    questions: BinaryIO
    answers: BinaryIO
    number: int = -1

    def ask(self, number: int, question: object) -> None:
        """Ask something, of which the answer will be ready to be read."""
        self.number = number
        self.questions.write(pickle.dumps(question))
        self.questions.flush()

    def answer(self) -> tuple[bool, bytes]:
        """Return whether it takes another question, and what it said."""
        head = self.answers.read(_HEAD.size)
        more, size = _HEAD.unpack(head) if len(head) == _HEAD.size else (
            False, 0)
        said = self.answers.read(size)
        return more, _checked(said, 0 if more else self.end())

    def end(self) -> int:
        """Wait for its end; return how that was."""
        self.questions.close()
        self.answers.close()
        return os.waitpid(self.child, 0)[1]


def answers(asked: Iterable[Asked], answer: Callable[[Asked], bytes],
            jobs: int) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the answer of each question, as they come.

    Some are answered while the next are thought of. What one raises is raised
    here, and the others are ended.
    """
    more = enumerate(asked)
    left: deque[tuple[int, Asked]] = deque()
    idle: list[_Process] = []
    running: set[_Process] = set()
    # What one that is ended leaves behind goes with the folder.
    with selectors.DefaultSelector() as ready, tempfile.TemporaryDirectory(
            prefix="gup2pin-") as work:
        try:
            while (one := next(more, None)) or left or running:
                left.extend([one] if one else [])
                while left and len(running) < max(1, jobs):
                    process = idle.pop() if idle else _start(answer, work)
                    running.add(process)
                    ready.register(process.answers, selectors.EVENT_READ,
                                   process)
                    process.ask(*left.popleft())
                for key, _ in ready.select(0 if one else None):
                    process = key.data
                    ready.unregister(process.answers)
                    running.remove(process)
                    stays, said = process.answer()
                    idle += [process] if stays else []
                    yield process.number, said
        finally:
            for process in (*running, *idle):
                os.kill(process.child, signal.SIGKILL)
                process.end()


def _start(answer: Callable[[Asked], bytes], work: str) -> _Process:
    """Start a process; work: the folder for its temporary files."""
    asked, questions = os.pipe()
    answered, said = os.pipe()
    # The copy must not take a signal for this process, and do what that would.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        child = os.fork()
        if not child:
            # If this process is ended, what it asked by comes to its end too.
            os.close(questions)
            os.close(answered)
            _answer_all(asked, said, answer, work, before)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    os.close(asked)
    os.close(said)
    return _Process(child, os.fdopen(questions, "wb"),
                    os.fdopen(answered, "rb"))


def _answer_all(asked: int, said: int, answer: Callable[[Asked], bytes],
                work: str, signals: set[int]) -> NoReturn:
    """Be a process that says its answers and ends, whatever happens."""
    failed = 1
    try:
        for one in _SIGNALS:
            if signal.getsignal(one) != signal.SIG_IGN:
                signal.signal(one, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        tempfile.tempdir = work
        # What was there before is needed to the end, and is not looked through.
        gc.freeze()
        first, more = _most(), True
        with os.fdopen(asked, "rb") as questions, os.fdopen(
                said, "wb") as stream:
            while more:
                made = _said(answer, pickle.load(questions))
                gc.collect()
                more = _most() - first < GROWN
                stream.write(_HEAD.pack(more, len(made)) + made)
                stream.flush()
        failed = 0
    finally:
        os._exit(failed)


def _most() -> int:
    """Return the most memory that this process has had, in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _said(answer: Callable[[Asked], bytes], question: Asked) -> bytes:
    try:
        return b"=" + answer(question)
    except Gup2pinError as error:
        return b"!" + pickle.dumps(error)
    except BaseException:
        return b"?" + traceback.format_exc().encode()


def _checked(said: bytes, status: int) -> bytes:
    """Return what a process said, if it did not end before."""
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT:
        raise KeyboardInterrupt     # it was meant for this process too
    if status:
        raise Gup2pinError("a process that was started was ended" + (
            f" by signal {os.WTERMSIG(status)}"
            if os.WIFSIGNALED(status) else ""))
    kind, data = said[:1], said[1:]
    if kind == b"!":
        raise pickle.loads(data)
    if kind == b"?":
        raise RuntimeError("in a process of its own:\n" + data.decode())
    return data
