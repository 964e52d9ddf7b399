# SPDX-License-Identifier: GPL-2.0-only
"""Text as it is written: files, words, comments, and who hears of what is read."""
