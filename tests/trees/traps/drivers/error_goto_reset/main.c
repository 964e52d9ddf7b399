// SPDX-License-Identifier: GPL-2.0-only
/* the error path counts what was asked for, not what was taken */
#include <linux/mm.h>

int run_error_goto_reset(unsigned long addr, int nr, struct page **pages)
{
	int i, got, err = 0;

	got = get_user_pages_fast(addr, nr, FOLL_WRITE, pages);
	if (got < 0)
		return got;
	if (got < nr) {
		err = -EFAULT;
		goto out;
	}
	for (i = 0; i < nr; i++)
		err |= page_to_phys(pages[i]) == 0;
out:
	for (i = 0; i < nr; i++)
		if (pages[i])
			put_page(pages[i]); /* @release */
	return err;
}
