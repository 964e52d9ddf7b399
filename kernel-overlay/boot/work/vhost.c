// SPDX-License-Identifier: GPL-2.0-only
/*
 * vhost-scsi without a guest: this process is the driver of the virtqueue, and
 * the disk behind it is a ramdisk of the target core.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <linux/virtio_ring.h>
#include <linux/virtio_scsi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../init.h"
#include "../work.h"

#define TARGET	"/sys/kernel/config/target"
#define WWN	"naa.5001405bd4fb1e50"
#define NR	64
#define LEN	(16 * PAGE)
#define BLOCK	512

static int vhost, kick;
static struct vring ring;
static char *memory;		/* of the ring, the requests and the answers */
static uint16_t used_seen;

struct request {
	union {
		struct virtio_scsi_cmd_req in;
		struct virtio_scsi_cmd_req_pi in_pi;
	};
	struct virtio_scsi_cmd_resp out;
};

static int protection;	/* requests have fields for protection information */
static int logging;	/* vhost notes which pages of the guest it writes to */
static uintptr_t low, high;	/* where the guest's memory begins and ends */
static uint8_t *dirty_log;	/* a bit a page of the guest */

static void folder(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		fail("mkdir %s: %s", path, strerror(errno));
}

static void make_target(void)
{
	if (mkdir(TARGET "/vhost", 0755) && errno != EEXIST)
		skip("no vhost-scsi in this kernel");
	folder(TARGET "/core/rd_mcp_0");
	if (!mkdir(TARGET "/core/rd_mcp_0/disk", 0755)) {
		put_text(TARGET "/core/rd_mcp_0/disk/control", "rd_pages=1024");
		put_text(TARGET "/core/rd_mcp_0/disk/enable", "1");
	}
	folder(TARGET "/vhost/" WWN);
	if (!mkdir(TARGET "/vhost/" WWN "/tpgt_1", 0755)) {
		put_text(TARGET "/vhost/" WWN "/tpgt_1/nexus", WWN);
		folder(TARGET "/vhost/" WWN "/tpgt_1/lun/lun_0");
		MUST(symlink(TARGET "/core/rd_mcp_0/disk",
			     TARGET "/vhost/" WWN "/tpgt_1/lun/lun_0/disk"));
	}
}

static void set_ring(unsigned int index, struct vring *r)
{
	struct vhost_vring_state number = { .index = index, .num = NR };
	struct vhost_vring_state base = { .index = index };
	struct vhost_vring_addr where = {
		.index = index, .desc_user_addr = (uintptr_t)r->desc,
		.avail_user_addr = (uintptr_t)r->avail,
		.used_user_addr = (uintptr_t)r->used,
		.flags = logging << VHOST_VRING_F_LOG,
		.log_guest_addr = (uintptr_t)r->used - low,
	};
	struct vhost_vring_file events = { .index = index };

	MUST(ioctl(vhost, VHOST_SET_VRING_NUM, &number));
	MUST(ioctl(vhost, VHOST_SET_VRING_BASE, &base));
	MUST(ioctl(vhost, VHOST_SET_VRING_ADDR, &where));
	events.fd = MUST(eventfd(0, 0));
	if (index == 2)
		kick = events.fd;
	MUST(ioctl(vhost, VHOST_SET_VRING_KICK, &events));
	events.fd = MUST(eventfd(0, 0));
	MUST(ioctl(vhost, VHOST_SET_VRING_CALL, &events));
}

static void map_ring(void)
{
	memory = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect(memory != MAP_FAILED, "mmap: %s", strerror(errno));
}

/* All memory below the stack is the guest's, unless it has its bounds. */
static void start(void)
{
	struct vhost_memory *table = calloc(1, sizeof(*table) +
					    sizeof(table->regions[0]));
	uint64_t features = 1ULL << VIRTIO_F_VERSION_1 |
			    (uint64_t)logging << VHOST_F_LOG_ALL |
			    (uint64_t)protection << VIRTIO_SCSI_F_T10_PI;
	uint64_t log_at = (uintptr_t)dirty_log;
	struct vhost_scsi_target target = { .abi_version = 1, .vhost_tpgt = 1 };
	struct vring other;
	unsigned int k;

	make_target();
	vhost = open("/dev/vhost-scsi", O_RDWR | O_CLOEXEC);
	if (vhost < 0)
		skip("no vhost-scsi in this kernel");
	MUST(ioctl(vhost, VHOST_SET_OWNER, 0));
	MUST(ioctl(vhost, VHOST_SET_FEATURES, &features));
	table->nregions = 1;
	table->regions[0].userspace_addr = low;
	if (!high)
		high = (uintptr_t)&table & ~(PAGE - 1ULL);
	table->regions[0].memory_size = high - low;
	MUST(ioctl(vhost, VHOST_SET_MEM_TABLE, table));
	if (logging)
		MUST(ioctl(vhost, VHOST_SET_LOG_BASE, &log_at));

	if (!memory)
		map_ring();
	for (k = 0; k < 3; k++) {
		vring_init(&other, NR, memory + k * 4 * PAGE, PAGE);
		set_ring(k, &other);
	}
	ring = other;
	strcpy(target.vhost_wwpn, WWN);
	MUST(ioctl(vhost, VHOST_SCSI_SET_ENDPOINT, &target));
}

