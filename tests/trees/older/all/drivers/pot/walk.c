// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#define WALK(name)	walk32_##name
#include "walk_tmpl.h"
#undef WALK
