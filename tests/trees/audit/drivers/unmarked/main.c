// SPDX-License-Identifier: GPL-2.0-only
/* Taken to be written to, and nobody writes, or the mark is there already; each
 * with a twin that lacks it.
 */
#include <linux/mm.h>
#include <linux/dma-mapping.h>

struct board {
	struct page *page;
	struct scatterlist sg;
};

/* What a write method sends may not be written to. */
int source_const(struct board *board, const char *from, size_t count)
{
	unsigned long at = (unsigned long)from;
	struct page *page;

	if (pin_user_pages_fast(at & PAGE_MASK, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	board_copy(board, page_address(page), count);
	unpin_user_page(page);
	return count;
}

const struct board_ops board_ops = {
	.open = board_open,
	.raw_write = source_const,
};

int source_not(struct board *board, char *from, size_t count)
{
	unsigned long at = (unsigned long)from;
	struct page *page;

	if (pin_user_pages_fast(at & PAGE_MASK, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	board_copy(board, page_address(page), count);
	unpin_user_page(page);	/* @not-dirtied */
	return count;
}

/* What a const structure points to may well be. */
int source_behind(struct board *board, const struct iovec *to, size_t count)
{
	struct page *page;

	if (pin_user_pages_fast((unsigned long)to->iov_base, 1, FOLL_WRITE,
				&page) != 1)
		return -EFAULT;
	board_copy(board, page_address(page), count);
	unpin_user_page(page);	/* @not-dirtied */
	return count;
}

/* The address may be const, and the board writes there. */
int source_both_ways(struct board *board, const char *where, size_t count)
{
	struct page *page;

	if (pin_user_pages_fast((unsigned long)where, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	board_copy(board, page_address(page), count);
	unpin_user_page(page);	/* @not-dirtied */
	return count;
}

/* Only the number is wanted. */
int number_only(unsigned long at, int write, unsigned long *phys)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, write ? FOLL_WRITE : 0, &page) <= 0)
		return -EFAULT;
	*phys = page_to_phys(page);
	put_page(page);
	return 0;
}

int number_used(unsigned long at, int write, unsigned long *phys)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, write ? FOLL_WRITE : 0, &page) <= 0)
		return -EFAULT;
	*phys = page_to_phys(page);
	board_start(*phys);
	put_page(page);	/* @not-dirtied */
	return 0;
}

/* Anonymous memory alone. */
int anonymous_only(unsigned long at, int value)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	if (unlikely(!PageAnon(page) || PageHuge(page))) {
		put_page(page);
		return -EINVAL;
	}
	memset(page_address(page), value, PAGE_SIZE);
	put_page(page);
	return 0;
}

int anonymous_counted(struct board *board, unsigned long at, int value)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	if (PageAnon(page))
		board->anonymous++;
	memset(page_address(page), value, PAGE_SIZE);
	put_page(page);	/* @not-dirtied */
	return 0;
}
