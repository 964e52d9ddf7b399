/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which #if arms are read together.
 */
#ifndef READER_SELECT_H
#define READER_SELECT_H

#include "parse.h"

/**
 * align - Find the groups whose arms can be read one after the other
 * @p: the parser; its tokens are not used
 *
 * A group is aligned when each of its arms is whole statements, or whole
 * elements of a list, in the place where it stands. Reading the arms in
 * sequence then gives each its tree. 97 of 100 groups of the kernel are.
 */
void align(struct parser *p);

/**
 * struct selector - how the arms of groups that are not aligned are selected
 * @fresh: the parts of the file that the selection reads for the first time
 * @covered: by arm, whether a selection had it
 * @shown: by arm, whether this selection has it
 * @said: what this selection takes for true
 * @says: number of that
 */
struct selector {
	struct spans fresh;
	u8 *covered;
	u32 covered_room;
	u8 *shown;
	u32 shown_room;
	struct said {
		u64 key;
		bool holds;
	} *said;
	u32 says;
	u32 said_room;
};

/**
 * select_and_parse - Read a file, with all its arms
 * @p: the parser
 * @s: the selector, kept from file to file for its memory
 *
 * Where a group is not aligned, one of its arms is read at a time, and the
 * declaration it is in once for each; arms of other groups that hold under
 * the same conditions with it.
 */
void select_and_parse(struct parser *p, struct selector *s);

#endif
