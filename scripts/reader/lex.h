/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text into tokens. Each byte of a file belongs to one token, or to a comment
 * or white space between tokens.
 */
#ifndef READER_LEX_H
#define READER_LEX_H

#include "source.h"

/**
 * lex - Find the tokens, directives and #if arms of a file
 * @source: the file; its tokens, directives, arms and groups are filled
 *
 * Tokens of directives, and of arms that are never compiled, are kept apart
 * from tokens of code. Both stand in the order of the file.
 */
void lex(struct source *source);

#endif
