// SPDX-License-Identifier: GPL-2.0-only
/* The array is released where the count of what it holds is not 0. */
#include <linux/mm.h>

int counted_good(struct page **pages, unsigned long at, int count)
{
	int done = 0, got, err = 0;

	while (done < count) {
		got = pin_user_pages_fast(at + done * PAGE_SIZE, count - done,
					  FOLL_LONGTERM, pages + done);
		if (got <= 0) {
			err = got ? got : -EFAULT;
			goto fail;
		}
		done += got;
	}
	return 0;
fail:
	if (done)
		unpin_user_pages(pages, done);
	return err;
}

int counted_entries_good(struct page **pages, struct iovec *vec, int count)
{
	int start = 0, got, i, err = 0;

	for (i = 0; i < count; i++) {
		int pages_in = vec[i].iov_len >> PAGE_SHIFT;

		got = pin_user_pages_fast((unsigned long)vec[i].iov_base,
					  pages_in, FOLL_LONGTERM, &pages[start]);
		if (got != pages_in) {
			if (got > 0)
				start += got;
			err = -ENOMEM;
			goto fail;
		}
		start += got;
	}
	return 0;
fail:
	if (start)
		unpin_user_pages(pages, start);
	return err;
}

int counted_entries_bad(struct page **pages, struct iovec *vec, int count)
{
	int start = 0, got, i, err = 0;

	for (i = 0; i < count; i++) {
		int pages_in = vec[i].iov_len >> PAGE_SHIFT;

		got = pin_user_pages_fast((unsigned long)vec[i].iov_base,
					  pages_in, FOLL_LONGTERM, &pages[start]);
		if (got != pages_in) {
			err = -ENOMEM;
			goto fail;	/* @leak-short-pin */
		}
		start += got;
	}
	return 0;
fail:
	if (start)
		unpin_user_pages(pages, start);
	return err;
}

/* Some calls may take nothing, and one exit is for all. */
int counted_out_good(struct page **pages, unsigned long at, int count)
{
	int done = 0, got;

	while (done < count) {
		got = pin_user_pages_fast(at + done * PAGE_SIZE, count - done,
					  FOLL_LONGTERM, pages + done);
		if (got < 0)
			goto out;
		done += got;
	}
	got = send_pages(count);
out:
	if (done)
		unpin_user_pages(pages, done);
	return got;
}
