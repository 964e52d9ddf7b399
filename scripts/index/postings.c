// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words of files, gathered and sorted.
 */
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "words.h"

#define REST(posting) ((posting) >> FILE_BITS)
#define FILE_OF(posting) ((posting) & (MOST_FILES - 1))

static void make_room(struct postings *postings, size_t more)
{
	if (postings->n + more <= postings->room)
		return;
	postings->room = 2 * (postings->n + more);
	postings->word = must_grow(postings->word,
				   postings->room * sizeof(*postings->word));
}

void postings_add(struct postings *postings, const uint64_t *hash, uint32_t n,
		  uint32_t file)
{
	make_room(postings, n);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t word = hash[i] >> (64 - BUCKET_BITS - REST_BITS);

		postings->word[postings->n++] = word << FILE_BITS | file;
	}
}

void postings_keep(struct postings *postings, const struct index *old,
		   const uint32_t *number)
{
	make_room(postings, old->head->postings);
	for (uint64_t bucket = 0; bucket < BUCKETS; bucket++) {
		for (uint32_t i = old->bucket[bucket];
		     i < old->bucket[bucket + 1]; i++) {
			uint32_t posting = old->posting[i];
			uint32_t file = number[FILE_OF(posting)];
			uint64_t word = bucket << REST_BITS | REST(posting);

			if (file < MOST_FILES)
				postings->word[postings->n++] =
					word << FILE_BITS | file;
		}
	}
}
