/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the names with a $ stand for, at one edit.
 */
#ifndef LEDGER_SCOPE_H
#define LEDGER_SCOPE_H

#include "access.h"
#include "check.h"

#define MOST_BOUND 16

/* A capture, and the words that it holds. */
struct binding {
	struct word name;
	struct words words;
};

/**
 * struct scope - an edit where it stands
 * @check: the check
 * @edit: the edit
 * @op: its operation
 * @anchor: the word that it stands on
 * @access: the object that it is the member of, where the operation says so
 * @bound: captures
 * @always: how many of them hold for the whole operation
 * @n: how many there are
 */
struct scope {
	struct check *check;
	const struct edit *edit;
	const struct op *op;
	u32 anchor;
	struct access access;
	struct binding bound[MOST_BOUND];
	u32 always;
	u32 n;
};

/**
 * scope_find - A capture that is bound
 * @scope: the scope
 * @name: its name, with the $
 *
 * Return: the binding, or NULL.
 */
const struct binding *scope_find(const struct scope *scope,
				 const struct word *name);

/**
 * scope_words - What a name with a $ stands for
 * @scope: the scope
 * @name: its name, with the $
 * @found: set to the words
 *
 * Return: false where the plan does not give it; refuse() was called.
 */
bool scope_words(struct scope *scope, const struct word *name,
		 struct words *found);

/**
 * scope_make - Words of the rules, with what their names stand for
 * @scope: the scope
 * @from: the words
 * @made: set to the result
 *
 * Return: false where the plan does not give what is named, or where it would
 * be another expression there; refuse() was called.
 */
bool scope_make(struct scope *scope, struct words from, struct words *made);

/**
 * scope_number - A number, or a field that holds one
 * @scope: the scope
 * @word: the number or name
 * @value: set to the number
 *
 * Return: false where the plan does not give it; refuse() was called.
 */
bool scope_number(struct scope *scope, const struct word *word, u32 *value);

/**
 * scope_fits - Does an expression stay one in the place of a name?
 * @scope: the scope
 * @around: words of the rules
 * @at: the name among them
 * @words: the expression
 */
bool scope_fits(const struct scope *scope, struct words around, u32 at,
		struct words words);

#endif
