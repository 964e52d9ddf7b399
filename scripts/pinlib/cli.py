# SPDX-License-Identifier: GPL-2.0-only
"""Run what the command line asks for, and end with the right exit code.

Every run ends with an exit code that CI relies on, and every failure with one
line on stderr. The stages are imported when they are needed, so that packages
they use can be installed first.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib
import os
import re
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from types import FrameType
from typing import NoReturn

from pinlib import host_packages
from pinlib.arguments import STAGES, parser
from pinlib.base.errors import Gup2pinError, UsageError
from pinlib.base.options import Options, UserBuild
from pinlib.base.resources import ROOT
from pinlib.base.text import printable
from pinlib.commands import out_owner
from pinlib.engine import declared
from pinlib.kernel import kernel_tree

# The module and function of a target, where they are not its name and run.
RUN = {"check": ("commands.check", "run"),
       "baseline": ("commands.check", "record"),
       "bench": ("dev.bench", "run"),
       "bench-base": ("dev.bench_base", "run")}
# What is done for other campaigns than pins, too.
OF_EACH = ("report", "series", "prove", "check", "baseline", "render", "lint",
           "setup")
# What these ask of a report is only answered for pins.
OF_PINS = ("module", "since", "decisions", "findings", "standalone")
# These write nothing about a tree into OUT.
READERS = ("diff", "explain", "render")


class Terminated(BaseException):
    """SIGTERM, unwound like Ctrl-C so that temporary files are removed."""


def options(args: argparse.Namespace, versions: dict[str, str]) -> Options:
    """Check the arguments against the machine and fill in the defaults."""
    if args.jobs < 0:
        raise UsageError(f"--jobs {args.jobs}: wants a number above 0")
    if args.kernel:
        kernel = Path(args.kernel).resolve()
    else:
        package = host_packages.DEFAULT_SOURCE
        kernel = kernel_tree.debian_tree(package, versions[package])
    kernel_tree.validate(kernel)
    module = Path(args.module).resolve() if args.module else None
    if module and not os.access(module / ".", os.R_OK | os.X_OK):
        raise UsageError(f"{module}: not a folder that can be read")
    decisions = Path(args.decisions).resolve() if args.decisions else None
    if decisions and not decisions.is_file():
        raise UsageError(f"{decisions}: no such file")
    version = kernel_tree.kernel_version(kernel)
    name = f"{version}+{module.name}" if module else version
    if args.campaign != declared.PINS:
        name = f"{name}-{args.campaign}"
    out = Path(args.out).resolve() if args.out else ROOT / "out" / name
    read_only = [kernel, module] if module else [kernel]
    kernel_tree.check_outside(out, read_only, "OUT")
    kernel_tree.check_outside(kernel_tree.cache_folder(), read_only,
                              "the cache folder")
    baseline = Path(args.baseline).resolve() if args.baseline else None
    return Options(kernel, module, out,
                   args.jobs or len(os.sched_getaffinity(0)), args.subsystem,
                   baseline, args.apis, args.site, decisions, args.verbose,
                   user_build(args), args.format, args.since,
                   Path(args.previous).resolve() if args.previous else None,
                   args.mutants, args.machine, args.base, args.standalone,
                   signoff(args.signoff), args.findings,
                   campaign=args.campaign)


def signoff(given: str) -> str:
    """Return who signs off, as given; it must be a name and an address."""
    if given and not re.fullmatch(r"[^<>\n]*[^<>\s] <[^<>@\s]+@[^<>@\s]+>", given):
        raise UsageError(f"--signoff {given}: wants 'Name <address>'")
    return given


def user_build(args: argparse.Namespace) -> UserBuild:
    """Return the user's own configuration to prove with, if one is given."""
    config = Path(args.config).resolve() if args.config else None
    if config and not config.is_file():
        raise UsageError(f"{config}: no such configuration file")
    return UserBuild(config, args.arch, args.cross_compile)


def run(target: str, opts: Options) -> None:
    """Run one target; a failure is an exception."""
    if target == "bench" and opts.base:
        target = "bench-base"
    if target in STAGES:
        from pinlib.commands import stages
        stages.run(opts, target)
        return
    module, function = RUN.get(target, (f"commands.{target}", "run"))
    if opts.campaign != declared.PINS and target in ("report", "series", "prove"):
        module = f"commands.campaign.{target}"
    getattr(importlib.import_module(f"pinlib.{module}"), function)(opts)


def fail(text: str, code: int) -> int:
    """Say in one line why a run ended; returns the exit code."""
    # The report of a failure must not fail on a closed stderr.
    with contextlib.suppress(OSError):
        print(f"gup2pin: {printable(text)}", file=sys.stderr, flush=True)
    return code


