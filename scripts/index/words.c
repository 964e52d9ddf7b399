// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words of a file.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

#define FIRST_SLOTS 4096

void *must_grow(void *array, size_t size)
{
	array = realloc(array, size);
	if (!array) {
		fprintf(stderr, "index: no memory for %zu bytes\n", size);
		exit(2);
	}
	return array;
}

void words_init(struct words *words)
{
	memset(words, 0, sizeof(*words));
	words->mask = FIRST_SLOTS - 1;
	words->slot = must_grow(NULL, FIRST_SLOTS * sizeof(*words->slot));
	memset(words->slot, 0, FIRST_SLOTS * sizeof(*words->slot));
}

void words_free(struct words *words)
{
	free(words->hash);
	free(words->slot);
}

static bool is_letter(unsigned char c)
{
	return (c | 32U) - 'a' < 26 || c == '_';
}

static bool is_word(unsigned char c)
{
	return is_letter(c) || c - (unsigned int)'0' < 10;
}

/* kernel/word_index.py computes the same to look words up. */
static uint64_t hash_of(const char *word, size_t len)
{
	uint64_t hash = len, piece;

	for (; len >= sizeof(piece); word += sizeof(piece), len -= sizeof(piece)) {
		memcpy(&piece, word, sizeof(piece));
		hash = (hash ^ piece) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 29;
	}
	piece = 0;
	memcpy(&piece, word, len);
	hash = (hash ^ piece) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 32;
}

/* A word that may be defined is another one. */
static uint64_t head_hash(uint64_t hash)
{
	hash = (hash ^ 1) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 32;
}

/* Find a word in the table, or the slot that it goes into. */
static uint32_t find(const struct words *words, uint64_t hash)
{
	uint32_t at = hash & words->mask;

	while (words->slot[at].file == words->file &&
	       words->slot[at].hash != hash)
		at = (at + 1) & words->mask;
	return at;
}

static void put(struct words *words, uint32_t at, uint64_t hash)
{
	words->slot[at].hash = hash;
	words->slot[at].file = words->file;
}

/* Make the table twice as large. */
static void spread(struct words *words)
{
	size_t slots = 2 * ((size_t)words->mask + 1);

	words->mask = slots - 1;
	words->slot = must_grow(words->slot, slots * sizeof(*words->slot));
	memset(words->slot, 0, slots * sizeof(*words->slot));
	for (uint32_t i = 0; i < words->n; i++)
		put(words, find(words, words->hash[i]), words->hash[i]);
}

static void add(struct words *words, uint64_t hash)
{
	uint32_t at = find(words, hash);

	if (words->slot[at].file == words->file)
		return;
	put(words, at, hash);
	if (words->n == words->room) {
		words->room = words->room ? 2 * words->room : FIRST_SLOTS;
		words->hash = must_grow(words->hash,
					words->room * sizeof(*words->hash));
	}
	words->hash[words->n++] = hash;
	if (words->n > words->mask / 2)
		spread(words);
}

/*
 * Take a line that may begin a definition: nothing but words, blanks and stars
 * before its first parenthesis, and a letter first. Other letters than those of
 * ASCII may be part of a word there.
 */
static void add_head(struct words *words, const char *line)
{
	const char *word = line;
	const char *end = line;

	if (!is_letter(*line))
		return;
	for (;; line++) {
		if (is_word(*line) || *line & 0x80) {
			if (end < line)
				word = line;
			end = line + 1;
		} else if (*line == '*') {
			word = line;
			end = line;
		} else if (*line != ' ' && *line != '\t') {
			break;
		}
	}
	if (*line == '(' && word < end)
		add(words, head_hash(hash_of(word, end - word)));
}

void words_of(struct words *words, const char *text, size_t size)
{
	const char *end = text + size;

	words->n = 0;
	words->file++;
	if (size > 2 && !memcmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	add_head(words, text);
	while (text < end) {
		const char *word = text;

		if (!is_word(*text)) {
			if (*text++ == '\n')
				add_head(words, text);
			continue;
		}
		while (is_word(*text))
			text++;
		if (is_letter(*word))
			add(words, hash_of(word, text - word));
	}
}
