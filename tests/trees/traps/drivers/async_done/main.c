// SPDX-License-Identifier: GPL-2.0-only
/* dropped by a completion handler that gets the request as a void pointer */
#include <linux/mm.h>
#include <linux/interrupt.h>

struct req_async_done {
	struct page *pages[16];
	int nr;
	void (*done)(void *arg, int error);
	void *arg;
};

static void complete_async_done(void *arg, int error)
{
	struct req_async_done *req = arg;
	int i;

	for (i = 0; i < req->nr; i++)
		put_page(req->pages[i]); /* @release */
	kfree(req);
}

int start_async_done(unsigned long addr, int nr)
{
	struct req_async_done *req = kzalloc(sizeof(*req), GFP_KERNEL);
	int got;

	if (!req)
		return -ENOMEM;
	got = get_user_pages_fast(addr, nr, FOLL_WRITE, req->pages);
	if (got <= 0) {
		kfree(req);
		return got;
	}
	req->nr = got;
	req->done = complete_async_done;
	req->arg = req;
	device_submit(page_to_phys(req->pages[0]), got, req->done, req->arg);
	return 0;
}
