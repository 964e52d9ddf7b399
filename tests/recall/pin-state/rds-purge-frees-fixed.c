// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/uio.h>

struct note {
	struct scatterlist *sg;
	unsigned int nents;
	void *notifier;
	void *sock;
};

void note_tell(void *sock, void *notifier);
int note_queue(struct note *note, void *sock);

static int note_own_pages(struct note *note, struct iov_iter *from)
{
	while (iov_iter_count(from)) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page)
			return -ENOMEM;
		sg_set_page(&note->sg[note->nents++], page, PAGE_SIZE, 0);
		if (copy_page_from_iter(page, 0, PAGE_SIZE, from) == 0)
			return -EFAULT;
	}
	return 0;
}

static int note_user_pages(struct note *note, struct iov_iter *from)
{
	struct page *page;
	ssize_t copied;
	size_t start;

	note->notifier = kzalloc(64, GFP_KERNEL);
	if (!note->notifier)
		return -ENOMEM;
	while (iov_iter_count(from)) {
		copied = iov_iter_get_pages2(from, &page, PAGE_SIZE, 1,
					     &start);
		if (copied <= 0)
			return -EFAULT;
		sg_set_page(&note->sg[note->nents++], page, copied, start);
	}
	return 0;
}

static void note_purge(struct note *note)
{
	bool zcopy = !!note->notifier;
	unsigned int i;

	if (note->sock) {
		note_tell(note->sock, note->notifier);
		note->sock = NULL;
	}
	for (i = 0; i < note->nents; i++) {
		if (zcopy)
			put_page(sg_page(&note->sg[i]));
		else
			__free_page(sg_page(&note->sg[i]));
	}
	kfree(note->notifier);
	note->nents = 0;
}

int note_send(struct note *note, struct iov_iter *from, void *sock, bool zc)
{
	int ret;

	ret = zc ? note_user_pages(note, from) : note_own_pages(note, from);
	if (!ret)
		ret = note_queue(note, sock);
	if (ret)
		note_purge(note);
	return ret;
}

void note_done(struct note *note)
{
	note_purge(note);
}
