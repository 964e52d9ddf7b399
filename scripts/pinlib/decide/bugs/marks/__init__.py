# SPDX-License-Identifier: GPL-2.0-only
"""What pages need to be marked dirty, and what of them needs no mark."""
