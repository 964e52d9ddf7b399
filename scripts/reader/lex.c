// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text into tokens.
 *
 * A backslash at the end of a line joins it to the next one wherever it stands,
 * inside of a token too: such a token has TF_SPLICED, and its text holds the
 * backslash. Trigraphs are text, as they are for the kernel's compilers.
 */
#include <string.h>

#include "arms.h"
#include "lex.h"
#include "splice.h"

enum class {
	C_SIGN, C_SPACE, C_NEWLINE, C_WORD, C_DIGIT, C_QUOTE, C_SLASH, C_HASH,
	C_DOT, C_BACKSLASH, C_NUL, C_SINGLE,
};

/* Bytes from 128 on are letters of UTF-8 or Latin-1. */
static const u8 class_of[256] = {
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

/**
 * struct lexer - where the lexer is
 * @p: the next byte
 * @end: behind the last byte
 * @to: where tokens go
 * @arms: the #if arms around
 * @first: no token yet on this line
 * @directive: this line is a directive's
 * @header: an #include, and its header is still to come
 */
struct lexer {
	struct source *source;
	const char *p;
	const char *end;
	struct tokens *to;
	struct arm_state arms;
	bool first;
	bool directive;
	bool header;
};

static inline bool in_word(char c)
{
	return class_of[(u8)c] == C_WORD || class_of[(u8)c] == C_DIGIT;
}

static inline void emit(struct lexer *lx, const char *start, u8 kind, u8 flags)
{
	struct tokens *to = lx->to;
	struct token *token;

	to->token = room_for(to->token, to->n, &to->room, sizeof(*to->token));
	token = &to->token[to->n++];
	token->start = start - lx->source->text;
	token->len = lx->p - start;
	token->arm = lx->arms.arm;
	token->kind = kind;
	if (lx->first) {
		flags |= TF_FIRST;
		if (!token->start || start[-1] == '\n')
			flags |= TF_COLUMN0;
		lx->first = false;
	}
	token->flags = flags;
}

static void lex_quoted(struct lexer *lx, const char *start)
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

static void lex_word(struct lexer *lx)
{
	const char *start = lx->p;
	const char *p = start;
	u8 flags = 0;
	u8 kind;

	for (;;) {
		u32 n;

		while (in_word(*p))
			p++;
		if (likely(*p != '\\'))
			break;
		n = splices(p, lx->end);
		if (!n || !in_word(p[n]))
			break;
		p += n;
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

static void lex_number(struct lexer *lx)
{
	const char *start = lx->p;
	const char *p = start + 1;
	u8 flags = 0;

	for (;;) {
		u32 n;

		/* Not the dots of `1...3`. */
		while (in_word(*p) || (*p == '.' && p[1] != '.') ||
		       is_exponent(start, p))
			p++;
		if (likely(*p != '\\'))
			break;
		n = splices(p, lx->end);
		if (!n || !in_word(p[n]))
			break;
		p += n;
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

static void lex_sign(struct lexer *lx)
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

static void lex_slash(struct lexer *lx)
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

static void begin_directive(struct lexer *lx)
{
	struct source *source = lx->source;
	struct directive *d;

	source->directive = room_for(source->directive, source->directives,
				     &source->directive_room, sizeof(*source->directive));
	d = &source->directive[source->directives++];
	memset(d, 0, sizeof(*d));
	d->start = lx->p - source->text;
	d->first = source->other.n;
	d->code = source->code.n;
	d->arm = lx->arms.arm;
	lx->directive = true;
	lx->header = false;
	lx->to = &source->other;
	lx->p++;
	emit(lx, lx->p - 1, '#', 0);
}

static void end_directive(struct lexer *lx)
{
	struct source *source = lx->source;
	struct directive *d = &source->directive[source->directives - 1];

	d->last = source->other.n;
	d->end = token_end(&source->other.token[d->last - 1]);
	lx->directive = false;
	lx->header = false;
	arms_directive(source, &lx->arms, d);
	lx->to = lx->arms.dead ? &source->other : &source->code;
}

/* Behind the second token of a directive, its name: what follows? */
static void see_directive_name(struct lexer *lx)
{
	struct directive *d;

	if (!lx->directive)
		return;
	d = &lx->source->directive[lx->source->directives - 1];
	if (lx->source->other.n != d->first + 2)
		return;
	d->kind = directive_kind(lx->source, d);
	lx->header = d->kind == D_INCLUDE;
}

static bool lex_header(struct lexer *lx)
{
	const char *start = lx->p;
	const char *p = start + 1;

	if (!lx->header || *start != '<')
		return false;
	while (p < lx->end && *p != '>' && *p != '\n')
		p++;
	lx->header = false;
	if (p == lx->end || *p != '>')
		return false;
	lx->p = p + 1;
	emit(lx, start, T_HEADER, 0);
	return true;
}

static void lex_newline(struct lexer *lx)
{
	if (lx->directive)
		end_directive(lx);
	lx->p++;
	lx->first = true;
}

static void lex_token(struct lexer *lx)
{
	u32 n;

	switch (class_of[(u8)*lx->p]) {
	case C_WORD:
		lex_word(lx);
		see_directive_name(lx);
		break;
	case C_DIGIT:
		lex_number(lx);
		break;
	case C_QUOTE:
		lex_quoted(lx, lx->p);
		break;
	case C_SLASH:
		lex_slash(lx);
		break;
	case C_DOT:
		if (class_of[(u8)lx->p[1]] == C_DIGIT)
			lex_number(lx);
		else
			lex_sign(lx);
		break;
	case C_BACKSLASH:
		n = splice(lx->p, lx->end);
		if (n)
			lx->p += n;
		else
			lex_sign(lx);
		break;
	case C_HASH:
		if (lx->first && !lx->directive)
			begin_directive(lx);
		else
			lex_sign(lx);
		break;
	default:
		if (!lex_header(lx))
			lex_sign(lx);
		break;
	}
}

/* Who reads looks ahead a little without asking for the end. */
static void end_tokens(struct tokens *tokens, u32 size)
{
	tokens->token = grow(tokens->token, &tokens->room,
			     (size_t)tokens->n + END_TOKENS,
			     sizeof(*tokens->token));
	for (u32 i = 0; i < END_TOKENS; i++)
		tokens->token[tokens->n + i] = (struct token){ .start = size };
}

void lex(struct source *source)
{
	struct lexer lx = {
		.source = source, .p = source->text,
		.end = source->text + source->size, .to = &source->code,
		.first = true,
	};

	arms_begin(source, &lx.arms);
	if (!memcmp(lx.p, "\xef\xbb\xbf", 3))
		lx.p += 3;
	while (lx.p < lx.end) {
		switch (class_of[(u8)*lx.p]) {
		case C_SPACE:
		case C_NUL:
			lx.p++;
			break;
		case C_NEWLINE:
			lex_newline(&lx);
			break;
		case C_SINGLE:
			lx.p++;
			emit(&lx, lx.p - 1, lx.p[-1], 0);
			break;
		default:
			lex_token(&lx);
			break;
		}
	}
	if (lx.directive)
		end_directive(&lx);
	arms_end(source, &lx.arms);
	end_tokens(&source->code, source->size);
	end_tokens(&source->other, source->size);
}
