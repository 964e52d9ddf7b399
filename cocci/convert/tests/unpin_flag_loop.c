// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void all(struct list *list)
{
	unsigned int i;

	for (i = 0; i < list->npages; i++)
		put_page(list->pages[i]); /* @unpin-if flag=list->pages_pinned count=list->npages */
}

static void braced(struct list *list, unsigned int n)
{
	int i, ret;

	for (i = 0; i < n; ++i) {
		__free_page(list->pages[i]); /* @unpin-if flag=list->pages_pinned count=n */
	}
	ret = list->ret;
	complete(&list->done[ret]);
}

static void guarded(struct page **pages, int n, bool pinned)
{
	int i;

	if (n > 0) {
		for (i = 0; i < n; i++)
			put_page(pages[i]); /* @unpin-if flag=pinned */
	}
	if (pinned)
		complete(pages);
}

static void maybe_negative(struct page **pages, int n, bool pinned)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(pages[i]); /* @unpin-if flag=pinned */
}

static void each_its_own(struct list *list)
{
	unsigned int i;

	for (i = 0; i < list->npages; i++)
		put_page(list->pages[i]); /* @unpin-if flag=list->pinned[i] count=list->npages */
}

static void maybe_no_list(struct list *list, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		put_page(list->pages[i]); /* @unpin-if flag=list->pages_pinned count=n */
	if (list)
		kfree(list);
}

static void alone(struct list *list, bool some)
{
	unsigned int i;

	if (some)
		for (i = 0; i < list->npages; i++)
			put_page(list->pages[i]); /* @unpin-if flag=list->pages_pinned count=list->npages */
}

static void holes(struct list *list)
{
	unsigned int i;

	for (i = 0; i < list->npages; i++)
		if (list->pages[i])
			put_page(list->pages[i]); /* @unpin-if flag=list->pages_pinned count=list->npages */
	for (i = 0; i < list->npages; i++) {
		if (list->wrote)
			set_page_dirty_lock(list->pages[i]);
		put_page(list->pages[i]); /* @unpin-if flag=list->pages_pinned count=list->npages */
	}
	for (i = 0; i < list->npages; i++) {
		put_page(list->pages[i]); /* @unpin-if flag=list->pages_pinned count=list->npages */
		list->pages[i] = NULL;
	}
}
