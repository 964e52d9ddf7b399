// SPDX-License-Identifier: GPL-2.0-only
/* The object that has the pages is put on a list, from which they are dropped. */
#include <linux/mm.h>
#include <linux/list.h>
#include <linux/slab.h>

struct region {
	struct list_head entry;
	struct page **pages;
	int count;
};

int listed_good(struct list_head *all, unsigned long at, int count)
{
	struct region *region = kzalloc(sizeof(*region), GFP_KERNEL);
	int got, err, i;

	region->pages = kcalloc(count, sizeof(*region->pages), GFP_KERNEL);
	got = get_user_pages_fast(at, count, 0, region->pages);
	if (got != count) {
		err = -EFAULT;
		goto put;
	}
	region->count = got;
	list_add(&region->entry, all);
	err = region_send(region->count);
	if (err < 0)
		return err;
	return 0;
put:
	for (i = 0; i < got; i++)
		put_page(region->pages[i]);
	kfree(region->pages);
	kfree(region);
	return err;
}

int listed_bad(struct list_head *all, unsigned long at, int count)
{
	struct region *region = kzalloc(sizeof(*region), GFP_KERNEL);
	int got, err, i;

	region->pages = kcalloc(count, sizeof(*region->pages), GFP_KERNEL);
	got = get_user_pages_fast(at, count, 0, region->pages);
	if (got != count) {
		err = -EFAULT;
		goto put;
	}
	region->count = got;
	err = region_send(region->count);
	if (err < 0)
		return err;	/* @leak-error */
	list_add(&region->entry, all);
	return 0;
put:
	for (i = 0; i < got; i++)
		put_page(region->pages[i]);
	kfree(region->pages);
	kfree(region);
	return err;
}

void listed_drop(struct list_head *all)
{
	struct region *region, *next;
	int i;

	list_for_each_entry_safe(region, next, all, entry) {
		for (i = 0; i < region->count; i++)
			put_page(region->pages[i]);
		list_del(&region->entry);
		kfree(region->pages);
		kfree(region);
	}
}
