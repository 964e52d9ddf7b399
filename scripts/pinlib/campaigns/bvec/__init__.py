# SPDX-License-Identifier: GPL-2.0-only
"""Takes the uses of bv_page; gives those that are more than a read or a store."""
