/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was read, as a file for programs.
 *
 * The file is made of arrays of little-endian numbers at offsets that are
 * multiples of four, so that Python maps it, casts a memoryview, and touches
 * only what is asked for: opening it costs the same for one file or for all of
 * the kernel, and no object is made before somebody wants it. Formats of
 * objects (JSON, pickle, SQLite) were slower to write and to read by 10 times
 * and more.
 *
 *   header	8 bytes OUT_MAGIC, u32 OUT_VERSION, u32 bytes of the names
 *   names	four lists of names, one behind the other: kinds of nodes, of
 *		declarations, reasons, and 256 operators by their number. A name
 *		ends with a NUL, a list with one more. Padded to 8 bytes.
 *   sections	one for each file, each padded to 8 bytes
 *   index	u64 offset of each section
 *   footer	u64 offset of the index, u32 number of files, u32 OUT_VERSION,
 *		8 bytes OUT_MAGIC
 *
 * The footer comes last, so that a file that was not written to its end is
 * noticed. A section is
 *
 *   u32	bytes of the path, size of the file, error, then the numbers of
 *		arms, declarations, nodes, regions, includes and tokens
 *   arms	u32 arrays: group, parent, start and end of the code, start and
 *		end of the line that opens it, flags
 *   declarations
 *		u32 arrays: name and end of name, start, end, first node, index
 *		behind the last node, arm, selection, kind
 *   nodes	u32 arrays: start, end, first of the subtree, arm
 *   regions	u32 arrays: start, end, declaration, reason, line
 *   includes	u32 arrays: start and end of the header's name, arm
 *   tokens	u32 arrays: start, end, arm (only when asked for)
 *   nodes	u8 arrays: kind, operator, flags
 *   tokens	u8 arrays: kind, flags: TF_ and OUT_TOKEN_OTHER
 *   path	its bytes
 *
 * All offsets are bytes of the file that was read. The first node of a
 * declaration has index 0 in its section; @first counts from there. An arm's
 * flags are enum truth, OUT_ARM_ flags, and enum directive_kind << 8.
 */
#ifndef READER_OUT_H
#define READER_OUT_H

#include <stdio.h>

#include "reader.h"

#define OUT_MAGIC "gup2pinR"
#define OUT_VERSION 2

#define OUT_ARM_ELSE		0x04
#define OUT_ARM_IMPLICIT	0x08
#define OUT_ARM_DEAD		0x10
#define OUT_ARM_SELECTED	0x20	/* its group is not aligned */

/* A token of a directive, or of an arm that is dead. */
#define OUT_TOKEN_OTHER		0x80

/**
 * struct out - a file that is written
 * @to: the stream
 * @at: number of bytes written
 * @index: where sections begin
 * @files: number of sections
 * @buffer: the section that is being made
 */
struct out {
	FILE *to;
	u64 at;
	u64 *index;
	u32 files;
	u32 index_room;
	u8 *buffer;
	u32 n;
	u32 room;
};

/**
 * out_begin - Begin a file
 * @out: the file
 * @to: an empty stream
 */
void out_begin(struct out *out, FILE *to);

/**
 * out_file - Write what was read of a file
 * @out: the file to write
 * @path: the path that was read
 * @reader: what was read
 * @error: 0, or the errno when it could not be read
 * @tokens: write tokens as well
 */
void out_file(struct out *out, const char *path, const struct reader *reader,
	      int error, bool tokens);

/**
 * out_end - Write the index
 * @out: the file
 *
 * Return: 0, or a negative errno if something was not written.
 */
int out_end(struct out *out);

#endif
