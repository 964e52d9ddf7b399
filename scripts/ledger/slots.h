/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where an edit may change words, and into what: from the old text, the rules
 * and the plan alone.
 */
#ifndef LEDGER_SLOTS_H
#define LEDGER_SLOTS_H

#include "scope.h"

/**
 * find_slots - Add the slots of an edit
 * @check: the check
 * @edit: the edit
 *
 * Return: false where the edit cannot be; refuse() was called.
 */
bool find_slots(struct check *check, const struct edit *edit);

/**
 * find_forms - Add the slot of a call that may change with statements around it
 * @scope: the edit
 * @name: what the name of the call becomes, where it alone changes
 * @why: what is wrong where nothing of this was done
 *
 * Return: false where the edit cannot be; refuse() was called.
 */
bool find_forms(struct scope *scope, struct words name, const char *why);

/**
 * flags_slot - Add the slot of an argument that holds flags
 * @scope: the edit
 * @why: what is wrong where it did not change
 *
 * Return: false where the edit cannot be; refuse() was called.
 */
bool flags_slot(struct scope *scope, const char *why);

/**
 * holds - Do all conditions hold?
 * @scope: the edit
 * @when: the conditions
 */
bool holds(const struct scope *scope, const struct conditions *when);

#endif
