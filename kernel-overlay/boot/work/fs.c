// SPDX-License-Identifier: GPL-2.0-only
/* O_DIRECT on every file system, and what else goes through its files. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include "../init.h"
#include "../work.h"

#define SECTOR	512
#define LEN	(24 * PAGE)
#define ODD	(LEN - PAGE - 700)	/* where a file ends */

static int open_file(const char *name, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/mnt/%s", name);
	fd = open(path, O_RDWR | O_CREAT | flags, 0600);
	if (fd < 0 && errno == EINVAL && flags & O_DIRECT)
		skip("no O_DIRECT on this file system");
	if (fd < 0 && errno == ENOSPC)
		skip("no file can be made on a new image");
	return must(path, fd);
}

/* Make a file with the pattern; nothing of it stays in the page cache. */
static void make_file(const char *name, size_t len, unsigned int seed)
{
	static char data[LEN];
	int fd = open_file(name, O_TRUNC);

	pattern(data, len, seed);
	expect(MUST(write(fd, data, len)) == (long)len, "short write");
	MUST(fsync(fd));
	MUST(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	close(fd);
}

static void direct(const char *type)
{
	char *from = buffer(LEN + PAGE), *to = buffer(LEN + PAGE);
	struct iovec iov[] = { { to + 5 * PAGE, LEN - 5 * PAGE },
			       { to, 5 * PAGE } };
	size_t shift;
	int fd;

	mount_image(type);
	/* The blocks are there, so that no file system falls back to copies. */
	make_file("direct", LEN, 1);
	fd = open_file("direct", O_DIRECT);
	for (shift = 0; shift < PAGE; shift += 3 * SECTOR) {
		size_t len = LEN - PAGE;

		pattern(from + shift, len, shift);
		memset(to, 0, LEN + PAGE);
		expect(MUST(pwrite(fd, from + shift, len, PAGE)) == (long)len,
		       "short write");
		expect(MUST(pread(fd, to + PAGE - shift, len, PAGE)) ==
		       (long)len, "short read");
		pattern_check(type, to + PAGE - shift, len, shift);
	}
	pattern(from, LEN, 2);
	expect(MUST(pwrite(fd, from, LEN, 0)) == LEN, "short write");
	expect(MUST(preadv(fd, iov, 2, 0)) == LEN, "short readv");
	expect(!memcmp(to + 5 * PAGE, from, LEN - 5 * PAGE) &&
	       !memcmp(to, from + LEN - 5 * PAGE, 5 * PAGE), "wrong data");
	moved(LEN);
	close(fd);
	unmount_image();
}

/* A file that ends inside a sector, and a buffer that ends inside a read. */
static void odd(const char *type)
{
	char *to = buffer(LEN), *cut = buffer(LEN);
	long got;
	int fd;

	mount_image(type);
	make_file("odd", ODD, 3);
	fd = open_file("odd", O_DIRECT);
	expect(MUST(pread(fd, to, LEN, 0)) == ODD, "wrong length at the end");
	pattern_check(type, to, ODD, 3);
	buffer_cut(cut, 3 * PAGE);
	got = pread(fd, cut, LEN - 2 * PAGE, 0);
	expect((got < 0 && errno == EFAULT) || (got >= 0 && got <= 3 * PAGE),
	       "read into a hole returned %ld", got);
	got = pread(fd, cut + 3 * PAGE, PAGE, 0);
	expect(got < 0 && errno == EFAULT, "read into nothing returned %ld", got);
	close(fd);
	unmount_image();
}

#define FILE_SYSTEM(type)						\
	static void type##_direct(void) { direct(#type); }		\
	WORKLOAD(w_##type##_direct, #type "-direct", #type, type##_direct); \
	static void type##_odd(void) { odd(#type); }			\
	WORKLOAD(w_##type##_odd, #type "-odd", #type, type##_odd)

FILE_SYSTEM(ext4);
FILE_SYSTEM(ext2);
FILE_SYSTEM(xfs);
FILE_SYSTEM(btrfs);
FILE_SYSTEM(f2fs);
FILE_SYSTEM(vfat);
FILE_SYSTEM(exfat);
FILE_SYSTEM(ntfs3);
FILE_SYSTEM(jfs);
FILE_SYSTEM(nilfs2);
FILE_SYSTEM(udf);

/* Splice from an O_DIRECT file: on Linux 6.1 the iterator is a pipe. */
static void splice_direct(const char *type)
{
	static char got[LEN];
	int fd, pipe_fds[2];
	size_t done = 0;

	mount_image(type);
	make_file("splice", LEN, 5);
	fd = open_file("splice", O_DIRECT);
	MUST(pipe(pipe_fds));
	while (done < LEN) {
		long len = MUST(splice(fd, NULL, pipe_fds[1], NULL,
				       LEN - done, 0));

		expect(len > 0, "splice ended at %zu", done);
		while (len > 0) {
			long part = MUST(read(pipe_fds[0], got + done, len));

			done += part;
			len -= part;
		}
	}
	pattern_check("splice", got, LEN, 5);
	close(fd);
	unmount_image();
}

static void splice_iomap(void)
{
	splice_direct("ext4");
}

WORKLOAD(splice_ext4, "splice-ext4", "ext4", splice_iomap);

static void splice_dio(void)
{
	splice_direct("vfat");
}

WORKLOAD(splice_vfat, "splice-vfat", "vfat", splice_dio);

static int mapped_source;

static void read_source(void *to)
{
	expect(pread(mapped_source, to, LEN, 0) == LEN, "short read");
}

static void mapping(void)
{
	mount_image("ext4");
	make_file("source", LEN, 7);
	mapped_source = open_file("source", O_DIRECT);
	into_mapping("ext4", read_source, 0, LEN, 7);
	close(mapped_source);
	unmount_image();
}

WORKLOAD(w_mapping, "ext4-into-mapping", "ext4", mapping);

/* A loop device with direct I/O hands bio_vecs to the file below it. */
static void loop(void)
{
	char *from = buffer(LEN), *to = buffer(LEN), path[32];
	int control, file, fd, number;
	struct loop_info64 info = { .lo_flags = LO_FLAGS_DIRECT_IO };
	struct loop_config config = { .block_size = SECTOR, .info = info };

	mount_image("ext4");
	file = open_file("loop", O_TRUNC);
	MUST(ftruncate(file, 4 * LEN));
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	if (control < 0)
		skip("no loop device in this kernel");
	number = MUST(ioctl(control, LOOP_CTL_GET_FREE));
	snprintf(path, sizeof(path), "/dev/loop%d", number);
	fd = MUST(open(path, O_RDWR | O_DIRECT | O_CLOEXEC));
	config.fd = file;
	MUST(ioctl(fd, LOOP_CONFIGURE, &config));
	pattern(from, LEN, 9);
	expect(MUST(pwrite(fd, from, LEN, PAGE)) == LEN, "short write");
	MUST(fsync(fd));
	expect(MUST(pread(fd, to, LEN, PAGE)) == LEN, "short read");
	pattern_check("loop", to, LEN, 9);
	MUST(ioctl(fd, LOOP_CLR_FD, 0));
	close(fd);
	close(file);
	unmount_image();
}

WORKLOAD(w_loop, "loop-direct", "ext4", loop);
