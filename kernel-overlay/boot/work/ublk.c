// SPDX-License-Identifier: GPL-2.0-only
/* ublk: a block device whose server is a thread of this workload. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/ublk_cmd.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../uring.h"
#include "../work.h"

#define DEPTH		4
#define MAX_BYTES	(32 * PAGE)
#define DISK_BYTES	(256 * PAGE)
#define LEN		(24 * PAGE)
#define ID		0

static int control, queue;
static struct uring control_ring, queue_ring;
static char *store, *io[DEPTH];
static size_t cut_to;		/* what is left of the server's memory, or 0 */
static volatile int serving;

static int control_command(unsigned int op, void *at, size_t len, uint64_t data)
{
	struct io_uring_sqe *sqe = uring_next(&control_ring);
	struct ublksrv_ctrl_cmd *command = (void *)sqe->cmd;

	sqe->opcode = IORING_OP_URING_CMD;
	sqe->fd = control;
	sqe->cmd_op = op;
	command->dev_id = ID;
	command->queue_id = -1;
	command->addr = (uintptr_t)at;
	command->len = len;
	command->data[0] = data;
	return uring_one(&control_ring);
}

static void must_control(const char *what, unsigned int op, void *at,
			 size_t len, uint64_t data)
{
	int done = control_command(op, at, len, data);

	expect(done >= 0, "%s: %s", what, strerror(-done));
}

static void queue_command(unsigned int op, unsigned int tag, int result)
{
	struct io_uring_sqe *sqe = uring_next(&queue_ring);
	struct ublksrv_io_cmd *command = (void *)sqe->cmd;

	sqe->opcode = IORING_OP_URING_CMD;
	sqe->fd = queue;
	sqe->cmd_op = op;
	sqe->user_data = tag;
	command->tag = tag;
	command->result = result;
	command->addr = (uintptr_t)io[tag];
}

static int do_io(const struct ublksrv_io_desc *d, char *at)
{
	size_t len = (size_t)d->nr_sectors << 9, start = d->start_sector << 9;

	if (start + len > DISK_BYTES)
		return -EIO;
	if (cut_to && len > cut_to)
		return len;	/* there is no memory for it to be in */
	if (ublksrv_get_op(d) == UBLK_IO_OP_WRITE)
		memcpy(store + start, at, len);
	else if (ublksrv_get_op(d) == UBLK_IO_OP_READ)
		memcpy(at, store + start, len);
	return len;
}

static void serve(void *unused)
{
	size_t size = (DEPTH * sizeof(struct ublksrv_io_desc) + PAGE - 1) /
		      PAGE * PAGE;
	unsigned int tag, alive = DEPTH, fresh = DEPTH;
	const struct ublksrv_io_desc *table;
	struct io_uring_cqe cqe;

	(void)unused;
	uring_open(&queue_ring, DEPTH, 1);
	table = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, queue,
		     UBLKSRV_CMD_BUF_OFFSET);
	expect(table != MAP_FAILED, "mmap of /dev/ublkc0: %s", strerror(errno));
	for (tag = 0; tag < DEPTH; tag++)
		queue_command(UBLK_IO_FETCH_REQ, tag, -1);
	serving = 1;
	while (alive) {
		uring_submit(&queue_ring, fresh, 1);
		for (fresh = 0; uring_reap(&queue_ring, &cqe);) {
			tag = cqe.user_data;
			if (cqe.res != UBLK_IO_RES_OK) {
				alive--;
				continue;
			}
			queue_command(UBLK_IO_COMMIT_AND_FETCH_REQ, tag,
				      do_io(&table[tag], io[tag]));
			fresh++;
		}
	}
	/* The device is not deleted while it is mapped. */
	munmap((void *)table, size);
}

