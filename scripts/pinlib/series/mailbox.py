# SPDX-License-Identifier: GPL-2.0-only
"""Write what sends a series: one mailbox, and the line of send.sh.

Nothing here sends anything: send.sh is run by a person, one series at a time.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from pinlib.series.recipients import Recipients, encoded

SCRIPT = "send.sh"
COVER = "0000-cover-letter.patch"
MAILBOX = "series.mbox"
HEAD = """\
#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Send one series: sh send.sh NAME [options of git send-email]. Mails without a
# Signed-off-by are refused: gup2pin series --signoff 'Name <address>' makes you
# their author and signer. Try --dry-run before you send.
#
# To and Cc of a line get every mail of the series. Whom a single patch
# concerns stands in that mail; the cover letter and the helper patch name
# everybody.
set -eu
cd "$(dirname "$0")"
series=${1:-}
[ $# -eq 0 ] || shift
signed() {
\tfor mail in "$1"/*.patch; do
\t\tcase $mail in */0000-*) continue ;; esac
\t\tgrep -q '^Signed-off-by: ' "$mail" || {
\t\t\techo "send.sh: $mail has no Signed-off-by" >&2
\t\t\texit 2
\t\t}
\tdone
}
case $series in
"""
TAIL = """\
*)
\techo "usage: send.sh NAME [options]; NAME is one of:" >&2
\tsed -n 's/^\\([a-z0-9/-]*\\)) signed .*/\\1/p' "$(basename "$0")" >&2
\texit 2 ;;
esac
"""
_FOLDED = re.compile(rb"^Subject: .*(?:\n[ \t]+.*)*", re.M)


@dataclasses.dataclass
class Line:
    """One posting in send.sh."""

    folder: str
    mails: Sequence[Recipients]     # of every mail, the cover letter aside
    option: str = ""                # the option that git am needs for them


def script(cases: Sequence[str]) -> str:
    """Return send.sh: one git send-email line a posting."""
    return HEAD + "".join(cases) + TAIL


def case(line: Line) -> str:
    """Return what send.sh has of one posting."""
    note = (f"# git am wants {line.option} for {line.folder}: lines end in "
            "CR LF.\n" if line.option else "")
    return (f"{note}{line.folder}) signed {shlex.quote(line.folder)}; "
            f"{command(line)} ;;\n")


def command(line: Line) -> str:
    """Return the git send-email line of a posting.

    Each mail goes to the addresses in its own headers; those that get all of
    them are given here, so that git asks for nobody.
    """
    to, copies = [set(names) for names in line.mails[0].addresses()]
    for one in line.mails[1:]:
        mine_to, mine_copies = one.addresses()
        to &= {*mine_to, *mine_copies}
        copies &= {*mine_to, *mine_copies}
    # The author of the mails is a name to be replaced, not an address.
    words = ["--thread", "--no-chain-reply-to", "--suppress-cc=author"]
    words += [f"--to={encoded(a)}" for a in sorted(to)]
    words += [f"--cc={encoded(a)}" for a in sorted(copies)]
    return (f'git send-email "$@" {shlex.join(words)} '
            f"{shlex.quote(line.folder)}/*.patch")


def mbox(mails: Sequence[Path]) -> bytes:
    """Return mails as one thread, for `git am` and `b4 am -m`.

    The ids are of the mails' own bytes; a sender makes others.
    """
    texts = [mail.read_bytes() for mail in mails]
    name = hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]
    out = []
    for number, text in enumerate(texts):
        head, _, body = text.partition(b"\n\n")
        _, _, head = head.partition(b"\n")
        # b4 0.12 does not take a Subject that is folded.
        head = _FOLDED.sub(lambda m: re.sub(rb"\n[ \t]+", b" ", m[0]), head)
        lines = [head, b"Message-Id: <%s>" % _id(name, number)]
        if number:
            lines += [b"In-Reply-To: <%s>" % _id(name, 0),
                      b"References: <%s>" % _id(name, 0)]
        body = re.sub(rb"^(>*From )", rb">\1", body, flags=re.M)
        out.append(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
                   + b"\n".join(lines) + b"\n\n" + body.rstrip(b"\n")
                   + b"\n\n")
    return b"".join(out)


def _id(name: str, number: int) -> bytes:
    return f"{name}-{number}@gup2pin.invalid".encode()
