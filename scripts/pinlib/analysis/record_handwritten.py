# SPDX-License-Identifier: GPL-2.0-only
"""Record the code that a core rule was written for.

Run by whoever wrote or read the rule against a tree: `python3 -m
pinlib.analysis.record_handwritten NAME KERNEL`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pinlib.kernel import kernel_tree
from pinlib.rewrite import handwritten


def main() -> int:
    """Record one rule's code in one tree, under the tree's version."""
    name, kernel = sys.argv[1], Path(sys.argv[2])
    label = ".".join(kernel_tree.kernel_version(kernel).split(".")[:2])
    for rule in handwritten.load():
        if rule.name == name:
            handwritten.record(kernel, label, rule)
            return 0
    print(f"{handwritten.FOLDER}: no rule {name}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
