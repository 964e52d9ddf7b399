// SPDX-License-Identifier: GPL-2.0-only
/*
 * Single tokens and comments.
 *
 * A backslash at the end of a line joins it to the next one wherever it stands,
 * inside of a token too: such a token has TF_SPLICED, and its text holds the
 * backslash. Trigraphs are text, as they are for the kernel's compilers.
 */
#include <string.h>

#include "scan.h"
#include "splice.h"

/* Bytes from 128 on are letters of UTF-8 or Latin-1. */
const u8 class_of[256] = {
	[0] = C_NUL,
	[1 ... 8] = C_SIGN, [14 ... 31] = C_SIGN, [127] = C_SIGN,
	[' '] = C_SPACE, ['\t'] = C_SPACE, ['\r'] = C_SPACE,
	['\f'] = C_SPACE, ['\v'] = C_SPACE, ['\n'] = C_NEWLINE,
	['a' ... 'z'] = C_WORD, ['A' ... 'Z'] = C_WORD, ['_'] = C_WORD,
	['$'] = C_WORD, [128 ... 255] = C_WORD, ['0' ... '9'] = C_DIGIT,
	['"'] = C_QUOTE, ['\''] = C_QUOTE, ['/'] = C_SLASH, ['#'] = C_HASH,
	['.'] = C_DOT, ['\\'] = C_BACKSLASH, ['('] = C_SINGLE,
	[')'] = C_SINGLE, ['['] = C_SINGLE, [']'] = C_SINGLE,
	['{'] = C_SINGLE, ['}'] = C_SINGLE, [';'] = C_SINGLE,
	[','] = C_SINGLE, ['~'] = C_SINGLE, ['?'] = C_SINGLE, [':'] = C_SINGLE,
};

static inline bool in_word(char c)
{
	return class_of[(u8)c] == C_WORD || class_of[(u8)c] == C_DIGIT;
}

/* A string or character; start is before its prefix. */
void lex_quoted(struct lexer *lx, const char *start)
{
	const char *p = lx->p;
	const char *text = lx->source->text;
	char quote = *p++;
	u8 flags = 0;

	while (p < lx->end && *p != quote && *p != '\n') {
		u32 n = *p == '\\' ? splice(p, lx->end) : 0;

		if (n) {
			flags = TF_SPLICED;
			p += n;
		} else {
			p += *p == '\\' && p + 1 < lx->end && p[1] != '\n' ?
			     2 : 1;
		}
	}
	lx->p = p + (p < lx->end && *p == quote);
	if (lx->p == p) {
		flags |= TF_UNENDED;
		if (lx->to == &lx->source->code)
			source_region(lx->source, start - text, p - text,
				      R_UNENDED);
	}
	emit(lx, start, quote == '"' ? T_STRING : T_CHAR, flags);
}

/* L, u, U and u8 before a string or character belong to it. */
static bool is_prefix(const char *start, u32 len)
{
	return (len == 1 && (*start == 'L' || *start == 'u' || *start == 'U')) ||
		(len == 2 && start[0] == 'u' && start[1] == '8');
}

static u8 spliced_keyword(struct lexer *lx, const char *start)
{
	char name[40] = "";
	u32 len = unsplice(name, sizeof(name) - 8, start, lx->p - start);

	return len ? keyword(&lx->source->words, name, len) : T_NAME;
}

/* Go over a backslash-newline that a word or number goes on behind. */
static bool goes_on(const struct lexer *lx, const char **p)
{
	u32 n;

	if (likely(**p != '\\'))
		return false;
	n = splices(*p, lx->end);
	if (!n || !in_word((*p)[n]))
		return false;
	*p += n;
	return true;
}

/* A name or keyword, or the prefix of a string. */
void lex_word(struct lexer *lx)
{
	const char *start = lx->p;
	const char *p = start;
	u8 flags = 0;
	u8 kind;

	for (;;) {
		while (in_word(*p))
			p++;
		if (!goes_on(lx, &p))
			break;
		flags = TF_SPLICED;
	}
	lx->p = p;
	if (class_of[(u8)*p] == C_QUOTE && is_prefix(start, p - start)) {
		lex_quoted(lx, start);
		return;
	}
	kind = unlikely(flags) ? spliced_keyword(lx, start) :
	       keyword(&lx->source->words, start, p - start);
	emit(lx, start, kind, flags);
}

