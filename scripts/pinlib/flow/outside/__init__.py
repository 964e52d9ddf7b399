# SPDX-License-Identifier: GPL-2.0-only
"""Takes a function outside the driver; says whether it only borrows a page."""
