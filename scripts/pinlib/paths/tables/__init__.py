# SPDX-License-Identifier: GPL-2.0-only
"""Takes the flow of some pages; proves which tables have none of them, and when."""
