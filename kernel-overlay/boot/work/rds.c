// SPDX-License-Identifier: GPL-2.0-only
/* RDS over TCP with zero copy: the sender's pages are held until acknowledged. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rds.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../net.h"
#include "../work.h"

#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY	60
#endif
#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY	0x4000000
#endif
#define LEN	(12 * PAGE)

static struct sockaddr_in source = { .sin_family = AF_INET };
static struct sockaddr_in target = { .sin_family = AF_INET };
static uint32_t cookies;

static int open_rds(const struct sockaddr_in *address)
{
	int fd = socket(AF_RDS, SOCK_SEQPACKET, 0), on = 1, tcp = RDS_TRANS_TCP;

	if (fd < 0)
		skip("no RDS in this kernel");
	if (setsockopt(fd, SOL_RDS, SO_RDS_TRANSPORT, &tcp, sizeof(tcp)))
		skip("no RDS over TCP in this kernel");
	MUST(setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)));
	MUST(bind(fd, (const struct sockaddr *)address, sizeof(*address)));
	return fd;
}

static long send_zero_copy(int fd, struct iovec *iov, size_t nr)
{
	char control[CMSG_SPACE(sizeof(uint32_t))] = { 0 };
	struct msghdr message = {
		.msg_name = &target, .msg_namelen = sizeof(target),
		.msg_iov = iov, .msg_iovlen = nr,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);

	c->cmsg_level = SOL_RDS;
	c->cmsg_type = RDS_CMSG_ZCOPY_COOKIE;
	c->cmsg_len = CMSG_LEN(sizeof(uint32_t));
	*(uint32_t *)CMSG_DATA(c) = ++cookies;
	return sendmsg(fd, &message, MSG_ZEROCOPY);
}

static void receive(int fd, char *to, size_t len)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	expect(poll(&wait, 1, 10000) == 1, "nothing was received");
	expect(MUST(recv(fd, to, len, 0)) == (long)len, "short receive");
}

/* Wait for the notice that the pages are free. */
static void complete(int fd)
{
	char control[1024];
	struct msghdr message = { .msg_control = control };
	struct cmsghdr *c;
	int tries;

	for (tries = 0; tries < 500; tries++) {
		message.msg_controllen = sizeof(control);
		if (recvmsg(fd, &message, MSG_DONTWAIT) >= 0) {
			for (c = CMSG_FIRSTHDR(&message); c;
			     c = CMSG_NXTHDR(&message, c))
				if (c->cmsg_type == RDS_CMSG_ZCOPY_COMPLETION)
					return;
		}
		usleep(10000);
	}
	fail("no notice that the pages are free");
}

static void start(int *from, int *to)
{
	net_up();
	source.sin_addr.s_addr = inet_addr("127.0.0.1");
	source.sin_port = htons(4000);
	target.sin_addr.s_addr = inet_addr("127.0.0.2");
	target.sin_port = htons(4001);
	*from = open_rds(&source);
	*to = open_rds(&target);
}

static void zero_copy(void)
{
	char *data = buffer(LEN + PAGE), *got = buffer(LEN);
	struct iovec iov;
	size_t shift;
	int from, to;

	start(&from, &to);
	for (shift = 0; shift < PAGE; shift += 1300) {
		pattern(data + shift, LEN, shift);
		memset(got, 0, LEN);
		iov = (struct iovec){ data + shift, LEN };
		expect(MUST(send_zero_copy(from, &iov, 1)) == LEN, "short send");
		receive(to, got, LEN);
		pattern_check("RDS", got, LEN, shift);
		complete(from);
	}
}

WORKLOAD(rds_zero_copy, "rds-zero-copy", NULL, zero_copy,
	 ANY_MEMORY, REACHES("RDS_TCP", "rds_message_zcopy_from_user"));

static void vectors(void)
{
	char *data = buffer(LEN), *got = buffer(LEN), all[LEN];
	struct iovec iov[] = { { data + 10, PAGE }, { data + 5 * PAGE, 20 },
			       { data + 7 * PAGE - 3, 3 * PAGE } };
	size_t len = 0, k;
	int from, to;

	start(&from, &to);
	pattern(data, LEN, 3);
	for (k = 0; k < 3; len += iov[k++].iov_len)
		memcpy(all + len, iov[k].iov_base, iov[k].iov_len);
	expect(MUST(send_zero_copy(from, iov, 3)) == (long)len, "short send");
	receive(to, got, len);
	expect(!memcmp(got, all, len), "wrong data");
	moved(len);
	complete(from);
}

WORKLOAD(rds_vectors, "rds-zero-copy-vectors", NULL, vectors, ANY_MEMORY);

static void fault(void)
{
	char *data = buffer(LEN);
	struct iovec iov = { data, LEN };
	int from, to;

	start(&from, &to);
	buffer_cut(data, 3 * PAGE);
	expect(send_zero_copy(from, &iov, 1) < 0 && errno == EFAULT,
	       "sent what is not there");
}

WORKLOAD(rds_fault, "rds-zero-copy-fault", NULL, fault);

/* Counters are copied into pages of the caller that are pinned for it. */
static void info(void)
{
	char *to = buffer(4 * PAGE);
	socklen_t len = 3 * PAGE;
	int from, other;

	start(&from, &other);
	expect(MUST(getsockopt(from, SOL_RDS, RDS_INFO_COUNTERS, to + 100,
			       &len)) == sizeof(struct rds_info_counter),
	       "wrong size of a counter");
	expect(len >= sizeof(struct rds_info_counter) &&
	       !memcmp(to + 100, "conn_reset", 10), "wrong name of a counter");
	moved(len);
	buffer_cut(to, PAGE);
	len = 3 * PAGE;
	expect(getsockopt(from, SOL_RDS, RDS_INFO_COUNTERS, to, &len) < 0,
	       "got counters into what is not there");
}

WORKLOAD(rds_info, "rds-info", NULL, info);
