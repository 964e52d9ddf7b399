// SPDX-License-Identifier: GPL-2.0-only
/* A function is asked what the descriptor shows. */
#include <linux/fs.h>
#include <linux/mm.h>

struct chunk {
	struct page *page;
	unsigned int len;
};

struct well {
	struct page *page;
};

struct tap {
	struct chunk chunks[16];
	struct page *row[16];
	int full;
};

int motor_run(struct chunk *chunks, int n);

void well_show(struct well *well, struct chunk *chunk)
{
	chunk->page = well->page;
	chunk->len = PAGE_SIZE;
}

static struct page *chunk_page(struct chunk *chunk)
{
	return chunk->page;
}

static void tap_drop(struct tap *tap)
{
	int i;

	for (i = 0; i < tap->full; i++) {
		set_page_dirty_lock(tap->row[i]);
		put_page(chunk_page(&tap->chunks[i])); /* @blocks */
	}
	tap->full = 0;
}

static ssize_t tap_read(struct file *file, char __user *to, size_t len,
			loff_t *pos)
{
	struct tap *tap = file->private_data;
	int i, ret;

	tap->full = get_user_pages_fast((unsigned long)to, 4, FOLL_WRITE,
					tap->row);
	if (tap->full <= 0)
		return -EFAULT;
	for (i = 0; i < tap->full; i++) {
		tap->chunks[i].page = tap->row[i];
		tap->chunks[i].len = PAGE_SIZE;
	}
	ret = motor_run(tap->chunks, tap->full);
	tap_drop(tap);
	return ret;
}

const struct file_operations tap_fops = {
	.read = tap_read,
};
