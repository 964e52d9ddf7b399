# SPDX-License-Identifier: GPL-2.0-only
"""Parse the command line: targets, and the options that each of them uses.

Every target takes every option, so that a variable of make that is set for one
does not fail another; `gup2pin TARGET --help` lists what the target uses.
"""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn

from pinlib.base.errors import UsageError
from pinlib.host_packages import DEFAULT_SOURCE

TARGETS = {
    "report": "every call site with its disposition and the reason",
    "series": "the report, and patch series by subsystem",
    "prove": "the series, applied, compiled, checked and scanned again",
    "boot": "the series, run: KUnit, and page counts of workloads",
    "check": "fail when an unconverted site is not in the baseline",
    "baseline": "write the baseline that check compares with",
    "audit": "existing bugs at every call that takes pages",
    "diff": "the patches of the last series, on a terminal",
    "explain": "everything known about one site (--site)",
    "mutants": "broken patches, and what notices each",
    "bench": "times of the stages against plain spatch",
    "lint": "the checks on gup2pin's own sources",
}
STAGES = {
    "census": "the tokens of the listed calls, in OUT/census.json",
    "facts": "what was read of the files, in OUT/facts.jsonl",
    "pair": "where the pages of each call go, in OUT/sites.json",
    "decide": "the report, without a series",
    "convert": "the commits of the series, in OUT/scratch.git",
    "render": "the pages for a browser, from what OUT holds",
}
EPILOG = """\
exit codes: 0 fine; 1 new unconverted site or finding, or stale baseline entry; 2
usage, or not a kernel tree; 3 code could not be read beyond the baseline's
allowance (all else is written); 4 a rule failed; 5 a proof failed; 130
interrupted"""

_TREE = frozenset(TARGETS) - {"diff", "lint"} | frozenset(STAGES) - {"render"}
_SERIES = frozenset(("series", "prove", "boot", "mutants", "bench", "convert"))
_ALL = frozenset(TARGETS) | frozenset(STAGES)


def _option(*flags: str, of: frozenset[str], **how: Any) -> tuple[
        tuple[str, ...], frozenset[str], dict[str, Any]]:
    return flags, of, how


OPTIONS = (
    _option("--kernel", of=_ALL - {"render"}, metavar="DIR",
            help="kernel tree, only read (default: Debian's "
            f"{DEFAULT_SOURCE})"),
    _option("--module", of=_TREE - {"prove", "boot", "mutants", "bench"},
            metavar="DIR", help="a folder of C outside the kernel"),
    _option("--out", of=_ALL - {"lint"}, metavar="DIR",
            help="results (default: out/<version>/)"),
    _option("-j", "--jobs", of=_TREE, type=int, default=0, metavar="N",
            help="parallel jobs (default: the cores)"),
    _option("--subsystem", of=_SERIES | {"diff", "check", "baseline"},
            metavar="GLOB", help="only subsystems that match"),
    _option("--baseline", of=_TREE - {"bench"},
            metavar="FILE", help="the recorded unconverted sites"),
    _option("--apis", of=_TREE, choices=("mission", "all"), default="mission",
            help="all: get_user_pages() and its other forms as well"),
    _option("--campaign", of=frozenset({
        "report", "series", "prove", "check", "baseline", "render"}),
            metavar="NAME", default="pins",
            help="what is converted (default: pins)"),
    _option("--site", of=frozenset({"explain"}), metavar="ID",
            help="the site to explain: its id, or file:line"),
    _option("--decisions", of=_TREE - {"bench"}, metavar="FILE",
            help="reviewed answers, accepted findings (TOML)"),
    _option("--config", of=frozenset({"prove"}), metavar="FILE",
            help="a .config to prove with, in place of allmodconfig and the "
            "powerpc configurations"),
    _option("--arch", of=frozenset({"prove"}), metavar="NAME",
            help="its architecture, as make's ARCH"),
    _option("--cross-compile", of=frozenset({"prove"}), metavar="PREFIX",
            help="its compiler's prefix"),
    _option("--since", of=frozenset({"report"}), metavar="REV",
            help="report what changed since a revision"),
    _option("--previous", of=_SERIES - {"mutants", "bench"}, metavar="DIR",
            help="the series as last posted"),
    _option("--standalone", of=_SERIES - {"mutants", "bench"},
            action="store_true",
            help="each series brings the helpers that it calls"),
    _option("--signoff", of=_SERIES - {"mutants", "bench", "convert"},
            metavar="WHO", default="",
            help="'Name <address>' of the sender: author and signer"),
    _option("--findings", of=frozenset({"check", "baseline"}),
            action="store_true", help="the findings of the audit as well"),
    _option("--format", of=frozenset({"report", "check"}),
            choices=("text", "gcc"), default="text",
            help="gcc: lines as compilers print them"),
    _option("--mutants", of=frozenset({"mutants"}), choices=("all",),
            default="", help="every mutant, not a sample that fits the time"),
    _option("--base", of=frozenset({"bench"}), metavar="REV", default="",
            help="compare with gup2pin as it was at a revision"),
    _option("--machine", of=frozenset({"boot"}), choices=("uml", "qemu", "nommu"),
            default="uml", help="what boot runs the kernels on (default: uml)"),
    _option("--replace", of=_TREE, action="store_true",
            help="put the results in the place of another tree's in OUT"),
    _option("--no-install", of=_ALL, action="store_true",
            help="never run apt-get; print the command instead"),
    _option("-v", "--verbose", of=_ALL, action="store_true",
            help="show commands and more of what is done"),
)


