// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#include "toy.h"

void pointer_drop(struct pointer_ctx *ctx)
{
	put_page(ctx->page);
}
