// SPDX-License-Identifier: GPL-2.0-only
static void heads(struct page **pages, int n, bool b)
{
	struct item *x;
	int i;

	if (n > 0)
		n--;
	if (b)
		n = 1;
	else
		n = 2;
	while (n--)
		drop(pages[n]);
	for (i = 0; i < n; i++)
		drop(pages[i]);
	list_for_each_entry(x, &list, node)
		drop(x->page);
}