/* Start the device; the server's memory begins at this offset in a page. */
static int start(size_t offset)
{
	struct ublksrv_ctrl_dev_info info = {
		.nr_hw_queues = 1, .queue_depth = DEPTH, .dev_id = ID,
		.max_io_buf_bytes = MAX_BYTES, .ublksrv_pid = getpid(),
	};
	struct ublk_params params = {
		.len = sizeof(params), .types = UBLK_PARAM_TYPE_BASIC,
		.basic = { .logical_bs_shift = 9, .physical_bs_shift = 12,
			   .io_min_shift = 9, .io_opt_shift = 12,
			   .max_sectors = MAX_BYTES >> 9,
			   .dev_sectors = DISK_BYTES >> 9 },
	};
	unsigned int tag;
	int tries, fd;

	control = open("/dev/ublk-control", O_RDWR | O_CLOEXEC);
	if (control < 0)
		skip("no ublk in this kernel");
	uring_open(&control_ring, 4, 1);
	must_control("add", UBLK_CMD_ADD_DEV, &info, sizeof(info), 0);
	must_control("set params", UBLK_CMD_SET_PARAMS, &params,
		     sizeof(params), 0);
	store = mmap(NULL, DISK_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (tag = 0; tag < DEPTH; tag++)
		io[tag] = (char *)buffer(MAX_BYTES + PAGE) + offset;
	queue = MUST(open("/dev/ublkc0", O_RDWR | O_CLOEXEC));
	thread(serve, NULL);
	serve_on();
	while (!serving)
		usleep(1000);
	must_control("start", UBLK_CMD_START_DEV, NULL, 0, getpid());
	for (tries = 0; tries < 100; tries++) {
		fd = open("/dev/ublkb0", O_RDWR | O_DIRECT | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		usleep(10000);
	}
	fail("/dev/ublkb0: %s", strerror(errno));
}

static void stop(int fd)
{
	close(fd);
	must_control("stop", UBLK_CMD_STOP_DEV, NULL, 0, 0);
	join_servers();
	close(queue);
	must_control("delete", UBLK_CMD_DEL_DEV, NULL, 0, 0);
}

static void io_at(size_t offset)
{
	char *from = buffer(LEN), *to = buffer(LEN);
	int fd = start(offset), k;

	for (k = 0; k < 4; k++) {
		size_t len = LEN - k * 3 * 512;

		pattern(from, len, k);
		memset(to, 0, LEN);
		expect(MUST(pwrite(fd, from, len, k * PAGE)) == (long)len,
		       "short write");
		expect(MUST(pread(fd, to, len, k * PAGE)) == (long)len,
		       "short read");
		pattern_check("ublk", to, len, k);
		pattern_check("the server", store + k * PAGE, len, k);
	}
	stop(fd);
}

static void aligned(void)
{
	io_at(0);
}

WORKLOAD(ublk_aligned, "ublk", NULL, aligned,
	 ANY_MEMORY, REACHES("BLK_DEV_UBLK", "ublk_copy_user_pages"));

static void unaligned(void)
{
	io_at(1536);
}

WORKLOAD(ublk_unaligned, "ublk-unaligned", NULL, unaligned, ANY_MEMORY);

/* The server's memory ends too early, and nothing of it stays taken. */
static void fault(void)
{
	char *from = buffer(LEN), *to = buffer(LEN);
	int fd = start(0), tag;

	pattern(from, LEN, 9);
	expect(MUST(pwrite(fd, from, PAGE, 0)) == PAGE, "short write");
	for (tag = 0; tag < DEPTH; tag++)
		buffer_cut(io[tag], 3 * PAGE);
	cut_to = 3 * PAGE;
	/* Linux 6.1 asks again for what it did not get, up to the end. */
	if (pread(fd, to, LEN, 0) > LEN)
		fail("read more than was asked for");
	expect(MUST(pread(fd, to, PAGE, 0)) == PAGE, "short read");
	pattern_check("ublk", to, PAGE, 9);
	stop(fd);
}

WORKLOAD(ublk_fault, "ublk-fault", NULL, fault);

static int mapped_fd;
static char *mapped_from;

/* Every slot fetches its memory when its last request ends: use all up. */
static void write_source(void *to)
{
	int tag;

	for (tag = 0; tag < DEPTH; tag++)
		io[tag] = to;
	for (tag = 0; tag < DEPTH; tag++)
		expect(pwrite(mapped_fd, mapped_from, 512, 0) == 512,
		       "short write");
	expect(pwrite(mapped_fd, mapped_from, LEN, 0) == LEN, "short write");
}

/* The server's memory is a file: what was copied there must reach the file. */
static void into_file(void)
{
	mapped_from = buffer(LEN);
	mapped_fd = start(0);
	pattern(mapped_from, LEN, 33);
	into_mapping("ext2", write_source, 0, LEN, 33);
	stop(mapped_fd);
}

WORKLOAD(ublk_mapping, "ublk-into-mapping", "ext2", into_file);
