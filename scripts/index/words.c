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
/* A slot has a key above the number of the file that it was found in. */
#define FILE_MASK (~0ULL >> KEY_BITS)

/* Bytes that are looked at together: a bit stands for each. */
#define AT_ONCE 64
#define VECTOR_BYTES 16
#define VECTOR __attribute__((vector_size(VECTOR_BYTES)))

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
	free(words->key);
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

/* One bit of each byte, all of whose bits are the same. */
static uint64_t bits(signed char VECTOR bytes)
{
#ifdef __SSE2__
	return __builtin_ia32_pmovmskb128((char VECTOR)bytes);
#else
	uint64_t half[2];

	memcpy(half, &bytes, sizeof(bytes));
	for (int i = 0; i < 2; i++)
		half[i] = (half[i] & 0x0101010101010101ULL) *
			  0x0102040810204080ULL >> 56;
	return half[0] | half[1] << 8;
#endif
}

/* Which of some bytes are is_word()? */
static uint64_t words_at(const char *text)
{
	uint64_t found = 0;

	for (int i = 0; i < AT_ONCE; i += VECTOR_BYTES) {
		unsigned char VECTOR c, lower, digit;
		signed char VECTOR yes;

		memcpy(&c, text + i, sizeof(c));
		lower = (c | 32) - 'a';
		digit = c - '0';
		yes = (lower < 26) | (digit < 10) | (c == '_');
		found |= bits(yes) << i;
	}
	return found;
}

static uint64_t mixed(uint64_t hash, uint64_t piece)
{
	return (hash ^ piece) * 0x9e3779b97f4a7c15ULL;
}

/* kernel/word_index.py computes the same to look words up. */
static uint64_t hash_of(const char *word, size_t len)
{
	uint64_t hash = len, piece;

	for (; len >= sizeof(piece); word += sizeof(piece), len -= sizeof(piece)) {
		memcpy(&piece, word, sizeof(piece));
		hash = mixed(hash, piece);
		hash ^= hash >> 29;
	}
	/* What is behind the word can be read, and is masked. */
	memcpy(&piece, word, sizeof(piece));
	hash = mixed(hash, piece & ((1ULL << 8 * len) - 1));
	return hash ^ hash >> 32;
}

/* A word that may be defined is another one. */
static uint64_t marked(uint64_t hash, enum mark mark)
{
	hash = mixed(hash, mark);
	return hash ^ hash >> 32;
}

/* Find a key in the table, or the slot that it goes into. */
static uint32_t find(const struct words *words, uint64_t wanted)
{
	uint32_t at = (wanted >> (64 - KEY_BITS)) & words->mask;

	while ((words->slot[at] & FILE_MASK) == words->file &&
	       words->slot[at] != wanted)
		at = (at + 1) & words->mask;
	return at;
}

/* Make the table twice as large. */
static void spread(struct words *words)
{
	size_t slots = 2 * ((size_t)words->mask + 1);

	words->mask = slots - 1;
	words->slot = must_grow(words->slot, slots * sizeof(*words->slot));
	memset(words->slot, 0, slots * sizeof(*words->slot));
	for (uint32_t i = 0; i < words->n; i++) {
		uint64_t slot = words->key[i] << (64 - KEY_BITS) | words->file;

		words->slot[find(words, slot)] = slot;
	}
}

static void add(struct words *words, uint64_t hash)
{
	uint64_t slot = (hash & ~FILE_MASK) | words->file;
	uint32_t at = find(words, slot);

	if (words->slot[at] == slot)
		return;
	words->slot[at] = slot;
	if (words->n == words->room) {
		words->room = words->room ? 2 * words->room : FIRST_SLOTS;
		words->key = must_grow(words->key,
				       words->room * sizeof(*words->key));
	}
	words->key[words->n++] = hash >> (64 - KEY_BITS);
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
		add(words, marked(hash_of(word, end - word), MARK_HEAD));
}

static const char *behind_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

/* Go behind a word, or return NULL if another one is there. */
static const char *behind(const char *at, const char *word)
{
	size_t len = strlen(word);

	return strncmp(at, word, len) || is_word(at[len]) ?
	       NULL : behind_blanks(at + len);
}

/* Is a comma or semicolon on a line that may give a name to a structure? */
static bool names_structure(const char *text, const char *at)
{
	const char *line = memrchr(text, '\n', at - text);
	const char *next;

	line = behind_blanks(line ? line + 1 : text);
	if (*line == '}')
		return true;
	line = *line == 't' ? behind(line, "typedef") : NULL;
	next = line ? behind(line, "const") : NULL;
	line = next ? next : line;
	return line && (behind(line, "struct") || behind(line, "union"));
}

