// SPDX-License-Identifier: GPL-2.0-only
/* AF_ALG: a hash, a cipher and an AEAD, by send, sendmsg and splice. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include "../uring.h"
#include "../work.h"

#define LEN	(6 * PAGE)
#define TAG	16
#define ASSOC	32

static const unsigned char key[32] = "0123456789abcdef0123456789ABCDEF";

/* A socket for one operation; *base stays open for as long as it lives. */
static int open_alg(const char *type, const char *name, size_t key_len)
{
	struct sockaddr_alg address = { .salg_family = AF_ALG };
	int base = MUST(socket(AF_ALG, SOCK_SEQPACKET, 0));

	strcpy((char *)address.salg_type, type);
	strcpy((char *)address.salg_name, name);
	if (bind(base, (struct sockaddr *)&address, sizeof(address)))
		skip("no %s %s in this kernel", type, name);
	if (key_len)
		MUST(setsockopt(base, SOL_ALG, ALG_SET_KEY, key, key_len));
	if (!strcmp(type, "aead"))
		MUST(setsockopt(base, SOL_ALG, ALG_SET_AEAD_AUTHSIZE, NULL,
				TAG));
	return MUST(accept(base, NULL, 0));
}

static uint32_t crc32c(const void *from, size_t len)
{
	const uint8_t *at = from;
	uint32_t crc = ~0u;
	int bit;

	while (len--) {
		crc ^= *at++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static void check_hash(int fd, const void *data, size_t len, const char *what)
{
	uint32_t got = 0, want = crc32c(data, len);

	expect(MUST(read(fd, &got, sizeof(got))) == sizeof(got), "no hash");
	expect(got == want, "%s: crc32c is %08x, not %08x", what, got, want);
	moved(len);
}

static void hash(void)
{
	char *from = buffer(LEN);
	int fd = open_alg("hash", "crc32c", 0);
	size_t shift, k;

	pattern(from, LEN, 1);
	for (shift = 0; shift < PAGE; shift += 1021) {
		size_t len = LEN - 2 * shift;

		expect(MUST(send(fd, from + shift, len, 0)) == (long)len,
		       "short send");
		check_hash(fd, from + shift, len, "send");
	}
	/* Piece by piece, none of which starts where a page does. */
	for (k = 0; k < LEN; k += 3000)
		MUST(send(fd, from + k, k + 3000 < LEN ? 3000 : LEN - k,
			  k + 3000 < LEN ? MSG_MORE : 0));
	check_hash(fd, from, LEN, "pieces");
}

WORKLOAD(alg_hash, "alg-hash", NULL, hash,
	 ANY_MEMORY, REACHES("CRYPTO_USER_API_HASH", "af_alg_make_sg"));

static void hash_vectors(void)
{
	char *from = buffer(LEN), all[LEN];
	struct iovec iov[] = {
		{ from + 5, PAGE }, { from, 0 }, { from + 3 * PAGE - 1, 2 },
		{ from + 4 * PAGE, 2 * PAGE },
	};
	struct msghdr message = { .msg_iov = iov, .msg_iovlen = 4 };
	int fd = open_alg("hash", "crc32c", 0);
	size_t len = 0, k;

	pattern(from, LEN, 2);
	for (k = 0; k < 4; len += iov[k++].iov_len)
		memcpy(all + len, iov[k].iov_base, iov[k].iov_len);
	expect(MUST(sendmsg(fd, &message, 0)) == (long)len, "short sendmsg");
	check_hash(fd, all, len, "sendmsg");
}

WORKLOAD(alg_hash_sendmsg, "alg-hash-sendmsg", NULL, hash_vectors);

/* More than the pages that one turn of the kernel's loop takes. */
static void hash_long(void)
{
	char *from = buffer(100 * PAGE);
	int fd = open_alg("hash", "crc32c", 0);

	pattern(from, 100 * PAGE, 3);
	expect(MUST(send(fd, from + 1, 99 * PAGE, 0)) == 99 * PAGE,
	       "short send");
	check_hash(fd, from + 1, 99 * PAGE, "long send");
}

WORKLOAD(alg_hash_long, "alg-hash-long", NULL, hash_long, ANY_MEMORY);

static void hash_fault(void)
{
	char *from = buffer(LEN);
	int fd = open_alg("hash", "crc32c", 0);
	long got;

	buffer_cut(from, 3 * PAGE);
	got = send(fd, from, LEN, 0);
	expect(got < 0 || got == 3 * PAGE, "send from a hole returned %ld", got);
	got = send(fd, from + 3 * PAGE, PAGE, 0);
	expect(got < 0 && errno == EFAULT, "send from nothing returned %ld", got);
}

WORKLOAD(alg_hash_fault, "alg-hash-fault", NULL, hash_fault);

static void splice_to(int fd, char *from, size_t len, int more)
{
	struct iovec iov = { from, len };
	int pipe_fds[2];

	MUST(pipe(pipe_fds));
	expect(MUST(vmsplice(pipe_fds[1], &iov, 1, 0)) == (long)len,
	       "short vmsplice");
	expect(MUST(splice(pipe_fds[0], NULL, fd, NULL, len, more)) == (long)len,
	       "short splice");
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

static void hash_splice(void)
{
	char *from = buffer(LEN);
	int fd = open_alg("hash", "crc32c", 0);

	pattern(from, LEN, 4);
	splice_to(fd, from, LEN, 0);
	check_hash(fd, from, LEN, "splice");
}

WORKLOAD(alg_hash_splice, "alg-hash-splice", NULL, hash_splice);

/* Send with the control messages that say what to do with the data. */
static void send_request(int fd, int encrypt, size_t iv_len, size_t assoc,
			 struct iovec *iov, size_t nr, int flags)
{
	char control[256] = { 0 };
	struct msghdr message = {
		.msg_iov = iov, .msg_iovlen = nr, .msg_control = control,
		.msg_controllen = CMSG_SPACE(4) + CMSG_SPACE(4 + iv_len) +
				  (assoc ? CMSG_SPACE(4) : 0),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);
	struct af_alg_iv *iv;

	c->cmsg_level = SOL_ALG;
	c->cmsg_type = ALG_SET_OP;
	c->cmsg_len = CMSG_LEN(4);
	*(uint32_t *)CMSG_DATA(c) = encrypt ? ALG_OP_ENCRYPT : ALG_OP_DECRYPT;
	c = CMSG_NXTHDR(&message, c);
	c->cmsg_level = SOL_ALG;
	c->cmsg_type = ALG_SET_IV;
	c->cmsg_len = CMSG_LEN(4 + iv_len);
	iv = (void *)CMSG_DATA(c);
	iv->ivlen = iv_len;
	memset(iv->iv, 0x5a, iv_len);
	if (assoc) {
		c = CMSG_NXTHDR(&message, c);
		c->cmsg_level = SOL_ALG;
		c->cmsg_type = ALG_SET_AEAD_ASSOCLEN;
		c->cmsg_len = CMSG_LEN(4);
		*(uint32_t *)CMSG_DATA(c) = assoc;
	}
	MUST(sendmsg(fd, &message, flags));
}

static void cipher(void)
{
	char *from = buffer(LEN), *middle = buffer(LEN + PAGE);
	char *to = buffer(LEN + PAGE);
	int fd = open_alg("skcipher", "cbc(aes)", 32);
	struct iovec in = { from, LEN };
	struct iovec out[] = { { to + 100, 5 * PAGE }, { to + 6 * PAGE, PAGE } };

	pattern(from, LEN, 5);
	send_request(fd, 1, 16, 0, &in, 1, 0);
	expect(MUST(read(fd, middle + 16, LEN)) == LEN, "short read");
	expect(memcmp(middle + 16, from, LEN), "nothing was encrypted");
	in.iov_base = middle + 16;
	send_request(fd, 0, 16, 0, &in, 1, 0);
	expect(MUST(readv(fd, out, 2)) == LEN, "short readv");
	memmove(to, to + 100, 5 * PAGE);
	memmove(to + 5 * PAGE, to + 6 * PAGE, PAGE);
	pattern_check("cbc(aes)", to, LEN, 5);
}

WORKLOAD(alg_skcipher, "alg-skcipher", NULL, cipher, ANY_MEMORY);

static void cipher_fault(void)
{
	char *from = buffer(LEN), *to = buffer(LEN);
	int fd = open_alg("skcipher", "cbc(aes)", 32);
	struct iovec in = { from, LEN };
	long got;

	buffer_cut(to, 2 * PAGE);
	send_request(fd, 1, 16, 0, &in, 1, 0);
	got = read(fd, to, LEN);
	expect((got < 0 && errno == EFAULT) || got <= 2 * PAGE,
	       "read into a hole returned %ld", got);
}

WORKLOAD(alg_skcipher_fault, "alg-skcipher-fault", NULL, cipher_fault);

static void cipher_splice(void)
{
	char *from = buffer(LEN), *middle = buffer(LEN), *to = buffer(LEN);
	int fd = open_alg("skcipher", "cbc(aes)", 32);
	struct iovec nothing = { from, 0 };

	pattern(from, LEN, 6);
	send_request(fd, 1, 16, 0, &nothing, 0, MSG_MORE);
	splice_to(fd, from, LEN, 0);
	expect(MUST(read(fd, middle, LEN)) == LEN, "short read");
	send_request(fd, 0, 16, 0, &nothing, 0, MSG_MORE);
	splice_to(fd, middle, LEN, 0);
	expect(MUST(read(fd, to, LEN)) == LEN, "short read");
	pattern_check("cbc(aes)", to, LEN, 6);
}

WORKLOAD(alg_skcipher_splice, "alg-skcipher-splice", NULL, cipher_splice);

static void aead(void)
{
	char *from = buffer(LEN), *middle = buffer(LEN + PAGE);
	char *to = buffer(LEN + PAGE);
	int fd = open_alg("aead", "gcm(aes)", 32);
	struct iovec in = { from, LEN };

	pattern(from, LEN, 7);
	send_request(fd, 1, 12, ASSOC, &in, 1, 0);
	expect(MUST(read(fd, middle + 3, LEN + TAG)) == LEN + TAG, "short read");
	expect(!memcmp(middle + 3, from, ASSOC) &&
	       memcmp(middle + 3 + ASSOC, from + ASSOC, LEN - ASSOC),
	       "wrong part encrypted");
	in = (struct iovec){ middle + 3, LEN + TAG };
	send_request(fd, 0, 12, ASSOC, &in, 1, 0);
	expect(MUST(read(fd, to + 9, LEN)) == LEN, "short read");
	pattern_check("gcm(aes)", to + 9, LEN, 7);

	/* A wrong tag: the pages for the result are taken, and given back. */
	middle[3 + LEN] ^= 1;
	send_request(fd, 0, 12, ASSOC, &in, 1, 0);
	expect(read(fd, to, LEN) < 0 && errno == EBADMSG, "a forgery passed");
}

WORKLOAD(alg_aead, "alg-aead", NULL, aead, ANY_MEMORY);

/* Registered memory comes as bio_vecs, whose pages are not the socket's. */
static void hash_fixed(void)
{
	char *from = buffer(LEN);
	struct iovec iov = { from, LEN };
	int fd = open_alg("hash", "crc32c", 0);
	struct uring ring;

	uring_open(&ring, 4, 0);
	uring_register(&ring, IORING_REGISTER_BUFFERS, &iov, 1);
	pattern(from, LEN, 8);
	expect(uring_io(&ring, IORING_OP_WRITE_FIXED, fd, from + 5,
			LEN - 5) == LEN - 5, "short write");
	check_hash(fd, from + 5, LEN - 5, "IORING_OP_WRITE_FIXED");
	expect_pinned(from, LEN);
	uring_register(&ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
}

WORKLOAD(alg_hash_fixed, "alg-hash-fixed", NULL, hash_fixed, LASTING);

/* Reading into a pipe: the pages are the pipe's. */
static void cipher_to_pipe(void)
{
	char *from = buffer(LEN), *middle = buffer(LEN), *to = buffer(LEN);
	int fd = open_alg("skcipher", "cbc(aes)", 32), pipe_fds[2];
	struct iovec in = { from, LEN };

	pattern(from, LEN, 9);
	send_request(fd, 1, 16, 0, &in, 1, 0);
	MUST(pipe(pipe_fds));
	expect(MUST(splice(fd, NULL, pipe_fds[1], NULL, LEN, 0)) == LEN,
	       "short splice");
	expect(MUST(read(pipe_fds[0], middle, LEN)) == LEN, "short read");
	in.iov_base = middle;
	send_request(fd, 0, 16, 0, &in, 1, 0);
	expect(MUST(read(fd, to, LEN)) == LEN, "short read");
	pattern_check("cbc(aes)", to, LEN, 9);
}

WORKLOAD(alg_skcipher_pipe, "alg-skcipher-pipe", NULL, cipher_to_pipe);
