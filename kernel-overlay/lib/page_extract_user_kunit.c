// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of iov_iter_extract_pages() on user memory, with exact pin counts, and
 * of the helpers that release what was extracted.
 *
 * Each test gives its kernel thread an mm of its own and maps anonymous memory
 * there, so that pages are faulted in, pinned and released as for a process.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/page_extract.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include "page_extract_kunit.h"

#define BIAS		GUP_PIN_COUNTING_BIAS

/* Run the test in a new mm, which the end of the thread drops if it fails. */
static struct mm_struct *attach_mm(struct kunit *test)
{
	struct mm_struct *mm = mm_alloc();

	KUNIT_ASSERT_NOT_NULL(test, mm);
	mm->task_size = TASK_SIZE;
	arch_pick_mmap_layout(mm, &current->signal->rlim[RLIMIT_STACK]);
	kthread_use_mm(mm);
	return mm;
}

static void detach_mm(struct mm_struct *mm)
{
	kthread_unuse_mm(mm);
	mmput(mm);
}

static unsigned long map(struct kunit *test, unsigned long prot)
{
	unsigned long at = vm_mmap(NULL, 0, EXTRACT_SIZE, prot,
				   MAP_PRIVATE | MAP_ANONYMOUS, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(at));
	return at;
}

/* Fault the memory in and note its pages, which stay while it is mapped. */
static void populate(struct extract_memory *m)
{
	unsigned int k;
	long got;

	got = get_user_pages_unlocked(m->address, EXTRACT_PAGES, m->pages,
				      FOLL_WRITE);
	KUNIT_ASSERT_EQ(m->test, got, (long)EXTRACT_PAGES);
	for (k = 0; k < EXTRACT_PAGES; k++)
		put_page(m->pages[k]);
	/* A page on its way to the LRU list has a reference more. */
	lru_add_drain_all();
	extract_fill(m);
}

static void build_iovec(struct extract_memory *m, struct iov_iter *i,
			const struct extract_seg *segs, unsigned int nr,
			size_t count)
{
	unsigned int k;

	for (k = 0; k < nr; k++) {
		m->iov[k].iov_base = (void __user *)(m->address + segs[k].at);
		m->iov[k].iov_len = segs[k].len;
	}
	iov_iter_init(i, m->direction, m->iov, nr, count);
}

static void user_walk(struct extract_memory *m)
{
	struct mm_struct *mm = attach_mm(m->test);

	m->address = map(m->test, PROT_READ | PROT_WRITE);
	populate(m);
	extract_walk_all(m);
	detach_mm(mm);
}

static void test_iovec(struct kunit *test)
{
	struct extract_memory m = { .test = test, .kind = "iovec", .pins = true,
				    .build = build_iovec };

	m.direction = WRITE;
	user_walk(&m);
	m.direction = READ;
	user_walk(&m);
}

#ifdef TREE_UBUF
static void build_ubuf(struct extract_memory *m, struct iov_iter *i,
		       const struct extract_seg *segs, unsigned int nr,
		       size_t count)
{
	iov_iter_ubuf(i, m->direction, (void __user *)(m->address + segs[0].at),
		      count);
}

static void test_ubuf(struct kunit *test)
{
	struct extract_memory m = { .test = test, .kind = "ubuf", .pins = true,
				    .one = true, .build = build_ubuf,
				    .direction = READ };

	user_walk(&m);
}

#endif
/* A whole mapping as one iovec. */
static void whole(struct extract_memory *m, struct iov_iter *i)
{
	struct extract_seg all = { 0, EXTRACT_SIZE };

	build_iovec(m, i, &all, 1, all.len);
}

static ssize_t extract(struct iov_iter *i, struct page **pages)
{
	size_t offset;

	return extract_once(i, pages, SIZE_MAX, &offset);
}

static void expect_refs(struct extract_memory *m, const int *before, int more,
			unsigned int first, unsigned int end)
{
	unsigned int k;

	for (k = first; k < end; k++)
		KUNIT_EXPECT_EQ(m->test, page_ref_count(m->pages[k]),
				before[k] + more);
}

static void note_refs(struct extract_memory *m, int *before)
{
	unsigned int k;

	for (k = 0; k < EXTRACT_PAGES; k++)
		before[k] = page_ref_count(m->pages[k]);
}

/* What most tests begin with; they end with detach_mm(). */
static struct mm_struct *start(struct kunit *test, struct extract_memory *m,
			       int *before)
{
	struct mm_struct *mm = attach_mm(test);

	*m = (struct extract_memory){ .test = test, .kind = "iovec",
				      .pins = true, .build = build_iovec,
				      .direction = READ };
	m->address = map(test, PROT_READ | PROT_WRITE);
	populate(m);
	note_refs(m, before);
	return mm;
}

