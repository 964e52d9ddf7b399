// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/pipe_fs_i.h>
#include <linux/uio.h>

#define CROCK_PAGES	16

struct crock_req {
	struct page **pages;
	unsigned int num;
};

static int crock_take(struct crock_req *req, struct iov_iter *iter)
{
	size_t start;
	ssize_t got;

	got = iov_iter_get_pages2(iter, req->pages, LONG_MAX, CROCK_PAGES, &start);
	if (got < 0)
		return got;
	req->num = DIV_ROUND_UP(got + start, PAGE_SIZE);
	return 0;
}

static void crock_give(struct crock_req *req)
{
	unsigned int i;

	for (i = 0; i < req->num; i++)
		put_page(req->pages[i]);
}

static int crock_ref_page(struct crock_copy *copy, struct page *page,
			  unsigned int count)
{
	struct pipe_buffer *buf;
	int err;

	if (copy->nr == copy->max)
		return -EIO;
	get_page(page);
	err = crock_unlock(copy);
	if (err) {
		put_page(page);
		return err;
	}
	buf = &copy->bufs[copy->nr++];
	buf->page = page;
	buf->offset = 0;
	buf->len = count;
	return 0;
}

static int crock_send(struct crock_copy *copy, struct crock_req *req)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < req->num && !err; i++)
		err = crock_ref_page(copy, req->pages[i], PAGE_SIZE);
	return err;
}

static ssize_t crock_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct crock_req *req = kzalloc(sizeof(*req), GFP_KERNEL);
	ssize_t err;

	if (!req)
		return -ENOMEM;
	req->pages = kcalloc(CROCK_PAGES, sizeof(*req->pages), GFP_KERNEL);
	if (!req->pages) {
		kfree(req);
		return -ENOMEM;
	}
	err = crock_take(req, from);
	if (!err) {
		err = crock_send(iocb->private, req);
		crock_give(req);
	}
	kfree(req->pages);
	kfree(req);
	return err;
}

static const struct file_operations crock_fops = {
	.write_iter = crock_write_iter,
};
