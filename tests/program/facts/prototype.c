// SPDX-License-Identifier: GPL-2.0-only
int proto(struct page **pages, int n);
extern void item_free(struct item *item);

static int body(int n)
{
	return n;
}