static void test_fault_in_the_middle(struct kunit *test)
{
	struct page *pages[EXTRACT_PAGES], **array = NULL;
	int before[EXTRACT_PAGES];
	struct extract_memory m;
	struct mm_struct *mm = start(test, &m, before);
	struct iov_iter i;
	size_t offset;

	vm_munmap(m.address + 3 * PAGE_SIZE, PAGE_SIZE);
	whole(&m, &i);
	KUNIT_EXPECT_EQ(test, extract(&i, pages), (ssize_t)(3 * PAGE_SIZE));
	expect_refs(&m, before, BIAS, 0, 3);
	expect_refs(&m, before, 0, 4, EXTRACT_PAGES);

	/* The next one starts where there is nothing, and takes nothing. */
	KUNIT_EXPECT_EQ(test, extract(&i, pages + 3), (ssize_t)-EFAULT);
	KUNIT_EXPECT_EQ(test, iov_iter_count(&i), 5 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, iov_iter_extract_pages(&i, &array, SIZE_MAX, 4, 0,
						     &offset),
			(ssize_t)-EFAULT);
	kvfree(array);
	KUNIT_EXPECT_EQ(test, iov_iter_extract_pages_alloc(&i, &array, SIZE_MAX,
							   &offset),
			(ssize_t)-EFAULT);
	KUNIT_EXPECT_NULL(test, array);

	page_extract_release_pages(pages, 3, true);
	expect_refs(&m, before, 0, 0, 3);
	expect_refs(&m, before, 0, 4, EXTRACT_PAGES);
	detach_mm(mm);
}

static void test_protection(struct kunit *test)
{
	struct extract_memory m = { .test = test, .build = build_iovec };
	struct mm_struct *mm = attach_mm(test);
	struct page *pages[EXTRACT_PAGES];
	struct iov_iter i;
	int zero_refs;

	extract_needs_mmu(test);
	m.address = map(test, PROT_READ);
	m.direction = READ;
	whole(&m, &i);
	KUNIT_EXPECT_EQ(test, extract(&i, pages), (ssize_t)-EFAULT);

	/* Reading untouched memory shows the zero page. */
	zero_refs = page_ref_count(ZERO_PAGE(0));
	m.direction = WRITE;
	whole(&m, &i);
	KUNIT_EXPECT_EQ(test, extract(&i, pages), (ssize_t)EXTRACT_SIZE);
	KUNIT_EXPECT_PTR_EQ(test, pages[0], ZERO_PAGE(0));
#ifdef TREE_ZERO_PAGE_EXEMPT
	KUNIT_EXPECT_EQ(test, page_ref_count(ZERO_PAGE(0)), zero_refs);
	page_extract_add_pin(pages[0]);
	KUNIT_EXPECT_EQ(test, page_ref_count(ZERO_PAGE(0)), zero_refs);
#endif
	page_extract_release_pages(pages, EXTRACT_PAGES, true);
	KUNIT_EXPECT_EQ(test, page_ref_count(ZERO_PAGE(0)), zero_refs);
	detach_mm(mm);
}

#ifdef TREE_NOFAULT
static void test_nofault(struct kunit *test)
{
	struct extract_memory m = { .test = test, .build = build_iovec,
				    .direction = READ };
	struct mm_struct *mm = attach_mm(test);
	struct page *pages[EXTRACT_PAGES];
	struct iov_iter i;

	extract_needs_mmu(test);
	m.address = map(test, PROT_READ | PROT_WRITE);
	whole(&m, &i);
	i.nofault = true;
	KUNIT_EXPECT_EQ(test, extract(&i, pages), (ssize_t)-EFAULT);

	populate(&m);
	KUNIT_EXPECT_EQ(test, extract(&i, pages), (ssize_t)EXTRACT_SIZE);
	page_extract_release_pages(pages, EXTRACT_PAGES, true);
	detach_mm(mm);
}

#endif
static void test_overlap(struct kunit *test)
{
	struct page *first[EXTRACT_PAGES], *second[EXTRACT_PAGES];
	int before[EXTRACT_PAGES];
	struct extract_memory m;
	struct mm_struct *mm = start(test, &m, before);
	struct iov_iter i;

	whole(&m, &i);
	KUNIT_EXPECT_EQ(test, extract(&i, first), (ssize_t)EXTRACT_SIZE);
	whole(&m, &i);
	KUNIT_EXPECT_EQ(test, extract(&i, second), (ssize_t)EXTRACT_SIZE);
	expect_refs(&m, before, 2 * BIAS, 0, EXTRACT_PAGES);
	page_extract_add_pin(first[1]);
	expect_refs(&m, before, 3 * BIAS, 1, 2);

	page_extract_release(first[1], true);
	page_extract_release_pages(first, EXTRACT_PAGES, true);
	expect_refs(&m, before, BIAS, 0, EXTRACT_PAGES);
	page_extract_release_pages(second, EXTRACT_PAGES, true);
	expect_refs(&m, before, 0, 0, EXTRACT_PAGES);
	detach_mm(mm);
}

