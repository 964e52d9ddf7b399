// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exact counts of the pages of a user buffer, as /dev/pin_trace tells them.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/uaccess.h>
#include "pin_trace.h"
#include "pin_trace_calls.h"

/* The pins of @head if they are counted apart from its references, else -1. */
static int pins_apart(struct page *head)
{
#ifdef TREE_PIN_FOLIO
	return PageHead(head) ? atomic_read(&page_folio(head)->_pincount) : -1;
#endif
#ifdef TREE_PIN_FIELD
	return PageHead(head) ? atomic_read(&page_folio(head)->_pincount) : -1;
#endif
#ifdef TREE_PIN_POINTER
	return PageHead(head) ?
	       atomic_read(folio_pincount_ptr(page_folio(head))) : -1;
#endif
#ifdef TREE_PIN_HPAGE
	return hpage_pincount_available(head) ?
	       atomic_read(compound_pincount_ptr(head)) : -1;
#endif
#ifdef TREE_PIN_REFERENCE
	return -1;
#endif
}

/* Tell plain references from pins; pages of one folio share their counts. */
static void counts_of(struct page *page, struct pin_trace_page *found)
{
	struct page *head = compound_head(page);
	unsigned int refs = page_ref_count(head);
	int pins = pins_apart(head);

	found->pfn = page_to_pfn(page);
	found->head = page_to_pfn(head);
	found->folio = PageCompound(page) ? 1U << compound_order(head) : 1;
	if (pins >= 0) {
		/* Each holds a reference as well. */
		found->pins = pins;
		found->refs = refs - pins;
	} else {
		found->pins = refs / GUP_PIN_COUNTING_BIAS;
		found->refs = refs % GUP_PIN_COUNTING_BIAS;
	}
}

/**
 * pin_trace_count - Count the references and pins of the pages of some memory
 * @asked: The memory, and where the counts go
 *
 * One page at a time, so that pages of one folio do not add up.
 *
 * Return: 0, or -EFAULT.
 */
int pin_trace_count(const struct pin_trace_count *asked)
{
	unsigned long addr = asked->addr & PAGE_MASK;
	unsigned long end = asked->addr + asked->len;
	struct pin_trace_page __user *out = u64_to_user_ptr(asked->pages);

	/* A page on its way to the LRU list has a reference more. */
	lru_add_drain_all();
	for (; addr < end; addr += PAGE_SIZE, out++) {
		struct pin_trace_page found = {};
		struct page *page;

		if (get_user_pages_unlocked(addr, 1, &page, 0) == 1) {
			counts_of(page, &found);
			/* The one that we hold ourselves. */
			found.refs--;
			put_page(page);
		}
		if (copy_to_user(out, &found, sizeof(found)))
			return -EFAULT;
	}
	return 0;
}
