/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_HUGETLB_H
#define _LINUX_HUGETLB_H

#ifdef CONFIG_HUGETLB_PAGE
unsigned long __basepage_index(struct page *page);

static inline unsigned long basepage_index(struct page *page)
{
	return PageCompound(page) ? __basepage_index(page) : page->index;
}
#else
static inline unsigned long basepage_index(struct page *page)
{
	return page->index;
}
#endif

#endif
