/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each operation may change: the data that the ledger goes by, which
 * docs/ledger.md describes. No name of a kernel function is known beside it.
 */
#ifndef LEDGER_RULES_H
#define LEDGER_RULES_H

#include "text.h"

#define RULES_VERSION 1

/* Where a slot is, seen from the word that an edit stands on. */
enum place {
	P_NAME,			/* the word itself */
	P_ACCESS,		/* the object, the dot or arrow, the member */
	P_CLOSE,		/* before the parenthesis that closes the call */
	P_ARGUMENT,
	P_BEHIND_ARGUMENT,
	P_OPERAND,		/* a number that the call is compared with */
	P_STATEMENT,
	P_BEFORE_STATEMENT,	/* both in braces, if that is a bare body */
	P_BEHIND_STATEMENT,
	P_BLOCK,		/* the top of the function */
	P_MEMBER,		/* behind a member of a structure */
	P_FLAGS_LESS,		/* an argument of flags, without one of them */
	P_FLAGS_PLUS,		/* and with another */
	P_FLAGS_TRUTH,		/* which flag a truth value stands for */
	P_FLAGS_LOOSE,		/* a macro in them may hold any operator */
};

/**
 * struct condition - when a slot or form is there
 * @field: a field of the edit
 * @value: what it must be; empty where it must just be there
 * @no: it must not
 */
struct condition {
	struct word field;
	struct word value;
	bool no;
};

#define MOST_CONDITIONS 4

/* All of them must hold. */
struct conditions {
	struct condition one[MOST_CONDITIONS];
	u32 n;
};

/**
 * struct slot_rule - words that may change, and into what
 * @place: where they are
 * @which: the number of an argument, or a field with it
 * @when: what must hold
 * @make: what stands there afterwards
 */
struct slot_rule {
	enum place place;
	struct word which;
	struct conditions when;
	struct words make;
};

/* A capture that has the same words wherever its alternative is taken. */
struct preset {
	struct word name;
	struct words words;
};

#define MOST_PRESETS 4

/**
 * struct pattern - old words, with captures
 * @words: the words
 * @preset: captures that stand beside them
 */
struct pattern {
	struct words words;
	struct preset preset[MOST_PRESETS];
	u32 presets;
};

/**
 * struct form - statements around a call that may become others
 * @match: the statements
 * @make: the others
 * @index: a capture that is a local variable, whose declaration may go
 * @unbrace: braces around the statements may go
 * @pure: captures must stay what they are wherever they are read
 * @initialiser: no statements, but all of an initialiser in braces
 * @guard: what the if must say that does nothing else
 * @when: what must hold; the fields it names stand for their words
 */
struct form {
	struct pattern match;
	struct words make;
	struct word index;
	bool unbrace;
	bool pure;
	bool initialiser;
	struct words guard;
	struct conditions when;
};

/**
 * struct op - an operation
 * @name: what the plan calls it
 * @anchor: names that it may stand on, or a field with one
 * @arguments: how many arguments the call must have; a number or a field
 * @alone: the call must be a statement
 * @member: it must be the member of an object
 * @inside: what must stand before the braces around
 */
struct op {
	struct word name;
	struct words anchor;
	struct word arguments;
	bool alone;
	bool member;
	struct words inside;
	struct slot_rule *slot;
	u32 slots;
	u32 slot_room;
	struct form *form;
	u32 forms;
	u32 form_room;
};

struct named_words {
	struct word name;
	struct words words;
};

struct part {
	struct word name;
	struct pattern pattern;
};

/**
 * struct rules - all that a file of rules says
 * @types: names of integer types, beside those of C
 * @pure: names of what may be called with no effect but its value
 * @error: what is wrong with the file, else NULL
 * @error_line: on which line
 */
struct rules {
	struct arena arena;
	struct words types;
	struct words pure;
	struct named_words *list;
	u32 lists;
	u32 list_room;
	struct part *part;
	u32 parts;
	u32 part_room;
	struct op *op;
	u32 ops;
	u32 op_room;
	const char *error;
	u32 error_line;
};

/**
 * rules_read - Read a file of rules
 * @rules: what to fill
 * @bytes: the file
 * @size: number of bytes
 *
 * Return: true, or false with @rules->error.
 */
bool rules_read(struct rules *rules, const char *bytes, u32 size);

/**
 * rules_free - Give back all memory
 * @rules: what was filled
 */
void rules_free(struct rules *rules);

/**
 * rules_op - Find an operation
 * @rules: the rules
 * @name: its name
 *
 * Return: the operation, or NULL.
 */
const struct op *rules_op(const struct rules *rules, const struct word *name);

static inline bool is_capture(const struct word *word)
{
	return word->kind == T_NAME && word->text[0] == '$';
}

#endif
