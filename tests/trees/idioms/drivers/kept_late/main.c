// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct kept_late_req {
	struct page *page;
	int len;
};

static void kept_late_done(struct kept_late_req *req)
{
	if (req->page)
		put_page(req->page);
	kfree(req);
}

static struct kept_late_req *kept_late_make(struct page *page, int len)
{
	struct kept_late_req *req;

	req = kzalloc(sizeof(*req), GFP_KERNEL);
	if (!req)
		return ERR_PTR(-ENOMEM);
	req->page = page;
	get_page(page); /* @blocks */
	req->len = len;
	return req;
}

int kept_late(struct device *dev, unsigned long addr, int n)
{
	struct page *pages[16];
	struct kept_late_req *req;
	int i, got;

	got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (got <= 0)
		return -EFAULT;
	for (i = 0; i < got; i++) {
		req = kept_late_make(pages[i], PAGE_SIZE);
		if (IS_ERR(req))
			break;
		kept_late_queue(dev, req, kept_late_done);
	}
	return i;
}
