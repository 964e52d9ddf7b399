# SPDX-License-Identifier: GPL-2.0-only
"""Takes paths of C files; gives what the reader in C read of each, lazily."""