class Parser(argparse.ArgumentParser):
    """A parser that reports a wrong command line in one line."""

    def error(self, message: str) -> NoReturn:
        unknown = re.match(r"argument TARGET: invalid choice: '(.*?)' \(",
                           message)
        if unknown:
            message = f"{unknown.group(1)}: no such target"
        raise UsageError(f"{message}; see {self.prog} --help")


def parser() -> Parser:
    """Return the parser of the documented command line.

    Options stand before the target or after it.
    """
    width = max(map(len, TARGETS))
    lines = [f"  {name:<{width}}  {text}" for name, text in TARGETS.items()]
    made = Parser(
        prog="gup2pin", usage="%(prog)s TARGET [options]", epilog=EPILOG,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Move callers of iov_iter_get_pages*() and "
        "get_user_pages_fast() to pinned pages.\n\ntargets (gup2pin TARGET "
        "--help lists the options of each):\n"
        + "\n".join(lines) + "\n\nsingle stages: " + ", ".join(STAGES))
    _add_options(made, None)
    targets = made.add_subparsers(dest="target", metavar="TARGET",
                                  required=True, help=argparse.SUPPRESS)
    for name, text in (TARGETS | STAGES).items():
        one = targets.add_parser(
            name, prog=f"gup2pin {name}", epilog=EPILOG, allow_abbrev=False,
            description=f"{text[0].upper()}{text[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter)
        one.add_argument("setup_for", nargs="*", help=argparse.SUPPRESS)
        _add_options(one, name)
    setup = targets.add_parser(
        "setup", prog="gup2pin setup", allow_abbrev=False,
        description="Install the Debian packages that targets need.")
    setup.add_argument("setup_for", nargs="*", metavar="TARGET")
    _add_options(setup, "setup")
    return made


def _add_options(to: argparse.ArgumentParser, target: str | None) -> None:
    """Add every option; a target's help shows those that it uses.

    What is given before the target must outlive the target's own defaults.
    """
    for flags, users, how in OPTIONS:
        kept = {k: v for k, v in how.items() if k != "help"}
        if target is not None:
            kept["default"] = argparse.SUPPRESS
        shown = target is None or target in users or (
            target == "setup" and flags[0] in ("--kernel", "--no-install"))
        to.add_argument(*flags, **kept, help=how["help"] if shown
                        else argparse.SUPPRESS)
