# SPDX-License-Identifier: GPL-2.0-only
"""Takes a release and a flow; tells whose pages the release drops."""
