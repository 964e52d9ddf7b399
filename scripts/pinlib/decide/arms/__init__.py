# SPDX-License-Identifier: GPL-2.0-only
"""Takes a call in code for several kernels; gives what it is on the others."""
