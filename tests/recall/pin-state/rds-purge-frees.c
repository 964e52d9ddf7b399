// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/uio.h>

struct mail {
	struct scatterlist *sg;
	unsigned int nents;
	void *notifier;
	void *sock;
};

void mail_tell(void *sock, void *notifier);
int mail_queue(struct mail *mail, void *sock);

static int mail_own_pages(struct mail *mail, struct iov_iter *from)
{
	while (iov_iter_count(from)) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page)
			return -ENOMEM;
		sg_set_page(&mail->sg[mail->nents++], page, PAGE_SIZE, 0);
		if (copy_page_from_iter(page, 0, PAGE_SIZE, from) == 0)
			return -EFAULT;
	}
	return 0;
}

static int mail_user_pages(struct mail *mail, struct iov_iter *from)
{
	struct page *page;
	ssize_t copied;
	size_t start;

	mail->notifier = kzalloc(64, GFP_KERNEL);
	if (!mail->notifier)
		return -ENOMEM;
	while (iov_iter_count(from)) {
		copied = iov_iter_get_pages2(from, &page, PAGE_SIZE, 1,
					     &start);
		if (copied <= 0)
			return -EFAULT;
		sg_set_page(&mail->sg[mail->nents++], page, copied, start);
	}
	return 0;
}

static void mail_purge(struct mail *mail)
{
	bool zcopy = false;
	unsigned int i;

	if (mail->sock) {
		zcopy = !!mail->notifier;
		mail_tell(mail->sock, mail->notifier);
		mail->sock = NULL;
	}
	for (i = 0; i < mail->nents; i++) {
		if (zcopy)
			put_page(sg_page(&mail->sg[i]));
		else
			__free_page(sg_page(&mail->sg[i])); /* @release-chosen-late */
	}
	kfree(mail->notifier);
	mail->nents = 0;
}

int mail_send(struct mail *mail, struct iov_iter *from, void *sock, bool zc)
{
	int ret;

	ret = zc ? mail_user_pages(mail, from) : mail_own_pages(mail, from);
	if (!ret)
		ret = mail_queue(mail, sock);
	if (ret)
		mail_purge(mail);
	return ret;
}

void mail_done(struct mail *mail)
{
	mail_purge(mail);
}
