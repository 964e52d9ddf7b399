# SPDX-License-Identifier: GPL-2.0-only
"""What every edit has, and the edits that mend what an audit finds."""
