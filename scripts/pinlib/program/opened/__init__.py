# SPDX-License-Identifier: GPL-2.0-only
"""Takes a program; gives the macros of its drivers that are read as functions."""