static void stop(void)
{
	struct vhost_scsi_target target = { .abi_version = 1, .vhost_tpgt = 1 };

	strcpy(target.vhost_wwpn, WWN);
	MUST(ioctl(vhost, VHOST_SCSI_CLEAR_ENDPOINT, &target));
	close(vhost);
}

static void describe(unsigned int k, const void *at, size_t len, int flags)
{
	ring.desc[k] = (struct vring_desc){
		.addr = (uintptr_t)at - low, .len = len, .flags = flags,
		.next = k + 1,
	};
}

#define NO_ANSWER	0x10000

/*
 * Send a command with its data in up to four pieces; returns the response code
 * of virtio, with the status of SCSI above it.
 */
static int command(struct request *r, const struct iovec *iov, unsigned int nr,
		   int is_write)
{
	unsigned int k, d = 0, waits;
	uint16_t at = ring.avail->idx;

	r->in.lun[0] = 1;
	r->in.lun[1] = 1;	/* tpgt_1 */
	r->out.response = 0xff;
	describe(d++, &r->in, protection ? sizeof(r->in_pi) : sizeof(r->in),
		 VRING_DESC_F_NEXT);
	if (is_write) {
		for (k = 0; k < nr; k++)
			describe(d++, iov[k].iov_base, iov[k].iov_len,
				 VRING_DESC_F_NEXT);
	}
	describe(d++, &r->out, sizeof(r->out), VRING_DESC_F_WRITE |
		 (nr && !is_write ? VRING_DESC_F_NEXT : 0));
	if (!is_write) {
		for (k = 0; k < nr; k++)
			describe(d++, iov[k].iov_base, iov[k].iov_len,
				 VRING_DESC_F_WRITE |
				 (k + 1 < nr ? VRING_DESC_F_NEXT : 0));
	}
	ring.avail->ring[at % NR] = 0;
	__atomic_store_n(&ring.avail->idx, at + 1, __ATOMIC_SEQ_CST);
	MUST(eventfd_write(kick, 1));
	for (waits = 0; waits < 2000; waits++) {
		if (__atomic_load_n(&ring.used->idx, __ATOMIC_ACQUIRE) !=
		    used_seen) {
			used_seen++;
			return r->out.response | r->out.status << 8;
		}
		usleep(1000);
	}
	return NO_ANSWER;
}

/* READ(10) or WRITE(10) of the blocks from @block on. */
static int io(int is_write, unsigned int block, const struct iovec *iov,
	      unsigned int nr)
{
	struct request *r = (struct request *)(memory + 20 * PAGE);
	size_t len = 0;
	unsigned int k;

	for (k = 0; k < nr; k++)
		len += iov[k].iov_len;
	memset(r, 0, sizeof(*r));
	r->in.cdb[0] = is_write ? 0x2a : 0x28;
	r->in.cdb[4] = block >> 8;
	r->in.cdb[5] = block;
	r->in.cdb[7] = len / BLOCK >> 8;
	r->in.cdb[8] = len / BLOCK;
	return command(r, iov, nr, is_write);
}

static void must_io(int is_write, unsigned int block, const struct iovec *iov,
		    unsigned int nr)
{
	int done = io(is_write, block, iov, nr);

	expect(done != NO_ANSWER, "no answer to a SCSI command");
	expect(!done, "%s: response %02x, status %02x",
	       is_write ? "write" : "read", done & 0xff, done >> 8);
}

/* The first command after a start gets a unit attention: take it away. */
static void settle(void)
{
	struct request *r = (struct request *)(memory + 20 * PAGE);

	memset(r, 0, sizeof(*r));
	command(r, NULL, 0, 0);
}

