/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was read, as text.
 */
#ifndef READER_PRINT_H
#define READER_PRINT_H

#include <stdio.h>

#include "reader.h"

/**
 * print_file - Print what was read of a file
 * @reader: the file
 * @to: where to
 *
 * Each declaration is a line with its kind, name and bytes, and its tree below
 * it, in which each node is a list: (kind operator [flags] children...). Arms
 * and unread regions stand before.
 */
void print_file(const struct reader *reader, FILE *to);

/**
 * struct line - a line that was found, from which the next search goes on
 * @at: an offset
 * @newlines: number of newlines before it
 */
struct line {
	u32 at;
	u32 newlines;
};

/**
 * line_of - The line that a byte is in
 * @source: the file
 * @line: the last one found, all zero at first; updated
 * @at: its offset
 *
 * Return: the number of the line, from 1.
 */
u32 line_of(const struct source *source, struct line *line, u32 at);

#endif
