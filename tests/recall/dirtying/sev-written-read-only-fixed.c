// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

int asp_receive(u64 header, u64 guest_phys);

static struct page **asp_pin(unsigned long addr, unsigned long nr, int write)
{
	struct page **pages;
	int got;

	pages = kvcalloc(nr, sizeof(*pages), GFP_KERNEL_ACCOUNT);
	if (!pages)
		return ERR_PTR(-ENOMEM);
	got = pin_user_pages_fast(addr, nr, write ? FOLL_WRITE : 0, pages);
	if (got != nr) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kvfree(pages);
		return ERR_PTR(-ENOMEM);
	}
	return pages;
}

/* The firmware writes what it decrypts to the guest's page. */
int asp_receive_data(unsigned long header, unsigned long guest)
{
	struct page **from, **to;
	int ret;

	from = asp_pin(header, 1, 0);
	if (IS_ERR(from))
		return PTR_ERR(from);
	to = asp_pin(guest, 1, 1);
	if (IS_ERR(to)) {
		ret = PTR_ERR(to);
		goto out;
	}
	ret = asp_receive(page_to_phys(from[0]), page_to_phys(to[0]));
	unpin_user_pages_dirty_lock(to, 1, true);
	kvfree(to);
out:
	unpin_user_pages(from, 1);
	kvfree(from);
	return ret;
}
