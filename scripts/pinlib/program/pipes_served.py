# SPDX-License-Identifier: GPL-2.0-only
"""Let a tree's own iov_iter_extract_pages() serve pipes.

In 6.3 and 6.4 it refuses them, while splicing from a file opened with O_DIRECT
still brings them to whatever gets pages of an iterator. The lines are added to the
tree's own text; where that has another form, nothing is.
"""

from __future__ import annotations

import re

UIO, IOV_ITER = "include/linux/uio.h", "lib/iov_iter.c"
EXTRACTS = "iov_iter_extract_will_pin"
_TELLS = ("bool " + EXTRACTS + "(const struct iov_iter *iter)\n{\n"
          "\treturn user_backed_iter(iter)%s;\n}\n")
_TOLD = re.compile(rf"\b{re.escape(_TELLS % '')}")
_TOLD_OF_PIPES = _TELLS % " || iov_iter_is_pipe(iter)"
_INCLUDE = re.compile(r"^#include <linux/pagemap\.h>\n", re.MULTILINE)
_LAST = re.compile(r"\treturn -EFAULT;\n\}\n"
                   r"EXPORT_SYMBOL(?:_GPL)?\(iov_iter_extract_pages\);\n")
_LISTED = re.compile(r"^ \*  \(\*\) If the iterator is ITER_KVEC, ITER_BVEC or "
                     r"ITER_XARRAY, the pages are$", re.MULTILINE)
_SERVE = (
    "\tif (iov_iter_is_pipe(i))\n"
    "\t\treturn page_extract_pipe(i, pages, maxsize, maxpages, offset0);\n")
_SAID = """\
 *  (*) If the iterator is ITER_PIPE, buffers are added to the pipe, and pins to
 *      the pages of these.  iov_iter_extract_will_pin() will return true.
 *
"""


def serving(uio: str, iov_iter: str) -> dict[str, str]:
    """Return both files with pipes served, or nothing for another form.

    A function of the helpers does the work. A tree that has them already stays as
    it is.
    """
    if _SERVE in iov_iter and _TOLD_OF_PIPES in uio:
        return {UIO: uio, IOV_ITER: iov_iter}
    if "ITER_PIPE" not in uio:
        return {}
    told = list(_TOLD.finditer(uio))
    places = [list(p.finditer(iov_iter)) for p in (_INCLUDE, _LISTED, _LAST)]
    if len(told) != 1 or any(len(place) != 1 for place in places):
        return {}
    [include], [listed], [last] = places
    if not include.end() < listed.start() < last.start():
        return {}
    return {
        UIO: f"{uio[:told[0].start()]}{_TOLD_OF_PIPES}{uio[told[0].end():]}",
        IOV_ITER: "".join((
            iov_iter[:include.start()], "#include <linux/page_extract.h>\n",
            iov_iter[include.start():listed.start()], _SAID,
            iov_iter[listed.start():last.start()], _SERVE,
            iov_iter[last.start():]))}