static void test_alloc(struct kunit *test)
{
	struct page **pages = ERR_PTR(-EBADF);
	int before[EXTRACT_PAGES];
	struct extract_memory m;
	struct mm_struct *mm = start(test, &m, before);
	struct iov_iter i;
	size_t offset;

	whole(&m, &i);
	KUNIT_ASSERT_EQ(test, iov_iter_extract_pages_alloc(&i, &pages, SIZE_MAX,
							   &offset),
			(ssize_t)EXTRACT_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, pages);
	KUNIT_EXPECT_EQ(test, offset, (size_t)0);
	KUNIT_EXPECT_EQ(test, memcmp(pages, m.pages, sizeof(m.pages)), 0);
	page_extract_release_pages(pages, EXTRACT_PAGES, true);
	kvfree(pages);
	expect_refs(&m, before, 0, 0, EXTRACT_PAGES);

	pages = ERR_PTR(-EBADF);
	KUNIT_EXPECT_EQ(test, iov_iter_extract_pages_alloc(&i, &pages, SIZE_MAX,
							   &offset),
			(ssize_t)0);
	KUNIT_EXPECT_NULL(test, pages);
	detach_mm(mm);
}

/* NULL, no pages, an error code for a count, and holes: nothing goes wrong. */
static void test_release_nothing(struct kunit *test)
{
	struct page *pages[EXTRACT_PAGES], *held;
	int before[EXTRACT_PAGES];
	struct extract_memory m;
	struct mm_struct *mm = start(test, &m, before);
	struct iov_iter i;

	whole(&m, &i);
	KUNIT_EXPECT_EQ(test, extract(&i, pages), (ssize_t)EXTRACT_SIZE);

	page_extract_release(NULL, true);
	page_extract_release(pages[0], false);
	page_extract_release_pages(NULL, 3, true);
	page_extract_release_pages(pages, 0, true);
	page_extract_release_pages(pages, -EFAULT, true);
	page_extract_release_pages(pages, EXTRACT_PAGES, false);
	page_extract_release_pages_dirty_lock(pages, -EFAULT, true, true);
	expect_refs(&m, before, BIAS, 0, EXTRACT_PAGES);

	held = pages[2];
	pages[2] = NULL;
	page_extract_release_pages(pages, EXTRACT_PAGES, true);
	expect_refs(&m, before, 0, 0, 2);
	expect_refs(&m, before, BIAS, 2, 3);
	expect_refs(&m, before, 0, 3, EXTRACT_PAGES);
	page_extract_release(held, true);
	expect_refs(&m, before, 0, 2, 3);
	detach_mm(mm);
}

static void test_release_dirty(struct kunit *test)
{
	struct page *pages[EXTRACT_PAGES];
	int before[EXTRACT_PAGES];
	struct extract_memory m;
	struct mm_struct *mm = start(test, &m, before);
	unsigned int way, k;
	struct iov_iter i;

	for (way = 0; way < 4; way++) {
		bool pinned = way & 1, dirty = way & 2;

		for (k = 0; k < EXTRACT_PAGES; k++)
			ClearPageDirty(m.pages[k]);
		memcpy(pages, m.pages, sizeof(pages));
		whole(&m, &i);
		if (pinned)
			extract(&i, pages);
		page_extract_release_pages_dirty_lock(pages, EXTRACT_PAGES,
						      pinned, dirty);
		expect_refs(&m, before, 0, 0, EXTRACT_PAGES);
		for (k = 0; k < EXTRACT_PAGES; k++)
			KUNIT_EXPECT_EQ(test, PageDirty(m.pages[k]), dirty);
	}
	detach_mm(mm);
}

/* Slab memory, which a kvec may bring, is never marked dirty. */
static void test_release_slab(struct kunit *test)
{
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);
	struct page *page;

	KUNIT_ASSERT_NOT_NULL(test, slab);
	page = virt_to_page(slab);
	page_extract_release_pages_dirty_lock(&page, 1, false, true);
	KUNIT_EXPECT_FALSE(test, PageDirty(page));
}

static struct kunit_case user_cases[] = {
	KUNIT_CASE(test_iovec),
#ifdef TREE_UBUF
	KUNIT_CASE(test_ubuf),
#endif
	KUNIT_CASE(test_fault_in_the_middle),
	KUNIT_CASE(test_protection),
#ifdef TREE_NOFAULT
	KUNIT_CASE(test_nofault),
#endif
	KUNIT_CASE(test_overlap),
	KUNIT_CASE(test_alloc),
	KUNIT_CASE(test_release_nothing),
	KUNIT_CASE(test_release_dirty),
	KUNIT_CASE(test_release_slab),
	{}
};

static struct kunit_suite user_suite = {
	.name = "page_extract_user",
	.test_cases = user_cases,
};

kunit_test_suites(&user_suite);
