/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which files of a tree have which words, and may define which, as a file that
 * others map.
 *
 * It has, in the byte order of the machine and each part at a multiple of 8:
 *
 *	struct index_head
 *	struct index_file[files]	in the order of their paths
 *	u32 bucket[BUCKETS + 1]		where the postings of a bucket begin
 *	u32 posting[postings]		of each bucket, in rising order
 *	char path[path_bytes]		each with a zero byte behind it
 *
 * A word's hash has its bucket in the highest BUCKET_BITS, and in the REST_BITS
 * below them what a posting has in front of the number of a file. So two words
 * may share a posting: a file that is named may lack the word, but none that has
 * it is left out.
 */
#ifndef INDEX_INDEX_H
#define INDEX_INDEX_H

#include <stdbool.h>

#include "listing.h"

#define INDEX_MAGIC 0x32584449504e4950ULL
#define BUCKET_BITS 20
#define BUCKETS 0x100000U		/* 1 << BUCKET_BITS */
#define FILE_BITS 18
#define REST_BITS (32 - FILE_BITS)
#define MOST_FILES 0x40000U		/* 1 << FILE_BITS */

struct index_head {
	uint64_t magic;
	uint64_t files;
	uint64_t postings;
	uint64_t path_bytes;
};

/**
 * struct index_file - a file of the tree
 * @size: number of its bytes, ~0 if it may have changed since it was read
 * @changed: when its inode was last changed, in ns
 * @inode: its number
 * @path: offset of its path
 */
struct index_file {
	uint64_t size;
	uint64_t changed;
	uint64_t inode;
	uint64_t path;
};

/**
 * struct index - an index that was written before
 * @head: where it is mapped, NULL for none
 * @size: number of bytes
 */
struct index {
	const struct index_head *head;
	const struct index_file *file;
	const uint32_t *bucket;
	const uint32_t *posting;
	const char *path;
	size_t size;
};

/**
 * index_open - Map an index
 * @index: the index, without one if there is none that can be used
 * @path: its file
 */
void index_open(struct index *index, const char *path);

/**
 * index_close - Unmap an index
 * @index: the index
 */
void index_close(struct index *index);

/**
 * struct postings - words of files, before they are sorted
 * @word: bucket, rest and file of each
 */
struct postings {
	uint64_t *word;
	size_t n;
	size_t room;
};

/**
 * postings_add - Add the words of a file
 * @postings: where they go
 * @hash: their hashes
 * @n: number of them
 * @file: number of the file
 */
void postings_add(struct postings *postings, const uint64_t *hash, uint32_t n,
		  uint32_t file);

/**
 * postings_keep - Add the words of files that did not change
 * @postings: where they go
 * @old: the index that has them
 * @number: number of each of its files now, ~0 for one that changed
 */
void postings_keep(struct postings *postings, const struct index *old,
		   const uint32_t *number);

/**
 * index_write - Write an index
 * @path: its file, which is replaced at once or not at all
 * @listing: the files of the tree
 * @part: their words
 * @parts: number of parts
 * @began: when the files were listed, in ns since the epoch: what changed
 *	shortly before may change again and look the same
 *
 * Return: 0, or a negative errno.
 */
int index_write(const char *path, const struct listing *listing,
		struct postings *part, uint32_t parts, uint64_t began);

#endif
