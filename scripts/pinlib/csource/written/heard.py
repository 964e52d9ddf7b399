# SPDX-License-Identifier: GPL-2.0-only
"""Tell who records what a run reads of files, besides what Python tells of them."""

from __future__ import annotations

import sys
from pathlib import Path

# The audit event of a file that is looked for, or read by other means than open().
LOOKED_FOR = "pinlib.reads"
# The audit event of what is asked of a file as it is written: its path, what is
# asked, and what comments.said() answers.
WRITTEN = "pinlib.written"


class Code(str):
    """The path of a file of C of which no comment is looked at.

    What rests on a file that was opened by such a path stays as it is when only
    comments change.
    """


def is_file(path: Path) -> bool:
    """Say whether there is a file; who records what is read hears of it."""
    sys.audit(LOOKED_FOR, Code(path))
    return path.is_file()
