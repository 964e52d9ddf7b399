// SPDX-License-Identifier: GPL-2.0-only
/* A flag in the loop over the pages says that some are pending. */
#include <linux/mm.h>

int flag_good(unsigned long at, unsigned long left, struct page **table)
{
	unsigned long from = 0, to = 0, pfn;
	bool pending = false;
	long got, i, err = 0;

	while (left) {
		got = pin_user_pages_fast(at, min(left, 64UL), FOLL_LONGTERM,
					  table);
		if (got <= 0) {
			err = got ? got : -ENOMEM;
			goto end;
		}
		for (i = 0; i < got; i++) {
			pfn = page_to_pfn(table[i]);
			if (pending && pfn != to + 1) {
				send_range(from, to);
				pending = false;
			}
			if (!pending)
				from = pfn;
			pending = true;
			to = pfn;
		}
		left -= got;
	}
	send_range(from, to);
	return 0;
end:
	if (err && pending)
		for (pfn = from; pfn <= to; pfn++)
			unpin_user_page(pfn_to_page(pfn));
	return err;
}

int flag_bad(unsigned long at, unsigned long left, struct page **table)
{
	unsigned long from = 0, to = 0, pfn;
	bool pending = false;
	long got, i, err = 0;

	while (left) {
		got = pin_user_pages_fast(at, min(left, 64UL), FOLL_LONGTERM,
					  table);
		if (got <= 0) {
			err = got ? got : -ENOMEM;
			goto end;	/* @leak-error */
		}
		for (i = 0; i < got; i++) {
			pfn = page_to_pfn(table[i]);
			if (!pending)
				from = pfn;
			pending = true;
			if (to && pfn != to + 1) {
				send_range(from, to);
				from = pfn;
				pending = false;
			}
			to = pfn;
		}
		left -= got;
	}
	send_range(from, to);
	return 0;
end:
	if (err && pending)
		for (pfn = from; pfn <= to; pfn++)
			unpin_user_page(pfn_to_page(pfn));
	return err;
}
