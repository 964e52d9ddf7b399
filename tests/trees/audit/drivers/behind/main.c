// SPDX-License-Identifier: GPL-2.0-only
/* An address that is stored in an object of the caller's is found there. */
#include <linux/mm.h>

static void behind_drop(void *object, const int *offsets, int count)
{
	void **place;

	while (count--) {
		place = object + offsets[count];
		if (*place)
			unpin_user_page(virt_to_page(*place));
	}
}

int behind_good(void *object, const int *offsets, int count)
{
	struct page *page;
	void **place;
	int i, err;

	for (i = 0; i < count; i++) {
		place = object + offsets[i];
		if (*(unsigned long *)place & ~PAGE_MASK) {
			err = -EINVAL;
			goto fail;
		}
		err = pin_user_pages_fast(*(unsigned long *)place, 1,
					  FOLL_LONGTERM, &page);
		if (err != 1)
			goto fail;
		if (PageHighMem(page)) {
			err = -EOPNOTSUPP;
			unpin_user_page(page);
			goto fail;
		}
		*place = page_address(page);
	}
	return 0;
fail:
	behind_drop(object, offsets, i);
	return err;
}

int behind_bad(void *object, const int *offsets, int count)
{
	struct page *page;
	void *kept, **place;
	int i, err;

	for (i = 0; i < count; i++) {
		place = &kept;
		if (offsets[i] & ~PAGE_MASK)
			return -EINVAL;	/* @leak-error */
		err = pin_user_pages_fast(offsets[i], 1, FOLL_LONGTERM, &page);
		if (err != 1)
			break;
		if (PageHighMem(page)) {
			unpin_user_page(page);
			break;
		}
		*place = page_address(page);
	}
	return 0;
}
