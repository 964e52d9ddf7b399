// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening an index.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "index.h"

/* Find the parts of an index; false if it is none, or cut short. */
static bool take(struct index *index)
{
	const struct index_head *head = index->head;
	uint64_t files = sizeof(*head), buckets, postings, paths;

	if (index->size < sizeof(*head) || head->magic != INDEX_MAGIC ||
	    head->files > MOST_FILES || head->postings > ~0U ||
	    head->path_bytes > index->size)
		return false;
	buckets = files + head->files * sizeof(struct index_file);
	postings = buckets + padded((BUCKETS + 1) * sizeof(uint32_t));
	paths = postings + padded(head->postings * sizeof(uint32_t));
	if (paths + head->path_bytes != index->size)
		return false;
	index->file = (const void *)((const char *)head + files);
	index->bucket = (const void *)((const char *)head + buckets);
	index->posting = (const void *)((const char *)head + postings);
	index->path = (const char *)head + paths;
	for (uint32_t b = 0; b < BUCKETS; b++) {
		if (index->bucket[b] > index->bucket[b + 1])
			return false;
	}
	return index->bucket[BUCKETS] == head->postings &&
	       (!head->path_bytes || !index->path[head->path_bytes - 1]);
}

void index_open(struct index *index, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	void *map = MAP_FAILED;

	memset(index, 0, sizeof(*index));
	if (fd >= 0 && !fstat(fd, &stat) && stat.st_size > 0)
		map = mmap(NULL, stat.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (map == MAP_FAILED)
		return;
	index->head = map;
	index->size = stat.st_size;
	if (!take(index))
		index_close(index);
}

void index_close(struct index *index)
{
	if (index->head)
		munmap((void *)index->head, index->size);
	memset(index, 0, sizeof(*index));
}
