// SPDX-License-Identifier: GPL-2.0-only
/* the members of an inner union share one place */
#include <linux/mm.h>

struct tag_union_desk {
	bool busy;
	union tag_union_slot {
		struct page *sheet_tu;
		unsigned long ticket_tu;
	} slot;
};

static int tag_union_grab(unsigned long addr, struct page **page)
{
	int ret = get_user_pages_fast(addr, 1, FOLL_WRITE | FOLL_LONGTERM,
				      page);

	if (ret != 1)
		return -EFAULT;
	return 0;
}

static void tag_union_clear(union tag_union_slot *slot)
{
	set_page_dirty_lock(slot->sheet_tu);
	put_page(slot->sheet_tu); /* @release */
}

static void tag_union_drop(union tag_union_slot *slot)
{
	tag_union_lose(slot->ticket_tu); /* @held */
}

static long tag_union_ioctl(struct file *file, unsigned int cmd,
			    unsigned long addr)
{
	struct tag_union_desk *desk = file->private_data;
	struct page *page;

	if (tag_union_grab(addr, &page))
		return -EFAULT;
	if (desk->busy) {
		put_page(page); /* @release */
		return -EBUSY;
	}
	desk->slot.sheet_tu = page;
	desk->busy = true;
	return 0;
}

static int tag_union_close(struct inode *inode, struct file *file)
{
	struct tag_union_desk *desk = file->private_data;

	if (desk->busy && file->f_flags)
		tag_union_clear(&desk->slot);
	else if (desk->busy)
		tag_union_drop(&desk->slot);
	kfree(desk);
	return 0;
}

static const struct file_operations tag_union_fops = {
	.unlocked_ioctl = tag_union_ioctl,
	.release = tag_union_close,
};
