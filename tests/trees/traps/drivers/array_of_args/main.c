// SPDX-License-Identifier: GPL-2.0-only
/* how many entries are allocated is told by an object of the caller's own */
#include <linux/mm.h>

struct args_array_of_args {
	unsigned long start;
	unsigned long len;
};

struct slot_array_of_args {
	struct page **pages;
	long nr;
};

struct vm_array_of_args {
	struct slot_array_of_args slots[8];
	int count;
};

static int map_array_of_args(struct vm_array_of_args *vm,
			     struct args_array_of_args *args)
{
	long nr = args->len >> PAGE_SHIFT;
	struct slot_array_of_args *slot;
	struct page **pages;
	long got;

	pages = vzalloc(array_size(nr, sizeof(*pages)));
	if (!pages)
		return -ENOMEM;
	got = get_user_pages_fast(args->start, nr, FOLL_WRITE, pages);
	if (got != nr) {
		while (got > 0)
			put_page(pages[--got]); /* @release */
		vfree(pages);
		return -EFAULT;
	}
	slot = &vm->slots[vm->count++];
	slot->pages = pages;
	slot->nr = nr;
	return 0;
}

static void unmap_array_of_args(struct vm_array_of_args *vm)
{
	struct slot_array_of_args *slot;
	int i, j;

	for (i = 0; i < vm->count; i++) {
		slot = &vm->slots[i];
		for (j = 0; j < slot->nr; j++)
			put_page(slot->pages[j]); /* @release */
		vfree(slot->pages);
	}
	vm->count = 0;
}

int open_array_of_args(struct inode *inode, struct file *file)
{
	struct vm_array_of_args *vm = kzalloc(sizeof(*vm), GFP_KERNEL);

	if (!vm)
		return -ENOMEM;
	file->private_data = vm;
	return 0;
}

long ioctl_array_of_args(struct file *file, unsigned int cmd,
			 unsigned long arg)
{
	struct args_array_of_args args;

	if (copy_from_user(&args, (void __user *)arg, sizeof(args)))
		return -EFAULT;
	return map_array_of_args(file->private_data, &args);
}

int close_array_of_args(struct inode *inode, struct file *file)
{
	unmap_array_of_args(file->private_data);
	return 0;
}

const struct toy_operations array_of_args_ops = {
	.open = open_array_of_args,
	.ioctl = ioctl_array_of_args,
	.close = close_array_of_args,
};
