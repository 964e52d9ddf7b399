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
#include "../uring.h"
#include "../work.h"

#define SECTOR	512
#define LEN	(24 * PAGE)
#define ODD	(LEN - PAGE - 700)	/* where a file ends */
#define ODD_LEN	(LEN - PAGE)		/* what is left behind its first page */

static int open_file(const char *name, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/mnt/%s", name);
	fd = open(path, O_RDWR | O_CREAT | flags, 0600);
	if (fd < 0 && errno == EINVAL && flags & O_DIRECT)
		skip("no O_DIRECT on this file system");
	return must(path, fd);
}

/* Make a file with the pattern; nothing of it stays in the page cache. */
static void make_file(const char *name, size_t len, unsigned int seed)
{
	static char data[LEN];
	int fd = open_file(name, 0);

	pattern(data, len, seed);
	expect(MUST(write(fd, data, len)) == (long)len, "short write");
	MUST(ftruncate(fd, len));
	MUST(fsync(fd));
	MUST(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	close(fd);
}

void direct_files(const char *type)
{
	char *from = buffer(LEN + PAGE), *to = buffer(LEN + PAGE);
	struct iovec iov[] = { { to + 5 * PAGE, LEN - 5 * PAGE },
			       { to, 5 * PAGE } };
	size_t shift;
	int fd;

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
}

void odd_files(const char *type)
{
	char *to = buffer(LEN), *cut = buffer(LEN);
	long got;
	int fd;

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
	/* Blocks that are found, with nothing to write into the last of them. */
	got = pwrite(fd, cut, LEN - 2 * PAGE, 0);
	expect((got < 0 && errno == EFAULT) || (got >= 0 && got <= 3 * PAGE),
	       "write from a hole returned %ld", got);
	close(fd);
}

void uncached_files(const char *type)
{
	char *from = buffer(LEN + PAGE), *to = buffer(LEN + PAGE);
	char *cut = buffer_of(LEN, MAP_PRIVATE, -1);
	struct iovec iov[] = { { to + 5 * PAGE + 10, LEN - 5 * PAGE },
			       { to + 10, 5 * PAGE } };
	int fd = open_file("uncached", O_TRUNC);
	size_t shift;
	long got;

	for (shift = 0; shift < PAGE; shift += 1300) {
		pattern(from + shift, LEN, shift);
		memset(to, 0, LEN + PAGE);
		expect(MUST(pwrite(fd, from + shift, LEN, 77)) == LEN,
		       "short write");
		expect(MUST(pread(fd, to + 3, LEN, 77)) == LEN, "short read");
		pattern_check(type, to + 3, LEN, shift);
	}
	pattern(from, LEN, 1);
	expect(MUST(pwrite(fd, from, LEN, 77)) == LEN, "short write");
	expect(MUST(pread(fd, to, LEN + PAGE, 77 + PAGE)) == ODD_LEN,
	       "wrong length at the end");
	expect(!memcmp(to, from + PAGE, ODD_LEN), "wrong data at the end");
	expect(pread(fd, to, LEN, LEN + 77) == 0, "data behind the end");
	got = MUST(preadv(fd, iov, 2, 77));
	expect(got >= LEN - 5 * PAGE && got <= LEN, "readv returned %ld", got);
	expect(!memcmp(iov[0].iov_base, from, LEN - 5 * PAGE) &&
	       !memcmp(iov[1].iov_base, from + LEN - 5 * PAGE,
		       got - (LEN - 5 * PAGE)), "wrong data");
	moved(got);
	got = MUST(pwritev(fd, iov, 2, 0));
	expect(got == LEN, "writev returned %ld", got);

	buffer_cut(cut, 3 * PAGE);
	got = pread(fd, cut, LEN, 0);
	expect((got < 0 && errno == EFAULT) || (got >= 0 && got <= 3 * PAGE),
	       "read into a hole returned %ld", got);
	got = pwrite(fd, cut, LEN, 0);
	expect((got < 0 && errno == EFAULT) || (got >= 0 && got <= 3 * PAGE),
	       "write from a hole returned %ld", got);
	/* The client of SMB then says that there is nothing to read. */
	got = pread(fd, cut + 3 * PAGE, PAGE, 0);
	expect(!got || (got < 0 && errno == EFAULT),
	       "read into nothing returned %ld", got);
	close(fd);
}

static void on_image(const char *type, void (*run)(const char *type))
{
	mount_image(type, "/mnt");
	run(type);
	unmount("/mnt");
}

#define FILE_SYSTEM(type, ...)						\
	static void type##_direct(void) { on_image(#type, direct_files); } \
	WORKLOAD(w_##type##_direct, #type "-direct", #type, type##_direct, \
		 ANY_MEMORY, __VA_ARGS__);				\
	static void type##_odd(void) { on_image(#type, odd_files); }	\
	WORKLOAD(w_##type##_odd, #type "-odd", #type, type##_odd)

FILE_SYSTEM(ext4);
FILE_SYSTEM(ext2);
FILE_SYSTEM(xfs);
FILE_SYSTEM(btrfs);
FILE_SYSTEM(f2fs);
FILE_SYSTEM(vfat, REACHES("VFAT_FS", "dio_refill_pages"));
FILE_SYSTEM(exfat, REACHES("EXFAT_FS", "dio_refill_pages"));
FILE_SYSTEM(ntfs3);
FILE_SYSTEM(jfs);
FILE_SYSTEM(nilfs2);
FILE_SYSTEM(udf);
FILE_SYSTEM(hfs, REACHES("HFS_FS", "dio_refill_pages"));

/* Splice from an O_DIRECT file: on Linux 6.1 the iterator is a pipe. */
void splice_files(const char *type)
{
	static char got[LEN];
	int fd, pipe_fds[2];
	size_t done = 0;

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
	pattern_check(type, got, LEN, 5);
	close(fd);
}

static void splice_iomap(void)
{
	on_image("ext4", splice_files);
}

WORKLOAD(splice_ext4, "splice-ext4", "ext4", splice_iomap);

static void splice_dio(void)
{
	on_image("vfat", splice_files);
}

WORKLOAD(splice_vfat, "splice-vfat", "vfat", splice_dio);

static int mapped_source;

static void read_source(void *to)
{
	expect(pread(mapped_source, to, LEN, 0) == LEN, "short read");
}

static void mapping(const char *type)
{
	make_file("source", LEN, 7);
	mapped_source = open_file("source", O_DIRECT);
	into_mapping(type, read_source, 0, LEN, 7);
	close(mapped_source);
}

static void mapping_iomap(void)
{
	on_image("ext4", mapping);
}

WORKLOAD(w_mapping_ext4, "ext4-into-mapping", "ext4", mapping_iomap);

static void mapping_dio(void)
{
	on_image("vfat", mapping);
}

WORKLOAD(w_mapping_vfat, "vfat-into-mapping", "vfat", mapping_dio);

/* Without waiting for each, and from registered memory, which is bio_vecs. */
void uring_files(const char *type)
{
	char *from = buffer(LEN), *to = buffer(LEN);
	struct iovec iov[] = { { from, LEN }, { to, LEN } };
	struct uring ring;
	int fd;

	make_file("uring", LEN, 11);
	fd = open_file("uring", O_DIRECT);
	uring_open(&ring, 4, 0);
	pattern(from, LEN, 12);
	expect(uring_io(&ring, IORING_OP_WRITE, fd, from, LEN) == LEN,
	       "short write");
	expect(uring_io(&ring, IORING_OP_READ, fd, to, LEN) == LEN,
	       "short read");
	pattern_check(type, to, LEN, 12);

	uring_register(&ring, IORING_REGISTER_BUFFERS, iov, 2);
	pattern(from, LEN, 13);
	expect(uring_io(&ring, IORING_OP_WRITE_FIXED, fd, from, LEN) == LEN,
	       "short write");
	memset(from, 0, LEN);
	expect(uring_io(&ring, IORING_OP_READ_FIXED, fd, from + SECTOR,
			LEN - PAGE) == LEN - PAGE, "short read");
	pattern_check(type, from + SECTOR, LEN - PAGE, 13);
	expect_pinned(from, LEN);
	uring_register(&ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
	close(fd);
}

static void uring_iomap(void)
{
	on_image("ext4", uring_files);
}

WORKLOAD(w_uring_ext4, "ext4-uring", "ext4", uring_iomap);

static void uring_dio(void)
{
	on_image("vfat", uring_files);
}

WORKLOAD(w_uring_vfat, "vfat-uring", "vfat", uring_dio);

/* A loop device with direct I/O hands bio_vecs to the file below it. */
void loop_files(const char *type)
{
	char *from = buffer(LEN), *to = buffer(LEN), path[32];
	int control, file, fd, number;
	struct loop_info64 info = { .lo_flags = LO_FLAGS_DIRECT_IO };
	struct loop_config config = { .block_size = SECTOR, .info = info };

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
	pattern_check(type, to, LEN, 9);
	MUST(ioctl(fd, LOOP_CLR_FD, 0));
	close(fd);
	close(file);
}

static void loop_iomap(void)
{
	on_image("ext4", loop_files);
}

WORKLOAD(w_loop_ext4, "loop-ext4", "ext4", loop_iomap);

static void loop_dio(void)
{
	on_image("vfat", loop_files);
}

WORKLOAD(w_loop_vfat, "loop-vfat", "vfat", loop_dio);
