/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stands before the colon of a line of the rules.
 */
#ifndef LEDGER_HEADS_H
#define LEDGER_HEADS_H

#include "rules.h"

/**
 * is_count - Is a word a number, or a field that holds one?
 * @word: the word
 */
bool is_count(const struct word *word);

/**
 * read_head - Read where a slot is, and when
 * @head: the words before the colon
 * @slot: filled
 *
 * Return: NULL, or what is wrong.
 */
const char *read_head(struct words head, struct slot_rule *slot);

/**
 * read_form_head - Read what may go with a form
 * @head: the words before the colon
 * @form: filled
 *
 * Return: NULL, or what is wrong.
 */
const char *read_form_head(struct words head, struct form *form);

#endif
