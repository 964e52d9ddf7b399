// SPDX-License-Identifier: GPL-2.0-only
/* MSG_ZEROCOPY, kTLS and vmsplice: what receives pages of user memory there. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/if_alg.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include "../net.h"
#include "../uring.h"
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
#define CRYPTO_NAME	64

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

WORKLOAD(tcp_zero_copy, "tcp-zero-copy", NULL, zero_copy, ANY_MEMORY);

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

WORKLOAD(udp_zero_copy, "udp-zero-copy", NULL, datagram_zero_copy, ANY_MEMORY);

static void set_key(int fd, int direction, int version)
{
	struct tls12_crypto_info_aes_gcm_128 info = {
		.info.version = version,
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
	set_key(out, TLS_TX, TLS_1_3_VERSION);
	set_key(r.fd, TLS_RX, TLS_1_3_VERSION);
	pattern(from + 7, LEN, 3);
	thread(receive_all, &r);
	expect(MUST(writev(out, iov, 2)) == LEN, "short write");
	join();
	pattern_check("kTLS", to, LEN, 3);
}

WORKLOAD(ktls, "ktls", NULL, tls, ANY_MEMORY);

/* One record at a time, read in one go. */
static void receive_records(int version)
{
	char *from = buffer(2 * PAGE), *to = buffer(6 * PAGE);
	int out, in, k;

	pair(&out, &in);
	set_key(out, TLS_TX, version);
	set_key(in, TLS_RX, version);
	for (k = 0; k < 8; k++) {
		pattern(from, 2 * PAGE, k);
		expect(MUST(write(out, from, 2 * PAGE)) == 2 * PAGE,
		       "short write");
		expect(MUST(recv(in, to + 5 + k * 300, 2 * PAGE, MSG_WAITALL))
		       == 2 * PAGE, "short receive");
		pattern_check("kTLS", to + 5 + k * 300, 2 * PAGE, k);
	}
}

static void tls_receive(void)
{
	receive_records(TLS_1_3_VERSION);
}

WORKLOAD(ktls_receive, "ktls-receive", NULL, tls_receive, ANY_MEMORY);

/* Without padding a record is decrypted right into the memory. */
static void tls12_receive(void)
{
	receive_records(TLS_1_2_VERSION);
}

WORKLOAD(ktls12_receive, "ktls12-receive", NULL, tls12_receive,
	 ANY_MEMORY, REACHES("TLS", "tls_setup_from_iter,tls_decrypt_sg"));

static void tls12_fixed(void);

/* The driver of the cipher AES, which kernels name in their own way. */
static bool aes_driver(char name[CRYPTO_NAME])
{
	FILE *list = fopen("/proc/crypto", "re");
	char line[256], cipher[CRYPTO_NAME];
	bool found = false, here = false;

	while (!found && list && fgets(line, sizeof(line), list)) {
		if (sscanf(line, "name : %63s", cipher) == 1)
			here = !strcmp(cipher, "aes");
		found = here && sscanf(line, "driver : %63s", name) == 1;
	}
	if (list)
		fclose(list);
	return found;
}

/*
 * From when it is made on, this cipher goes before the one that it calls, and
 * ends each request in another thread.
 */
static void tls12_async(void)
{
	struct sockaddr_alg address = {
		.salg_family = AF_ALG, .salg_type = "aead",
	};
	int fd = MUST(socket(AF_ALG, SOCK_SEQPACKET, 0));
	char aes[CRYPTO_NAME];

	if (!aes_driver(aes))
		skip("no AES in this kernel");
	if (snprintf((char *)address.salg_name, sizeof(address.salg_name),
		     "cryptd(gcm_base(ctr(%s),ghash-generic))", aes) >=
	    (int)sizeof(address.salg_name))
		skip("the driver of AES has a long name: %s", aes);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		skip("no asynchronous cipher here: %s", strerror(errno));
	receive_records(TLS_1_2_VERSION);
	tls12_fixed();
}

WORKLOAD(ktls12_async, "ktls12-async", NULL, tls12_async,
	 LASTING, REACHES("CRYPTO_CRYPTD", "tls_decrypt_done"));

