/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A backslash at the end of a line joins it to the next. As for the compiler,
 * there can be white space between the backslash and the end of the line.
 */
#ifndef READER_SPLICE_H
#define READER_SPLICE_H

#include "types.h"

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/**
 * splice - Is there a backslash that ends its line?
 * @p: where the backslash would be
 * @end: behind the last byte of the file
 *
 * Return: the number of bytes up to the next line, or 0.
 */
static inline u32 splice(const char *p, const char *end)
{
	const char *q = p + 1;

	if (p >= end || *p != '\\')
		return 0;
	while (q < end && is_blank(*q))
		q++;
	return q < end && *q == '\n' ? q + 1 - p : 0;
}

/**
 * splices - The same for several, one after the other
 * @p: where the first backslash would be
 * @end: behind the last byte of the file
 *
 * Return: the number of bytes up to what is joined, or 0.
 */
static inline u32 splices(const char *p, const char *end)
{
	u32 all = 0;
	u32 n;

	while ((n = splice(p + all, end)))
		all += n;
	return all;
}

/**
 * unsplice - Copy a text without its splices
 * @to: where to
 * @room: the room there
 * @from: the text
 * @len: its length
 *
 * Return: the number of bytes copied, 0 when there is no room for all.
 */
static inline u32 unsplice(char *to, u32 room, const char *from, u32 len)
{
	const char *end = from + len;
	u32 n = 0;

	while (from < end) {
		u32 skip = splice(from, end);

		if (!skip && n == room)
			return 0;
		if (!skip)
			to[n++] = *from;
		from += skip ? skip : 1;
	}
	return n;
}

#endif
