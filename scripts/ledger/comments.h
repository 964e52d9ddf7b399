/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stands between tokens: comments, and white space that is not compared.
 */
#ifndef LEDGER_COMMENTS_H
#define LEDGER_COMMENTS_H

#include "text.h"

/**
 * find_comments - Find the comments between a text's words
 * @text: the text; its words are known
 */
void find_comments(struct text *text);

#endif
