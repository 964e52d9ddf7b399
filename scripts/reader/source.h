/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One file, and what is known of it: its text, its tokens, its #if arms, and
 * what could not be read.
 */
#ifndef READER_SOURCE_H
#define READER_SOURCE_H

#include "keywords.h"
#include "memory.h"
#include "token.h"

/* Bytes behind the text that can be read, all zero. */
#define TEXT_PADDING 64
/* Offsets have 32 bits, and a node can be as small as a byte. */
#define MOST_BYTES (256U << 20)
#define NO_ARM (~0U)

/* Why code was not read. */
enum reason {
	R_NONE,
	R_EXPRESSION,		/* no expression that is known */
	R_ARGUMENT,		/* an argument that is no code */
	R_INITIALIZER,
	R_STATEMENT,
	R_DECLARATION,
	R_CONDITION,		/* of if, while, switch or for */
	R_ASM,
	R_UNBALANCED,		/* a bracket without its other half */
	R_UNENDED,		/* a comment, string or character */
	R_CPLUSPLUS,
	R_DEPTH,		/* nested deeper than the reader follows */
	R_BUDGET,		/* more work than the size of the code allows */
	R_ARMS,			/* an #if arm that no selection reached */
	R_DIRECTIVE,		/* #else or #endif without #if, or the reverse */
	R_COUNT
};

/**
 * struct region - code that was not read
 * @start: offset of its first byte
 * @end: offset behind its last byte
 * @declaration: index of the declaration it is in, ~0 for none
 * @reason: enum reason
 */
struct region {
	u32 start;
	u32 end;
	u32 declaration;
	u32 reason;
};

enum directive_kind {
	D_OTHER, D_IF, D_IFDEF, D_IFNDEF, D_ELIF, D_ELIFDEF, D_ELIFNDEF,
	D_ELSE, D_ENDIF, D_DEFINE, D_UNDEF, D_INCLUDE,
};

/**
 * struct directive - a line that begins with #, and those it goes on to
 * @start: offset of the #
 * @end: offset behind its last byte, less the newline
 * @first: index of its #, in the other tokens
 * @last: index behind its last token
 * @code: number of tokens of code before it
 * @arm: the arm that it is in, which is that around the #if for its own lines
 * @kind: enum directive_kind
 */
struct directive {
	u32 start;
	u32 end;
	u32 first;
	u32 last;
	u32 code;
	u32 arm;
	u8 kind;
};

/* Each array of tokens has this many T_END behind the last token. */
#define END_TOKENS 8

/* An array of tokens. */
struct tokens {
	struct token *token;
	u32 n;
	u32 room;
};

/**
 * struct arm - code between two lines of an #if
 * @group: the #if that it is an arm of, NO_ARM for the file itself
 * @parent: the arm around the #if
 * @next: the arm after it in its group, 0 for the last
 * @directive: the line that opens it; of an implicit arm the #endif
 * @start: offset behind that line
 * @end: offset of the line that closes it
 * @first: index of its first token of code
 * @last: index behind its last token of code
 * @cond: its condition, NULL for #else
 * @key: the same for conditions that say the same, or the opposite
 * @negated: it holds where the others of its key do not
 * @value: enum truth, whether the arm holds where its #if stands
 * @flags: AF_ flags
 */
struct arm {
	u32 group;
	u32 parent;
	u32 next;
	u32 directive;
	u32 start;
	u32 end;
	u32 first;
	u32 last;
	const struct cond *cond;
	u64 key;
	bool negated;
	u8 value;
	u8 flags;
};

#define AF_ELSE		0x01	/* the code of an #else */
#define AF_IMPLICIT	0x02	/* the #else that is not written, empty */
#define AF_DEAD		0x04	/* not compiled for what is known; not read */

/**
 * struct group - an #if with its arms
 * @parent: the arm that it is in
 * @first_arm: its #if arm
 * @last_arm: its last arm so far
 * @start: offset of the #if
 * @end: offset behind the #endif
 * @taken: enum truth, whether one of the arms so far holds
 * @aligned: its arms are whole statements or list elements
 * @chosen: the arm that is read now, of a group that is not aligned
 */
struct group {
	u32 parent;
	u32 first_arm;
	u32 last_arm;
	u32 start;
	u32 end;
	u32 chosen;
	u8 taken;
	bool aligned;
};

/**
 * struct source - a file
 * @text: its bytes, with TEXT_PADDING zero bytes behind them
 * @size: number of its bytes
 * @room: number of bytes that @text has room for
 * @words: the reserved words
 * @known: what is known when conditions are evaluated
 * @code: tokens of code
 * @other: tokens of directives, and of arms that are dead
 */
struct source {
	char *text;
	u32 size;
	u32 room;
	struct keywords words;
	const struct known *known;
	struct arena arena;

	struct tokens code;
	struct tokens other;
	struct directive *directive;
	u32 directives;
	u32 directive_room;
	struct arm *arm;
	u32 arms;
	u32 arm_room;
	struct group *group;
	u32 groups;
	u32 group_room;
	struct region *region;
	u32 regions;
	u32 region_room;
};

/**
 * source_init - Begin with no file
 * @source: what files are read into, one after the other
 * @known: what is known when conditions are evaluated; may be NULL
 */
void source_init(struct source *source, const struct known *known);

/**
 * source_free - Give back all memory
 * @source: what files were read into
 */
void source_free(struct source *source);

/**
 * source_open - Read the bytes of a file
 * @source: what to read into; the file before is forgotten
 * @path: the file
 *
 * Return: 0, or a negative errno.
 */
int source_open(struct source *source, const char *path);

/**
 * source_set - Take bytes for a file
 * @source: what to read into; the file before is forgotten
 * @text: the bytes, which are copied
 * @size: number of bytes, at most MOST_BYTES
 */
void source_set(struct source *source, const void *text, u32 size);

/**
 * source_region - Record code that was not read
 * @source: the file
 * @start: offset of its first byte
 * @end: offset behind its last byte
 * @reason: why
 */
void source_region(struct source *source, u32 start, u32 end,
		   enum reason reason);

/**
 * reason_text - Why code was not read, for people
 * @reason: enum reason
 *
 * Return: a word.
 */
const char *reason_text(u32 reason);

#endif
