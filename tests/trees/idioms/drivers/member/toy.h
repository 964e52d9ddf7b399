/* SPDX-License-Identifier: GPL-2.0-only */
struct member_ctx {
	struct page *page;
	dma_addr_t dma;
};

void member_drop(struct member_ctx *ctx);
