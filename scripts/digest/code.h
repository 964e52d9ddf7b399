/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tells the code of C files apart, whatever their comments say.
 */
#ifndef CODE_H
#define CODE_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct digest - what stands for the code of a file
 * @part: two sums, of which each alone would do
 */
struct digest {
	uint64_t part[2];
};

size_t code_of(const char *text, size_t size, char *code);
struct digest digest_of(const char *code, size_t size);

#endif
