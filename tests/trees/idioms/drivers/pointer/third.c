// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#include "toy.h"

void pointer_finish(struct pointer_ctx *ctx)
{
	ctx->drop(ctx->page); /* @blocks */
}
