/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Comments, which edits keep where they are.
 */
#ifndef LEDGER_KEPT_H
#define LEDGER_KEPT_H

#include "check.h"

/**
 * comments_check - Does every comment say the same, in the same place?
 * @check: the check; the texts are the same beside the slots
 *
 * Layout does not count, and at a slot the place is anywhere in it.
 *
 * Return: false where one does not; refuse() was called.
 */
bool comments_check(struct check *check);

#endif
