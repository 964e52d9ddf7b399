# SPDX-License-Identifier: GPL-2.0-only
"""Takes findings; gives the edits that mend those whose fix is plain."""
