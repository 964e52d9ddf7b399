# SPDX-License-Identifier: GPL-2.0-only
"""Takes questions; answers each in a process of its own, some at a time.

A process starts as a copy of this one, and nothing that it reads or works out
stays behind but its answer.
"""

from __future__ import annotations

import os
import pickle
import selectors
import signal
import tempfile
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NoReturn

from pinlib.base.errors import Gup2pinError

_CHUNK = 1 << 20
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
Ask = Callable[[], bytes]


def answers(asked: Iterable[Ask], jobs: int) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the answer of each question, as they come.

    Some are answered while the next are thought of. What one raises is raised
    here, and the others are ended.
    """
    more = enumerate(asked)
    left: deque[tuple[int, Ask]] = deque()
    running: dict[int, tuple[int, int, list[bytes]]] = {}   # by end of pipe
    # What one that is ended leaves behind goes with the folder.
    with selectors.DefaultSelector() as ready, tempfile.TemporaryDirectory(
            prefix="gup2pin-") as work:
        try:
            while (one := next(more, None)) or left or running:
                left.extend([one] if one else [])
                while left and len(running) < max(1, jobs):
                    number, ask = left.popleft()
                    child, stream = _start(ask, work)
                    running[stream] = (number, child, [])
                    ready.register(stream, selectors.EVENT_READ)
                for key, _ in ready.select(0 if one else None):
                    stream = key.fd
                    number, child, parts = running[stream]
                    data = os.read(stream, _CHUNK)
                    if data:
                        parts.append(data)
                        continue
                    ready.unregister(stream)
                    del running[stream]
                    os.close(stream)
                    yield number, _answer(b"".join(parts),
                                          os.waitpid(child, 0)[1])
        finally:
            for stream, (_, child, _) in running.items():
                os.close(stream)
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)


def _start(ask: Ask, work: str) -> tuple[int, int]:
    """Start a process; return it, and where its answer will come from.

    work: the folder for its temporary files.
    """
    theirs, mine = os.pipe()
    # The copy must not take a signal for this process, and do what that would.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        child = os.fork()
        if not child:
            _answer_in(mine, ask, work, before)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    os.close(mine)
    return child, theirs


def _answer_in(mine: int, ask: Ask, work: str,
               signals: set[int]) -> NoReturn:
    """Be a process that says its answer and ends, whatever happens."""
    failed = 1
    try:
        for one in _SIGNALS:
            if signal.getsignal(one) != signal.SIG_IGN:
                signal.signal(one, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        tempfile.tempdir = work
        with os.fdopen(mine, "wb") as stream:
            stream.write(_said(ask))
        failed = 0
    finally:
        os._exit(failed)


def _said(ask: Ask) -> bytes:
    try:
        return b"=" + ask()
    except Gup2pinError as error:
        return b"!" + pickle.dumps(error)
    except BaseException:
        return b"?" + traceback.format_exc().encode()


def _answer(said: bytes, status: int) -> bytes:
    """Return what a process said, if it came to its end."""
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
