# SPDX-License-Identifier: GPL-2.0-only
"""Name the kernels with pins that code outside the kernel may be built for."""

from __future__ import annotations

from pinlib.csource.arms import Known

# The first release with pins.
PINS = 0x050600
# From there on, and some that are still to come.
RELEASES = tuple(Known(f"{major}.{minor}.0") for major, minors in (
    (5, range(6, 20)), (6, range(20)), (7, range(20))) for minor in minors)

Defines = tuple[tuple[str, int], ...]

# What vendors with pins define, with the release that their kernels say they are.
VENDORS: tuple[tuple[str, Defines], ...] = (
    *(("5.14.0", (("RHEL_MAJOR", 9), ("RHEL_MINOR", minor),
                  ("RHEL_RELEASE_CODE", 9 << 8 | minor)))
      for minor in range(11)),
    *(("6.12.0", (("RHEL_MAJOR", 10), ("RHEL_MINOR", minor),
                  ("RHEL_RELEASE_CODE", 10 << 8 | minor)))
      for minor in range(6)),
    *((version, (("SLE_VERSION_CODE", 15 << 16 | pack << 8),))
      for version, pack in (("5.14.0", 4), ("5.14.0", 5), ("6.4.0", 6),
                            ("6.4.0", 7))),
    ("5.15.0", (("UTS_UBUNTU_RELEASE_ABI", 1),)),
    ("6.8.0", (("UTS_UBUNTU_RELEASE_ABI", 999),)))
VENDOR_NAMES = frozenset(name for _, defines in VENDORS for name, _ in defines)
