# SPDX-License-Identifier: GPL-2.0-only
"""Takes a checkout; gives its files, what a search finds in them, and who owns them."""
