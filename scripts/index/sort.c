// SPDX-License-Identifier: GPL-2.0-only
/*
 * The postings of all files, in the order of their buckets.
 *
 * Threads take parts in turn. The postings of files that were read are sorted;
 * those of an index before are sorted as they are, for both number files in the
 * order of their paths.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "index.h"
#include "threads.h"
#include "words.h"

/* Buckets of more postings than this are worth a radix sort. */
#define FEW 32

/**
 * struct work - what the threads share
 * @first: how many postings are in the parts before each
 * @next: the next part that is not sorted
 * @error: what went wrong
 */
struct work {
	struct sorting *sorting;
	uint64_t first[PARTS + 1];
	atomic_uint next;
	atomic_int error;
	int fd;
	uint64_t at;
};

/**
 * struct scratch - memory of one thread
 * @new: postings of files that were read
 * @all: those of all files
 * @other: room to sort with
 * @begin: where those of each bucket begin in @new
 * @end: where they end
 */
struct scratch {
	uint32_t *new;
	uint32_t *all;
	uint32_t *other;
	uint32_t begin[PART_BUCKETS];
	uint32_t end[PART_BUCKETS];
};

static void sort_few(uint32_t *posting, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		uint32_t one = posting[i], at = i;

		for (; at && posting[at - 1] > one; at--)
			posting[at] = posting[at - 1];
		posting[at] = one;
	}
}

static void sort_many(uint32_t *posting, uint32_t *other, uint32_t n)
{
	for (int shift = 0; shift < 32; shift += 8) {
		uint32_t count[257] = { 0 };

		for (uint32_t i = 0; i < n; i++)
			count[(posting[i] >> shift & 255) + 1]++;
		for (int i = 0; i < 256; i++)
			count[i + 1] += count[i];
		for (uint32_t i = 0; i < n; i++)
			other[count[posting[i] >> shift & 255]++] = posting[i];
		memcpy(posting, other, n * sizeof(*posting));
	}
}

static void count_new(struct scratch *scratch, const struct block *block)
{
	for (; block; block = block->next) {
		for (uint32_t i = 0; i < block->n; i++) {
			uint32_t word = block->word[i];

			if (word < FILE_MARK)
				scratch->end[word >> REST_BITS]++;
		}
	}
}

static void place_new(struct scratch *scratch, const struct block *block)
{
	uint32_t file = 0;

	for (; block; block = block->next) {
		for (uint32_t i = 0; i < block->n; i++) {
			uint32_t word = block->word[i];

			if (word >= FILE_MARK)
				file = word - FILE_MARK;
			else
				scratch->new[scratch->end[word >> REST_BITS]++] =
					word << FILE_BITS | file;
		}
	}
}

/* Sort what was read of a part. */
static void sort_new(const struct sorting *sorting, uint32_t part,
		     struct scratch *scratch)
{
	uint32_t at = 0;

	memset(scratch->end, 0, sizeof(scratch->end));
	for (uint32_t i = 0; i < sorting->lists; i++)
		count_new(scratch, sorting->list[i].part[part].first);
	for (uint32_t b = 0; b < PART_BUCKETS; b++) {
		scratch->begin[b] = at;
		at += scratch->end[b];
		scratch->end[b] = scratch->begin[b];
	}
	for (uint32_t i = 0; i < sorting->lists; i++)
		place_new(scratch, sorting->list[i].part[part].first);
	for (uint32_t b = 0; b < PART_BUCKETS; b++) {
		uint32_t *posting = scratch->new + scratch->begin[b];
		uint32_t n = scratch->end[b] - scratch->begin[b];

		if (n > FEW)
			sort_many(posting, scratch->other, n);
		else
			sort_few(posting, n);
	}
}

/* Merge a bucket of the index before with what was read; the end of it. */
static uint32_t *merge(const struct sorting *sorting, uint32_t bucket,
		       const uint32_t *new, const uint32_t *end, uint32_t *to)
{
	const struct index *old = sorting->old;

	for (uint32_t i = old->bucket[bucket]; i < old->bucket[bucket + 1]; i++) {
		uint32_t posting = old->posting[i];
		uint32_t file = sorting->number[FILE_OF(posting)];

		if (file >= MOST_FILES)
			continue;
		posting = REST(posting) << FILE_BITS | file;
		while (new < end && *new < posting)
			*to++ = *new++;
		*to++ = posting;
	}
	while (new < end)
		*to++ = *new++;
	return to;
}

static int write_all(int fd, const void *bytes, size_t size, uint64_t at)
{
	while (size) {
		ssize_t n = pwrite(fd, bytes, size, at);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes = (const char *)bytes + n;
			size -= n;
			at += n;
		}
	}
	return 0;
}

static void sort_part(struct work *work, uint32_t part, struct scratch *scratch)
{
	const struct sorting *sorting = work->sorting;
	uint32_t *bucket = sorting->bucket + part * PART_BUCKETS;
	uint32_t *all = scratch->new;
	uint32_t *to = scratch->all;
	int error;

	sort_new(sorting, part, scratch);
	for (uint32_t b = 0; b < PART_BUCKETS; b++) {
		bucket[b] = work->first[part] + scratch->begin[b];
		if (!sorting->old->head)
			continue;
		bucket[b] = work->first[part] + (to - scratch->all);
		to = merge(sorting, part * PART_BUCKETS + b,
			   scratch->new + scratch->begin[b],
			   scratch->new + scratch->end[b], to);
		all = scratch->all;
	}
	error = write_all(work->fd, all, (work->first[part + 1] -
			  work->first[part]) * sizeof(*all),
			  work->at + work->first[part] * sizeof(*all));
	if (error)
		work->error = error;
}

static uint64_t count_part(const struct sorting *sorting, uint32_t part)
{
	const struct index *old = sorting->old;
	uint64_t n = 0;

	for (uint32_t i = 0; i < sorting->lists; i++)
		n += sorting->list[i].part[part].n;
	if (!old->head)
		return n;
	for (uint32_t i = old->bucket[part * PART_BUCKETS];
	     i < old->bucket[(part + 1) * PART_BUCKETS]; i++)
		n += sorting->number[FILE_OF(old->posting[i])] < MOST_FILES;
	return n;
}

static void *run(void *data)
{
	struct work *work = data;
	struct scratch *scratch = must_grow(NULL, sizeof(*scratch));
	size_t most = 0;
	uint32_t part;

	for (part = 0; part < PARTS; part++) {
		if (work->first[part + 1] - work->first[part] > most)
			most = work->first[part + 1] - work->first[part];
	}
	most = most * sizeof(uint32_t) + 1;
	scratch->new = must_grow(NULL, most);
	scratch->all = must_grow(NULL, most);
	scratch->other = must_grow(NULL, most);
	while ((part = atomic_fetch_add(&work->next, 1)) < PARTS)
		sort_part(work, part, scratch);
	free(scratch->new);
	free(scratch->all);
	free(scratch->other);
	free(scratch);
	return NULL;
}

int sort(struct sorting *sorting, uint32_t jobs, int fd, uint64_t at)
{
	struct work work = { .sorting = sorting, .fd = fd, .at = at };

	for (uint32_t part = 0; part < PARTS; part++)
		work.first[part + 1] = work.first[part] +
				       count_part(sorting, part);
	if (work.first[PARTS] > UINT32_MAX)
		return -EFBIG;
	sorting->bucket[BUCKETS] = work.first[PARTS];
	in_threads(run, &work, 0, jobs);
	return work.error;
}
