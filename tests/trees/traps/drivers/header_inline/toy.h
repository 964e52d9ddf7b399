/* SPDX-License-Identifier: GPL-2.0-only */
static inline void toy_give_back_header_inline(struct page *page)
{
	put_page(page); /* @release */
}
