/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The #if arms of a file, as a tree.
 */
#ifndef READER_ARMS_H
#define READER_ARMS_H

#include "source.h"

/* Deeper nested #ifs are one unread region: the kernel has 13. */
#define MOST_NESTED_IFS 200

/**
 * struct arm_state - the arms around a place of the file
 * @arm: the innermost arm
 * @depth: number of arms around
 * @skipped: number of #ifs around that are nested too deep
 * @skipped_from: offset of the outermost of them
 * @dead: code here is never compiled as C, or nested too deep
 */
struct arm_state {
	u32 arm;
	u32 depth;
	u32 skipped;
	u32 skipped_from;
	bool dead;
};

/**
 * arms_begin - Begin with the file itself, which is arm 0
 * @source: the file
 * @state: set to its beginning
 */
void arms_begin(struct source *source, struct arm_state *state);

/**
 * arms_directive - Go on behind a directive
 * @source: the file; its arms and groups are filled
 * @state: where the directive stands; updated
 * @d: the directive
 */
void arms_directive(struct source *source, struct arm_state *state,
		    const struct directive *d);

/**
 * arms_end - Close what is open at the end of the file
 * @source: the file
 * @state: the arms around its end
 */
void arms_end(struct source *source, struct arm_state *state);

/**
 * directive_kind - What a directive is by its name
 * @source: the file
 * @d: a directive whose # and name are lexed
 *
 * Return: its kind.
 */
enum directive_kind directive_kind(const struct source *source,
				   const struct directive *d);

#endif
