// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing an index.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "index.h"
#include "words.h"

/* A file that changed this short before a run may change again unseen. */
#define GRAIN 2000000000ULL
/* Buckets of more postings than this are worth a radix sort. */
#define FEW 32

struct sorted {
	uint32_t *bucket;
	uint32_t *posting;
	uint64_t n;
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

/* Put all postings in the order of their buckets; the parts are given back. */
static void place(struct sorted *sorted, struct postings *part, uint32_t parts)
{
	uint32_t *next = must_grow(NULL, (BUCKETS + 2) * sizeof(*next));

	memset(next, 0, (BUCKETS + 2) * sizeof(*next));
	sorted->n = 0;
	for (uint32_t p = 0; p < parts; p++) {
		for (size_t i = 0; i < part[p].n; i++)
			next[(part[p].word[i] >> 32) + 2]++;
		sorted->n += part[p].n;
	}
	for (uint32_t i = 0; i < BUCKETS; i++)
		next[i + 2] += next[i + 1];
	sorted->posting = must_grow(NULL, sorted->n * sizeof(uint32_t) + 1);
	for (uint32_t p = 0; p < parts; p++) {
		for (size_t i = 0; i < part[p].n; i++) {
			uint64_t word = part[p].word[i];

			sorted->posting[next[(word >> 32) + 1]++] = word;
		}
		free(part[p].word);
		part[p] = (struct postings) { 0 };
	}
	sorted->bucket = next;
}

static void sort(struct sorted *sorted)
{
	uint32_t most = 0, *other;

	for (uint32_t i = 0; i < BUCKETS; i++) {
		uint32_t n = sorted->bucket[i + 1] - sorted->bucket[i];

		most = n > most ? n : most;
	}
	other = must_grow(NULL, most * sizeof(*other) + 1);
	for (uint32_t i = 0; i < BUCKETS; i++) {
		uint32_t *posting = sorted->posting + sorted->bucket[i];
		uint32_t n = sorted->bucket[i + 1] - sorted->bucket[i];

		if (n > FEW)
			sort_many(posting, other, n);
		else
			sort_few(posting, n);
	}
	free(other);
}

static bool put(FILE *to, const void *bytes, size_t size)
{
	static const char zeros[8];
	size_t rest = -size % sizeof(zeros);

	return fwrite(bytes, 1, size, to) == size &&
	       fwrite(zeros, 1, rest, to) == rest;
}

static bool put_files(FILE *to, const struct listing *listing, uint64_t began)
{
	uint64_t path = 0;

	for (uint32_t i = 0; i < listing->n; i++) {
		const struct file *file = &listing->file[i];
		struct index_file entry = {
			.size = file->size,
			.changed = file->changed,
			.inode = file->inode,
			.path = path,
		};

		if (file->changed + GRAIN > began)
			entry.size = ~0ULL;
		path += strlen(file->path) + 1;
		if (!put(to, &entry, sizeof(entry)))
			return false;
	}
	return true;
}

static bool put_paths(FILE *to, const struct listing *listing)
{
	for (uint32_t i = 0; i < listing->n; i++) {
		const char *path = listing->file[i].path;

		if (fwrite(path, 1, strlen(path) + 1, to) != strlen(path) + 1)
			return false;
	}
	return true;
}

static bool put_all(FILE *to, const struct listing *listing,
		    const struct sorted *sorted, uint64_t began)
{
	struct index_head head = {
		.magic = INDEX_MAGIC,
		.files = listing->n,
		.postings = sorted->n,
	};

	for (uint32_t i = 0; i < listing->n; i++)
		head.path_bytes += strlen(listing->file[i].path) + 1;
	return put(to, &head, sizeof(head)) && put_files(to, listing, began) &&
	       put(to, sorted->bucket, (BUCKETS + 1) * sizeof(uint32_t)) &&
	       put(to, sorted->posting, sorted->n * sizeof(uint32_t)) &&
	       put_paths(to, listing);
}

int index_write(const char *path, const struct listing *listing,
		struct postings *part, uint32_t parts, uint64_t began)
{
	size_t size = strlen(path) + 32;
	char *temporary = must_grow(NULL, size);
	struct sorted sorted;
	int error = 0;
	FILE *to;

	place(&sorted, part, parts);
	sort(&sorted);
	snprintf(temporary, size, "%s.%ld", path, (long)getpid());
	to = fopen(temporary, "wb");
	if (!to || !put_all(to, listing, &sorted, began))
		error = -errno;
	if (to && fclose(to) && !error)
		error = -errno;
	if (!error && rename(temporary, path))
		error = -errno;
	if (error && to)
		unlink(temporary);
	free(temporary);
	free(sorted.bucket);
	free(sorted.posting);
	return error;
}
