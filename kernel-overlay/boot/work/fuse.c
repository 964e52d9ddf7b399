// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuse with direct_io: a file system in a thread, and O_DIRECT-like use of it.
 *
 * The server's buffers are counted as well: reading a request and writing a
 * reply go through the pages of these.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include "../init.h"
#include "../uring.h"
#include "../work.h"

#define FILE_SIZE	(48 * PAGE)
#define REQUEST		(36 * PAGE)
#define NODE		2

static int dev;
static char *volatile request;
static char *reply;	/* both start in the middle of a page */
static char contents[FILE_SIZE];
static const void *watched;	/* the client's memory */
static size_t watched_len;
static unsigned int watched_pins;

static void answer(const struct fuse_in_header *in, int error, const void *data,
		   size_t len)
{
	struct fuse_out_header out = {
		.len = sizeof(out) + len, .error = error, .unique = in->unique,
	};
	struct iovec iov[] = { { reply, sizeof(out) },
			       { reply + sizeof(out), len } };

	memcpy(reply, &out, sizeof(out));
	if (len)
		memcpy(reply + sizeof(out), data, len);
	/* ENOENT: who asked was interrupted and is gone. */
	if (writev(dev, iov, len ? 2 : 1) < 0 && errno != ENOENT)
		fail("a reply of %zu bytes: %s", len, strerror(errno));
}

static void attributes(struct fuse_attr *attr, uint64_t node)
{
	memset(attr, 0, sizeof(*attr));
	attr->ino = node;
	attr->mode = node == NODE ? S_IFREG | 0644 : S_IFDIR | 0755;
	attr->nlink = 1;
	attr->size = node == NODE ? FILE_SIZE : 0;
	attr->blksize = PAGE;
}

static void do_init(const struct fuse_in_header *in)
{
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION, .max_readahead = 0,
		.flags = FUSE_MAX_PAGES | FUSE_BIG_WRITES,
		.max_write = 32 * PAGE, .max_pages = 32,
		.max_background = 8,
	};

	answer(in, 0, &out, sizeof(out));
}

static void do_read(const struct fuse_in_header *in)
{
	const struct fuse_read_in *r = (const void *)(in + 1);
	size_t len = r->size;

	watched_pins = pins_of(watched, watched_len);
	if (r->offset >= FILE_SIZE)
		len = 0;
	else if (r->offset + len > FILE_SIZE)
		len = FILE_SIZE - r->offset;
	answer(in, 0, contents + r->offset, len);
}

static void do_write(const struct fuse_in_header *in)
{
	const struct fuse_write_in *w = (const void *)(in + 1);
	struct fuse_write_out out = { .size = w->size };

	watched_pins = pins_of(watched, watched_len);
	if (w->offset + w->size > FILE_SIZE) {
		answer(in, -ENOSPC, NULL, 0);
		return;
	}
	memcpy(contents + w->offset, w + 1, w->size);
	answer(in, 0, &out, sizeof(out));
}

