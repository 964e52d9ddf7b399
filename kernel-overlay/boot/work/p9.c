// SPDX-License-Identifier: GPL-2.0-only
/* 9p over virtio: a folder of the host, which qemu serves. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../init.h"
#include "../work.h"

#define LEN		(24 * PAGE)
#define NR_NAMES	400

static void start(const char *cache)
{
	char options[64];

	mkdir_p("/mnt");
	snprintf(options, sizeof(options),
		 "trans=virtio,version=9p2000.L,%s", cache);
	if (!mount("share", "/mnt", "9p", 0, options))
		return;
	if (errno == ENODEV)
		skip("no 9p in this kernel");
	if (errno == ENOENT)
		skip("no folder of the host on this machine");
	fail("mount of 9p: %s", strerror(errno));
}

static void direct(void)
{
	start("cache=none");
	direct_files("9p");
	unmount("/mnt");
}

WORKLOAD(p9_direct, "9p-direct", NULL, direct, ANY_MEMORY);

static void odd(void)
{
	start("cache=none");
	odd_files("9p");
	unmount("/mnt");
}

WORKLOAD(p9_odd, "9p-odd", NULL, odd);

static void uncached(void)
{
	start("cache=none");
	uncached_files("9p");
	unmount("/mnt");
}

WORKLOAD(p9_uncached, "9p-uncached", NULL, uncached,
	 ANY_MEMORY, REACHES("NET_9P_VIRTIO", "p9_get_mapped_pages"));

/* Pages of the page cache, which no user has. */
static void through_page_cache(void)
{
	static char data[LEN], got[LEN];
	int fd;

	start("cache=loose");
	fd = MUST(open("/mnt/cached", O_RDWR | O_CREAT | O_TRUNC, 0600));
	pattern(data, LEN, 5);
	expect(MUST(pwrite(fd, data, LEN, 0)) == LEN, "short write");
	MUST(fsync(fd));
	MUST(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	expect(MUST(pread(fd, got, LEN, 0)) == LEN, "short read");
	pattern_check("9p", got, LEN, 5);
	close(fd);
	unmount("/mnt");
}

WORKLOAD(p9_cached, "9p-cached", NULL, through_page_cache);

/* Names come into memory of the kernel. */
static void list_folder(void)
{
	bool seen[NR_NAMES] = { false };
	struct dirent *entry;
	int number, count = 0;
	char path[64];
	DIR *folder;

	start("cache=none");
	mkdir_p("/mnt/names");
	for (number = 0; number < NR_NAMES; number++) {
		snprintf(path, sizeof(path), "/mnt/names/a-rather-long-name-%d",
			 number);
		close(MUST(open(path, O_WRONLY | O_CREAT, 0600)));
	}
	folder = opendir("/mnt/names");
	expect(folder, "opendir: %s", strerror(errno));
	while ((entry = readdir(folder))) {
		if (sscanf(entry->d_name, "a-rather-long-name-%d", &number) != 1)
			continue;
		expect(number >= 0 && number < NR_NAMES && !seen[number],
		       "the name %s", entry->d_name);
		seen[number] = true;
		count++;
		moved(strlen(entry->d_name));
	}
	expect(count == NR_NAMES, "%d names", count);
	closedir(folder);
	unmount("/mnt");
}

WORKLOAD(p9_names, "9p-names", NULL, list_folder);

static int held_fd;
static char *held_to;
static long held_got;

static void read_held_file(void *unused)
{
	(void)unused;
	held_got = pread(held_fd, held_to, LEN, 0);
}

/*
 * The parent gets the data, also when it writes to the page in front of it while
 * a child has a copy of its memory. Without pins the data goes to the child.
 */
static void fork_in_flight(void)
{
	char *area = buffer(LEN + PAGE);
	static char data[LEN];
	unsigned int pins = 0, ms;
	pid_t child;

	start("cache=none");
	held_fd = MUST(open("/mnt/held", O_RDWR | O_CREAT | O_TRUNC, 0600));
	pattern(data, LEN, 6);
	expect(MUST(pwrite(held_fd, data, LEN, 0)) == LEN, "short write");
	held_to = area + 700;
	hold_pages(500);
	thread(read_held_file, NULL);
	for (ms = 0; !pins && ms < 300; ms += 20) {
		usleep(20000);
		pins = pins_of(area, LEN + PAGE);
	}
	child = MUST(fork());
	if (!child) {
		usleep(900000);
		_exit(0);
	}
	area[0] = 1;
	join();
	hold_pages(0);
	waitpid(child, NULL, 0);
	expect(held_got == LEN, "read returned %ld", held_got);
	if (pins) {
		expect(pins == LEN / PAGE + 1, "%u pins", pins);
		pattern_check("9p", held_to, LEN, 6);
	} else {
		/* Other pages by now, as is known without pins. */
		buffer_cut(area, 0);
	}
	close(held_fd);
	unmount("/mnt");
}

WORKLOAD(p9_fork, "9p-fork", NULL, fork_in_flight);

static char *shared_to;

static void read_often(void *which)
{
	char *to = shared_to + (intptr_t)which * 700;
	int k;

	for (k = 0; k < 20; k++)
		expect(pread(held_fd, to, LEN, 0) == LEN, "short read");
}

/* Two readers into the same pages. */
static void two_threads(void)
{
	static char data[LEN];

	start("cache=none");
	held_fd = MUST(open("/mnt/shared", O_RDWR | O_CREAT | O_TRUNC, 0600));
	pattern(data, LEN, 7);
	expect(MUST(pwrite(held_fd, data, LEN, 0)) == LEN, "short write");
	shared_to = buffer(LEN + PAGE);
	thread(read_often, (void *)0);
	thread(read_often, (void *)1);
	join();
	read_often((void *)1);
	pattern_check("9p", shared_to + 700, LEN, 7);
	close(held_fd);
	unmount("/mnt");
}

WORKLOAD(p9_threads, "9p-threads", NULL, two_threads);
