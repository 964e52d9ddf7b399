// SPDX-License-Identifier: GPL-2.0-only
/* Pages that are not marked dirty, where the code may sleep to do it, or not. */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct desk {
	struct page **pages;
	unsigned int count;
};

/* The file's release calls it. */
static void desk_clear(struct desk *desk)
{
	unpin_user_pages(desk->pages, desk->count);	/* @not-dirtied */
	kfree(desk->pages);
	desk->count = 0;
}

static int desk_fill(struct desk *desk, unsigned long at, unsigned int count)
{
	int got;

	desk->pages = kcalloc(count, sizeof(*desk->pages), GFP_KERNEL);
	if (!desk->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(at, count, FOLL_WRITE | FOLL_LONGTERM,
				  desk->pages);
	if (got < 0) {
		kfree(desk->pages);
		return got;
	}
	desk->count = got;
	memset(page_address(desk->pages[0]), 0, 8);
	return 0;
}

static long desk_ioctl(struct file *file, unsigned int command, unsigned long at)
{
	return desk_fill(file->private_data, at, command);
}

static int desk_release(struct inode *inode, struct file *file)
{
	desk_clear(file->private_data);
	return 0;
}

static const struct file_operations desk_operations = {
	.unlocked_ioctl = desk_ioctl,
	.release = desk_release,
};

/* The lock is held at the release. */
int shelf_use(spinlock_t *lock, struct page **row, unsigned long at, int count)
{
	int got = pin_user_pages_fast(at, count, FOLL_WRITE, row);

	if (got < 0)
		return got;
	spin_lock(lock);
	memset(page_address(row[0]), 0, 8);
	unpin_user_pages(row, got);	/* @not-dirtied */
	spin_unlock(lock);
	return 0;
}

/* The same without one. */
int shelf_plain(struct page **row, unsigned long at, int count)
{
	int got = pin_user_pages_fast(at, count, FOLL_WRITE, row);

	if (got < 0)
		return got;
	memset(page_address(row[0]), 0, 8);
	unpin_user_pages(row, got);	/* @not-dirtied */
	return 0;
}

/* Not under a lock of another name either. */
int shelf_task(struct task_struct *task, struct page **row, unsigned long at,
	       int count)
{
	int got = pin_user_pages_fast(at, count, FOLL_WRITE, row);

	if (got < 0)
		return got;
	task_lock(task);
	memset(page_address(row[0]), 0, 8);
	unpin_user_pages(row, got);	/* @not-dirtied */
	task_unlock(task);
	return 0;
}
