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

static bool put(FILE *to, const void *bytes, size_t size)
{
	static const char zeros[8];
	size_t rest = padded(size) - size;

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

static int put_all(FILE *to, const struct listing *listing,
		   struct sorting *sorting, uint32_t jobs, uint64_t began)
{
	uint64_t at = sizeof(struct index_head) +
		      listing->n * sizeof(struct index_file) +
		      padded((BUCKETS + 1) * sizeof(uint32_t));
	struct index_head head = {
		.magic = INDEX_MAGIC,
		.files = listing->n,
	};
	int error = sort(sorting, jobs, fileno(to), at);

	if (error)
		return error;
	head.postings = sorting->bucket[BUCKETS];
	for (uint32_t i = 0; i < listing->n; i++)
		head.path_bytes += strlen(listing->file[i].path) + 1;
	at += padded(head.postings * sizeof(uint32_t));
	if (!put(to, &head, sizeof(head)) || !put_files(to, listing, began) ||
	    !put(to, sorting->bucket, (BUCKETS + 1) * sizeof(uint32_t)) ||
	    fseeko(to, at, SEEK_SET) || !put_paths(to, listing))
		return -errno;
	return 0;
}

int index_write(const char *path, const struct listing *listing,
		struct sorting *sorting, uint32_t jobs, uint64_t began)
{
	size_t size = strlen(path) + 32;
	char *temporary = must_grow(NULL, size);
	int error;
	FILE *to;

	snprintf(temporary, size, "%s.%ld", path, (long)getpid());
	to = fopen(temporary, "wb");
	error = to ? put_all(to, listing, sorting, jobs, began) : -errno;
	if (to && fclose(to) && !error)
		error = -errno;
	if (!error && rename(temporary, path))
		error = -errno;
	if (error && to)
		unlink(temporary);
	free(temporary);
	return error;
}
