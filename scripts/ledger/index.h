/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A local variable that counts in a loop which may go: it must be declared
 * afterwards exactly if it is still used.
 */
#ifndef LEDGER_INDEX_H
#define LEDGER_INDEX_H

#include "check.h"

/**
 * add_index - Remember an index
 * @check: the check
 * @block: the outermost block that its loop is in
 * @name: its name
 */
void add_index(struct check *check, u32 block, const struct word *name);

/**
 * index_slots - Let the declarations of indexes go
 * @check: the check; all edits were seen
 */
void index_slots(struct check *check);

/**
 * index_check - Is each index declared exactly if it is used?
 * @check: the check; the texts are the same beside the slots
 *
 * Return: false where one is not; refuse() was called.
 */
bool index_check(struct check *check);

#endif
