/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The source files of a tree.
 */
#ifndef INDEX_LISTING_H
#define INDEX_LISTING_H

#include <stdint.h>

/**
 * struct file - a file, and what tells that it is still the same
 * @path: its path below the root
 * @size: number of its bytes
 * @changed: when its inode was last changed, in ns
 * @inode: its number
 */
struct file {
	char *path;
	uint64_t size;
	uint64_t changed;
	uint64_t inode;
};

struct listing {
	struct file *file;
	uint32_t n;
	uint32_t room;
};

/**
 * list_files - List the .c, .h and .S files of a tree
 * @listing: where they go, sorted by path
 * @root: the tree
 * @jobs: number of threads
 *
 * Links are not followed, and what begins with a dot is left out.
 *
 * Return: 0, or a negative errno if @root cannot be read.
 */
int list_files(struct listing *listing, const char *root, uint32_t jobs);

/**
 * listing_free - Give back all memory
 * @listing: the list
 */
void listing_free(struct listing *listing);

#endif
