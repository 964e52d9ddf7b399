// SPDX-License-Identifier: GPL-2.0-only
/* the object that says there are pages says what they are */
#include <linux/mm.h>
#include <linux/uio.h>
#include <linux/toy_cipher.h>

struct beside_job {
	void *owner;
	char aad[8];
	bool drop;
	struct scatterlist sg[];
};

static void beside_done(struct toy_request *req, int err)
{
	struct scatterlist *out = req->dst;
	struct beside_job *job;
	struct scatterlist *sg;
	unsigned int n;

	job = (void *)(req + 1);
	if (job->drop) {
		for_each_sg(sg_next(out), sg, UINT_MAX, n) {
			if (!sg)
				break;
			put_page(sg_page(sg)); /* @release */
		}
	}
	kfree(req);
}

static int beside_fill(struct iov_iter *from, int len, int *used,
		       struct scatterlist *to, int most)
{
	int rc = 0, i, k = *used;
	struct page *pages[16];
	long got, use;
	unsigned long off;

	while (len > 0) {
		i = 0;
		got = iov_iter_get_pages2(from, pages, len, most - k, &off);
		if (got <= 0) {
			rc = -EFAULT;
			goto out;
		}
		len -= got;
		while (got) {
			use = min_t(int, got, PAGE_SIZE - off);
			sg_set_page(&to[k], pages[i], use, off);
			off = 0;
			got -= use;
			i++;
			k++;
		}
	}
out:
	*used = k;
	return rc;
}

static int beside_run(struct toy_cipher *tfm, struct iov_iter *iter, int len)
{
	struct scatterlist *out = NULL;
	struct toy_request *req;
	struct beside_job *job;
	int err, pages = 0;
	char *mem;

	mem = kmalloc(4096, GFP_KERNEL);
	if (!mem)
		return -ENOMEM;
	req = (struct toy_request *)mem;
	job = (struct beside_job *)(mem + sizeof(*req));
	out = &job->sg[4];
	if (iter) {
		sg_init_table(out, 8);
		err = beside_fill(iter, len, &pages, &out[1], 7);
		if (err < 0)
			goto free_pages;
	}
	job->drop = !!pages;
	toy_request_set_crypt(req, job->sg, out, len);
	toy_request_set_callback(req, beside_done);
	err = toy_cipher_run(tfm, req);
	if (err == -EINPROGRESS)
		return 0;
free_pages:
	for (; pages > 0; pages--)
		put_page(sg_page(&out[pages])); /* @release */
	kfree(mem);
	return err;
}

static int beside_recv(struct toy_cipher *tfm, struct msghdr *msg, int len)
{
	int err = beside_run(tfm, &msg->msg_iter, len);

	toy_cipher_wait(tfm);
	return err;
}

static const struct toy_proto beside_proto = {
	.recv = beside_recv,
};
