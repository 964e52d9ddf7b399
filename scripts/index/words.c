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

/* kernel/word_index.py computes the same for a word and its mark. */
static uint64_t marked(uint64_t hash, char mark)
{
	hash = (hash ^ (unsigned char)mark) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 32;
}

/*
 * What has been seen of a line: as long as @head is true, nothing but what may
 * stand before the parameters of a function that it begins to define.
 */
struct line {
	bool head;
	bool names;		/* it may give a name to a structure */
};

static struct line begin_line(const char *text)
{
	struct line line = { .head = is_letter(*text), .names = *text == '}' };

	while (*text == ' ' || *text == '\t')
		text++;
	if (!strncmp(text, "typedef", 7) && !is_word(text[7]))
		line.names = true;
	return line;
}

/* Add a word with the mark of each place where it may be defined. */
static void add_marked(struct words *words, uint64_t hash, const char *after,
		       const struct line *line)
{
	while (*after == ' ' || *after == '\t')
		after++;
	if (line->head && *after == '(')
		add(words, marked(hash, MARK_HEAD));
	if (line->names && (*after == ';' || *after == ','))
		add(words, marked(hash, MARK_TYPEDEF));
	while (*after == ' ' || (*after >= '\t' && *after <= '\r'))
		after++;
	if (*after == '{' ||
	    (*after == '/' && (after[1] == '*' || after[1] == '/')))
		add(words, marked(hash, MARK_STRUCT));
}

void words_of(struct words *words, const char *text, size_t size)
{
	const char *end = text + size;
	struct line line = begin_line(text);

	words->n = 0;
	words->file++;
	while (text < end) {
		const char *word = text;
		uint64_t hash;

		if (*text == '\n') {
			line = begin_line(++text);
			continue;
		}
		if (!is_word(*text)) {
			line.head &= *text == ' ' || *text == '\t' || *text == '*';
			text++;
			continue;
		}
		while (is_word(*text))
			text++;
		if (!is_letter(*word))
			continue;
		hash = hash_of(word, text - word);
		add(words, hash);
		add_marked(words, hash, text, &line);
	}
}
