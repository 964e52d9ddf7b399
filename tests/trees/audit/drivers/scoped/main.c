// SPDX-License-Identifier: GPL-2.0-only
/* A lock that is held for a block, and the function is left from there. */
#include <linux/mm.h>
#include <linux/cleanup.h>

struct desk {
	struct mutex lock;
	int ready;
};

int scoped_good(struct desk *desk, unsigned long at)
{
	struct page *page;
	int got;

	got = get_user_pages_fast(at, 1, 0, &page);
	if (got != 1)
		return -EFAULT;
	scoped_guard(mutex, &desk->lock) {
		if (!desk->ready) {
			put_page(page);
			return -EIO;
		}
		desk_take(desk, page_to_phys(page));
	}
	put_page(page);
	return 0;
}

int scoped_end_good(struct desk *desk, unsigned long at)
{
	struct page *page;
	int err = 0;

	if (get_user_pages_fast(at, 1, 0, &page) != 1)
		return -EFAULT;
	scoped_guard(mutex, &desk->lock) {
		if (!desk->ready)
			err = -EIO;
		else
			desk_take(desk, page_to_phys(page));
		put_page(page);
	}
	return err;
}

int scoped_bad(struct desk *desk, unsigned long at)
{
	struct page *page;
	int got;

	got = get_user_pages_fast(at, 1, 0, &page);
	if (got != 1)
		return -EFAULT;
	scoped_guard(mutex, &desk->lock) {
		if (!desk->ready)
			return -EIO;	/* @leak-error */
		desk_take(desk, page_to_phys(page));
	}
	put_page(page);
	return 0;
}
