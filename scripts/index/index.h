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
#include <stddef.h>

#include "listing.h"

#define INDEX_MAGIC 0x35584449504e4950ULL
#define BUCKET_BITS 20
#define BUCKETS 0x100000U		/* 1 << BUCKET_BITS */
#define FILE_BITS 18
#define REST_BITS (32 - FILE_BITS)
#define REST(posting) ((posting) >> FILE_BITS)
#define FILE_OF(posting) ((posting) & (MOST_FILES - 1))
#define MOST_FILES 0x40000U		/* 1 << FILE_BITS */

/* A part of the file has zero bytes behind it up to a multiple of 8. */
static inline uint64_t padded(uint64_t size)
{
	return (size + 7) & ~7ULL;
}

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

/* Postings are gathered and sorted in parts, each of as many buckets. */
#define PART_BITS 6
#define PARTS 0x40U			/* 1 << PART_BITS */
#define PART_BUCKETS (BUCKETS / PARTS)
#define IN_PART_BITS (BUCKET_BITS + REST_BITS - PART_BITS)
/* A word in a block: the number of a file, to which those behind it belong. */
#define FILE_MARK 0x80000000U

#define BLOCK_WORDS 8188		/* in 32 KB */

struct block {
	struct block *next;
	uint64_t n;
	uint32_t word[BLOCK_WORDS];
};

/**
 * struct postings - words of files, before they are sorted
 * @part: lists by the highest bits of the bucket
 * @chunk: memory that blocks are taken from
 * @chunks: number of them
 * @left: number of blocks that are left in the last one
 */
struct postings {
	struct list {
		struct block *first;
		struct block *last;
		uint32_t file;
		uint64_t n;
	} part[PARTS];
	struct block **chunk;
	uint32_t chunks;
	uint32_t left;
};

/**
 * postings_init - Begin with no words
 * @postings: where they go
 */
void postings_init(struct postings *postings);

/**
 * postings_add - Add the words of a file
 * @postings: where they go
 * @key: what stands for each of them
 * @n: number of them
 * @file: number of the file, higher than those before
 */
void postings_add(struct postings *postings, const uint64_t *key, uint32_t n,
		  uint32_t file);

/**
 * postings_free - Give back all memory
 * @postings: words
 */
void postings_free(struct postings *postings);

/**
 * struct sorting - postings to sort
 * @list: those of files that were read
 * @lists: number of lists
 * @old: the index that has the others
 * @number: number of each of its files now, ~0 for one that changed
 * @bucket: where the postings of each bucket begin, and where the last ones end
 */
struct sorting {
	const struct postings *list;
	uint32_t lists;
	const struct index *old;
	const uint32_t *number;
	uint32_t *bucket;
};

/**
 * sort - Write postings in the order of their buckets
 * @sorting: the postings; its buckets are filled
 * @jobs: number of threads
 * @fd: the file they are written to
 * @at: the offset there
 *
 * Return: 0, or a negative errno.
 */
int sort(struct sorting *sorting, uint32_t jobs, int fd, uint64_t at);

/**
 * index_write - Write an index
 * @path: its file, which is replaced at once or not at all
 * @listing: the files of the tree
 * @sorting: their words
 * @jobs: number of threads
 * @began: when the files were listed, in ns since the epoch: what changed
 *	shortly before may change again and look the same
 *
 * Return: 0, or a negative errno.
 */
int index_write(const char *path, const struct listing *listing,
		struct sorting *sorting, uint32_t jobs, uint64_t began);

#endif
