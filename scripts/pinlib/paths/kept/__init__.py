# SPDX-License-Identifier: GPL-2.0-only
"""Takes an acquisition and its releases; proves whether its pages are kept."""
