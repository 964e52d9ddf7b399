// SPDX-License-Identifier: GPL-2.0-only
static int one(struct page **pages, unsigned int n)
{
	return n;
}

#ifdef CONFIG_TWO
void two(void)
{
}
#endif

int proto(int n);
