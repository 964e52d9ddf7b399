// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blank the comments of a C file, with each line and column of its code kept.
 *
 * Nothing is a comment here that another reader of C may take for code: behind
 * a quotation mark that is not closed on its line, none is looked for.
 */
#include <stdbool.h>
#include <string.h>

#include "code.h"

/* So many bytes are a number below 2^61 - 1. */
#define PIECE 7

/**
 * struct writing - the code that is written
 * @to: where it goes
 * @n: bytes of it
 * @last: bytes up to what is neither blank nor a comment
 * @remark: is there a comment behind @last on its line?
 */
struct writing {
	char *to;
	size_t n;
	size_t last;
	bool remark;
};

/* Where may a literal or a comment begin next? */
static const char *begin_of(const char *at, const char *end)
{
	static const bool begins[256] = { ['"'] = 1, ['\''] = 1, ['/'] = 1 };

	while (at < end && !begins[(unsigned char)*at])
		at++;
	return at;
}

/* Where does a literal end that begins here? NULL if not on its line. */
static const char *literal_end(const char *at, const char *end)
{
	const char mark = *at++;

	for (; at < end && *at != '\n'; at++) {
		if (*at == mark)
			return at + 1;
		if (*at == '\\' && at + 1 < end)
			at++;
	}
	return NULL;
}

/* Where does a comment end that begins here? */
static const char *comment_end(const char *at, const char *end)
{
	if (at[1] == '*') {
		for (at += 2; at + 1 < end; at++)
			if (at[0] == '*' && at[1] == '/')
				return at + 2;
		return end;
	}
	for (at += 2; at < end && *at != '\n'; at++)
		if (*at == '\\' && at + 1 < end)
			at++;
	return at;
}

static void write_line_end(struct writing *w)
{
	/* A comment at the end of a line may be shorter, or none at all. */
	if (w->remark && !(w->last && w->to[w->last - 1] == '\\'))
		w->n = w->last;
	w->to[w->n++] = '\n';
	w->last = w->n;
	w->remark = false;
}

/* Write code up to the end of its line, without that. */
static void write_rest(struct writing *w, const char *at, size_t size)
{
	size_t used = size;

	memcpy(w->to + w->n, at, size);
	while (used && (at[used - 1] == ' ' || at[used - 1] == '\t'))
		used--;
	if (used)
		w->last = w->n + used;
	w->n += size;
}

static void write_code(struct writing *w, const char *at, const char *end)
{
	const char *line;

	while ((line = memchr(at, '\n', end - at))) {
		write_rest(w, at, line - at);
		write_line_end(w);
		at = line + 1;
	}
	write_rest(w, at, end - at);
}

static void write_comment(struct writing *w, const char *at, const char *end)
{
	w->remark = true;
	for (; at < end; at++) {
		if (*at == '\n') {
			write_line_end(w);
			w->remark = true;
		} else {
			/* No patch of a file with a NUL byte can be mailed. */
			w->to[w->n++] = *at ? ' ' : '\0';
		}
	}
}

/**
 * code_of - blank the comments of a file
 * @text: the file
 * @size: bytes of it
 * @code: room for as many
 *
 * Lines at the end without any code are left out.
 *
 * Returns the bytes that were written to @code.
 */
size_t code_of(const char *text, size_t size, char *code)
{
	const char *const end = text + size;
	const char *at = text, *from = text, *next;
	struct writing w = { .to = code };

	while ((at = begin_of(at, end)) < end) {
		if (*at != '/') {
			next = literal_end(at, end);
			at = next ? next : end;
		} else if (at + 1 < end && (at[1] == '*' || at[1] == '/')) {
			next = comment_end(at, end);
			write_code(&w, from, at);
			write_comment(&w, at, next);
			from = next;
			at = next;
		} else {
			at++;
		}
	}
	write_code(&w, from, end);
	if (w.remark)
		w.n = w.last;
	while (w.n && w.to[w.n - 1] == '\n')
		w.n--;
	return w.n;
}

/* Keep a number below 2^61 - 1, of which it stands for the remainder. */
static uint64_t reduced(__uint128_t number)
{
	const uint64_t prime = (1ULL << 61) - 1;
	uint64_t sum = (uint64_t)(number & prime) + (uint64_t)(number >> 61);

	return sum >= prime ? sum - prime : sum;
}

/**
 * digest_of - add up what tells a text from others
 * @code: the text
 * @size: bytes of it
 *
 * Each sum is a polynomial over a field of 2^61 - 1 numbers at a point of its own:
 * two texts of n bytes that were not made for it have the same with a chance
 * of n / 2^63, and both with the square of that.
 */
struct digest digest_of(const char *code, size_t size)
{
	static const uint64_t point[] = { 0x0b1f2c9d6e57a843ULL,
					  0x1c64d8039fa7be15ULL };
	struct digest made = { { size, size } };

	for (size_t at = 0; at < size; at += PIECE) {
		uint64_t word = 0;

		memcpy(&word, code + at, size - at < PIECE ? size - at : PIECE);
		for (int i = 0; i < 2; i++)
			made.part[i] = reduced((__uint128_t)made.part[i] *
					       point[i] + word);
	}
	return made;
}
