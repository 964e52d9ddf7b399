# SPDX-License-Identifier: GPL-2.0-only
"""Takes what a run asks of a campaign but pins; leaves results in OUT."""
