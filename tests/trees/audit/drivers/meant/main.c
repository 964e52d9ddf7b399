// SPDX-License-Identifier: GPL-2.0-only
/* A comment says that the pages are kept, or something else. */
#include <linux/mm.h>

int meant_kept(unsigned long at, int count, struct page **pages)
{
	int got, err;

	got = pin_user_pages_fast(at, count, FOLL_LONGTERM, pages);
	if (got != count) {
		if (got > 0)
			unpin_user_pages(pages, got);
		return -EFAULT;
	}
	err = engine_start(count);
	if (err) {
		/* The engine may still write there, so the pages stay pinned. */
		pr_err("engine\n");
		return err;
	}
	unpin_user_pages(pages, count);
	return 0;
}

int meant_without(unsigned long at, int number)
{
	struct page *page;
	int err;

	if (pin_user_pages_fast(at, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	err = firmware_share(number);
	if (err == -EIO)
		/*
		 * Firmware may have it by now:
		 * leave without unpinning it.
		 */
		return err;
	unpin_user_page(page);
	return err;
}

int meant_else(unsigned long at, int number)
{
	struct page *page;
	int err;

	if (pin_user_pages_fast(at, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	err = firmware_share(number);
	if (err == -EIO) {
		/* Firmware has gone; the page is of no use. */
		return err;	/* @leak-error */
	}
	unpin_user_page(page);
	return err;
}

int meant_elsewhere(unsigned long at, int number)
{
	struct page *page;
	int err;

	if (pin_user_pages_fast(at, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	/* Do not free the number: the caller has it. */
	err = firmware_share(number);
	if (err == -EIO)
		return err;	/* @leak-error */
	unpin_user_page(page);
	return err;
}
