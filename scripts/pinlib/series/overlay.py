# SPDX-License-Identifier: GPL-2.0-only
"""Choose the kernel overlay that one tree needs: which files, with which text.

The files under kernel-overlay/ are templates. Lines `#ifdef TREE_X`, `#ifndef
TREE_X`, `#else` and `#endif` choose by what the tree has, and are resolved here,
so that a patch shows only code that is compiled in the tree it is made for.
kernel-overlay/README.md lists the names.
"""

from __future__ import annotations

import re
from pathlib import Path

from pinlib.base.errors import RuleError, UsageError
from pinlib.base.files import is_file
from pinlib.base.line_ends import plain, restored
from pinlib.base.resources import OVERLAY
from pinlib.program.pipes_served import IOV_ITER, UIO, serving

HELPERS = ("include/linux/page_extract.h", "lib/page_extract.c")
BACKPORT = ("include/linux/iov_iter_extract.h", "lib/iov_iter_extract.c")

# Feature, the file that shows it, and the text there if the tree has it.
PROBES = (
    ("TREE_EXTRACT", "include/linux/uio.h", r"\biov_iter_extract_pages\("),
    ("TREE_GET_PAGES2", "include/linux/uio.h", r"\biov_iter_get_pages2\("),
    ("TREE_UBUF", "include/linux/uio.h", r"\bITER_UBUF\b"),
    ("TREE_XARRAY", "include/linux/uio.h", r"\bITER_XARRAY\b"),
    ("TREE_PIPE", "include/linux/uio.h", r"\bITER_PIPE\b"),
    ("TREE_FOLIOQ", "include/linux/uio.h", r"\bITER_FOLIOQ\b"),
    ("TREE_NOFAULT", "include/linux/uio.h", r"\bbool nofault\b"),
    ("TREE_P2PDMA", "include/linux/mm.h", r"\bFOLL_PCI_P2PDMA\b"),
    ("TREE_FOLIO_PINNED", "include/linux/mm.h",
     r"\bfolio_maybe_dma_pinned\("),
    # The release decides: a pin that it would not drop must not be added.
    ("TREE_ZERO_PAGE_EXEMPT", "mm/gup.c",
     r"(?s)\b(?:gup_put_folio|put_compound_head)\([^;{]*\{"
     r"(?:(?!\n\}).)*\bis_zero_(?:page|folio)\("),
)

# What only the kernels that are booted ask: their tests, and their counting.
BOOT_PROBES = (
    ("TREE_EXTRACT_BVECS", "include/linux/uio.h",
     r"\biov_iter_extract_bvecs\("),
    # One call may go on over the joint of two entries, and may stop at any page.
    ("TREE_BVEC_JOINTS", "lib/iov_iter.c",
     r"(?s)\biov_iter_extract_bvec_pages\([^;{]*\{"
     r"(?:(?!\n\}).)*\bbvec_iter_advance\w*\("),
    ("TREE_UNPIN_FOLIO", "include/linux/mm.h", r"\bunpin_user_folio\("),
)

# Not of the tree: what is added to its own extraction needs it.
SERVE_PIPE = "TREE_SERVE_PIPE"

# How a pin is counted: the first that matches is what the tree does.
PIN_FORMS = (
    ("TREE_PIN_FOLIO", "include/linux/mm.h", r"\bfolio_add_pin\("),
    ("TREE_PIN_POINTER", "include/linux/mm.h", r"\bfolio_pincount_ptr\("),
    ("TREE_PIN_HPAGE", "include/linux/mm.h", r"\bhpage_pincount_available\("),
    ("TREE_PIN_FIELD", "include/linux/mm_types.h", r"\batomic_t _pincount;"),
    ("TREE_PIN_REFERENCE", "include/linux/mm.h", r"\bpin_user_pages_fast\("),
)

DIRECTIVE = re.compile(r"#\s*(if|ifdef|ifndef|elif|else|endif)\b\s*(\w*)")


