/* SPDX-License-Identifier: GPL-2.0-only */
struct pointer_ctx {
	struct page *page;
	void (*drop)(struct page *page);
};
