# SPDX-License-Identifier: GPL-2.0-only
"""Decide on the calls of a tree part by part, in processes of their own."""
