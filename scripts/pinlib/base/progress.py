# SPDX-License-Identifier: GPL-2.0-only
"""Show how far work has come: one live line on a terminal, plain lines in a log."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType
from typing import TextIO

LIVE_SECONDS = 0.1
LOG_SECONDS = 15.0


class Step:
    """One named piece of work, as a context manager.

    `with Step("facts", total=106) as step: … step.update(12)`. Its output goes
    to stderr. When the work ends, one line stays: its name, how much of what was
    done, and the seconds it took. A step that fails leaves no line: the error
    says what happened.
    """

    def __init__(self, name: str, total: int = 0,
                 stream: TextIO | None = None) -> None:
        self.name = name
        self.total = total
        self.done = 0
        self.note = ""
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._began = time.monotonic()
        self._shown = self._began if not self._live else 0.0

    @property
    def seconds(self) -> float:
        """Return how long the step has run."""
        return time.monotonic() - self._began

    def __enter__(self) -> Step:
        self._began = time.monotonic()
        if self._live:
            self._show()
        return self

    def __exit__(self, kind: type[BaseException] | None,
                 value: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._live:
            self._write("\r\x1b[K")
        if kind is None:
            self._write(f"{self._text()}\n")

    def update(self, done: int, note: str = "") -> None:
        """Say how many of the total are done, and which one is being done."""
        self.done, self.note = done, note
        wait = LIVE_SECONDS if self._live else LOG_SECONDS
        if time.monotonic() - self._shown >= wait:
            self._show()

    def _show(self) -> None:
        self._shown = time.monotonic()
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            text = f"{self._text()}  {self.note}".rstrip()
            self._write(f"\r\x1b[K{text[:width]}")
        else:
            self._write(f"{self._text()} so far\n")

    def _text(self) -> str:
        count = f"  {self.done}/{self.total}" if self.total else ""
        return f"  {self.name:<10}{count}  {self.seconds:.1f} s"

    def _write(self, text: str) -> None:
        printable = text.encode("utf-8", "backslashreplace").decode()
        self._stream.write(printable)
        self._stream.flush()
