/* SPDX-License-Identifier: GPL-2.0-only */
/* io_uring by its system calls, for one request at a time or a server. */
#ifndef URING_H
#define URING_H

#include <linux/io_uring.h>
#include <stdint.h>

/**
 * struct uring - A ring
 * @fd: Its file
 * @wide: Whether entries have twice the size, for commands
 */
struct uring {
	int fd;
	int wide;
	unsigned int entries;
	char *sq;
	char *cq;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
};

/* Skips the workload if the kernel has no io_uring. */
void uring_open(struct uring *ring, unsigned int entries, int wide);
/* The next entry, zeroed; it is submitted by uring_submit(). */
struct io_uring_sqe *uring_next(struct uring *ring);
/* Submit @nr entries and wait until @wait are done. */
void uring_submit(struct uring *ring, unsigned int nr, unsigned int wait);
/* Take one completion, false if there is none. */
int uring_reap(struct uring *ring, struct io_uring_cqe *cqe);
/* Submit the last entry and return its result. */
int32_t uring_one(struct uring *ring);
/* One request; for a fixed one the memory has to be in buffer 0. */
int32_t uring_io(struct uring *ring, int opcode, int fd, void *at,
		 unsigned int len);
void uring_register(struct uring *ring, unsigned int opcode, void *arg,
		    unsigned int nr);

#endif /* URING_H */
