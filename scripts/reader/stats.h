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
 * @nodes: nodes
 * @declarations: external declarations and macros
 * @functions: functions
 * @unread: functions with an unread region
 * @regions: unread regions by reason
 * @pieces: arguments and bodies of macros that are no code by themselves
 * @ambiguous: nodes that a name decides
 */
struct stats {
	unsigned long long files;
	unsigned long long bytes;
	unsigned long long nodes;
	unsigned long long declarations;
	unsigned long long functions;
	unsigned long long unread;
	unsigned long long regions[R_COUNT];
	unsigned long long pieces;
	unsigned long long ambiguous;
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
