// SPDX-License-Identifier: GPL-2.0-only
/*
 * The source files of a tree.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "listing.h"
#include "threads.h"
#include "words.h"

/* A folder that waits to be read. */
struct folder {
	struct folder *next;
	char path[];
};

/**
 * struct folders - what the threads share
 * @root: the tree
 * @waiting: folders that nobody reads yet
 * @busy: number of threads that read one, and may find more
 * @change: one was read
 */
struct folders {
	pthread_mutex_t lock;
	pthread_cond_t change;
	int root;
	struct folder *waiting;
	uint32_t busy;
};

struct finder {
	struct folders *folders;
	struct listing listing;
};

static bool is_source(const char *name)
{
	size_t len = strlen(name);

	return len > 2 && name[len - 2] == '.' && strchr("chS", name[len - 1]);
}

static char *joined(const char *folder, const char *name, size_t before)
{
	size_t size = before + strlen(folder) + strlen(name) + 2;
	char *path = must_grow(NULL, size);

	snprintf(path + before, size - before, "%s%s%s", folder,
		 *folder ? "/" : "", name);
	return path;
}

static void add(struct listing *listing, char *path, const struct stat *stat)
{
	if (listing->n == listing->room) {
		listing->room = listing->room ? 2 * listing->room : 1024;
		listing->file = must_grow(listing->file, listing->room *
					  sizeof(*listing->file));
	}
	listing->file[listing->n++] = (struct file) {
		.path = path,
		.size = stat->st_size,
		.changed = stat->st_ctim.tv_sec * 1000000000ULL +
			   stat->st_ctim.tv_nsec,
		.inode = stat->st_ino,
	};
}

static void let_wait(struct folder **waiting, const char *folder,
		     const char *name)
{
	struct folder *next;

	next = (struct folder *)joined(folder, name, sizeof(*next));
	next->next = *waiting;
	*waiting = next;
}

/* One entry of a folder: a file is listed, a folder waits. */
static void take(struct listing *listing, struct folder **waiting, int fd,
		 const char *folder, const struct dirent *entry)
{
	const char *name = entry->d_name;
	struct stat stat;

	if (name[0] == '.')
		return;
	/* What the entry itself says need not be asked, which takes longer. */
	if (entry->d_type == DT_DIR) {
		let_wait(waiting, folder, name);
		return;
	}
	if (entry->d_type != DT_UNKNOWN &&
	    (entry->d_type != DT_REG || !is_source(name)))
		return;
	if (fstatat(fd, name, &stat, AT_SYMLINK_NOFOLLOW))
		return;
	if (S_ISDIR(stat.st_mode))
		let_wait(waiting, folder, name);
	else if (S_ISREG(stat.st_mode) && is_source(name))
		add(listing, joined(folder, name, 0), &stat);
}

static int read_folder(struct listing *listing, struct folder **waiting,
		       int root, const char *path)
{
	int fd = openat(root, *path ? path : ".",
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	while ((entry = readdir(dir)))
		take(listing, waiting, fd, path, entry);
	closedir(dir);
	return 0;
}

static int by_path(const void *one, const void *other)
{
	return strcmp(((const struct file *)one)->path,
		      ((const struct file *)other)->path);
}

/* Take folders in turn; each may have others, which whoever is free takes. */
static void *run(void *data)
{
	struct finder *finder = data;
	struct folders *folders = finder->folders;

	pthread_mutex_lock(&folders->lock);
	for (;;) {
		struct folder *next, *found = NULL;

		while (!folders->waiting && folders->busy)
			pthread_cond_wait(&folders->change, &folders->lock);
		next = folders->waiting;
		if (!next)
			break;
		folders->waiting = next->next;
		folders->busy++;
		pthread_mutex_unlock(&folders->lock);
		/* One that cannot be read has no files, as for ripgrep. */
		read_folder(&finder->listing, &found, folders->root,
			    next->path);
		free(next);
		pthread_mutex_lock(&folders->lock);
		while (found) {
			next = found;
			found = next->next;
			next->next = folders->waiting;
			folders->waiting = next;
		}
		folders->busy--;
		pthread_cond_broadcast(&folders->change);
	}
	pthread_mutex_unlock(&folders->lock);
	return NULL;
}

/* Add what one thread found to the others'. */
static void append(struct listing *listing, struct listing *more)
{
	size_t n = (size_t)listing->n + more->n;

	listing->file = must_grow(listing->file, n * sizeof(*more->file) + 1);
	listing->room = n;
	if (more->n)
		memcpy(listing->file + listing->n, more->file,
		       more->n * sizeof(*more->file));
	listing->n = n;
	free(more->file);
}

int list_files(struct listing *listing, const char *root, uint32_t jobs)
{
	struct folders folders = {
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.change = PTHREAD_COND_INITIALIZER,
	};
	struct finder *finder;
	int error;

	memset(listing, 0, sizeof(*listing));
	folders.root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folders.root < 0)
		return -errno;
	error = read_folder(listing, &folders.waiting, folders.root, "");
	finder = must_grow(NULL, jobs * sizeof(*finder));
	memset(finder, 0, jobs * sizeof(*finder));
	for (uint32_t i = 0; i < jobs; i++)
		finder[i].folders = &folders;
	in_threads(run, finder, sizeof(*finder), jobs);
	for (uint32_t i = 0; i < jobs; i++)
		append(listing, &finder[i].listing);
	free(finder);
	close(folders.root);
	if (listing->n)
		qsort(listing->file, listing->n, sizeof(*listing->file),
		      by_path);
	return error;
}

void listing_free(struct listing *listing)
{
	for (uint32_t i = 0; i < listing->n; i++)
		free(listing->file[i].path);
	free(listing->file);
}
