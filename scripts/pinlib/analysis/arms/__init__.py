# SPDX-License-Identifier: GPL-2.0-only
"""Takes calls of which an #if arm holds a part, or none this kernel compiles."""
