// SPDX-License-Identifier: GPL-2.0-only
/* O_DIRECT on a block device by every way in, and the odd cases. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../uring.h"
#include "../work.h"

#define SECTOR	512
#define LEN	(16 * PAGE)

static int open_disk(void)
{
	return MUST(open(disk(), O_RDWR | O_DIRECT | O_CLOEXEC));
}

/* Write by pwrite() what the ways of reading are tried on. */
static void put(int fd, off_t at, size_t len, unsigned int seed)
{
	char *from = buffer(len);

	pattern(from, len, seed);
	expect(MUST(pwrite(fd, from, len, at)) == (long)len, "short write");
	buffer_cut(from, 0);
}

static void plain(void)
{
	char *from = buffer(LEN + PAGE), *to = buffer(LEN + PAGE);
	int fd = open_disk(), shift;

	/* Starts that are a sector apart, so that pages are cut differently. */
	for (shift = 0; shift < PAGE; shift += 3 * SECTOR) {
		size_t len = LEN - shift / 2 / SECTOR * SECTOR;

		pattern(from + shift, len, shift);
		memset(to, 0, LEN + PAGE);
		expect(MUST(pwrite(fd, from + shift, len, shift)) == (long)len,
		       "short write");
		expect(MUST(pread(fd, to + PAGE - shift, len, shift)) ==
		       (long)len, "short read");
		pattern_check("pread", to + PAGE - shift, len, shift);
	}
}

WORKLOAD(block_pread, "block-pread", "scratch", plain,
	 ANY_MEMORY, REACHES("BLOCK", "__bio_iov_iter_get_pages"));

static void vectors(void)
{
	char *a = buffer(2 * PAGE), *b = buffer(PAGE), *c = buffer(5 * PAGE);
	struct iovec iov[] = {
		{ a + SECTOR, PAGE + SECTOR }, { b, 0 }, { b + SECTOR, SECTOR },
		{ c + PAGE, 4 * PAGE }, { c, SECTOR },
	};
	size_t len = PAGE + SECTOR + SECTOR + 4 * PAGE + SECTOR, k;
	char *all = buffer(len), *at = all;
	int fd = open_disk();

	pattern(all, len, 3);
	for (k = 0; k < 5; at += iov[k++].iov_len)
		memcpy(iov[k].iov_base, at, iov[k].iov_len);
	expect(MUST(pwritev(fd, iov, 5, 0)) == (long)len, "short write");
	for (k = 0; k < 5; k++)
		memset(iov[k].iov_base, 0, iov[k].iov_len);
	expect(MUST(preadv(fd, iov, 5, 0)) == (long)len, "short read");
	memset(all, 0, len);
	for (k = 0, at = all; k < 5; at += iov[k++].iov_len)
		memcpy(at, iov[k].iov_base, iov[k].iov_len);
	pattern_check("preadv", all, len, 3);
}

WORKLOAD(block_preadv, "block-preadv", "scratch", vectors, ANY_MEMORY);

static long aio_one(aio_context_t context, struct iocb *iocb)
{
	struct io_event event;

	expect(MUST(syscall(__NR_io_submit, context, 1, &iocb)) == 1,
	       "io_submit took nothing");
	expect(MUST(syscall(__NR_io_getevents, context, 1, 1, &event, NULL)) == 1,
	       "no event");
	return event.res;
}

static void aio(void)
{
	char *from = buffer(LEN), *to = buffer(LEN);
	struct iocb iocb = { .aio_fildes = open_disk(), .aio_nbytes = LEN };
	aio_context_t context = 0;

	MUST(syscall(__NR_io_setup, 4, &context));
	pattern(from, LEN, 5);
	iocb.aio_lio_opcode = IOCB_CMD_PWRITE;
	iocb.aio_buf = (uintptr_t)from;
	expect(aio_one(context, &iocb) == LEN, "short write");
	iocb.aio_lio_opcode = IOCB_CMD_PREAD;
	iocb.aio_buf = (uintptr_t)to;
	expect(aio_one(context, &iocb) == LEN, "short read");
	pattern_check("io_submit", to, LEN, 5);
}

WORKLOAD(block_aio, "block-aio", "scratch", aio, ANY_MEMORY);

static void uring(void)
{
	char *from = buffer(LEN), *to = buffer(LEN);
	struct iovec iov[] = { { to + PAGE, LEN - PAGE }, { to, PAGE } };
	int fd = open_disk();
	struct uring ring;

	uring_open(&ring, 4, 0);
	pattern(from, LEN, 7);
	expect(uring_io(&ring, IORING_OP_WRITE, fd, from, LEN) == LEN,
	       "short write");
	expect(uring_io(&ring, IORING_OP_READ, fd, to, LEN) == LEN,
	       "short read");
	pattern_check("IORING_OP_READ", to, LEN, 7);
	expect(uring_io(&ring, IORING_OP_READV, fd, iov, 2) == LEN,
	       "short readv");
	expect(!memcmp(to + PAGE, from, LEN - PAGE) &&
	       !memcmp(to, from + LEN - PAGE, PAGE), "wrong data of readv");
	moved(LEN);
}

WORKLOAD(block_uring, "block-uring", "scratch", uring, ANY_MEMORY);