def describe(error: OSError, out: Path | None) -> str:
    """Return what the system refused, and where."""
    place = error.filename or out or "the machine"
    place = os.fsdecode(place) if isinstance(place, bytes) else str(place)
    return f"{place}: {error.strerror or error}"


def crash(error: Exception, out: Path | None) -> int:
    """Report an internal error in one line, with the traceback in a file."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    text = "".join(traceback.format_exception(error))
    where = "could not be written"
    for folder in (out, Path(tempfile.gettempdir())):
        if folder is None:
            continue
        with contextlib.suppress(OSError):
            path = folder / "crash.log"
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
            where = str(path)
            break
    return fail(f"internal error: {type(error).__name__}: {error} at "
                f"{Path(frame.filename).name}:{frame.lineno}; traceback: "
                f"{where}", 4)


def quiet_environment() -> None:
    """Keep make's and git's variables of the caller out of the tools we run."""
    for name in list(os.environ):
        if name.startswith("GIT_") or name in (
                "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL",
                "M", "V", "O", "KBUILD_OUTPUT", "KBUILD_EXTMOD"):
            del os.environ[name]


def _terminated(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


def _usage(args: argparse.Namespace, target: str) -> None:
    """Refuse what does not go together, before anything is installed."""
    for name, value in vars(args).items():
        if value == "" and name != "target" and \
                parser().get_default(name) != "":
            raise UsageError(f"--{name.replace('_', '-')}: an empty value; "
                             "leave the option out for its default")
    if args.setup_for and target != "setup":
        raise UsageError(f"{args.setup_for[0]}: one target at a time")
    if target == "explain" and not args.site:
        raise UsageError("explain wants the site: --site ID, or "
                         "make explain SITE=ID")
    if args.since and target != "report":
        raise UsageError(f"--since {args.since}: narrows a report; {target} "
                         "wants all of the tree")
    if args.machine != "uml" and target != "boot":
        raise UsageError(f"--machine {args.machine}: only boot runs there")
    _campaign(args, target)
    if args.kernel and target != "setup":
        kernel_tree.validate(Path(args.kernel).resolve())


def _campaign(args: argparse.Namespace, target: str) -> None:
    """Refuse a campaign that there is not, and what is not done for one yet."""
    if args.campaign == declared.PINS:
        return
    declared.load(args.campaign)
    if target not in OF_EACH:
        raise UsageError(f"{target}: not for the campaign {args.campaign}; these "
                         f"are: {', '.join(OF_EACH[:-2])}")
    given = [name for name in OF_PINS if getattr(args, name)] + (
        ["apis"] if args.apis != "mission" else [])
    if given:
        raise UsageError(f"--{given[0]}: not for the campaign {args.campaign}")


def _main(argv: list[str], known: dict[str, Path]) -> None:
    args = parser().parse_args(argv)
    target: str = args.target
    _usage(args, target)
    targets = args.setup_for or [
        target if args.machine == "uml" else f"boot-{args.machine}"]
    versions = host_packages.ensure(
        {name for each in targets for name in
         host_packages.packages_for(each, bool(args.kernel))},
        may_install=not args.no_install)
    if target == "setup":
        return
    opts = options(args, versions)
    if target == "lint":
        from pinlib.dev import lint
        lint.run(opts.kernel)
        return
    with kernel_tree.output_folder(opts.out):
        known["out"] = opts.out
        if target not in READERS:
            opts = dataclasses.replace(opts, replace=out_owner.claim(
                opts.out, kernel_tree.kernel_version(opts.kernel),
                os.fspath(opts.kernel) if args.kernel
                else host_packages.DEFAULT_SOURCE, opts.module, args.replace,
                opts.campaign))
        run(target, opts)


def main(argv: list[str]) -> int:
    """Run one target; returns the exit code."""
    known: dict[str, Path] = {}
    quiet_environment()
    signal.signal(signal.SIGTERM, _terminated)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        _main(argv, known)
        sys.stdout.flush()
        return 0
    except Gup2pinError as error:
        return fail(str(error), error.exit_code)
    except (KeyboardInterrupt, Terminated) as error:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = 130 if isinstance(error, KeyboardInterrupt) else 143
        return fail("interrupted; what is finished is kept, and the next run "
                    "carries on", code)
    except BrokenPipeError:
        # The reader of our output closed it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        return fail(describe(error, known.get("out")), 2)
    except Exception as error:  # pylint: disable=broad-except
        return crash(error, known.get("out"))
