/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words that C, GNU C and the kernel's compiler headers reserve.
 */
#ifndef READER_KEYWORDS_H
#define READER_KEYWORDS_H

#include "types.h"

#define KEYWORD_SLOTS 1024

/**
 * struct keywords - a hash table of the words
 * @slot: the first eight bytes of each word, its length, 0 for an empty slot,
 *	and its index in the list of words
 */
struct keywords {
	struct {
		u64 first;
		u8 len;
		u8 index;
	} slot[KEYWORD_SLOTS];
};

/**
 * keywords_init - Fill the table
 * @words: the table
 */
void keywords_init(struct keywords *words);

/**
 * keyword - Look a word up
 * @words: the table
 * @name: the word; eight bytes from it can be read
 * @len: its length
 *
 * Return: the kind of token, T_NAME for a word that is not reserved.
 */
u8 keyword(const struct keywords *words, const char *name, u32 len);

#endif
