// SPDX-License-Identifier: GPL-2.0-only
/* two makers, and one release for what either made */
#include <linux/mm.h>
struct mk_ub { struct page **pages; int n; };
static void ub_free(struct mk_ub *ub)
{
	int i;

	for (i = 0; i < ub->n; i++)
		put_page(ub->pages[i]); /* @release @mixed */
	kvfree(ub->pages);
	kfree(ub);
}
static struct mk_ub *ub_user(unsigned long addr, int n)
{
	struct mk_ub *ub = kzalloc(sizeof(*ub), GFP_KERNEL);
	int got;

	if (!ub)
		return NULL;
	ub->pages = kvcalloc(n, sizeof(*ub->pages), GFP_KERNEL);
	if (!ub->pages) {
		kfree(ub);
		return NULL;
	}
	got = get_user_pages_fast(addr, n, FOLL_WRITE, ub->pages);
	if (got > 0)
		ub->n = got;
	if (got < n) {
		ub_free(ub);
		return NULL;
	}
	return ub;
}
struct mk_ub *ub_kernel(int n)
{
	struct mk_ub *ub = kzalloc(sizeof(*ub), GFP_KERNEL);

	if (!ub)
		return NULL;
	ub->pages = kvcalloc(n, sizeof(*ub->pages), GFP_KERNEL);
	while (ub->pages && ub->n < n) {
		ub->pages[ub->n] = alloc_page(GFP_KERNEL);
		if (!ub->pages[ub->n])
			break;
		ub->n++;
	}
	return ub;
}
int go_made_apart(unsigned long addr, int n, bool user)
{
	struct mk_ub *ub = ub_user(addr, n);

	if (!ub)
		return -ENOMEM;
	memset(page_address(ub->pages[0]), 0, 16);
	set_page_dirty_lock(ub->pages[0]);
	ub_free(ub);
	return 0;
}
static const struct file_operations fops = { .open = go_made_apart };
int go_made_again(int n)
{
	struct mk_ub *ub = ub_kernel(n);

	ub_free(ub);
	return 0;
}
static const struct file_operations fops2 = { .open = go_made_again };
