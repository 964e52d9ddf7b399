// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

struct vpu_range {
	u64 addr;
	u64 len;
};

struct vpu_buf {
	struct page **pages;
	u64 nr_pages;
};

struct vpu_buf *vpu_buf_get(struct vpu_range *range, u32 num)
{
	struct vpu_buf *buf;
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
			if (ret > 0)
				start += ret;
			ret = -ENOMEM;
			goto drop;
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

void vpu_buf_put(struct vpu_buf *buf)
{
	unpin_user_pages(buf->pages, buf->nr_pages);
	kvfree(buf->pages);
	kfree(buf);
}
