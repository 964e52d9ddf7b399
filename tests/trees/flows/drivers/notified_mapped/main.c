// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/mmu_notifier.h>

struct mapped_view {
	struct mmu_notifier notifier;
	void *place;
};

static void mapped_gone(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	container_of(notifier, struct mapped_view, notifier)->place = NULL;
}

static const struct mmu_notifier_ops mapped_ops = {
	.release = mapped_gone,
};

int mapped_watch(struct mapped_view *view, unsigned long addr)
{
	struct page *page;

	view->notifier.ops = &mapped_ops;
	if (mmu_notifier_register(&view->notifier, current->mm))
		return -EFAULT;
	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	view->place = kmap_local_page(page);
	crane_lift(view);
	kunmap_local(view->place);
	put_page(page); /* @release */
	return 0;
}
