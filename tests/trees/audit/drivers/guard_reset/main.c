// SPDX-License-Identifier: GPL-2.0-only
/* What is pending is dropped at the end, if a count of rounds says that there is. */
#include <linux/mm.h>

int guard_bad(unsigned long at, unsigned long left, struct page **table)
{
	unsigned long rounds = 0, from = 0, to = 0, pfn;
	long got, i;
	int err = 0;

	while (left) {
		got = pin_user_pages_fast(at, 64, FOLL_LONGTERM, table);
		if (got != 64) {
			if (got > 0)
				unpin_user_pages(table, got);
			err = got < 0 ? got : -ENOMEM;
			goto end;	/* @leak-error */
		}
		rounds++;
		if (!to)
			from = page_to_pfn(table[0]);
		for (i = 0; i < got; i++) {
			pfn = page_to_pfn(table[i]);
			if (to && pfn != to + 1) {
				send_range(from, to);
				from = pfn;
				rounds = 0;
			}
			to = pfn;
		}
		left -= got;
	}
	send_range(from, to);
	return 0;
end:
	if (err && rounds)
		for (pfn = from; pfn <= to; pfn++)
			unpin_user_page(pfn_to_page(pfn));
	return err;
}

int guard_good(unsigned long at, unsigned long left, struct page **table)
{
	unsigned long rounds = 0, from = 0, to = 0, pfn;
	long got, i;
	int err = 0;

	while (left) {
		got = pin_user_pages_fast(at, 64, FOLL_LONGTERM, table);
		if (got != 64) {
			if (got > 0)
				unpin_user_pages(table, got);
			err = got < 0 ? got : -ENOMEM;
			goto end;
		}
		rounds++;
		if (!to)
			from = page_to_pfn(table[0]);
		for (i = 0; i < got; i++) {
			pfn = page_to_pfn(table[i]);
			if (to && pfn != to + 1) {
				send_range(from, to);
				from = pfn;
			}
			to = pfn;
		}
		left -= got;
	}
	send_range(from, to);
	return 0;
end:
	if (err && rounds)
		for (pfn = from; pfn <= to; pfn++)
			unpin_user_page(pfn_to_page(pfn));
	return err;
}
