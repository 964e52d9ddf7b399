# SPDX-License-Identifier: GPL-2.0-only
"""Match statements that jump, and labels, in masked text.

Patterns that look alike here are not the same: each says where it may be used.
"""

import re

_ALL = r"\b(?:return|goto|break|continue)\b"
JUMP = re.compile(_ALL)
# With the value that it returns, or its label.
LEAVES = re.compile(r"\b(return|goto)\b\s*([^;]*);")

# A whole arm of an `if`, with braces of its own or none, that ends in a jump: one
# behind a bracket or an `else` is under a condition of its own.
ENDS_ARM = re.compile(
    rf"\s*(?:{_ALL}[^;]*;|\{{(?:.*[;{{}}:])?\s*{_ALL}[^;]*;\s*\}})\s*", re.S)
# `continue` stays in the loop.
ENDS_LOOP = re.compile(r"\b(?:return|goto|break)\b[^;]*;\s*\}?\s*$")
# A loop or a switch may be around it: jumps out of either do not count.
ENDS_BLOCK = re.compile(r"\b(?:return|goto)\b[^;]*;\s*$")

CASE = re.compile(r"\b(?:case\b[^:?]*(?:::[^:?]*)*|default\s*):")
# A label that a goto may name, where it stands; LABEL finds it on its line.
LABEL_HERE = re.compile(r"(?!default\b)[A-Za-z_]\w*[ \t]*:(?!:)")
LABEL = re.compile(rf"^[ \t]*{LABEL_HERE.pattern}", re.M)
# `default:` too.
ANY_LABEL = re.compile(r"^[ \t]*(\w+)[ \t]*:(?!:)", re.M)
