/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an external declaration is, and where it ends.
 */
#ifndef READER_HEAD_H
#define READER_HEAD_H

#include "types.h"

struct parser;

enum head_kind {
	HEAD_DECLARATION,	/* up to a semicolon, or a macro without one */
	HEAD_FUNCTION,
	HEAD_BLOCK,		/* a block of what is not known */
	HEAD_STRAY,		/* a closing bracket */
	HEAD_EXTERN_C,		/* extern "C" { */
	HEAD_TABLE,		/* MACRO(x) .member = value, ... END */
};

/**
 * struct head - an external declaration
 * @start: index of its first token
 * @end: index behind its last token
 * @name: index of the name of a function
 * @body: index of the brace of its body, or of the first element of a table
 * @kind: enum head_kind
 * @old_style: types of parameters stand behind the parenthesis
 * @cplusplus: it is no C but C++
 * @unbalanced: it has a bracket that is not closed
 */
struct head {
	u32 start;
	u32 end;
	u32 name;
	u32 body;
	enum head_kind kind;
	bool old_style;
	bool cplusplus;
	bool unbalanced;
};

/**
 * find_head - Find what an external declaration is
 * @p: the parser
 * @start: index of its first token
 * @head: set to what is found
 */
void find_head(const struct parser *p, u32 start, struct head *head);

#endif
