# SPDX-License-Identifier: GPL-2.0-only
"""Choose the kernel overlay that one tree needs: which patches, with which text.

The files under kernel-overlay/ are templates. Lines `#ifdef TREE_X`, `#ifndef
TREE_X`, `#else` and `#endif` choose by what the tree has, and are resolved here,
so that a patch shows only code that is compiled in the tree it is made for.
kernel-overlay/README.md lists the names. Only functions that are called are
emitted, with those that they call themselves.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from pinlib.base.errors import RuleError, UsageError
from pinlib.base.line_ends import plain, restored
from pinlib.base.resources import OVERLAY
from pinlib.program.pipes_served import serving
from pinlib.rewrite import pins_without_mmu

HEADER, SOURCE = "include/linux/page_extract.h", "lib/page_extract.c"
API_HEADER, API_SOURCE = "include/linux/uio.h", "lib/iov_iter.c"
MAKEFILE = "lib/Makefile"
GUP = "mm/gup.c"
BACKPORT = "iov_iter_extract"
MORE = "iov_iter_extract_alloc"
EXTRACT = ("iov_iter_extract_pages", "iov_iter_extract_will_pin")
ADD_PIN, PIPE = "page_extract_add_pin", "page_extract_pipe"
FORMS = ("iov_iter_extract_pages_alloc", "iov_iter_extract_pages_noadvance",
         "iov_iter_extract_pages_alloc_noadvance")
# What converted code may call; a test holds them against the templates.
NAMES = frozenset((
    *EXTRACT, *FORMS, ADD_PIN, "page_extract_release", "page_extract_release_pages",
    "page_extract_release_pages_dirty_lock"))
# What stands above it in a template is for its readers here.
CUT = "/* ---- */\n"

# What a header of the helpers' source is included for.
INCLUDES = {
    "linux/kernel.h": r"\bmight_sleep_if\b",
    "linux/page-flags.h": r"\bPage(?:Slab|Head)\b",
    "linux/vmstat.h": r"\bmod_node_page_state\b",
}

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
PIPES = (
    "iov_iter_extract_pages() of this tree refuses pipes, and "
    "iov_iter_get_pages() serves them: splicing from a file opened with O_DIRECT "
    "brings them. Serve them in both, so that what extracts does not return an "
    "error that it did not return before. The pages are pinned, and "
    "iov_iter_extract_will_pin() says so.")

SHARED = ("A page that is pinned may get a second owner, which needs a pin of its "
          "own.")

# How a pin is counted: the first that matches is what the tree does.
PIN_FORMS = (
    ("TREE_PIN_FOLIO", "include/linux/mm.h", r"\bfolio_add_pin\("),
    ("TREE_PIN_POINTER", "include/linux/mm.h", r"\bfolio_pincount_ptr\("),
    ("TREE_PIN_HPAGE", "include/linux/mm.h", r"\bhpage_pincount_available\("),
    ("TREE_PIN_FIELD", "include/linux/mm_types.h", r"\batomic_t _pincount;"),
    ("TREE_PIN_REFERENCE", "include/linux/mm.h", r"\bpin_user_pages_fast\("),
)

DIRECTIVE = re.compile(r"#\s*(if|ifdef|ifndef|elif|else|endif)\b\s*(\w*)")


@dataclass(frozen=True)
class Part:
    """One patch of the helpers: the whole new text of each file, and its message.

    names: the functions that it adds for others to call. fixes: for a bug, a text
    that came with the code it is in. also_in: a configuration to build it in, where
    the usual ones do not compile what it changes.
    """

    subject: str
    facts: list[str]
    files: dict[str, str]
    names: list[str]
    fixes: str = ""
    also_in: str = ""


def overlay_files(tree: Path) -> dict[str, str]:
    """Return the path and whole new text of each file that all helpers need.

    Empty for a tree that cannot pin pages: there is nothing to convert to.
    """
    found: dict[str, str] = {}
    for part in parts(tree, None):
        found |= part.files
    return found


def declared(tree: Path) -> frozenset[str]:
    """Return the helpers that a tree has by itself."""
    texts = ""
    for file in (HEADER, API_HEADER):
        with contextlib.suppress(UsageError):
            texts += _read(tree, file)
    return NAMES & set(re.findall(r"\w+", texts))


def parts(tree: Path, called: Collection[str] | None) -> list[Part]:
    """Return the patches that add what is called; None for everything."""
    features = tree_features(tree)
    if not any(name.startswith("TREE_PIN_") for name in features):
        return []
    made = _without_mmu(tree)
    asked = {*NAMES, PIPE} if called is None else set(called)
    wanted = (asked & NAMES) - declared(tree)
    texts = {file: plain(_read(tree, file)) for file in (API_HEADER, API_SOURCE)} \
        if asked else {}
    backport = any(n in wanted for n in (*EXTRACT, *FORMS)) and \
        "TREE_EXTRACT" not in features
    served = serving(texts[API_HEADER], texts[API_SOURCE]) \
        if PIPE in asked and "TREE_EXTRACT" in features else {}
    served = {} if served == texts else served
    if served:
        features |= {SERVE_PIPE}
        wanted |= {PIPE}
    with_pin = backport and "TREE_PIPE" in features
    helpers = _helpers(tree, features, wanted | ({ADD_PIN} if with_pin else set()))
    if helpers:
        made.append(helpers)
    if backport:
        made.append(_backport(tree, features, texts, with_pin))
    if served:
        texts |= served
        made.append(Part("iov_iter: serve pipes in iov_iter_extract_pages()",
                         [PIPES], _whole(tree, texts), []))
    more = _more(tree, features, texts, wanted) if texts else None
    if more:
        made.append(more)
    return made


def _without_mmu(tree: Path) -> list[Part]:
    """Return the patch for kernels without an MMU; it comes before any other."""
    with contextlib.suppress(UsageError):
        old = _read(tree, GUP)
        new = pins_without_mmu.pinning(plain(old))
        if new:
            return [Part(
                "mm/gup: pin pages without an MMU too",
                pins_without_mmu.MESSAGE, {GUP: restored(old, new)}, [],
                "GUP_PIN_COUNTING_BIAS", "nommu")]
    return []


def _helpers(tree: Path, features: frozenset[str],
             called: Collection[str]) -> Part | None:
    """Return the patch that adds lib/page_extract.c, if it is called."""
    source = preprocess(SOURCE, _read(OVERLAY, SOURCE), features)
    kept = _reached(source, called)
    public = [n for n in kept if f"EXPORT_SYMBOL_GPL({n});" in source
              or n == PIPE]
    if not public:
        return None
    source = _less(source, kept)
    for header, needed in INCLUDES.items():
        if not re.search(needed, source):
            source = source.replace(f"#include <{header}>\n", "")
    makefile = _read(tree, MAKEFILE)
    return Part(
        "lib: add helpers for extracted pages" if len(public) > 1
        else f"lib: add {public[0]}()",
        [SHARED + (" folio_add_pin() is not exported."
                   if "TREE_PIN_FOLIO" in features else "")]
        if public == [ADD_PIN] else [
            "Code that shares or drops the pages of an iterator needs:",
            *map(_first_line, _docs(source, public))], {
            HEADER: _declaring(preprocess(HEADER, _read(OVERLAY, HEADER),
                                          features), public),
            SOURCE: source,
            MAKEFILE: restored(makefile, add_objects(
                plain(makefile), [Path(SOURCE).stem + ".o"]))}, public)


def _backport(tree: Path, features: frozenset[str], texts: dict[str, str],
              with_pin: bool) -> Part:
    """Return the patch that adds extraction where upstream has it."""
    if with_pin:
        texts[API_SOURCE] = texts[API_SOURCE].replace(
            "#include <linux/uio.h>\n",
            "#include <linux/uio.h>\n#include <linux/page_extract.h>\n", 1)
    _append(texts, BACKPORT, features, None)
    return Part(
        "iov_iter: add iov_iter_extract_pages()", [
            "iov_iter_extract_pages() lists the pages of an iterator: user pages "
            "are pinned, and nothing is taken on those of the kernel. "
            "iov_iter_extract_will_pin() tells the two apart.",
            "The interface is that of upstream, the code is not:",
            "- commit 7d58fe731028 (\"iov_iter: Add a function to extract a page "
            "list from an iterator\")",
            "- commit f62e52d1276b (\"iov_iter: Define flags to qualify page "
            "extraction.\")",
            *(["It differs in one point: it serves pipes, whose pages it pins, "
               "since the iov_iter_get_pages() of this tree serves them."]
              if with_pin else [])],
        _whole(tree, texts), list(EXTRACT))


def _more(tree: Path, features: frozenset[str], texts: dict[str, str],
          called: Collection[str]) -> Part | None:
    """Return the patch that adds other forms of extraction, if any is called."""
    source = _fragment(f"lib/{MORE}.c", features)
    kept = [n for n in _reached(source, called) if n not in EXTRACT]
    if not kept:
        return None
    _append(texts, MORE, features, kept)
    return Part(
        f"iov_iter: add {kept[0]}()" if len(kept) == 1 else
        "iov_iter: add forms of iov_iter_extract_pages()",
        ["iov_iter_extract_pages() moves the iterator on, and leaves an array that "
         "it allocated to its caller, even when it fails. Calls of "
         "iov_iter_get_pages*() that expect otherwise become calls of:",
         *map(_first_line, _docs(source, kept))], _whole(tree, texts), kept)


def _append(texts: dict[str, str], name: str, features: frozenset[str],
            kept: Collection[str] | None) -> None:
    """Add a template to the end of lib/iov_iter.c, and to that of its header."""
    source = _fragment(f"lib/{name}.c", features)
    header = _fragment(f"include/linux/{name}.h", features)
    if kept is not None:
        source, header = _less(source, kept), _declaring(header, kept)
    for helper in re.findall(r"^static [^;{]*?\b(\w+)\(", source, re.M):
        if re.search(rf"\b{helper}\b", texts[API_SOURCE]):
            raise RuleError(f"{API_SOURCE}: it has a {helper} of its own")
    texts[API_SOURCE] = f"{texts[API_SOURCE].rstrip()}\n\n{source}"
    # Inside the guard against a second #include, where there is one.
    old = texts[API_HEADER]
    guard = re.search(r"\n#endif[^\n]*\s*\Z", old)
    cut = guard.start() if guard else len(old)
    texts[API_HEADER] = f"{old[:cut].rstrip()}\n\n{header}{old[cut:]}"


def _whole(tree: Path, texts: dict[str, str]) -> dict[str, str]:
    """Return texts with the line ends that the tree's files have."""
    return {file: restored(_read(tree, file), text)
            for file, text in texts.items()}


