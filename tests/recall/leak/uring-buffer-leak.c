// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/slab.h>

int fix_account(unsigned long addr, int nr);

struct fix_buf {
	unsigned int nr;
	struct bio_vec bvec[];
};

static struct page **fix_pin(unsigned long addr, int nr)
{
	struct page **pages;
	int got;

	pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return ERR_PTR(-ENOMEM);
	got = pin_user_pages_fast(addr, nr, FOLL_LONGTERM, pages);
	if (got == nr)
		return pages;
	if (got >= 0) {
		if (got)
			unpin_user_pages(pages, got);
		got = -EFAULT;
	}
	kvfree(pages);
	return ERR_PTR(got);
}

int fix_register(struct fix_buf **slot, unsigned long addr, int nr)
{
	struct fix_buf *buf = NULL;
	struct page **pages;
	int ret = -ENOMEM, i;

	pages = fix_pin(addr, nr);
	if (IS_ERR(pages)) {
		ret = PTR_ERR(pages);
		pages = NULL;
		goto done;
	}
	buf = kvmalloc(struct_size(buf, bvec, nr), GFP_KERNEL);
	if (!buf)
		goto done;	/* @leak-error */
	ret = fix_account(addr, nr);
	if (ret) {
		unpin_user_pages(pages, nr);
		goto done;
	}
	buf->nr = nr;
	for (i = 0; i < nr; i++)
		bvec_set_page(&buf->bvec[i], pages[i], PAGE_SIZE, 0);
	*slot = buf;
done:
	if (ret)
		kvfree(buf);
	kvfree(pages);
	return ret;
}

void fix_unregister(struct fix_buf *buf)
{
	int i;

	for (i = 0; i < buf->nr; i++)
		unpin_user_page(buf->bvec[i].bv_page);
	kvfree(buf);
}
