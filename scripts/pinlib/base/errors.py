# SPDX-License-Identifier: GPL-2.0-only
"""Define how a run can fail, each with the exit code that CI jobs rely on."""


class Gup2pinError(Exception):
    """A condition that is reported in one line: what, and where."""

    exit_code = 2


class UsageError(Gup2pinError):
    """Bad arguments, or a folder that is not a kernel tree."""

    exit_code = 2


class UnconvertedError(Gup2pinError):
    """A new unconverted call site, or a stale baseline entry."""

    exit_code = 1


class IdentityError(Gup2pinError):
    """A token or a release is unaccounted for, or code was not analysed."""

    exit_code = 3


class UnreadError(IdentityError):
    """All was written, with some code that could not be read left out."""


class RuleError(Gup2pinError):
    """A semantic patch failed, hung, or died."""

    exit_code = 4


class ProofError(Gup2pinError):
    """A patch of the series that failed a proof."""

    exit_code = 5
