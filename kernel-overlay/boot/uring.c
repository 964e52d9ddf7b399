// SPDX-License-Identifier: GPL-2.0-only
/* io_uring by its system calls. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "uring.h"
#include "work.h"

#define LOAD(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define STORE(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)

static unsigned int *at(char *ring, uint32_t offset)
{
	return (unsigned int *)(ring + offset);
}

void uring_open(struct uring *ring, unsigned int entries, int wide)
{
	struct io_uring_params *p = &ring->params;
	size_t sq_size, cq_size;

	memset(ring, 0, sizeof(*ring));
	ring->wide = wide;
	ring->entries = entries;
	p->flags = wide ? IORING_SETUP_SQE128 : 0;
	ring->fd = syscall(__NR_io_uring_setup, entries, p);
	if (ring->fd < 0 && errno == ENOSYS)
		skip("no io_uring in this kernel");
	must("io_uring_setup", ring->fd);
	sq_size = p->sq_off.array + p->sq_entries * sizeof(unsigned int);
	cq_size = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	ring->sq = mmap(NULL, sq_size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQ_RING);
	ring->cq = mmap(NULL, cq_size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_CQ_RING);
	ring->sqes = mmap(NULL, p->sq_entries * sizeof(*ring->sqes) << wide,
			  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			  ring->fd, IORING_OFF_SQES);
	expect(ring->sq != MAP_FAILED && ring->cq != MAP_FAILED &&
	       ring->sqes != MAP_FAILED, "mmap of a ring: %s", strerror(errno));
}

struct io_uring_sqe *uring_next(struct uring *ring)
{
	const struct io_sqring_offsets *off = &ring->params.sq_off;
	unsigned int tail = *at(ring->sq, off->tail);
	unsigned int slot = tail & *at(ring->sq, off->ring_mask);
	struct io_uring_sqe *sqe = ring->sqes + (slot << ring->wide);

	memset(sqe, 0, sizeof(*sqe) << ring->wide);
	at(ring->sq, off->array)[slot] = slot;
	STORE(at(ring->sq, off->tail), tail + 1);
	return sqe;
}

void uring_submit(struct uring *ring, unsigned int nr, unsigned int wait)
{
	long done;

	do {
		done = syscall(__NR_io_uring_enter, ring->fd, nr, wait,
			       wait ? IORING_ENTER_GETEVENTS : 0, NULL, 0);
	} while (done < 0 && errno == EINTR);
	must("io_uring_enter", done);
}

int uring_reap(struct uring *ring, struct io_uring_cqe *cqe)
{
	const struct io_cqring_offsets *off = &ring->params.cq_off;
	unsigned int head = *at(ring->cq, off->head);
	struct io_uring_cqe *cqes = (void *)(ring->cq + off->cqes);

	if (head == LOAD(at(ring->cq, off->tail)))
		return 0;
	*cqe = cqes[head & *at(ring->cq, off->ring_mask)];
	STORE(at(ring->cq, off->head), head + 1);
	return 1;
}

int32_t uring_one(struct uring *ring)
{
	struct io_uring_cqe cqe;

	uring_submit(ring, 1, 1);
	expect(uring_reap(ring, &cqe), "no completion");
	return cqe.res;
}

int32_t uring_io(struct uring *ring, int opcode, int fd, void *at,
		 unsigned int len)
{
	struct io_uring_sqe *sqe = uring_next(ring);

	sqe->opcode = opcode;
	sqe->fd = fd;
	sqe->addr = (uintptr_t)at;
	sqe->len = len;
	return uring_one(ring);
}

void uring_register(struct uring *ring, unsigned int opcode, void *arg,
		    unsigned int nr)
{
	must("io_uring_register", syscall(__NR_io_uring_register, ring->fd,
					  opcode, arg, nr));
}
