// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/mmu_notifier.h>

struct used_view {
	struct mmu_notifier notifier;
	void *place;
};

static void used_gone(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	container_of(notifier, struct used_view, notifier)->place = NULL;
}

static const struct mmu_notifier_ops used_ops = {
	.release = used_gone,
};

int used_watch(struct used_view *view, unsigned long addr)
{
	struct page *page;

	view->notifier.ops = &used_ops;
	if (mmu_notifier_register(&view->notifier, current->mm))
		return -EFAULT;
	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	view->place = page_address(page);
	memset(view->place, 0, 8);
	clear_highpage(page);
	put_page(page); /* @release */
	return 0;
}
