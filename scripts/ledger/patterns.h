/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Patterns of statements, read from the rules.
 */
#ifndef LEDGER_PATTERNS_H
#define LEDGER_PATTERNS_H

#include "rules.h"

/**
 * add_part - Keep the alternatives that a part of patterns has
 * @rules: the rules
 * @name: the name of the part
 * @pattern: one of its alternatives, which may hold parts that are known
 *
 * Return: NULL, or what is wrong.
 */
const char *add_part(struct rules *rules, const struct word *name,
		     const struct pattern *pattern);

/**
 * add_forms - Keep a form, once for each alternative of its parts
 * @rules: the rules
 * @op: the operation whose form it is
 * @form: the form, with what it makes
 *
 * Return: NULL, or what is wrong.
 */
const char *add_forms(struct rules *rules, struct op *op,
		      const struct form *form);

#endif
