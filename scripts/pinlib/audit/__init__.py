# SPDX-License-Identifier: GPL-2.0-only
"""Takes a tree; gives the bugs of today at each call that takes or pins pages."""
