/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much was read, and what was not.
 */
#ifndef READER_STATS_H
#define READER_STATS_H

#include <stdio.h>

#include "reader.h"

/**
 * struct stats - counts over files
 * @files: files that were read
 * @bytes: their size
 * @declarations: external declarations and macros
 * @functions: functions
 * @unread: functions with an unread region
 * @regions: unread regions by reason
 * @pieces: arguments and bodies of macros that are no code by themselves
 * @ambiguous: nodes that a name decides
 */
struct stats {
	u64 files;
	u64 bytes;
	u64 nodes;
	u64 declarations;
	u64 functions;
	u64 unread;
	u64 regions[R_COUNT];
	u64 pieces;
	u64 ambiguous;
};

/**
 * stats_add - Count a file, and name each unread region of its functions
 * @stats: the counts
 * @path: its path
 * @reader: what was read of it
 * @to: where unread regions are named, a line each
 */
void stats_add(struct stats *stats, const char *path,
	       const struct reader *reader, FILE *to);

/**
 * stats_print - Print the counts
 * @stats: the counts
 * @seconds: how long it took
 * @to: where to
 */
void stats_print(const struct stats *stats, double seconds, FILE *to);

#endif
