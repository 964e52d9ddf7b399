// SPDX-License-Identifier: GPL-2.0-only
/*
 * The source files of a tree.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "listing.h"
#include "words.h"

/* A folder that waits to be read. */
struct folder {
	struct folder *next;
	char path[];
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

int list_files(struct listing *listing, const char *root)
{
	struct folder *waiting = NULL;
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error;

	memset(listing, 0, sizeof(*listing));
	if (fd < 0)
		return -errno;
	error = read_folder(listing, &waiting, fd, "");
	while (waiting) {
		struct folder *next = waiting;

		waiting = next->next;
		/* One that cannot be read has no files, as for ripgrep. */
		read_folder(listing, &waiting, fd, next->path);
		free(next);
	}
	close(fd);
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