def overlay_files(tree: Path) -> dict[str, str]:
    """Return the path and whole new text of each file that the overlay needs.

    Empty for a tree that cannot pin pages: there is nothing to convert to.
    """
    features = tree_features(tree)
    if not any(name.startswith("TREE_PIN_") for name in features):
        return {}
    paths = HELPERS if "TREE_EXTRACT" in features else HELPERS + BACKPORT
    old = {name: _read(tree, name) for name in (UIO, IOV_ITER)
           if is_file(tree / name)}
    served = serving(*map(plain, old.values())) \
        if len(old) == 2 and "TREE_EXTRACT" in features else {}
    features |= {SERVE_PIPE} if served else frozenset()
    files = {path: preprocess(path, _read(OVERLAY, path), features)
             for path in paths}
    objects = [Path(path).stem + ".o" for path in paths if path.endswith(".c")]
    makefile = _read(tree, "lib/Makefile")
    files["lib/Makefile"] = restored(makefile, add_objects(plain(makefile),
                                                           objects))
    return files | {name: restored(old[name], new)
                    for name, new in served.items()}


def tree_features(tree: Path, booted: bool = False) -> frozenset[str]:
    """Probe the tree for every TREE_ name that the templates use."""
    probes = PROBES + BOOT_PROBES if booted else PROBES
    names = {file for _, file, _ in (*probes, *PIN_FORMS)}
    texts = {name: _read(tree, name) for name in names}
    found = {feature for feature, file, pattern in probes
             if re.search(pattern, texts[file])}
    for feature, file, pattern in PIN_FORMS:
        if re.search(pattern, texts[file]):
            found.add(feature)
            break
    if found & {"TREE_PIN_POINTER", "TREE_PIN_HPAGE", "TREE_PIN_FIELD"}:
        found.add("TREE_PIN_PAGE")
    return frozenset(found)


def preprocess(path: str, text: str, features: frozenset[str]) -> str:
    """Keep of a template what the features choose; no TREE_ name is left.

    Other conditionals pass through. path is for messages only.
    """
    kept: list[str] = []
    # One entry for each open conditional: whether its lines are kept, and None
    # for one that is not about the tree.
    open_ifs: list[bool | None] = []
    for line in text.splitlines(keepends=True):
        match = DIRECTIVE.match(line)
        keyword, name = match.groups() if match else ("", "")
        if keyword in ("if", "ifdef", "ifndef"):
            ours = keyword != "if" and name.startswith("TREE_")
            open_ifs.append((name in features) == (keyword == "ifdef")
                            if ours else None)
            if ours:
                continue
        elif keyword and not open_ifs:
            raise RuleError(f"{path}: #{keyword} without #if")
        elif keyword == "endif":
            if open_ifs.pop() is not None:
                continue
        elif keyword == "else" and open_ifs[-1] is not None:
            open_ifs[-1] = not open_ifs[-1]
            continue
        if False not in open_ifs:
            kept.append(line)
    result = "".join(kept)
    if open_ifs or "TREE_" in result:
        raise RuleError(f"{path}: a choice by the tree's features is not settled")
    return result


def add_objects(makefile: str, objects: list[str]) -> str:
    """Add the objects that lib/Makefile lacks, after the list with iov_iter.o."""
    missing = [name for name in objects
               if not re.search(rf"(?<![\w-]){re.escape(name)}(?!\w)", makefile)]
    if not missing:
        return makefile
    statement = re.search(r"^obj-y\s*\+=(?:[^\n]|(?<=\\)\n)*?\biov_iter\.o\b"
                          r"(?:[^\n]|(?<=\\)\n)*\n", makefile, re.MULTILINE)
    if statement is None:
        raise UsageError("lib/Makefile: iov_iter.o is not in an obj-y list")
    line = f"obj-y += {' '.join(missing)}\n"
    return makefile[:statement.end()] + line + makefile[statement.end():]


def _read(root: Path, name: str) -> str:
    try:
        with open(root / name, encoding="utf-8", errors="surrogateescape",
                  newline="") as stream:
            return stream.read()
    except OSError as error:
        raise UsageError(f"{root / name}: {error.strerror}") from error
