/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Expressions that are the same wherever they are read.
 */
#ifndef LEDGER_PURE_H
#define LEDGER_PURE_H

#include "scope.h"

/**
 * is_pure - Does an expression change nothing?
 * @rules: names what it may call
 * @words: the expression
 */
bool is_pure(const struct rules *rules, struct words words);

/**
 * is_apart - Does a stored value not name what is stored beside it?
 * @scope: the edit, with its object
 * @pattern: the stores
 * @at: the value among its words
 * @words: the value
 */
bool is_apart(const struct scope *scope, struct words pattern, u32 at,
	      struct words words);

#endif
