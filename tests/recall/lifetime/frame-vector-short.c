// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

struct frames {
	unsigned int nr;
	struct page *ptrs[16];
};

static int frames_get(unsigned long start, unsigned int nr,
		      struct frames *vec)
{
	int locked = 1, ret;

	mmap_read_lock(current->mm);
	ret = pin_user_pages_locked(start, min(nr, 16U), FOLL_FORCE | FOLL_WRITE,	/* @not-longterm */
				    vec->ptrs, &locked);
	if (locked)
		mmap_read_unlock(current->mm);
	if (ret > 0)
		vec->nr = ret;
	return ret;
}

struct cap_queue {
	struct frames *vec;
};

static int cap_get_userptr(struct cap_queue *queue, unsigned long addr)
{
	int ret;

	queue->vec = kzalloc(sizeof(*queue->vec), GFP_KERNEL);
	if (!queue->vec)
		return -ENOMEM;
	ret = frames_get(addr, 16, queue->vec);
	if (ret > 0)
		return 0;
	kfree(queue->vec);
	return ret ? ret : -EFAULT;
}

static void cap_put_userptr(struct cap_queue *queue)
{
	unpin_user_pages_dirty_lock(queue->vec->ptrs, queue->vec->nr, true);
	kfree(queue->vec);
}

struct cap_mem_ops {
	int (*get_userptr)(struct cap_queue *queue, unsigned long addr);
	void (*put_userptr)(struct cap_queue *queue);
};

const struct cap_mem_ops cap_ops = {
	.get_userptr = cap_get_userptr,
	.put_userptr = cap_put_userptr,
};
