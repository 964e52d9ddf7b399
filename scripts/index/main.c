// SPDX-License-Identifier: GPL-2.0-only
/*
 * index ROOT FILE JOBS CHANGES - Write which files of a tree have which words
 *
 * Words of files that did not change since FILE was written are taken from it.
 * If they are nearly all, FILE stays, and CHANGES becomes an index of the rest:
 * what FILE says of a file that is in both, or gone, no longer holds.
 * Prints the number of files that were read. Exits with 2 if that cannot be.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "index.h"
#include "threads.h"
#include "words.h"

/* One file of as many may have changed before all of an index is written. */
#define FEW 32

/**
 * struct work - files to read, shared by the threads
 * @root: the tree
 * @listing: its files
 * @known: which of them need not be read
 * @next: number of the next file
 */
struct work {
	int root;
	const struct listing *listing;
	const bool *known;
	atomic_uint next;
};

struct reading {
	struct work *work;
	struct postings *postings;
};

/* Read a file into a buffer, with TEXT_PADDING behind it. */
static size_t read_file(int root, const char *path, char **buffer, size_t *room)
{
	int fd = openat(root, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t size = 0;
	ssize_t got = 1;

	while (fd >= 0 && got > 0) {
		if (size + 65536 > *room) {
			*room = 2 * (size + 65536);
			*buffer = must_grow(*buffer, *room);
		}
		got = read(fd, *buffer + size, *room - size -
			   TEXT_PADDING);
		size += got > 0 ? got : 0;
	}
	if (fd >= 0)
		close(fd);
	if (size)
		memset(*buffer + size, 0, TEXT_PADDING);
	return size;
}

static void *run(void *data)
{
	struct reading *reading = data;
	struct work *work = reading->work;
	struct words words;
	char *buffer = NULL;
	size_t room = 0;
	uint32_t i;

	words_init(&words);
	while ((i = atomic_fetch_add(&work->next, 1)) < work->listing->n) {
		size_t size;

		if (work->known[i])
			continue;
		size = read_file(work->root, work->listing->file[i].path,
				 &buffer, &room);
		if (!size)
			continue;
		words_of(&words, buffer, size);
		postings_add(reading->postings, words.key, words.n, i);
	}
	free(buffer);
	words_free(&words);
	return NULL;
}

static bool same(const struct index_file *old, const struct file *new)
{
	return old->size == new->size && old->changed == new->changed &&
	       old->inode == new->inode;
}

/*
 * Which files are as they were? Both lists are sorted by path, so that they
 * are compared side by side.
 */
static uint32_t compare(const struct index *old, const struct listing *listing,
			bool *known, uint32_t *number)
{
	uint32_t i = 0, found = 0;

	for (uint32_t k = 0; k < old->head->files; k++) {
		const char *path = old->path + old->file[k].path;
		int order = 1;

		while (i < listing->n &&
		       (order = strcmp(listing->file[i].path, path)) < 0)
			i++;
		if (i < listing->n && !order &&
		    same(&old->file[k], &listing->file[i])) {
			known[i] = true;
			number[k] = i;
			found++;
		}
	}
	return found;
}

/* Read what is not known, and write the index. */
static int renew(const char *path, struct work *work, uint32_t jobs,
		 const struct index *old, const uint32_t *number,
		 uint64_t began)
{
	struct reading *reading = must_grow(NULL, jobs * sizeof(*reading));
	struct postings *list = must_grow(NULL, jobs * sizeof(*list));
	struct sorting sorting = {
		.list = list,
		.lists = jobs,
		.old = old,
		.number = number,
		.bucket = must_grow(NULL, (BUCKETS + 1) * sizeof(uint32_t)),
	};
	int error;

	for (uint32_t i = 0; i < jobs; i++) {
		reading[i].work = work;
		reading[i].postings = &list[i];
		postings_init(&list[i]);
	}
	in_threads(run, reading, sizeof(*reading), jobs);
	error = index_write(path, work->listing, &sorting, jobs, began);
	for (uint32_t i = 0; i < jobs; i++)
		postings_free(&list[i]);
	free(reading);
	free(list);
	free(sorting.bucket);
	return error;
}

/* List the files that are not as an index has them, or no longer there. */
static void list_changes(struct listing *changed, const struct listing *listing,
			 const bool *known, const struct index *old,
			 const uint32_t *number)
{
	uint32_t i = 0, k = 0;

	while (i < listing->n || k < old->head->files) {
		char *gone = k < old->head->files ?
			(char *)old->path + old->file[k].path : NULL;
		int order = !gone ? -1 : i == listing->n ? 1 :
			strcmp(listing->file[i].path, gone);

		if (gone && number[k] != ~0U) {
			k++;
		} else if (i < listing->n && known[i]) {
			i++;
		} else if (order <= 0) {
			changed->file[changed->n++] = listing->file[i++];
			k += !order;
		} else {
			changed->file[changed->n++] = (struct file){
				.path = gone };
			k++;
		}
	}
}

/* Write an index of no more than these. */
static int write_changes(const char *path, const struct work *work,
			 uint32_t jobs, const struct index *old,
			 const uint32_t *number, uint32_t changes,
			 uint64_t began)
{
	struct listing changed = {
		.file = must_grow(NULL, changes * sizeof(struct file)),
	};
	struct index none = {};
	bool *known = must_grow(NULL, changes);
	struct work rest = {
		.root = work->root,
		.listing = &changed,
		.known = known,
	};
	int error;

	list_changes(&changed, work->listing, work->known, old, number);
	memset(known, 0, changes);
	error = renew(path, &rest, jobs, &none, NULL, began);
	free(known);
	free(changed.file);
	return error;
}

/* Write what is no longer as the index has it, or all of it. */
static int write_all(const char *path, const char *changes, struct work *work,
		     uint32_t jobs, const struct index *old,
		     const uint32_t *number, uint32_t found, uint64_t began)
{
	uint32_t other = work->listing->n - found;

	if (old->head)
		other += old->head->files - found;
	if (!old->head || other > old->head->files / FEW)
		return renew(path, work, jobs, old, number, began);
	return other ? write_changes(changes, work, jobs, old, number, other,
				     began) : 0;
}

static int update(const char *root, const char *path, uint32_t jobs,
		  const char *changes)
{
	struct timespec now;
	struct listing listing;
	struct index old;
	struct work work = { .listing = &listing };
	uint32_t found = 0, *number;
	bool *known;
	int error;

	clock_gettime(CLOCK_REALTIME, &now);
	error = list_files(&listing, root, jobs);
	work.root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!error && work.root < 0)
		error = -errno;
	if (!error && listing.n > MOST_FILES)
		error = -EFBIG;
	index_open(&old, path);
	number = must_grow(NULL, MOST_FILES * sizeof(*number));
	memset(number, 0xff, MOST_FILES * sizeof(*number));
	known = must_grow(NULL, listing.n + 1);
	memset(known, 0, listing.n + 1);
	work.known = known;
	if (!error && old.head)
		found = compare(&old, &listing, known, number);
	if (!error)
		error = write_all(path, changes, &work, jobs, &old, number, found,
				  now.tv_sec * 1000000000ULL + now.tv_nsec);
	if (!error)
		printf("%u\n", listing.n - found);
	if (work.root >= 0)
		close(work.root);
	index_close(&old);
	listing_free(&listing);
	free(number);
	free(known);
	return error;
}

int main(int argc, char **argv)
{
	int jobs = argc == 5 ? atoi(argv[3]) : 0, error;

	if (jobs < 1 || jobs > MOST_JOBS) {
		fprintf(stderr, "usage: index ROOT FILE JOBS CHANGES\n");
		return 2;
	}
	error = update(argv[1], argv[2], jobs, argv[4]);
	if (error)
		fprintf(stderr, "index: %s: %s\n", argv[2], strerror(-error));
	return error ? 2 : 0;
}