/* Is there a brace, or a comment that a brace may follow? */
static bool may_open(const char *at)
{
	while (*at == ' ' || (*at >= '\t' && *at <= '\r'))
		at++;
	return *at == '{' || (*at == '/' && (at[1] == '*' || at[1] == '/'));
}

/* Go back to the first of some blanks. */
static const char *before_blanks(const char *at, const char *text)
{
	while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at;
}

/* Does a word end there? */
static bool ends(const char *at, const char *text, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(at - text) >= len && !memcmp(at - len, word, len);
}

/* Does a directive that has one place have another one behind it? */
static bool goes_on(const char *at, const char *to)
{
	while ((at = memchr(at, '\n', to - at))) {
		if (at[-1] != '\\' && (at[-1] != '\r' || at[-2] != '\\'))
			return false;
		at++;
	}
	return true;
}

/* Is a word of six letters that of a directive for a macro? */
static bool begins_define(const char *word, const char *text)
{
	const char *at = before_blanks(word, text);

	if (memcmp(word, "define", 6) || at == text || *--at != '#')
		return false;
	at = before_blanks(at, text);
	return at == text || at[-1] == '\n';
}

/* Does a macro stand for one number? Most do, and nobody looks for those. */
static bool is_number(const char *at)
{
	at = behind_blanks(at);
	if (*at - (unsigned int)'0' >= 10)
		return false;
	while (is_word(*at))
		at++;
	return *at == '\n';
}

/* Take a word for the macro in whose definition it stands. */
static void add_in_macro(struct words *words, const char *word,
			 const char *end, const char *text, uint64_t hash)
{
	if (words->define && !goes_on(words->define, word))
		words->define = NULL;
	if (words->define) {
		if (words->named)
			add(words, marked(hash, MARK_MACRO));
		else if (!is_number(end))
			add(words, marked(hash, MARK_DEFINED));
		words->named = true;
		words->define = end;
	} else if (end - word == 6 && begins_define(word, text)) {
		words->named = false;
		words->define = end;
	}
}

/* May `##` stand before a word? It is seldom more than one blank that does. */
static bool may_be_pasted(const char *word, const char *text)
{
	if (word - text < 2)
		return false;
	if (word[-1] == ' ' || word[-1] == '\t')
		word--;
	return word[-1] == '#' || word[-1] == ' ' || word[-1] == '\t';
}

/* Does a character behind a word leave open what the word is? */
static bool leaves_open(char c)
{
	switch (c) {
	case '\t' ... '\r':
	case ' ':
	case '"':
	case '#':
	case ',':
	case '/':
	case ';':
	case '{':
		return true;
	default:
		return false;
	}
}

/* Take a word for what the text behind it says of it. */
static void add_behind(struct words *words, const char *word,
		       const char *end, const char *text, uint64_t hash)
{
	const char *next = behind_blanks(end);

	if (next[0] == '#' && next[1] == '#')
		add(words, marked(hash, MARK_PASTED));
	if (*end == '"' && ends(word, text, "."))
		add(words, marked(hash, MARK_SUFFIX));
	if ((*next == ';' || *next == ',') && names_structure(text, next))
		add(words, marked(hash, MARK_TYPEDEF));
	else if (may_open(next))
		add(words, marked(hash, MARK_STRUCT));
}

/* Take one word, and the line that it begins. */
static void take(struct words *words, const char *word, const char *end,
		 const char *text)
{
	uint64_t hash;

	if (!is_letter(*word))
		return;
	if (word == text || word[-1] == '\n')
		add_head(words, word);
	hash = hash_of(word, end - word);
	add(words, hash);
	add_in_macro(words, word, end, text, hash);
	if (may_be_pasted(word, text) &&
	    ends(before_blanks(word, text), text, "##"))
		add(words, marked(hash, MARK_PASTED));
	if (leaves_open(*end) && (*end != ' ' || leaves_open(end[1])))
		add_behind(words, word, end, text, hash);
}

void words_of(struct words *words, const char *text, size_t size)
{
	const char *word = NULL;
	uint64_t before = 0;

	words->n = 0;
	words->file++;
	/* The table of a long file has no place in the processor's caches. */
	words->mask = FIRST_SLOTS - 1;
	words->define = NULL;
	if (size > 2 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		size -= 3;
	}
	/* The padding ends a word that the text ends with. */
	for (size_t at = 0; at <= size; at += AT_ONCE) {
		uint64_t here = words_at(text + at);
		uint64_t edges = here ^ (here << 1 | before);

		before = here >> (AT_ONCE - 1);
		for (; edges; edges &= edges - 1) {
			const char *edge = text + at + __builtin_ctzll(edges);

			if (word)
				take(words, word, edge, text);
			word = word ? NULL : edge;
		}
	}
}