/* Is a sign part of the number before it: 1e+5, 0x1p-3, but 0xe+1 not? */
static bool is_exponent(const char *start, const char *sign)
{
	char before = sign[-1] | 0x20;
	bool hex = start[0] == '0' && (start[1] | 0x20) == 'x';

	return (*sign == '+' || *sign == '-') &&
		before == (hex ? 'p' : 'e');
}

/* A number, however it goes on: the parser does not care. */
void lex_number(struct lexer *lx)
{
	const char *start = lx->p;
	const char *p = start + 1;
	u8 flags = 0;

	for (;;) {
		/* Not the dots of `1...3`. */
		while (in_word(*p) || (*p == '.' && p[1] != '.') ||
		       is_exponent(start, p))
			p++;
		if (!goes_on(lx, &p))
			break;
		flags = TF_SPLICED;
	}
	lx->p = p;
	emit(lx, start, T_NUMBER, flags);
}

static void block_comment(struct lexer *lx, const char *start)
{
	const char *p = lx->p;
	u32 from = start - lx->source->text;

	for (;;) {
		p = memchr(p, '*', lx->end - p);
		if (!p)
			break;
		p++;
		p += splices(p, lx->end);
		if (*p == '/') {
			lx->p = p + 1;
			return;
		}
	}
	lx->p = lx->end;
	source_region(lx->source, from, lx->source->size, R_UNENDED);
}

static void line_comment(struct lexer *lx)
{
	const char *p = lx->p;

	/* The backslash of a splice is the last black thing on its line. */
	for (;;) {
		const char *nl = memchr(p, '\n', lx->end - p);
		const char *last;

		if (!nl) {
			lx->p = lx->end;
			return;
		}
		for (last = nl; last > p && is_blank(last[-1]);)
			last--;
		if (last == p || last[-1] != '\\') {
			lx->p = nl;
			return;
		}
		p = nl + 1;
	}
}

/* The kind of the longest punctuator, and how many of the characters it has. */
static u8 punctuator(char a, char b, char c, u32 *n)
{
	static const char doubled[] = "<>+-=!&|#";
	static const u8 kind_doubled[] = {
		T_SHL, T_SHR, T_INC, T_DEC, T_EQ, 0, T_ANDAND, T_OROR, T_PASTE,
	};
	static const char with_equals[] = "*/%+-&^|<>!";
	static const u8 kind_equals[] = {
		T_MUL_EQ, T_DIV_EQ, T_MOD_EQ, T_ADD_EQ, T_SUB_EQ, T_AND_EQ,
		T_XOR_EQ, T_OR_EQ, T_LE, T_GE, T_NE,
	};
	const char *found;

	*n = 3;
	if (a == '.' && b == '.' && c == '.')
		return T_ELLIPSIS;
	if ((a == '<' || a == '>') && b == a && c == '=')
		return a == '<' ? T_SHL_EQ : T_SHR_EQ;
	*n = 2;
	if (a == '-' && b == '>')
		return T_ARROW;
	if (a && a == b && a != '!') {
		found = strchr(doubled, a);
		if (found)
			return kind_doubled[found - doubled];
	}
	if (a && b == '=') {
		found = strchr(with_equals, a);
		if (found)
			return kind_equals[found - with_equals];
	}
	*n = 1;
	return a > ' ' && a < 127 && !strchr("@`\\", a) ? a : T_OTHER;
}

/* A punctuator, or a character that C has no use for. */
void lex_sign(struct lexer *lx)
{
	const char *start = lx->p;
	const char *at[3] = { start };
	u8 flags = 0;
	u32 n;
	u8 kind;

	for (u32 i = 1; i < 3; i++) {
		at[i] = at[i - 1] < lx->end ? at[i - 1] + 1 : at[i - 1];
		if (unlikely(*at[i] == '\\'))
			at[i] += splices(at[i], lx->end);
	}
	kind = punctuator(*at[0], *at[1], *at[2], &n);
	lx->p = at[n - 1] + 1;
	if (lx->p - start != n)
		flags = TF_SPLICED;
	emit(lx, start, kind, flags);
}

/* A comment, or a punctuator. */
void lex_slash(struct lexer *lx)
{
	const char *start = lx->p;
	const char *p = start + 1;

	if (unlikely(*p == '\\'))
		p += splices(p, lx->end);
	if (*p == '*') {
		lx->p = p + 1;
		block_comment(lx, start);
	} else if (*p == '/') {
		lx->p = p + 1;
		line_comment(lx);
	} else {
		lex_sign(lx);
	}
}
