# SPDX-License-Identifier: GPL-2.0-only
"""Takes the flow of one call; gives its disposition, the code and the reason."""
