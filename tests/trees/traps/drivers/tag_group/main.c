// SPDX-License-Identifier: GPL-2.0-only
/* a group of members has a name, and its members are the structure's own */
#include <linux/mm.h>

struct tag_group_shelf {
	int row;
	struct_group(lent,
		struct page *book_tg;
		bool torn;
	);
};

static int tag_group_grab(unsigned long addr, struct page **page)
{
	int ret = get_user_pages_fast(addr, 1, FOLL_WRITE | FOLL_LONGTERM,
				      page);

	if (ret != 1)
		return -EFAULT;
	return 0;
}

static void tag_group_return(struct tag_group_shelf *shelf)
{
	if (!shelf->lent.book_tg)
		return;
	set_page_dirty_lock(shelf->lent.book_tg);
	put_page(shelf->lent.book_tg); /* @release */
	shelf->lent.book_tg = NULL;
}

static long tag_group_ioctl(struct file *file, unsigned int cmd,
			    unsigned long addr)
{
	struct tag_group_shelf *shelf = file->private_data;
	struct page *page;

	if (tag_group_grab(addr, &page))
		return -EFAULT;
	if (shelf->book_tg) {
		put_page(page); /* @release */
		return -EBUSY;
	}
	shelf->book_tg = page;
	return 0;
}

static int tag_group_close(struct inode *inode, struct file *file)
{
	tag_group_return(file->private_data);
	return 0;
}

static const struct file_operations tag_group_fops = {
	.unlocked_ioctl = tag_group_ioctl,
	.release = tag_group_close,
};
