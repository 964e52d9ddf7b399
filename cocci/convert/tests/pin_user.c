// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int short_pin(unsigned long addr, struct page **pages)
{
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, pages); /* @pin */
	if (ret != 1)
		goto out;
	put_page(pages[0]); /* @unpin */
	return 0;
out:
	return ret;
}

static int plain_flags(unsigned long addr, int nr, struct page **pages)
{
	int ret;

	/* nothing but the call */
	ret = get_user_pages_fast(addr, nr, 0, pages); /* @pin longterm */
	ret += get_user_pages_fast(addr, nr, 1, pages); /* @pin longterm */
	ret += get_user_pages_fast(addr, nr, 1, pages); /* @pin */
	return ret;
}

static int computed_flags(unsigned long addr, int rw, bool ro, u32 flags,
			  struct page **pages)
{
	int a, b, c, d, e;

	a = get_user_pages_fast(addr, 2, flags, pages); /* @pin longterm */
	b = get_user_pages_fast(addr, 2, /* the device writes */ flags, pages); /* @pin longterm */
	c = get_user_pages_fast(addr, 2, ro ? 0 : FOLL_WRITE, pages); /* @pin longterm */
	d = get_user_pages_fast(addr, 2, rw == READ, pages); /* @pin longterm */
	e = get_user_pages_fast(addr, 2, !ro, pages); /* @pin longterm */
	return a + b + c + d + e;
}

static int mixed_flags(unsigned long addr, u32 x, u32 y, u32 *in, bool ro,
		       struct page **pages)
{
	int n = 0;

	n += get_user_pages_fast(addr, 2, x & y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x ^ y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x << 1, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x >> y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x + y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x - y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x * y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x / y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x % y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x ?: y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x = y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x &= y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x = ro ? 0 : y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, (x, y), pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, (x & y), pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x | FOLL_FORCE, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, (x & y) | FOLL_FORCE, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, FOLL_FORCE | !ro, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x & ~FOLL_FORCE, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, ~x, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, *in, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, (u32)ro, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, min(x & y, x), pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x == y || ro, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, x & y && !ro, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, FOLL_GET | x & y, pages); /* @pin longterm */
	n += get_user_pages_fast(addr, 2, WANTED, pages); /* @pin longterm spliced */
	n += get_user_pages_fast(addr, 2, WANTED | FOLL_FORCE, pages); /* @pin longterm spliced */
	n += get_user_pages_fast(addr, 2, WANTED & x, pages); /* @pin longterm spliced */
	return n;
}

static int explicit_get(unsigned long addr, struct page **pages)
{
	int a, b, c, d;

	a = get_user_pages_fast(addr, 2, FOLL_GET, pages); /* @pin */
	b = get_user_pages_fast(addr, 2, FOLL_GET | FOLL_WRITE, pages); /* @pin */
	c = get_user_pages_fast(addr, 2, FOLL_WRITE | FOLL_GET, pages); /* @pin longterm */
	d = get_user_pages_fast(addr, 2, FOLL_WRITE | FOLL_GET | FOLL_FORCE, pages); /* @pin */
	return a + b + c + d;
}

static int other_forms(struct mm_struct *mm, unsigned long addr, int locked,
		       bool ro, struct page **pages)
{
	long a, b, c, d, e;

	a = get_user_pages(addr, 0, FOLL_WRITE, pages); /* @pin */
	b = get_user_pages(addr, 0, 0, pages, 0); /* @pin longterm args=5 */
	c = get_user_pages_unlocked(addr, 2, pages, FOLL_GET | FOLL_WRITE); /* @pin longterm */
	d = get_user_pages_remote(mm, addr, 2, ro ? 0 : 1, pages, NULL); /* @pin longterm */
	e = get_user_pages_remote(NULL, mm, addr, 2, FOLL_FORCE, pages, NULL, 0); /* @pin longterm flags=4 args=8 */
	return a + b + c + d + e;
}

static int two_at_once(unsigned long addr, unsigned int flags,
		       struct page **pages)
{
	int locked = 1;
	long got;

	got = get_user_pages_locked(addr, flags, flags, pages, &locked); /* @pin longterm */
	if (got < 0)
		got = get_user_pages(addr, flags, flags, pages); /* @pin longterm */
	return got;
}

static int partial(unsigned long addr, int nr, struct page **pages)
{
	int got, i;

	got = get_user_pages_fast(addr, /* @pin longterm */
				  nr,
				  FOLL_WRITE,
				  pages);
	if (got == nr)
		return 0;
	for (i = 0; i < got; i++)
		put_page(pages[i]); /* @unpin */
	return got < 0 ? got : -EFAULT;
}

#ifdef CONFIG_BIG
static int either(unsigned long addr, struct page **pages)
{
	return get_user_pages_fast(addr, 16, FOLL_WRITE, pages); /* @pin */
}
#else
static int either(unsigned long addr, struct page **pages)
{
	return get_user_pages_fast(addr, 1, FOLL_WRITE, pages); /* @pin */
}
#endif

#define grab(addr, page) get_user_pages_fast(addr, 1, FOLL_WRITE, page) /* @pin */

#define hold(addr, fl, page) \
	get_user_pages_fast(addr, 1, fl, page) /* @pin longterm spliced */

#define hold_all(addr, fl, page) get_user_pages_fast(addr, 1, fl, page) /* @pin */

static int held(unsigned long addr, int more, struct page **page)
{
	if (hold_all(addr, 1, page)) /* @lasting token=hold_all flags=1 args=3 */
		return hold_all(addr, FOLL_WRITE | FOLL_FORCE, page); /* @lasting token=hold_all flags=1 args=3 */
	return hold_all(addr, more ? FOLL_WRITE : 0, page); /* @lasting token=hold_all flags=1 args=3 */
}

static int said(unsigned long addr, int more, struct page **pages)
{
	return pin_user_pages_fast(addr & PAGE_MASK, 1, /* @lasting token=pin_user_pages_fast flags=2 args=4 */
				   more ? FOLL_WRITE : 0,	/* to be written */
				   pages);	/* one */
}

static int untouched(unsigned long addr, struct page **pages)
{
	return get_user_pages_fast(addr, 1, FOLL_WRITE, pages);
}
