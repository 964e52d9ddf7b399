// SPDX-License-Identifier: GPL-2.0-only
/* one call for every year of kernels, and a release for each as well */
#include <linux/mm.h>
#include <linux/version.h>

struct buf_version_ifdef {
	struct page **pages;
	int count;
};

int get_version_ifdef(struct buf_version_ifdef *buf, unsigned long addr,
		      int nr)
{
	int got;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 2, 0)
	got = get_user_pages_fast(addr, nr, FOLL_WRITE, buf->pages);
#else
	down_read(&current->mm->mmap_sem);
	got = get_user_pages_old(current, current->mm, addr, nr, 1, 0,
				 buf->pages, NULL);
	up_read(&current->mm->mmap_sem);
#endif
	buf->count = got < 0 ? 0 : got;
	return got;
}

void drop_version_ifdef(struct buf_version_ifdef *buf)
{
	int i;

	for (i = 0; i < buf->count; i++) {
#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 6, 0)
		page_cache_release(buf->pages[i]); /* @mixed */
#else
		put_page(buf->pages[i]); /* @release */
#endif
	}
	buf->count = 0;
}
