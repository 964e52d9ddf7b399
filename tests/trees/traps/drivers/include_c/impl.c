// SPDX-License-Identifier: GPL-2.0-only
void drop_include_c(struct ctx_include_c *ctx)
{
	put_page(ctx->page); /* @release */
}
