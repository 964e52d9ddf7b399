// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMCI's host side, as a hypervisor in user space uses it: the page with the flag
 * of new messages, and the memory of a queue pair.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../work.h"

/* vmw_vmci_defs.h and others, which are not among the headers for user space. */
#define INIT_CONTEXT		_IO(7, 0xa0)
#define QUEUE_SET_VA		_IO(7, 0xa4)
#define SET_VERSION		_IO(7, 0xa7)
#define QUEUE_ALLOC		_IO(7, 0xa8)
#define QUEUE_SET_PAGE_FILE	_IO(7, 0xa9)
#define QUEUE_DETACH		_IO(7, 0xaa)
#define DATAGRAM_SEND		_IO(7, 0xab)
#define DATAGRAM_RECEIVE	_IO(7, 0xac)
#define SET_NOTIFY		_IO(7, 0xcb)

#define VERSION_NOW		(11 << 16)	/* memory comes with the queue */
#define VERSION_PAGE_FILES	(10 << 16)	/* it comes afterwards */
#define HOST_CONTEXT		2
#define QUEUE_CREATED		4
#define NO_MEMORY		(-3)
#define GENERIC_ERROR		(-13)

/* The data of each direction, which a page with a header goes in front of. */
#define PRODUCED		(3 * PAGE)
#define CONSUMED		(2 * PAGE)
#define NR_CUTS			4
#define QUEUE_LEN		(PRODUCED + CONSUMED + 2 * PAGE)

struct handle {
	uint32_t context, resource;
};

struct queue_alloc {
	struct handle handle;
	uint32_t peer, flags;
	uint64_t produced, consumed, memory, pages;
	int32_t result;
	uint32_t version;
};

struct queue_alloc_old {
	struct handle handle;
	uint32_t peer, flags;
	uint64_t produced, consumed, names[2], lengths[2];
	int32_t result;
	uint32_t version;
};

struct queue_va {
	struct handle handle;
	uint64_t memory, pages;
	uint32_t version;
	int32_t result;
};

struct queue_files {
	struct handle handle;
	uint64_t names[2], lengths[2];
	int32_t result;
	uint32_t version;
	uint64_t produced, consumed;
};

struct queue_detach {
	struct handle handle;
	int32_t result;
	uint32_t pad;
};

struct notify {
	uint64_t memory;
	int32_t result;
	uint32_t pad;
};

struct message {
	struct handle to, from;
	uint64_t len;
	char data[1000];
};

struct transfer {
	uint64_t message;
	uint32_t len;
	int32_t result;
};

static int vmci;
static struct handle queue = { .resource = 1 };

/* Become a context, which is what a guest of the hypervisor is. */
static void start(int version)
{
	struct { uint32_t id, flags; } context = { .id = 100 };

	vmci = open("/dev/vmci", O_RDWR | O_CLOEXEC);
	if (vmci < 0)
		skip("no VMCI in this kernel");
	MUST(ioctl(vmci, SET_VERSION, &version));
	MUST(ioctl(vmci, INIT_CONTEXT, &context));
	queue.context = context.id;
}

static int set_notify(void *where)
{
	struct notify notify = { .memory = (uintptr_t)where };

	MUST(ioctl(vmci, SET_NOTIFY, &notify));
	return notify.result;
}

/* A message to oneself sets the flag. */
static void flag(void)
{
	char *area = buffer(2 * PAGE), *flag = area + PAGE + 700;
	struct message out = { .len = sizeof(out.data) }, in;
	struct transfer send = { (uintptr_t)&out, sizeof(out), 0 };
	struct transfer receive = { (uintptr_t)&in, sizeof(in), 0 };
	int round;

	start(VERSION_NOW);
	out.to = (struct handle){ queue.context, 5 };
	out.from = out.to;
	for (round = 0; round < 3; round++) {
		expect(set_notify(flag) == 0, "the flag is refused");
		expect(set_notify(area) < 0, "a second flag is accepted");
		*flag = 0;
		pattern(out.data, sizeof(out.data), round);
		MUST(ioctl(vmci, DATAGRAM_SEND, &send));
		expect(send.result == sizeof(out), "sending gave %d",
		       send.result);
		expect(*flag == 1, "the flag is not set");
		MUST(ioctl(vmci, DATAGRAM_RECEIVE, &receive));
		pattern_check("message", in.data, sizeof(in.data), round);
		expect(set_notify(NULL) == 0, "the flag is kept");
	}
	/* One that is still set goes with the file. */
	expect(set_notify(flag) == 0, "the flag is refused");
	close(vmci);
}

