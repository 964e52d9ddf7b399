/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does every byte of a file belong to one token, or to a gap?
 */
#ifndef READER_ROUNDTRIP_H
#define READER_ROUNDTRIP_H

#include "source.h"

/**
 * roundtrip - Put a file together from its tokens and gaps
 * @source: the file, with its tokens
 * @at: set to the offset where it fails
 *
 * What is no token must be white space or a comment, told by code of its own,
 * a byte at a time.
 *
 * Return: NULL, or what is wrong.
 */
const char *roundtrip(const struct source *source, u32 *at);

#endif
