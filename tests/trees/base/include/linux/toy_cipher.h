/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TOY_CIPHER_H
#define _LINUX_TOY_CIPHER_H

#include <linux/types.h>

struct scatterlist;
struct toy_cipher;

struct toy_request {
	struct scatterlist *src;
	struct scatterlist *dst;
	unsigned int len;
	void (*done)(struct toy_request *req, int err);
};

static inline void toy_request_set_crypt(struct toy_request *req,
					 struct scatterlist *src,
					 struct scatterlist *dst,
					 unsigned int len)
{
	req->src = src;
	req->dst = dst;
	req->len = len;
}

static inline void toy_request_set_callback(struct toy_request *req,
					    void (*done)(struct toy_request *req,
							 int err))
{
	req->done = done;
}

int toy_cipher_run(struct toy_cipher *tfm, struct toy_request *req);

#endif