WORKLOAD(vmci_flag, "vmci-flag", NULL, flag,
	 LASTING, REACHES("VMWARE_VMCI", "vmci_host_setup_notify"));

/* The flag is written to: no page that can only be read. */
static void flag_fault(void)
{
	char *area = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	expect(area != MAP_FAILED, "mmap: %s", strerror(errno));
	start(VERSION_NOW);
	expect(set_notify(area) == GENERIC_ERROR, "a flag that cannot be set");
	munmap(area, PAGE);
	expect(set_notify(area) == GENERIC_ERROR, "a flag that is not there");
	close(vmci);
}

WORKLOAD(vmci_flag_fault, "vmci-flag-fault", NULL, flag_fault);

static int queue_alloc(void *memory)
{
	struct queue_alloc alloc = {
		.handle = queue, .peer = HOST_CONTEXT, .produced = PRODUCED,
		.consumed = CONSUMED, .memory = (uintptr_t)memory,
		.pages = QUEUE_LEN / PAGE,
	};

	MUST(ioctl(vmci, QUEUE_ALLOC, &alloc));
	return alloc.result;
}

static int queue_set_va(void *memory)
{
	struct queue_va va = {
		.handle = queue, .memory = (uintptr_t)memory,
		.pages = QUEUE_LEN / PAGE,
	};

	MUST(ioctl(vmci, QUEUE_SET_VA, &va));
	return va.result;
}

static int queue_detach(void)
{
	struct queue_detach detach = { .handle = queue };

	MUST(ioctl(vmci, QUEUE_DETACH, &detach));
	return detach.result;
}

/* A queue pair that is mapped elsewhere while it is there. */
static void queue_pair(void)
{
	char *first = buffer(QUEUE_LEN), *second = buffer(QUEUE_LEN);
	int round;

	start(VERSION_NOW);
	for (round = 0; round < 3; round++) {
		pattern(first, QUEUE_LEN, round);
		pattern(second, QUEUE_LEN, round + 1);
		expect(queue_alloc(first) == 0, "no queue pair");
		expect(queue_set_va(NULL) == 0, "it stays mapped");
		expect(queue_set_va(second) == 0, "it is not mapped again");
		expect(queue_detach() == 0, "it stays attached");
		pattern_check("queues", first, QUEUE_LEN, round);
		pattern_check("queues", second, QUEUE_LEN, round + 1);
	}
	/* One that is still there goes with the file. */
	expect(queue_alloc(first) == 0, "no queue pair");
	close(vmci);
}

WORKLOAD(vmci_queue, "vmci-queue-pair", NULL, queue_pair,
	 LASTING, REACHES("VMWARE_VMCI", "qp_host_get_user_memory"));

/* Memory that ends in the second queue, at its start, and in the first. */
static void queue_fault(void)
{
	static const size_t kept[NR_CUTS] = {
		QUEUE_LEN - PAGE, PRODUCED + PAGE, PAGE, 0
	};
	int k;

	start(VERSION_NOW);
	for (k = 0; k < NR_CUTS; k++) {
		char *area = buffer(QUEUE_LEN);

		buffer_cut(area, kept[k]);
		expect(queue_alloc(area) == NO_MEMORY,
		       "a queue pair without memory");
	}
	close(vmci);
}

WORKLOAD(vmci_queue_fault, "vmci-queue-pair-fault", NULL, queue_fault);

/* An older hypervisor says later where the memory is. */
static void queue_old(void)
{
	char *memory = buffer(QUEUE_LEN);
	struct queue_alloc_old alloc = {
		.peer = HOST_CONTEXT, .produced = PRODUCED,
		.consumed = CONSUMED,
	};
	struct queue_files files = {
		.produced = (uintptr_t)memory,
		.consumed = (uintptr_t)memory + PRODUCED + PAGE,
	};

	start(VERSION_PAGE_FILES);
	alloc.handle = queue;
	files.handle = queue;
	MUST(ioctl(vmci, QUEUE_ALLOC, &alloc));
	expect(alloc.result == QUEUE_CREATED, "no queue pair: %d",
	       alloc.result);
	pattern(memory, QUEUE_LEN, 4);
	MUST(ioctl(vmci, QUEUE_SET_PAGE_FILE, &files));
	expect(files.result == 0, "its memory is refused: %d", files.result);
	MUST(ioctl(vmci, QUEUE_SET_PAGE_FILE, &files));
	expect(files.result < 0, "its memory is taken twice");
	expect(queue_detach() >= 0, "it stays attached");
	pattern_check("queues", memory, QUEUE_LEN, 4);
	close(vmci);
}

WORKLOAD(vmci_queue_old, "vmci-queue-pair-page-files", NULL, queue_old);