static void transfer(void)
{
	char *from = buffer(LEN + PAGE), *to = buffer(LEN + PAGE);
	struct iovec iov;
	size_t shift;

	start();
	settle();
	for (shift = 0; shift < PAGE; shift += 1000) {
		size_t len = LEN - shift / BLOCK * BLOCK;

		pattern(from + shift, len, shift);
		memset(to, 0, LEN + PAGE);
		iov = (struct iovec){ from + shift, len };
		must_io(1, shift, &iov, 1);
		iov = (struct iovec){ to + PAGE - shift, len };
		must_io(0, shift, &iov, 1);
		pattern_check("vhost-scsi", to + PAGE - shift, len, shift);
	}
	stop();
}

WORKLOAD(vhost_scsi, "vhost-scsi", NULL, transfer, ANY_MEMORY,
	 REACHES("VHOST_SCSI", "vhost_scsi_map_to_sgl"));

static void vectors(void)
{
	char *from = buffer(LEN), *to = buffer(LEN + 2 * PAGE);
	struct iovec whole = { from, LEN };
	struct iovec parts[] = {
		{ to + 6 * PAGE, 11 * PAGE }, { to + 17, 4 * PAGE + 3 },
		{ to + 4 * PAGE + 100, PAGE - 4 }, { to + 5 * PAGE + 200, 1 },
	};
	size_t k, at = 0;

	start();
	settle();
	pattern(from, LEN, 5);
	must_io(1, 0, &whole, 1);
	must_io(0, 0, parts, 4);
	for (k = 0; k < 4; at += parts[k++].iov_len)
		expect(!memcmp(parts[k].iov_base, from + at, parts[k].iov_len),
		       "wrong data in part %zu", k);
	moved(LEN);
	stop();
}

WORKLOAD(vhost_scsi_vectors, "vhost-scsi-vectors", NULL, vectors, ANY_MEMORY,
	 REACHES("VHOST_SCSI", "vhost_scsi_map_to_sgl"));

/*
 * Data that is not all there: a bad answer, or none on Linux 6.12, and nothing
 * stays taken.
 */
static void fault(void)
{
	char *to = buffer(LEN);
	struct iovec iov[] = { { to, 3 * PAGE }, { to + 3 * PAGE, PAGE } };

	start();
	settle();
	buffer_cut(to, 3 * PAGE);
	expect(io(0, 0, iov, 2), "read into what is not there");
	iov[0].iov_len = 4 * PAGE;
	expect(io(1, 0, iov, 1), "wrote what is not there");
	iov[0].iov_len = 3 * PAGE;
	must_io(0, 0, iov, 1);
	stop();
}

WORKLOAD(vhost_scsi_fault, "vhost-scsi-fault", NULL, fault);

/*
 * Protection information comes in front of the data. The disk has no use for
 * it; its pages are taken and given back all the same.
 */
static void with_protection(void)
{
	struct request *r;
	char *info = buffer(PAGE), *data = buffer(LEN);
	struct iovec iov[] = { { info + 8, LEN / BLOCK * 8 }, { data, LEN } };
	int way;

	protection = 1;
	start();
	r = (struct request *)(memory + 20 * PAGE);
	memset(r, 0, sizeof(*r));
	command(r, NULL, 0, 0);
	for (way = 0; way < 2; way++) {
		memset(r, 0, sizeof(*r));
		r->in_pi.cdb[0] = way ? 0x2a : 0x28;
		r->in_pi.cdb[8] = LEN / BLOCK;
		if (way)
			r->in_pi.pi_bytesout = iov[0].iov_len;
		else
			r->in_pi.pi_bytesin = iov[0].iov_len;
		command(r, iov, 2, way);
		buffers_check();
	}
	moved(2 * LEN);
	stop();
}

WORKLOAD(vhost_scsi_protection, "vhost-scsi-protection", NULL, with_protection);

/*
 * The pages of the log are taken for each bit, whose page the device wrote. The
 * guest has the buffer and the ring only: there is a bit for each of its pages.
 */
static void logged(void)
{
	char *to = buffer(LEN);
	struct iovec iov = { to, LEN };
	uintptr_t used;

	logging = 1;
	map_ring();
	low = (uintptr_t)(to < memory ? to : memory);
	high = (uintptr_t)(to < memory ? memory + 64 * PAGE : to + LEN);
	dirty_log = buffer((high - low) / PAGE / 8 + PAGE);
	start();
	settle();
	must_io(0, 0, &iov, 1);
	used = ((uintptr_t)ring.used - low) / PAGE;
	expect(dirty_log[used / 8] >> used % 8 & 1,
	       "the page that was written to is not in the log");
	moved(LEN);
	stop();
}

WORKLOAD(vhost_scsi_log, "vhost-scsi-log", NULL, logged);
