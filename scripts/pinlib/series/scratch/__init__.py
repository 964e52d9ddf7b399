# SPDX-License-Identifier: GPL-2.0-only
"""Keep the commits of a series in a repository of its own."""
