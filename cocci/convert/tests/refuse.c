// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/page_extract.h> /* @include header=linux/page_extract.h */

/* the error goes back to the caller, who reads the flag */
static int returned(struct table *t, struct iov_iter *iter, size_t len)
{
	size_t off;
	ssize_t n;

	n = iov_iter_get_pages2(iter, t->pages, len, TABLE_MAX, &off); /* @extract local=pages flag="t->pages_pinned" refuse="iov_iter_is_kvec(iter) && iov_iter_count(iter)" leave="return -EFAULT;" */
	if (n < 0)
		return n;
	return list_pages(t, n, off);
}

/* what follows reads the result */
static int kept(struct table *t, struct msghdr *msg, size_t len)
{
	struct page **p = t->pages;
	size_t off;
	int ret = 0;

	while (len) {
		ret = iov_iter_get_pages2(&msg->msg_iter, p, /* all */ len, /* @extract refuse="iov_iter_is_kvec(&msg->msg_iter)" result=ret */
					  TABLE_MAX, &off);
		if (ret <= 0)
			goto out;
		len -= ret;
	}
out:
	return ret;
}

static void bare(struct table *t, struct iov_iter *it, bool more, bool last)
{
	struct page **p = t->pages;
	size_t off;

	if (more)
		t->got = iov_iter_get_pages2(it, p, SZ_4K, 1, &off); /* @extract refuse="iov_iter_is_kvec(it)" result="t->got" */
	else if (last)
		t->got = iov_iter_get_pages2(it, t->pages, SZ_4K, 1, &off); /* @extract local=pages refuse="iov_iter_is_kvec(it)" result="t->got" */
	else
		t->got = 0;
	for (; t->more; t->more--)
		t->got = iov_iter_get_pages2(it, p, SZ_4K, 1, &off); /* @extract flag="t->pages_pinned" refuse="iov_iter_is_kvec(it)" result="t->got" */
}

static ssize_t whole(struct iov_iter *it, struct page **p, bool old)
{
	size_t off;

	if (old)
		return iov_iter_get_pages(it, p, SZ_4K, 1, &off); /* @extract refuse="iov_iter_is_kvec(it)" leave="return -EFAULT;" */
	return iov_iter_get_pages2(it, p, SZ_4K, 1, &off); /* @extract refuse="iov_iter_is_kvec(it)" leave="return -EFAULT;" */
}

static int condition(struct iov_iter *it, struct table *t)
{
	struct page *page;
	size_t off;
	int ret;

	if ((ret = iov_iter_get_pages2(it, &page, 1, 1, &off)) < 0) /* @extract local=pages refuse="iov_iter_is_kvec(it)" leave="{ ret = -EFAULT; goto out; }" */
		goto out;
	while (t->more)
		if (iov_iter_get_pages2(it, t->pages, 1, 1, &off) != 1) /* @extract local=pages refuse="iov_iter_is_kvec(it) && iov_iter_count(it)" leave="break;" */
			break;
	return 0;
out:
	return ret;
}

/* the array is NULL after a call that failed */
static ssize_t list(struct iov_iter *it, struct table *t, size_t len)
{
	size_t off;
	ssize_t n;

	n = iov_iter_get_pages_alloc2(it, &t->list, len, &off); /* @extract-alloc flag="t->list_pinned" refuse="iov_iter_is_kvec(it) && iov_iter_count(it) && len" result=n clear="t->list" */
	if (n < 0)
		drop(t);
	return n;
}

static ssize_t local_list(struct iov_iter *it, struct page ***list, size_t len)
{
	size_t off;

	if (len)
		return iov_iter_get_pages_alloc2(it, list, len, &off); /* @extract-alloc refuse="iov_iter_is_kvec(it)" leave="return -EFAULT;" clear="*list" */
	if (iov_iter_get_pages_alloc2(it, list, SZ_4K, &off) < 0) /* @extract-alloc refuse="iov_iter_is_kvec(it)" leave="return -EIO;" */
		return -EIO;
	return 0;
}

/* the iterator has a long name */
static void named(struct cursor *cursor, struct page **p, size_t *off)
{
	while (cursor->more) {
		cursor->got = iov_iter_get_pages2(&cursor->iov_iter, p, SZ_4K, 1, off); /* @extract refuse="iov_iter_is_kvec(&cursor->iov_iter) && iov_iter_count(&cursor->iov_iter)" result="cursor->got" */
		if (iov_iter_get_pages2(&cursor->iov_iter, p, cursor->left, 1, off) < 0) /* @extract refuse="iov_iter_is_kvec(&cursor->iov_iter) && iov_iter_count(&cursor->iov_iter) && cursor->left" leave="break;" */
			break;
	}
}
