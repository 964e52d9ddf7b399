// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

struct npu_range {
	u64 addr;
	u64 len;
};

struct npu_buf {
	struct page **pages;
	u64 nr_pages;
};

struct npu_buf *npu_buf_get(struct npu_range *range, u32 num)
{
	struct npu_buf *buf;
	u32 npages, start = 0;
	int i, ret;

	buf = kzalloc(sizeof(*buf), GFP_KERNEL);
	if (!buf)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < num; i++)
		buf->nr_pages += range[i].len >> PAGE_SHIFT;
	buf->pages = kvmalloc_array(buf->nr_pages, sizeof(*buf->pages),
				    GFP_KERNEL);
	if (!buf->pages) {
		ret = -ENOMEM;
		goto free_buf;
	}
	for (i = 0; i < num; i++) {
		npages = range[i].len >> PAGE_SHIFT;
		ret = pin_user_pages_fast(range[i].addr, npages,
					  FOLL_WRITE | FOLL_LONGTERM,
					  &buf->pages[start]);
		if (ret < 0 || ret != npages) {
			ret = -ENOMEM;
			goto drop;	/* @leak-short-pin */
		}
		start += ret;
	}
	return buf;

drop:
	if (start)
		unpin_user_pages(buf->pages, start);
	kvfree(buf->pages);
free_buf:
	kfree(buf);
	return ERR_PTR(ret);
}

void npu_buf_put(struct npu_buf *buf)
{
	unpin_user_pages(buf->pages, buf->nr_pages);
	kvfree(buf->pages);
	kfree(buf);
}
