// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/uio.h>

struct zc_msg {
	unsigned int nents;
	bool zerocopy;
	struct scatterlist *sg;
};

static int zc_msg_fill(struct zc_msg *msg, struct iov_iter *from)
{
	struct scatterlist *sg = msg->sg;
	int length = iov_iter_count(from);

	msg->zerocopy = true;
	while (iov_iter_count(from)) {
		struct page *page;
		ssize_t copied;
		size_t start;
		int i;

		copied = iov_iter_get_pages2(from, &page, PAGE_SIZE, 1,
					     &start);
		if (copied < 0) {
			for (i = 0; i < msg->nents; i++)
				put_page(sg_page(&msg->sg[i]));	/* @count-not-reset */
			return -EFAULT;
		}
		length -= copied;
		sg_set_page(sg, page, copied, start);
		msg->nents++;
		sg++;
	}
	WARN_ON_ONCE(length != 0);
	return 0;
}

static void zc_msg_purge(struct zc_msg *msg)
{
	unsigned int i;

	for (i = 0; i < msg->nents; i++)
		put_page(sg_page(&msg->sg[i]));
	msg->nents = 0;
}

int zc_msg_send(struct zc_msg *msg, struct iov_iter *from)
{
	int ret = zc_msg_fill(msg, from);

	if (ret)
		goto out;
	ret = zc_msg_queue(msg->sg, msg->nents);
out:
	zc_msg_purge(msg);
	return ret;
}
