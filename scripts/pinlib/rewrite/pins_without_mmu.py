# SPDX-License-Identifier: GPL-2.0-only
"""Have kernels without an MMU take pins, in the tree's own mm/gup.c.

Its `__get_user_pages_locked()` for them takes plain references whatever it is asked
for. The form that the tree has decides, not its version; another form is left.
"""

from __future__ import annotations

import re

MESSAGE = [
    "Without CONFIG_MMU, __get_user_pages_locked() takes a plain reference on "
    "each page and ignores FOLL_PIN, while unpin_user_page() drops a pin: of a "
    "small page, GUP_PIN_COUNTING_BIAS references, which nobody took.",
    "Take what the flags ask for. If that fails, the pages taken before are "
    "returned, as where no vma is found."]

# How one reference or pin is taken, and the call of it.
_GRABS = (
    (r"^int __must_check try_grab_folio\(struct folio \*\w+, int \w+,",
     "try_grab_folio(page_folio(pages[i]), 1,\n\t\t\t\t\t   "),
    (r"^int __must_check try_grab_page\(struct page \*",
     "try_grab_page(pages[i],\n\t\t\t\t\t  "),
    (r"^bool __must_check try_grab_page\(struct page \*",
     "!try_grab_page(pages[i],\n\t\t\t\t\t   "))
FUNCTION = "__get_user_pages_locked"
_PLAIN = re.compile(
    rf"(?P<head>^(?:static )?long {FUNCTION}\([^;{{]*unsigned int "
    r"(?P<flags>\w+)\)\n\{\n(?:(?!\n\}).)*?if \(!vma\)\n\t+(?P<leave>[^;]+;)"
    r"(?:(?!\n\}).)*?)\t\t\tif \(pages\[i\]\)\n\t+get_page\(pages\[i\]\);\n",
    re.M | re.S)


def pinning(text: str) -> str:
    """Return the new text of mm/gup.c, or "" where there is nothing to do."""
    found = list(_PLAIN.finditer(text))
    # What takes a pin must be there without an MMU.
    everywhere = text.partition("\n#ifdef CONFIG_MMU\n")[0]
    grab = next((call for form, call in _GRABS
                 if re.search(form, everywhere, re.M)), "")
    if len(found) != 1 or not grab:
        return ""
    [one] = found
    return (f"{text[:one.end('head')]}\t\t\tif (pages[i] &&\n\t\t\t    {grab}"
            f"{one['flags']} & FOLL_PIN ?: FOLL_GET))\n\t\t\t\t{one['leave']}\n"
            f"{text[one.end():]}")


def wrong_line(text: str) -> int:
    """Return the line that takes a plain reference for a pin, or 0."""
    one = _PLAIN.search(text)
    return text[:one.end("head")].count("\n") + 2 if one and pinning(text) else 0
