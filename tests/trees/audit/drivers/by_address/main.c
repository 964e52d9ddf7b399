// SPDX-License-Identifier: GPL-2.0-only
/* A page that is kept by its kernel address, and found again by it. */
#include <linux/mm.h>

struct seats {
	void *seat[4];
	struct page *pages[4];
	int count;
};

int seats_take(struct seats *seats, unsigned long at, int nr)
{
	struct page *page;
	int got;

	got = pin_user_pages_fast(at, 1, FOLL_LONGTERM, &page);
	if (got != 1)
		return -EFAULT;
	if (PageHighMem(page)) {
		unpin_user_page(page);
		return -EOPNOTSUPP;
	}
	seats->seat[nr] = page_address(page) + offset_in_page(at);
	if (seats_announce(seats, nr))
		return -EIO;
	return 0;
}

void seats_drop(struct seats *seats)
{
	int i;

	for (i = 0; i < 4; i++)
		if (seats->seat[i])
			unpin_user_page(virt_to_page(seats->seat[i]));
}

int seats_take_all(struct seats *seats, unsigned long *at, int count)
{
	struct page *page;
	int i, err;

	for (i = 0; i < count; i++) {
		err = pin_user_pages_fast(at[i], 1, FOLL_LONGTERM, &page);
		if (err != 1)
			goto drop;
		if (PageHighMem(page)) {
			err = -EOPNOTSUPP;
			unpin_user_page(page);
			goto drop;
		}
		seats->seat[i] = page_address(page) + offset_in_page(at[i]);
	}
	return 0;
drop:
	while (i-- > 0)
		unpin_user_page(virt_to_page(seats->seat[i]));
	return err;
}

static void seats_leave(struct seats *seats, int count)
{
	while (count--)
		unpin_user_page(virt_to_page(seats->seat[count]));
}

int seats_slot(struct seats *seats, unsigned long *at, int count)
{
	struct page *page;
	int i, err;

	for (i = 0; i < count; i++) {
		void **slot = &seats->seat[i];

		err = pin_user_pages_fast(at[i], 1, FOLL_LONGTERM, &page);
		if (err != 1)
			goto drop;
		if (PageHighMem(page)) {
			err = -EOPNOTSUPP;
			unpin_user_page(page);
			goto drop;
		}
		*slot = page_address(page);
	}
	return 0;
drop:
	seats_leave(seats, i);
	return err;
}

int seats_early(struct seats *seats, unsigned long at)
{
	struct page *page;

	if (pin_user_pages_fast(at, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	if (PageHighMem(page))
		return -EOPNOTSUPP;	/* @leak-error */
	if (PageHuge(page)) {
		unpin_user_page(page);
		return -EINVAL;
	}
	seats->seat[0] = page_address(page);
	return 0;
}