static void do_other(const struct fuse_in_header *in)
{
	struct fuse_entry_out entry = { .nodeid = NODE, .attr_valid = 1000 };
	struct fuse_attr_out attr = { .attr_valid = 1000 };
	struct fuse_open_out open = { .open_flags = FOPEN_DIRECT_IO };

	switch (in->opcode) {
	case FUSE_LOOKUP:
		attributes(&entry.attr, NODE);
		answer(in, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		attributes(&attr.attr, in->nodeid);
		answer(in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		answer(in, 0, &open, sizeof(open));
		break;
	case FUSE_FORGET:
	case FUSE_INTERRUPT:
	case FUSE_BATCH_FORGET:
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_FSYNC:
		answer(in, 0, NULL, 0);
		break;
	default:
		answer(in, -ENOSYS, NULL, 0);
	}
}

static void serve(void *unused)
{
	(void)unused;
	for (;;) {
		const struct fuse_in_header *in = (void *)request;
		ssize_t got = read(dev, (void *)in, REQUEST);

		if (got < 0 && (errno == EINTR || errno == ENOENT))
			continue;
		if (got < 0 && errno == ENODEV)
			return;
		must("read of a request", got);
		if (in->opcode == FUSE_INIT)
			do_init(in);
		else if (in->opcode == FUSE_READ)
			do_read(in);
		else if (in->opcode == FUSE_WRITE)
			do_write(in);
		else
			do_other(in);
	}
}

/* Mount, with a server in a thread; returns the one file, opened. */
static int start(void)
{
	char options[100];

	dev = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (dev < 0)
		skip("no fuse in this kernel");
	request = (char *)buffer(REQUEST + PAGE) + 1000;
	reply = (char *)buffer(REQUEST + PAGE) + 2000;
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", dev);
	mkdir_p("/mnt");
	MUST(mount("fuse", "/mnt", "fuse", 0, options));
	thread(serve, NULL);
	serve_on();
	return MUST(open("/mnt/file", O_RDWR));
}

/* The server lets go of its buffers when its file system is gone. */
static void stop(int fd)
{
	close(fd);
	MUST(umount("/mnt"));
	join_servers();
	close(dev);
}

static void watch(const void *at, size_t len)
{
	watched = at;
	watched_len = len;
	watched_pins = 0;
}

static void direct(void)
{
	char *from = buffer(20 * PAGE), *to = buffer(20 * PAGE);
	int fd = start(), shift;

	for (shift = 0; shift < PAGE; shift += 1365) {
		size_t len = 18 * PAGE - shift / 2;

		pattern(from + shift, len, shift);
		memset(to, 0, 20 * PAGE);
		watch(from, 20 * PAGE);
		expect(MUST(pwrite(fd, from + shift, len, shift)) == (long)len,
		       "short write");
		watch(to, 20 * PAGE);
		expect(MUST(pread(fd, to + 1 + shift, len, shift)) == (long)len,
		       "short read");
		pattern_check("fuse", to + 1 + shift, len, shift);
	}
	stop(fd);
}

WORKLOAD(fuse_direct, "fuse-direct", NULL, direct,
	 ANY_MEMORY, REACHES("FUSE_FS", "fuse_get_user_pages,fuse_copy_fill"));

static void vectors(void)
{
	char *to = buffer(20 * PAGE), *a = to + 77, *b = to + 9 * PAGE + 1;
	struct iovec iov[] = { { a, 2 * PAGE }, { b, 3 }, { b, 0 },
			       { b + PAGE, 4 * PAGE - 3 } };
	int fd = start();

	pattern(contents, FILE_SIZE, 21);
	watch(to, 20 * PAGE);
	expect(MUST(preadv(fd, iov, 4, 0)) == 6 * PAGE, "short read");
	expect(!memcmp(a, contents, 2 * PAGE) &&
	       !memcmp(b, contents + 2 * PAGE, 3) &&
	       !memcmp(b + PAGE, contents + 2 * PAGE + 3, 4 * PAGE - 3),
	       "wrong data");
	moved(6 * PAGE);
	memset(contents, 0, FILE_SIZE);
	pattern(a, 2 * PAGE, 22);
	expect(MUST(pwritev(fd, iov, 4, 100)) == 6 * PAGE, "short write");
	pattern_check("fuse", contents + 100, 2 * PAGE, 22);
	stop(fd);
}

WORKLOAD(fuse_vectors, "fuse-vectors", NULL, vectors, ANY_MEMORY);

static void end_of_file(void)
{
	char *to = buffer(8 * PAGE);
	int fd = start();

	pattern(contents, FILE_SIZE, 23);
	watch(to, 8 * PAGE);
	expect(MUST(pread(fd, to, 8 * PAGE, FILE_SIZE - 3 * PAGE + 5)) ==
	       3 * PAGE - 5, "read beyond the end");
	expect(!memcmp(to, contents + FILE_SIZE - 3 * PAGE + 5, 3 * PAGE - 5),
	       "wrong data");
	expect(pwrite(fd, to, 8 * PAGE, FILE_SIZE - PAGE) < 0 &&
	       errno == ENOSPC, "wrote beyond the end");
	moved(3 * PAGE - 5);
	stop(fd);
}

WORKLOAD(fuse_end, "fuse-end", NULL, end_of_file);

static void fault(void)
{
	char *to = buffer(8 * PAGE);
	int fd = start();
	long got;

	pattern(contents, FILE_SIZE, 24);
	buffer_cut(to, 3 * PAGE);
	watch(to, 3 * PAGE);
	got = pread(fd, to, 8 * PAGE, 0);
	expect((got < 0 && errno == EFAULT) || got == 3 * PAGE,
	       "read into a hole returned %ld", got);
	got = pwrite(fd, to, 8 * PAGE, 0);
	expect((got < 0 && errno == EFAULT) || got == 3 * PAGE,
	       "write from a hole returned %ld", got);
	got = pread(fd, to + 3 * PAGE, PAGE, 0);
	expect(got < 0 && errno == EFAULT, "read into nothing returned %ld", got);
	stop(fd);
}

WORKLOAD(fuse_fault, "fuse-fault", NULL, fault);

/* A server whose own buffer ends too early must not keep what it took. */
static void server_fault(void)
{
	char *to = buffer(8 * PAGE), *short_reply;
	struct fuse_out_header out = { .len = sizeof(out) + PAGE };
	int fd = start();
	struct iovec iov[2];

	watch(to, 8 * PAGE);
	expect(MUST(pread(fd, to, 8 * PAGE, 0)) == 8 * PAGE, "short read");
	short_reply = buffer(2 * PAGE);
	memcpy(short_reply, &out, sizeof(out));
	buffer_cut(short_reply, PAGE);
	iov[0] = (struct iovec){ short_reply, sizeof(out) };
	iov[1] = (struct iovec){ short_reply + PAGE, PAGE };
	expect(writev(dev, iov, 2) < 0, "a reply out of nothing was taken");
	stop(fd);
}

WORKLOAD(fuse_server_fault, "fuse-server-fault", NULL, server_fault);

static int mapped_source;

static void read_source(void *to)
{
	expect(pread(mapped_source, to, 8 * PAGE, 0) == 8 * PAGE, "short read");
}

static void into_file(void)
{
	mapped_source = start();
	pattern(contents, FILE_SIZE, 25);
	into_mapping("ext4", read_source, 0, 8 * PAGE, 25);
	stop(mapped_source);
}

WORKLOAD(fuse_mapping, "fuse-into-mapping", "ext4", into_file);

/* Registered memory comes as bio_vecs, whose pages are not fuse's. */
static void fixed(void)
{
	char *to = buffer(8 * PAGE);
	struct iovec iov = { to, 8 * PAGE };
	int fd = start();
	struct uring ring;

	uring_open(&ring, 4, 0);
	uring_register(&ring, IORING_REGISTER_BUFFERS, &iov, 1);
	pattern(contents, FILE_SIZE, 26);
	watch(to, 8 * PAGE);
	expect(uring_io(&ring, IORING_OP_READ_FIXED, fd, to + 9,
			7 * PAGE) == 7 * PAGE, "short read");
	pattern_check("fuse", to + 9, 7 * PAGE, 26);
	expect(uring_io(&ring, IORING_OP_WRITE_FIXED, fd, to, 8 * PAGE) ==
	       8 * PAGE, "short write");
	expect(!memcmp(to, contents, 8 * PAGE), "wrong data");
	expect_pinned(to, 8 * PAGE);
	uring_register(&ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
	stop(fd);
}

WORKLOAD(fuse_fixed, "fuse-fixed", NULL, fixed, LASTING);

static char *mapped_from;

/* The server waits with its old memory: the request after that is for this. */
static void write_source(void *to)
{
	char *old = request;

	request = to;
	expect(pwrite(mapped_source, mapped_from, 1, 0) == 1, "short write");
	expect(pwrite(mapped_source, mapped_from, 3 * PAGE, 0) == 3 * PAGE,
	       "short write");
	request = old;
	expect(pwrite(mapped_source, mapped_from, 1, 0) == 1, "short write");
}

static void request_into_file(void)
{
	size_t skip = sizeof(struct fuse_in_header) +
		      sizeof(struct fuse_write_in);

	mapped_from = buffer(3 * PAGE);
	pattern(mapped_from, 3 * PAGE, 27);
	mapped_source = start();
	into_mapping("ext4", write_source, skip, 3 * PAGE, 27);
	stop(mapped_source);
}

WORKLOAD(fuse_request_mapping, "fuse-request-into-mapping", "ext4",
	 request_into_file);
