// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/mmu_notifier.h>

struct toy_view {
	struct mmu_notifier notifier;
	void *place;
};

static void toy_gone(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	container_of(notifier, struct toy_view, notifier)->place = NULL;
}

static const struct mmu_notifier_ops toy_ops = {
	.release = toy_gone,
};

int toy_watch(struct toy_view *view, unsigned long addr)
{
	struct page *page;

	view->notifier.ops = &toy_ops;
	if (mmu_notifier_register(&view->notifier, current->mm))
		return -EFAULT;
	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	view->place = page_address(page);
	put_page(page);
	return 0;
}
