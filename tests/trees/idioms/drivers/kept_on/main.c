// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct kept_on_req {
	struct page *page;
	int len;
};

static void kept_on_give(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(pages[i]);
}

static void kept_on_done(struct kept_on_req *req)
{
	if (req->page)
		put_page(req->page);
	kfree(req);
}

static struct kept_on_req *kept_on_make(struct page *page, int len)
{
	struct kept_on_req *req;

	req = kzalloc(sizeof(*req), GFP_KERNEL);
	if (!req)
		return ERR_PTR(-ENOMEM);
	req->page = page;
	get_page(page); /* @blocks */
	req->len = len;
	return req;
}

int kept_on(struct device *dev, unsigned long addr, int n)
{
	struct page *pages[16];
	struct kept_on_req *req;
	int i, got;

	got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (got <= 0)
		return -EFAULT;
	for (i = 0; i < got; i++) {
		req = kept_on_make(pages[i], PAGE_SIZE);
		if (IS_ERR(req))
			break;
		kept_on_queue(dev, req, kept_on_done);
	}
	kept_on_give(pages, got);
	return i;
}
