// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words of files, gathered.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "index.h"
#include "words.h"

static_assert(BUCKET_BITS + REST_BITS == KEY_BITS, "a key is in both");
static_assert(IN_PART_BITS < 31, "a mark is told from a word");

#define CHUNK_BLOCKS 64

void postings_init(struct postings *postings)
{
	memset(postings, 0, sizeof(*postings));
	for (uint32_t part = 0; part < PARTS; part++)
		postings->part[part].file = ~0U;
}

/* To touch memory costs more than to fill it, unless its pages are large. */
static struct block *new_chunk(void)
{
	size_t size = CHUNK_BLOCKS * sizeof(struct block);
	struct block *chunk = aligned_alloc(size, size);

	if (!chunk)
		return must_grow(NULL, size);
	madvise(chunk, size, MADV_HUGEPAGE);
	return chunk;
}

static struct block *new_block(struct postings *postings)
{
	struct block *block;

	if (!postings->left) {
		postings->chunk = must_grow(postings->chunk,
					    (postings->chunks + 1) *
					    sizeof(*postings->chunk));
		postings->chunk[postings->chunks++] = new_chunk();
		postings->left = CHUNK_BLOCKS;
	}
	block = &postings->chunk[postings->chunks - 1][--postings->left];
	block->next = NULL;
	block->n = 0;
	return block;
}

static void put(struct postings *postings, struct list *list, uint32_t word)
{
	if (!list->last || list->last->n == BLOCK_WORDS) {
		struct block *block = new_block(postings);

		if (list->last)
			list->last->next = block;
		else
			list->first = block;
		list->last = block;
	}
	list->last->word[list->last->n++] = word;
}

void postings_add(struct postings *postings, const uint64_t *key, uint32_t n,
		  uint32_t file)
{
	for (uint32_t i = 0; i < n; i++) {
		struct list *list = &postings->part[key[i] >> IN_PART_BITS];

		if (list->file != file)
			put(postings, list, FILE_MARK | file);
		list->file = file;
		list->n++;
		put(postings, list, key[i] & ((1U << IN_PART_BITS) - 1));
	}
}

void postings_free(struct postings *postings)
{
	while (postings->chunks)
		free(postings->chunk[--postings->chunks]);
	free(postings->chunk);
}
