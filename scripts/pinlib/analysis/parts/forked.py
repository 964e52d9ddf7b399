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
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from pinlib.base.errors import Gup2pinError

_CHUNK = 1 << 20
Ask = Callable[[], bytes]


def answers(asked: Sequence[Ask], jobs: int) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the answer of each question, as they come.

    What one raises is raised here, and the others are ended.
    """
    left = list(enumerate(asked))[::-1]
    running: dict[int, tuple[int, int, list[bytes]]] = {}   # by end of pipe
    with selectors.DefaultSelector() as ready:
        try:
            while left or running:
                while left and len(running) < max(1, jobs):
                    number, ask = left.pop()
                    child, stream = _start(ask)
                    running[stream] = (number, child, [])
                    ready.register(stream, selectors.EVENT_READ)
                for key, _ in ready.select():
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


def _start(ask: Ask) -> tuple[int, int]:
    """Start a process; return it, and where its answer will come from."""
    theirs, mine = os.pipe()
    child = os.fork()
    if child:
        os.close(mine)
        return child, theirs
    # Whatever happens, the copy must not go on as if it were this process.
    try:
        os.close(theirs)
        with suppress(BrokenPipeError):
            with os.fdopen(mine, "wb") as stream:
                stream.write(_said(ask))
    finally:
        os._exit(0)


def _said(ask: Ask) -> bytes:
    try:
        return b"=" + ask()
    except Gup2pinError as error:
        return b"!" + pickle.dumps(error)
    except KeyboardInterrupt:
        return b""
    except BaseException:
        return b"?" + traceback.format_exc().encode()


def _answer(said: bytes, status: int) -> bytes:
    kind, data = said[:1], said[1:]
    if kind == b"=":
        return data
    if kind == b"!":
        raise pickle.loads(data)
    if kind == b"?":
        raise RuntimeError("in a process of its own:\n" + data.decode())
    raise Gup2pinError("a process that was started was ended" + (
        f" by signal {os.WTERMSIG(status)}"
        if os.WIFSIGNALED(status) else ""))