def _fragment(path: str, features: frozenset[str]) -> str:
    """Return what a template adds to a file of the tree."""
    return preprocess(path, _read(OVERLAY, path).partition(CUT)[2], features)


# A function of a template, with the comment above it and its export.
_FUNCTION = re.compile(
    r"(?:^/\*(?:(?!\*/).)*\*/\n)?^(?![#\s/]|\*|\})[^;{}#]*?\b(?P<name>\w+)"
    r"\((?:(?!\n\}).)*?^\{\n.*?^\}\n(?:EXPORT_SYMBOL_GPL\(\w+\);\n)?\n?",
    re.M | re.S)


def _reached(source: str, called: Collection[str]) -> list[str]:
    """Return the functions that are called, and that those call themselves."""
    bodies = {m["name"]: m[0] for m in _FUNCTION.finditer(source)}
    found = bodies.keys() & set(called)
    todo = list(found)
    while todo:
        code = re.sub(r"/\*.*?\*/", "", bodies[todo.pop()], flags=re.S)
        inside = set(re.findall(r"\w+", code)) & bodies.keys()
        todo += inside - found
        found |= inside
    return [name for name in bodies if name in found]


def _less(source: str, kept: Collection[str]) -> str:
    """Return a template without the functions that are not kept."""
    text = _FUNCTION.sub(lambda m: m[0] if m["name"] in kept else "", source)
    return f"{text.rstrip()}\n"


def _declaring(header: str, kept: Collection[str]) -> str:
    """Return a template's header without the prototypes of other functions."""
    return re.sub(r"^\w[^;{}#\n]*?\b(\w+)\([^;{}]*\);\n",
                  lambda m: m[0] if m[1] in kept else "", header, flags=re.M)


def _docs(source: str, found: Iterable[str]) -> list[tuple[str, str]]:
    """Return functions with the first line of their kernel-doc."""
    said = dict(re.findall(r"^ \* (\w+) - (.+)$", source, re.M))
    return [(name, said[name]) for name in found if name in said]


def _first_line(doc: tuple[str, str]) -> str:
    return f"- {doc[0]}(): {doc[1][0].lower()}{doc[1][1:]}."


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
