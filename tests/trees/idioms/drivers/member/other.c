// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#include "toy.h"

void member_drop(struct member_ctx *ctx)
{
	put_page(ctx->page); /* @release */
	ctx->page = NULL;
}
