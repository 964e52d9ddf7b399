// SPDX-License-Identifier: GPL-2.0-only
/* MSG_ZEROCOPY, kTLS and vmsplice: what receives pages of user memory there. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/futex.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include "../net.h"
#include "../work.h"

#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY	60
#endif
#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY	0x4000000
#endif
#ifndef TCP_ULP
#define TCP_ULP		31
#endif
#ifndef SOL_TLS
#define SOL_TLS		282
#endif
#define LEN	(16 * PAGE)

static void pair(int *from, int *to)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(5000),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int listener, on = 1;

	net_up();
	listener = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	MUST(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	MUST(listen(listener, 1));
	*from = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(connect(*from, (struct sockaddr *)&address, sizeof(address)));
	*to = MUST(accept(listener, NULL, NULL));
	close(listener);
}

struct receive {
	int fd;
	char *to;
	size_t len;
};

static void receive_all(void *given)
{
	struct receive *r = given;
	size_t done = 0;

	while (done < r->len) {
		long got = read(r->fd, r->to + done, r->len - done);

		if (got <= 0)
			fail("received %zu of %zu bytes", done, r->len);
		done += got;
	}
}

/* Wait for the kernel's notice that it needs the pages no longer. */
static void wait_free(int fd)
{
	char control[256];
	struct msghdr message = { .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct pollfd wait = { .fd = fd };

	expect(poll(&wait, 1, 10000) == 1, "no notice that the pages are free");
	MUST(recvmsg(fd, &message, MSG_ERRQUEUE));
}

static void zero_copy(void)
{
	char *from = buffer(LEN + PAGE), *to = buffer(LEN);
	struct receive r = { .to = to, .len = LEN };
	int out, on = 1;

	pair(&out, &r.fd);
	MUST(setsockopt(out, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)));
	pattern(from + 123, LEN, 1);
	thread(receive_all, &r);
	expect(MUST(send(out, from + 123, LEN, MSG_ZEROCOPY)) == LEN,
	       "short send");
	join();
	pattern_check("TCP", to, LEN, 1);
	wait_free(out);
}

WORKLOAD(tcp_zero_copy, "tcp-zero-copy", NULL, zero_copy);

static void datagram_zero_copy(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(5001),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	char *from = buffer(8 * PAGE), *to = buffer(8 * PAGE);
	int in, out, on = 1;

	net_up();
	in = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	out = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	MUST(bind(in, (struct sockaddr *)&address, sizeof(address)));
	MUST(connect(out, (struct sockaddr *)&address, sizeof(address)));
	MUST(setsockopt(out, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)));
	pattern(from, 7 * PAGE, 2);
	expect(MUST(send(out, from, 7 * PAGE, MSG_ZEROCOPY)) == 7 * PAGE,
	       "short send");
	expect(MUST(recv(in, to, 8 * PAGE, 0)) == 7 * PAGE, "short receive");
	pattern_check("UDP", to, 7 * PAGE, 2);
	wait_free(out);
}

WORKLOAD(udp_zero_copy, "udp-zero-copy", NULL, datagram_zero_copy);

static void set_key(int fd, int direction)
{
	struct tls12_crypto_info_aes_gcm_128 info = {
		.info.version = TLS_1_3_VERSION,
		.info.cipher_type = TLS_CIPHER_AES_GCM_128,
		.key = "0123456789abcde", .salt = "abc", .iv = "1234567",
	};

	if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", 3))
		skip("no kTLS in this kernel");
	MUST(setsockopt(fd, SOL_TLS, direction, &info, sizeof(info)));
}

/* Both ends in the kernel: the sender encrypts from the pages of user memory. */
static void tls(void)
{
	char *from = buffer(LEN + PAGE), *to = buffer(LEN);
	struct iovec iov[] = { { from + 7, 5 * PAGE }, { from + 5 * PAGE + 7,
			       LEN - 5 * PAGE } };
	struct receive r = { .to = to, .len = LEN };
	int out;

	pair(&out, &r.fd);
	set_key(out, TLS_TX);
	set_key(r.fd, TLS_RX);
	pattern(from + 7, LEN, 3);
	thread(receive_all, &r);
	expect(MUST(writev(out, iov, 2)) == LEN, "short write");
	join();
	pattern_check("kTLS", to, LEN, 3);
}

WORKLOAD(ktls, "ktls", NULL, tls);

/* One record at a time, read in one go: decrypted right into the memory. */
static void tls_receive(void)
{
	char *from = buffer(2 * PAGE), *to = buffer(6 * PAGE);
	int out, in, k;

	pair(&out, &in);
	set_key(out, TLS_TX);
	set_key(in, TLS_RX);
	for (k = 0; k < 8; k++) {
		pattern(from, 2 * PAGE, k);
		expect(MUST(write(out, from, 2 * PAGE)) == 2 * PAGE,
		       "short write");
		expect(MUST(recv(in, to + 5 + k * 300, 2 * PAGE, MSG_WAITALL))
		       == 2 * PAGE, "short receive");
		pattern_check("kTLS", to + 5 + k * 300, 2 * PAGE, k);
	}
}

WORKLOAD(ktls_receive, "ktls-receive", NULL, tls_receive);

static void tls_fault(void)
{
	char *from = buffer(LEN);
	int out, in;

	pair(&out, &in);
	set_key(out, TLS_TX);
	set_key(in, TLS_RX);
	buffer_cut(from, PAGE / 2 + PAGE / 2);
	expect(send(out, from, LEN, 0) != LEN, "sent what is not there");
	expect(send(out, from + PAGE, PAGE, 0) < 0, "sent nothing");
	MUST(shutdown(out, SHUT_RDWR));
}

WORKLOAD(ktls_fault, "ktls-fault", NULL, tls_fault);

static void pages_in_pipe(void)
{
	char *from = buffer(LEN), *to = buffer(LEN);
	struct iovec iov[] = { { from + 9, 4 * PAGE }, { from + 8 * PAGE, 100 } };
	int pipe_fds[2];

	MUST(pipe(pipe_fds));
	pattern(from + 9, 4 * PAGE, 4);
	expect(MUST(vmsplice(pipe_fds[1], iov, 2, 0)) == 4 * PAGE + 100,
	       "short vmsplice");
	expect(!pins_of(from, LEN), "pages of a pipe have %u pins",
	       pins_of(from, LEN));
	expect(MUST(read(pipe_fds[0], to, LEN)) == 4 * PAGE + 100, "short read");
	pattern_check("vmsplice", to, 4 * PAGE, 4);
}

WORKLOAD(w_vmsplice, "vmsplice", NULL, pages_in_pipe);

static uint32_t *word;

static void wake(void *unused)
{
	(void)unused;
	usleep(50000);
	MUST(syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0));
}

/* A shared futex: its page is looked at, never its data kept. */
static void futex(void)
{
	struct timespec limit = { .tv_sec = 10 };

	word = buffer_of(PAGE, MAP_SHARED, -1);
	thread(wake, NULL);
	MUST(syscall(SYS_futex, word, FUTEX_WAIT, 0, &limit, NULL, 0));
	join();
	moved(sizeof(*word));
}

WORKLOAD(w_futex, "futex", NULL, futex);
