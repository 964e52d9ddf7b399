# SPDX-License-Identifier: GPL-2.0-only
"""Find room for a flag in a structure: a byte that belongs to no member.

Sizes are those of 64-bit kernels. What is not a number or a pointer counts as
whole words, so that only the room can be misjudged, and nothing but that.
"""

from __future__ import annotations

import re
from types import MappingProxyType

_SIZES = MappingProxyType({
    **dict.fromkeys("bool char u8 s8 __u8 __s8 uint8_t".split(), 1),
    **dict.fromkeys("short u16 s16 __u16 __s16 __le16 __be16 umode_t".split(), 2),
    **dict.fromkeys("int unsigned u32 s32 __u32 __s32 __le32 __be32 uint uint32_t "
                    "gfp_t atomic_t refcount_t".split(), 4)})
_WORD = 8
_PLAIN = re.compile(r"(?:(?:const|volatile|signed|unsigned|enum|struct)\s+)*"
                    r"(?P<type>\w+)\s+(?P<stars>[*\s]*)(?P<name>\w+)\s*"
                    r"(?P<array>\[.*\])?", re.S)
_SPACES = re.compile(r"__(?:user|iomem|rcu|percpu)\b")


def behind(body: str, member: str) -> str:
    """Return the member to put a bool behind, as near to the given one as may be.

    body: the text between the structure's braces. The given member is the answer
    too where nothing is better, or the text has more than plain members.
    """
    if re.search(r"[#{:,]", body):
        return member
    found = [_PLAIN.fullmatch(_SPACES.sub("", part).strip())
             for part in body.split(";")[:-1]]
    names = [match["name"] if match else "" for match in found]
    if member not in names:
        return member
    sizes = [_size(match) for match in found]
    ends = _offsets(sizes)
    room = [at for at, match in enumerate(found)
            if match and not (match["array"] and at == len(found) - 1)
            and ends[at] + sizes[at] < ends[at + 1]]
    here = names.index(member)
    if not room or here in room:
        return member
    return names[min(room, key=lambda at: (abs(at - here), -at))]


def _size(match: re.Match[str] | None) -> int:
    """Return the bytes of a member, as far as they can make room."""
    if match is None or match["stars"].strip() or match["array"]:
        return _WORD
    return _SIZES.get(match["type"], _WORD)


def _offsets(sizes: list[int]) -> list[int]:
    """Return where the members of such sizes begin, and where they all end."""
    found, offset = [], 0
    for size in (*sizes, max(sizes)):
        offset += -offset % size
        found.append(offset)
        offset += size
    return found
