/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How tightly an expression holds together beside another operator.
 */
#ifndef LEDGER_PRECEDENCE_H
#define LEDGER_PRECEDENCE_H

#include "text.h"

/* From the operators that bind weakest; all of a level are treated alike. */
enum level {
	L_COMMA, L_ASSIGN, L_CONDITION, L_OROR, L_ANDAND, L_OR, L_XOR, L_AND,
	L_EQUAL, L_LESS, L_SHIFT, L_ADD, L_MULTIPLY,
	L_UNARY,		/* operators before or behind one operand */
	L_OPERAND,		/* a name with its members, subscripts, calls */
};

/**
 * operator_level - How tightly an operator between two operands binds
 * @kind: enum token_kind
 *
 * Return: its level, or L_OPERAND for what is no such operator.
 */
enum level operator_level(u8 kind);

/**
 * expression_level - The level of the weakest operator outside of brackets
 * @words: an expression, its brackets in pairs
 * @types: names of types, by which a cast is known
 */
enum level expression_level(struct words words, struct words types);

/**
 * group_end - The other half of a bracket
 * @words: an expression, its brackets in pairs
 * @open: index of an opening bracket
 */
u32 group_end(struct words words, u32 open);

/**
 * is_type - Is what stands in parentheses a type, no operand being before it?
 * @words: an expression
 * @open: index of the opening parenthesis
 * @close: index of the closing one
 * @types: names of types
 */
bool is_type(struct words words, u32 open, u32 close, struct words types);

/**
 * is_object - Does an expression have an address, by its own words?
 * @words: an expression
 * @types: names of types
 */
bool is_object(struct words words, struct words types);

/**
 * is_listed - Is a word one of several?
 * @list: the several
 * @word: the word
 */
bool is_listed(struct words list, const struct word *word);

#endif
