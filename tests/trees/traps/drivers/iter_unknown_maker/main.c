// SPDX-License-Identifier: GPL-2.0-only
/* iterator also filled by a function not known */
#include <linux/uio.h>
#include <linux/mm.h>

int go_iter_unknown_maker(struct toy *ops, void *buf, struct iov_iter *from, int n)
{
	struct iov_iter iter;
	struct page *pages[8];
	unsigned long off;
	long ret;
	int i;

	if (n)
		iov_iter_init(&iter, 0, buf, 1, 4096);
	else
		dup_iter(&iter, from, GFP_KERNEL);
	ret = iov_iter_get_pages2(&iter, pages, 4096, 8, &off);
	if (ret <= 0)
		return -EFAULT;
	dma_map_page(NULL, pages[0], 0, 4096, 0);
	for (i = 0; i < (ret + off + 4095) / 4096; i++)
		put_page(pages[i]); /* @mixed */
	return 0;
}