static void uring_fixed(void)
{
	char *from = buffer(LEN), *to = buffer(LEN);
	struct iovec iov[] = { { from, LEN }, { to, LEN } };
	int fd = open_disk();
	struct uring ring;

	uring_open(&ring, 4, 0);
	uring_register(&ring, IORING_REGISTER_BUFFERS, iov, 2);
	expect_pinned(to, LEN);
	pattern(from, LEN, 9);
	expect(uring_io(&ring, IORING_OP_WRITE_FIXED, fd, from, LEN) == LEN,
	       "short write");
	/* The first buffer is index 0, and is read into as well. */
	memset(from, 0, LEN);
	expect(uring_io(&ring, IORING_OP_READ_FIXED, fd, from + SECTOR,
			LEN - PAGE) == LEN - PAGE, "short read");
	pattern_check("IORING_OP_READ_FIXED", from + SECTOR, LEN - PAGE, 9);
	expect_pinned(from, LEN);
	uring_register(&ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
}

WORKLOAD(block_uring_fixed, "block-uring-fixed", "scratch", uring_fixed,
	 LASTING);

static void end_of_device(void)
{
	char *to = buffer(LEN);
	uint64_t size;
	int fd = open_disk();

	MUST(ioctl(fd, BLKGETSIZE64, &size));
	put(fd, size - 2 * PAGE, 2 * PAGE, 11);
	expect(MUST(pread(fd, to, LEN, size - 2 * PAGE)) == 2 * PAGE,
	       "read beyond the end");
	pattern_check("the end", to, 2 * PAGE, 11);
	expect(MUST(pread(fd, to, LEN, size)) == 0, "data behind the end");
}

WORKLOAD(block_end, "block-end", "scratch", end_of_device);

static void fault(void)
{
	char *to = buffer(LEN);
	int fd = open_disk();
	long got;

	put(fd, 0, LEN, 13);
	buffer_cut(to, 5 * PAGE);
	got = pread(fd, to, LEN, 0);
	expect((got < 0 && errno == EFAULT) || got == 5 * PAGE,
	       "read into a hole returned %ld", got);
	expect(pwrite(fd, to + 4 * PAGE, 2 * PAGE, 0) != 2 * PAGE,
	       "wrote what is not there");
	got = pread(fd, to + 5 * PAGE, PAGE, 0);
	expect(got < 0 && errno == EFAULT, "read into nothing returned %ld",
	       got);
	expect(MUST(pread(fd, to, 5 * PAGE, 0)) == 5 * PAGE, "short read");
}

WORKLOAD(block_fault, "block-fault", "scratch", fault);

static char *held_to;
static volatile long held_got;

static void held_read(void *fd)
{
	held_got = pread((intptr_t)fd, held_to, LEN, 0);
}

/* Read while the pages are kept in flight; returns their pins meanwhile. */
static unsigned int read_held(int fd)
{
	hold_pages(400);
	thread(held_read, (void *)(intptr_t)fd);
	usleep(150000);
	return pins_of(held_to, LEN);
}

/*
 * A page that is only referenced becomes shared by fork(), the parent's next
 * write gives the parent a copy, and the data goes to the page it had before.
 */
static void fork_in_flight(void)
{
	char *area = buffer(LEN + PAGE);
	int fd = open_disk(), k;
	unsigned int pins;
	pid_t child;

	put(fd, 0, LEN, 15);
	held_to = area + SECTOR;
	memset(area, 0, LEN + PAGE);
	pins = read_held(fd);
	child = MUST(fork());
	if (!child) {
		usleep(700000);
		_exit(0);
	}
	for (k = 0; k <= LEN / PAGE; k++) {
		/* Outside of what is read: in front of it and behind it. */
		if (k == 0)
			area[0] = 1;
		else if (k == LEN / PAGE)
			area[k * PAGE + PAGE - 1] = 1;
	}
	join();
	hold_pages(0);
	expect(held_got == LEN, "read returned %ld", held_got);
	waitpid(child, NULL, 0);
	if (pins)
		pattern_check("data of the parent", held_to, LEN, 15);
	else if (held_to[0] == 0)
		buffer_cut(area, 0);	/* lost, as is known without pins */
}

WORKLOAD(block_fork, "block-fork", "scratch", fork_in_flight);

static volatile int alarms;

static void on_alarm(int number)
{
	(void)number;
	alarms++;
}

static void signal_in_flight(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int fd = open_disk();
	long got;

	put(fd, 0, LEN, 17);
	held_to = buffer(LEN);
	MUST(sigaction(SIGALRM, &action, NULL));
	hold_pages(300);
	ualarm(100000, 0);
	got = pread(fd, held_to, LEN, 0);
	expect(got == LEN || (got < 0 && errno == EINTR), "read returned %ld",
	       got);
	expect(alarms == 1, "no signal came");
	if (got == LEN)
		pattern_check("interrupted", held_to, LEN, 17);
}

WORKLOAD(block_signal, "block-signal", "scratch", signal_in_flight);

static int shared_fd;
static char *shared_to;

static void read_often(void *which)
{
	char *to = shared_to + (intptr_t)which * SECTOR;
	int k;

	for (k = 0; k < 50; k++)
		expect(pread(shared_fd, to, LEN, 0) == LEN, "short read");
}

/* Two threads read into pages that they share. */
static void two_threads(void)
{
	shared_fd = open_disk();
	put(shared_fd, 0, LEN, 19);
	shared_to = buffer(LEN + PAGE);
	thread(read_often, (void *)0);
	thread(read_often, (void *)1);
	join();
	expect(pread(shared_fd, shared_to, LEN, 0) == LEN, "short read");
	pattern_check("two threads", shared_to, LEN, 19);
}

WORKLOAD(block_threads, "block-threads", "scratch", two_threads, ANY_MEMORY);
