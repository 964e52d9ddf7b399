/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of a file, found in its bytes alone: comments and strings have
 * theirs too. It shares nothing with the reader, so that a word that the reader
 * loses is still found.
 */
#ifndef INDEX_WORDS_H
#define INDEX_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As many of the highest bits of its hash stand for a word. */
#define KEY_BITS 34
/* Bytes behind a text that can be read, all zero. */
#define TEXT_PADDING 64

/**
 * struct words - the different words of one file at a time
 * @key: what stands for each of them, in the order of the text
 * @n: number of them
 * @slot: a hash table of them
 * @file: number of the file, so that slots of files before count as free
 * @define: the end of the last word of the macro's definition that the text is
 *	in, NULL outside of any
 * @named: the name of that macro was before it
 */
struct words {
	uint64_t *key;
	uint32_t n;
	uint32_t room;
	uint64_t *slot;
	uint32_t mask;
	uint32_t file;
	const char *define;
	bool named;
};

/**
 * words_init - Begin with no file
 * @words: what words are found with
 */
void words_init(struct words *words);

/**
 * enum mark - what makes a second word of one, for a file where it
 * @MARK_HEAD: may begin a definition: it stands before a parenthesis, on a line
 *	that is not indented, with nothing but words, blanks and stars before it
 * @MARK_STRUCT: stands before a brace, or a comment that a brace may follow
 * @MARK_TYPEDEF: stands before a comma or semicolon, on a line that begins with
 *	a typedef of a structure or a closing brace
 * @MARK_MACRO: stands behind the name of a macro in its definition
 * @MARK_PASTED: stands beside `##`, with nothing but blanks between them
 * @MARK_SUFFIX: stands between a dot and a quote, as the end of a file's name
 * @MARK_DEFINED: is the name of a macro in its definition, unless that stands for
 *	one number
 */
enum mark {
	MARK_HEAD = 1,
	MARK_STRUCT = 2,
	MARK_TYPEDEF = 3,
	MARK_MACRO = 4,
	MARK_PASTED = 5,
	MARK_SUFFIX = 6,
	MARK_DEFINED = 7,
};

/**
 * words_of - Find the words of a file
 * @words: where they go; those of the file before are forgotten
 * @text: its bytes, with TEXT_PADDING behind them
 * @size: number of bytes
 *
 * A word is an identifier of C: letters, digits and _, no digit in front.
 */
void words_of(struct words *words, const char *text, size_t size);

/**
 * words_free - Give back all memory
 * @words: what words were found with
 */
void words_free(struct words *words);

/**
 * must_grow - Make an array larger
 * @array: the array, or NULL
 * @size: its new size in bytes
 *
 * The program ends with a message when there is no memory.
 *
 * Return: the array, which may have moved.
 */
void *must_grow(void *array, size_t size);

#endif
