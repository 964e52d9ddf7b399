# SPDX-License-Identifier: GPL-2.0-only
"""Takes a series; gives what kernels with and without it counted at run time."""
