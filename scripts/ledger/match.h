/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Patterns of the rules, held against old words.
 */
#ifndef LEDGER_MATCH_H
#define LEDGER_MATCH_H

#include "scope.h"

/**
 * match - Find a pattern's words around the word of an edit
 * @scope: the edit; captures are bound
 * @form: the form whose pattern it is
 * @found: set to the words that it matches
 *
 * Return: whether it was found.
 */
bool match(struct scope *scope, const struct form *form, struct span *found);

#endif
