/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One check: an old text, a new text, and the edits between them.
 */
#ifndef LEDGER_CHECK_H
#define LEDGER_CHECK_H

#include "plan.h"

/**
 * struct slot - old words, and what may replace them
 * @start: index of the first word
 * @end: index behind the last word; @start where words are only added
 * @option: what may stand there
 * @options: number of options
 * @why: what is wrong where none of them does
 * @order: the order in which slots were found
 * @made: where it is in the new text, once that was compared
 */
struct slot {
	u32 start;
	u32 end;
	struct words *option;
	u32 options;
	const char *why;
	u32 order;
	struct span made;
};

/* A local variable that counted in a loop which may be gone. */
struct index {
	u32 block;
	struct word name;
};

/**
 * struct check - all that is known while two texts are compared
 * @rules: what may change
 * @before: the old text
 * @after: the new text
 * @scratch: for words of the plan
 * @plan: the edits
 * @arena: for the words of slots
 * @failed: there is an answer, and it is no
 * @offset: where, in the old text
 * @line: its line
 * @why: what is wrong, terminated
 */
struct check {
	const struct rules *rules;
	struct text before;
	struct text after;
	struct text scratch;
	struct plan plan;
	struct arena arena;
	struct slot *slot;
	u32 slots;
	u32 slot_room;
	struct index *index;
	u32 indexes;
	u32 index_room;
	bool failed;
	u32 offset;
	u32 line;
	char why[256];
};

/**
 * check_init - Begin with no texts
 * @check: what is checked with, one file after the other
 * @rules: what may change
 */
void check_init(struct check *check, const struct rules *rules);

/**
 * check_free - Give back all memory
 * @check: what was checked with
 */
void check_free(struct check *check);

/**
 * check_run - Is the new text the old one, with these edits and no other?
 * @check: its texts and its plan are read
 *
 * Return: true, or false with @check->why.
 */
bool check_run(struct check *check);

/**
 * refuse - Answer no, at a word of the old text
 * @check: the check
 * @word: index of the word
 * @format: what is wrong, for printf()
 *
 * The first answer holds.
 *
 * Return: false.
 */
bool refuse(struct check *check, u32 word, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * add_slot - Let words change
 * @check: the check
 * @start: the first word
 * @end: the word behind the last
 * @option: what may stand there
 * @options: how many of them
 * @why: what is wrong where none does
 */
void add_slot(struct check *check, u32 start, u32 end, struct words *option,
	      u32 options, const char *why);

/**
 * add_words - The same, with one option
 * @check: the check
 * @start: the first word
 * @end: the word behind the last
 * @words: what must stand there
 * @why: what is wrong where it does not
 */
void add_words(struct check *check, u32 start, u32 end, struct words words,
	       const char *why);

/**
 * join - Words and more words
 * @check: for memory
 * @a: the words
 * @b: the others
 *
 * Return: both, in a row.
 */
struct words join(struct check *check, struct words a, struct words b);

/**
 * old_words - A stretch of the old text
 * @check: the check
 * @start: the first word
 * @end: the word behind the last
 */
static inline struct words old_words(const struct check *check, u32 start,
				     u32 end)
{
	return (struct words){ check->before.word + start, end - start };
}

/**
 * brace - One word that no text has to hold
 * @open: an opening brace, else a closing one
 */
static inline struct words brace(bool open)
{
	static const struct word braces[] = {
		{ .text = "}", .len = 1, .kind = '}' },
		{ .text = "{", .len = 1, .kind = '{' },
	};

	return (struct words){ &braces[open], 1 };
}

#endif
