/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An edit in pieces, between which other edits may be.
 */
#ifndef LEDGER_APART_H
#define LEDGER_APART_H

#include "scope.h"

/**
 * add_apart - Let words change, but for those that captures hold
 * @scope: the edit, its captures bound
 * @span: the old words
 * @make: words of the rules, which scope_make() took
 * @why: what is wrong where they do not stand there
 *
 * What a capture holds may have edits of its own, where it is made once and in
 * the order in which it was.
 */
void add_apart(struct scope *scope, struct span span, struct words make,
	       const char *why);

#endif