static void tls12_vectors(void)
{
	char *from = buffer(3 * PAGE), *to = buffer(8 * PAGE);
	struct iovec iov[] = { { to + 3, PAGE }, { to + 5 * PAGE - 9, 20 },
			       { to + 6 * PAGE, 2 * PAGE - 20 } };
	struct msghdr message = { .msg_iov = iov, .msg_iovlen = 3 };
	int out, in;

	pair(&out, &in);
	set_key(out, TLS_TX, TLS_1_2_VERSION);
	set_key(in, TLS_RX, TLS_1_2_VERSION);
	pattern(from, 3 * PAGE, 5);
	expect(MUST(write(out, from, 3 * PAGE)) == 3 * PAGE, "short write");
	expect(MUST(recvmsg(in, &message, MSG_WAITALL)) == 3 * PAGE,
	       "short receive");
	expect(!memcmp(to + 3, from, PAGE) &&
	       !memcmp(to + 5 * PAGE - 9, from + PAGE, 20) &&
	       !memcmp(to + 6 * PAGE, from + PAGE + 20, 2 * PAGE - 20),
	       "wrong data");
	moved(3 * PAGE);
}

WORKLOAD(ktls12_vectors, "ktls12-vectors", NULL, tls12_vectors, ANY_MEMORY);

/* Registered memory comes as bio_vecs, whose pages are not the socket's. */
static void tls12_fixed(void)
{
	char *from = buffer(2 * PAGE), *to = buffer(3 * PAGE);
	struct iovec iov = { to, 3 * PAGE };
	struct uring ring;
	int out, in;

	pair(&out, &in);
	set_key(out, TLS_TX, TLS_1_2_VERSION);
	set_key(in, TLS_RX, TLS_1_2_VERSION);
	uring_open(&ring, 4, 0);
	uring_register(&ring, IORING_REGISTER_BUFFERS, &iov, 1);
	pattern(from, 2 * PAGE, 7);
	expect(MUST(write(out, from, 2 * PAGE)) == 2 * PAGE, "short write");
	expect(uring_io(&ring, IORING_OP_READ_FIXED, in, to + 9, 2 * PAGE) ==
	       2 * PAGE, "short read");
	pattern_check("kTLS", to + 9, 2 * PAGE, 7);
	expect_pinned(to, 3 * PAGE);
	uring_register(&ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
}

WORKLOAD(ktls12_fixed, "ktls12-fixed", NULL, tls12_fixed, LASTING);

/* Memory that ends inside a record; what was taken of it is given back. */
static void tls12_fault(void)
{
	char *from = buffer(3 * PAGE), *to = buffer(3 * PAGE);
	int out, in;

	pair(&out, &in);
	set_key(out, TLS_TX, TLS_1_2_VERSION);
	set_key(in, TLS_RX, TLS_1_2_VERSION);
	buffer_cut(to, 2 * PAGE);
	expect(MUST(write(out, from, 3 * PAGE)) == 3 * PAGE, "short write");
	expect(recv(in, to, 3 * PAGE, MSG_WAITALL) < 3 * PAGE,
	       "received into what is not there");
}

WORKLOAD(ktls12_fault, "ktls12-fault", NULL, tls12_fault);

/* A forged record: the pages for its data are taken, and given back. */
static void tls12_forged(void)
{
	char *from = buffer(2 * PAGE), *to = buffer(2 * PAGE);
	char record[5 + 8 + PAGE + 16] = { 23, 3, 3, (8 + PAGE + 16) >> 8,
					   (8 + PAGE + 16) & 0xff };
	int out, in;

	pair(&out, &in);
	set_key(in, TLS_RX, TLS_1_2_VERSION);
	pattern(from, PAGE, 6);
	memcpy(record + 13, from, PAGE);
	expect(MUST(write(out, record, sizeof(record))) == sizeof(record),
	       "short write");
	expect(recv(in, to + 7, PAGE, MSG_WAITALL) < 0 && errno == EBADMSG,
	       "a forgery passed");
}

WORKLOAD(ktls12_forged, "ktls12-forged", NULL, tls12_forged);

static void tls_fault(void)
{
	char *from = buffer(LEN);
	int out, in;

	pair(&out, &in);
	set_key(out, TLS_TX, TLS_1_3_VERSION);
	set_key(in, TLS_RX, TLS_1_3_VERSION);
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

WORKLOAD(w_vmsplice, "vmsplice", NULL, pages_in_pipe, ANY_MEMORY);
