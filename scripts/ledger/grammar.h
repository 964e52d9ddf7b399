/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of C's grammar as an edit rests on: calls, statements, blocks. Not
 * the reader's: where something is not certain, the answer is no.
 */
#ifndef LEDGER_GRAMMAR_H
#define LEDGER_GRAMMAR_H

#include "text.h"

/**
 * call_end - The parenthesis that closes a call
 * @text: the text
 * @name: the word before the opening one
 *
 * Return: its index, or NO_WORD.
 */
u32 call_end(const struct text *text, u32 name);

/**
 * call_arguments - Count the arguments of a call, and find one
 * @text: the text
 * @name: the word before the opening parenthesis
 * @nth: the argument that is wanted, from 0
 * @found: set to its words, if there is such an argument
 *
 * Return: how many arguments there are.
 */
u32 call_arguments(const struct text *text, u32 name, u32 nth,
		   struct span *found);

/**
 * statement_start - The first word of the statement that holds a word
 * @text: the text
 * @word: the word
 * @why: set to a reason where there is no answer
 *
 * The condition of an if belongs to that if. The head of a loop is refused,
 * since it runs more than once.
 *
 * Return: the index, or NO_WORD.
 */
u32 statement_start(const struct text *text, u32 word, const char **why);

/**
 * statement_end - The word behind a statement
 * @text: the text
 * @start: the first word of the statement
 *
 * Return: the index, or NO_WORD where its end is not certain.
 */
u32 statement_end(const struct text *text, u32 start);

/**
 * is_bare_body - Is a statement a body without braces?
 * @text: the text
 * @start: the first word of the statement
 */
bool is_bare_body(const struct text *text, u32 start);

/**
 * control_word - The word that a parenthesis closes the head of
 * @text: the text
 * @close: a closing parenthesis
 *
 * Return: the index of an if, while, for or switch, or NO_WORD.
 */
u32 control_word(const struct text *text, u32 close);

/**
 * word_before - The word that stands before another one
 * @text: the text
 * @word: the other; in code, directives between the two are passed over
 *
 * Return: the index, or NO_WORD at the beginning of a text or directive.
 */
u32 word_before(const struct text *text, u32 word);

/**
 * block_of - The outermost block that holds a word
 * @text: the text
 * @word: the word
 *
 * Return: the number of the block, or NO_WORD.
 */
u32 block_of(const struct text *text, u32 word);

/**
 * brace_around - The innermost brace that is open at a word
 * @text: the text
 * @word: the word
 *
 * Return: the index of the opening brace, or NO_WORD.
 */
u32 brace_around(const struct text *text, u32 word);

#endif
