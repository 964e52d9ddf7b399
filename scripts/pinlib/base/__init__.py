# SPDX-License-Identifier: GPL-2.0-only
"""Plain data and small tools for every stage: no input, nothing about pages."""
