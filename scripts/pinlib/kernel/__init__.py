# SPDX-License-Identifier: GPL-2.0-only
"""Takes a checkout; gives its files, what searches find, and who owns them."""
