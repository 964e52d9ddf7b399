// SPDX-License-Identifier: GPL-2.0-only
/* Only the pages that nothing has got are dropped where they were taken. */
#include <linux/mm.h>
#include <linux/list.h>
#include <linux/slab.h>

struct crate {
	struct list_head list;
	struct page *page;
};

struct store {
	struct list_head crates;
};

static int crate_add(struct store *store, struct page *page)
{
	struct crate *crate = kmalloc(sizeof(*crate), GFP_KERNEL);

	if (!crate)
		return -ENOMEM;
	crate->page = page;
	list_add_tail(&crate->list, &store->crates);
	return 0;
}

int store_fill(struct store *store, unsigned long at)
{
	struct page *row[16];
	int got, i, ret = 0;

	got = get_user_pages_fast(at, 16, FOLL_WRITE, row);
	for (i = 0; i < got; i++) {
		ret = crate_add(store, row[i]);
		if (ret)
			break;
	}
	while (i < got)
		put_page(row[i++]); /* @blocks */
	return got < 0 ? got : ret;
}

void store_empty(struct store *store)
{
	struct crate *crate, *next;

	list_for_each_entry_safe(crate, next, &store->crates, list) {
		list_del(&crate->list);
		set_page_dirty_lock(crate->page);
		put_page(crate->page);
		kfree(crate);
	}
}
