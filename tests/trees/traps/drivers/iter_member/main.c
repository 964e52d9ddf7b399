// SPDX-License-Identifier: GPL-2.0-only
/* iterator of a struct member, set whole by struct copy */
#include <linux/uio.h>
#include <linux/mm.h>

struct rq_iter_member {
	struct iov_iter iter;
	int n;
};

int go_iter_member(struct rq_iter_member *rq, void *buf, struct rq_iter_member *tmpl)
{
	struct page *pages[8];
	unsigned long off;
	long ret;
	int i;

	iov_iter_init(&rq->iter, 0, buf, 1, 4096);
	if (tmpl)
		*rq = *tmpl;
	ret = iov_iter_get_pages2(&rq->iter, pages, 4096, 8, &off);
	if (ret <= 0)
		return -EFAULT;
	dma_map_page(NULL, pages[0], 0, 4096, 0);
	for (i = 0; i < (ret + off + 4095) / 4096; i++)
		put_page(pages[i]); /* @mixed */
	return 0;
}
