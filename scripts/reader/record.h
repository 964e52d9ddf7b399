/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an external declaration that was read declares.
 */
#ifndef READER_RECORD_H
#define READER_RECORD_H

#include "head.h"
#include "parse.h"

/**
 * record - Add a declaration to those of the file
 * @p: the parser; the last node is the declaration
 * @m: where it began
 * @head: what it is
 * @selection: the number of the selection of arms that it is read with
 * @region: number of unread regions before it
 */
void record(struct parser *p, const struct mark *m, const struct head *head,
	    u32 selection, u32 region);

/**
 * record_macro - Add the definition of a macro
 * @p: the parser; the last node is the definition
 * @m: where it began
 * @d: the directive
 * @region: number of unread regions before it
 */
void record_macro(struct parser *p, const struct mark *m,
		  const struct directive *d, u32 region);

#endif
