// SPDX-License-Identifier: GPL-2.0-only
/*
 * Binary expressions, and those that cannot be read without knowing whether a
 * name is a type.
 *
 * `(a)(b)` is a cast or a call, and `(a) - b` a cast of -b or a subtraction.
 * What follows hangs together differently in both readings, so that the nodes
 * are kept flat, as they are written:
 *
 *   N_CAST_OR_CALL: (a), the arguments (b), and all suffixes behind them.
 *     Is a type: a cast of (b) with its suffixes. Else: a call with these
 *     arguments, and the suffixes are its own.
 *
 *   N_CHAIN: operands with binary operators between them. An operand ends in
 *     N_NAME_OR_TYPE or in N_CAST_OR_CALL without suffixes and with one name
 *     in its parentheses. Is that a type: it is a cast of the operator, as a
 *     unary one, with the next operand. Else the operator is binary.
 *     Precedence then makes a tree of what is left.
 *
 * So both readings are there at the price of one, however many names there are.
 */
#include "parse.h"

/* Casts in a row that are looked at to tell the first from a call. */
#define MOST_CASTS 8

static u32 precedence(u8 kind)
{
	static const u8 of[256] = {
		['*'] = 10, ['/'] = 10, ['%'] = 10, ['+'] = 9, ['-'] = 9,
		[T_SHL] = 8, [T_SHR] = 8, ['<'] = 7, ['>'] = 7, [T_LE] = 7,
		[T_GE] = 7, [T_EQ] = 6, [T_NE] = 6, ['&'] = 5, ['^'] = 4,
		['|'] = 3, [T_ANDAND] = 2, [T_OROR] = 1,
	};

	return of[kind];
}

bool is_binary(u8 kind)
{
	return precedence(kind) > 0;
}

/* Can an expression in parentheses go on with this token, but a type not? */
bool may_go_on(const struct parser *p, u32 index)
{
	u8 kind = at(p, index);

	return kind == '(' || kind == '[' || kind == '.' || kind == T_ARROW ||
		kind == T_INC || kind == T_DEC;
}

/* Skip names, qualifiers and words of types; count them. */
static u32 skip_words(const struct parser *p, u32 *index)
{
	u32 n = 0;

	while (at(p, *index) == T_NAME || at(p, *index) == T_ANNOTATION ||
	       (is_type_word(at(p, *index)) && at(p, *index) != T_TYPEOF)) {
		++*index;
		n++;
	}
	return n;
}

/* At a parenthesis that a value cannot be called with? */
static bool is_operand_only(const struct parser *p, u32 open)
{
	u8 first = at(p, open + 1);

	if (first == '{' || is_type_word(first) || first == T_ANNOTATION)
		return true;
	/* No call is followed by an operand: (a)(b)c casts twice. */
	for (u32 i = 0; i < MOST_CASTS && first == T_NAME; i++) {
		if (at(p, open + 2) != ')')
			return false;
		open += 3;
		if (at(p, open) != '(')
			break;
		first = at(p, open + 1);
	}
	return first == T_NAME && (at(p, open) == T_NAME ||
				   at(p, open) == T_NUMBER ||
				   at(p, open) == T_STRING ||
				   at(p, open) == '~' || at(p, open) == '!');
}

/* One name in parentheses: what stands behind them may tell. */
static enum paren name_before(const struct parser *p, u32 index)
{
	u8 after = at(p, index + 1);
	u8 then = at(p, index + 2);

	switch (at(p, index)) {
	case T_NAME: case T_NUMBER: case T_STRING: case T_CHAR: case '~':
	case '!': case '{': case T_SIZEOF: case T_ALIGNOF: case T_EXTENSION:
	case T_GENERIC:
		return PAREN_TYPE;
	case T_INC: case T_DEC:
		return after == T_NAME || after == '(' ? PAREN_TYPE :
			PAREN_EXPRESSION;
	case '(':
		if (after == ')')
			return PAREN_EXPRESSION;
		return is_operand_only(p, index) ? PAREN_TYPE : PAREN_NAME;
	case '*': case '&': case '+': case '-':
		return PAREN_NAME;
	case T_ANDAND:
		/* The address of a label has nothing behind it. */
		return after == T_NAME && (then == ')' || then == ',' ||
					   then == ';' || then == ']') ?
			PAREN_NAME : PAREN_EXPRESSION;
	}
	return PAREN_EXPRESSION;
}

/* At a star behind words: (type *), (type * const), (type *(*)(...)). */
static bool is_pointer(const struct parser *p, u32 star, u32 close)
{
	u32 i = star;
	u8 follows = at(p, close + 1);

	while (at(p, i) == '*' || is_qualifier(at(p, i)) ||
	       at(p, i) == T_ANNOTATION ||
	       (at(p, i) == T_NAME && (at(p, i + 1) == '*' ||
				       is_reserved(p, i))))
		i++;
	if (i == close) {
		if (at(p, i - 1) != T_NAME)
			return true;
		return follows == T_NAME || follows == '(' ||
			follows == T_NUMBER || follows == T_STRING;
	}
	if (at(p, i) == '(' && at(p, i + 1) == '*' && at(p, i + 2) == ')')
		return true;
	return at(p, i) == '[' && at(p, i + 1) == ']' &&
		behind(p, i) == close;
}

/* What is in a parenthesis: a type, an expression, or who knows? */
enum paren what_in_paren(const struct parser *p, u32 open)
{
	u32 close = closer(p, open);
	u32 i = open + 1;
	u8 kind = at(p, i);
	u32 words;

	if (!close || close == i)
		return PAREN_EXPRESSION;
	if (is_type_word(kind) || is_attribute(kind) ||
	    (kind == T_EXTENSION && is_type_word(at(p, i + 1))))
		return PAREN_TYPE;
	if (kind != T_NAME)
		return PAREN_EXPRESSION;
	words = skip_words(p, &i);
	if (i == close)
		return words > 1 ? PAREN_TYPE : name_before(p, close + 1);
	if (at(p, i) == '*')
		return is_pointer(p, i, close) ? PAREN_TYPE : PAREN_EXPRESSION;
	if (at(p, i) == '[')
		return behind(p, i) == close && (at(p, close + 1) == '{' ||
						 at(p, close + 1) == T_NAME) ?
			PAREN_TYPE : PAREN_EXPRESSION;
	if (at(p, i) != '(')
		return PAREN_EXPRESSION;
	if (at(p, i + 1) == '*' && at(p, i + 2) == ')' &&
	    (at(p, i + 3) == '(' || at(p, i + 3) == '['))
		return PAREN_TYPE;
	/* (macro(...) *) */
	i = behind(p, i);
	return words == 1 && at(p, i) == '*' && i < close &&
		is_pointer(p, i, close) && at(p, close - 1) == '*' ?
		PAREN_TYPE : PAREN_EXPRESSION;
}

/* At a parenthesis with one name in it. */
bool parse_name_or_type(struct parser *p)
{
	struct mark m = mark(p);

	p->i++;
	leaf(p, N_NAME, 0);
	p->i++;
	finish(p, &m, N_NAME_OR_TYPE, 0)->flags |= NF_AMBIGUOUS;
	return true;
}

/* At a parenthesis with one name in it, which an operand or sign follows. */
bool parse_cast_or_call(struct parser *p)
{
	struct mark m = mark(p);
	struct mark args;
	u32 open = p->i + 3;
	u32 close;

	parse_name_or_type(p);
	if (next(p) != '(') {
		p->ambiguous = true;
		return true;
	}
	close = closer(p, open);
	if (!close)
		return false;
	args = mark(p);
	p->i++;
	parse_args(p, close);
	finish(p, &args, N_ARGS, 0);
	if (!parse_suffixes(p, &m, NF_SUFFIX))
		return false;
	/* (a)(b) - c, where b can be a type as well */
	if (p->i == close + 1 && close == open + 2 &&
	    what_in_paren(p, open) == PAREN_NAME && is_binary(next(p)))
		p->ambiguous = true;
	finish(p, &m, N_CAST_OR_CALL, 0)->flags |= NF_AMBIGUOUS;
	return true;
}

bool parse_binary(struct parser *p, u32 least)
{
	struct mark m = mark(p);

	if (!parse_unary(p))
		return false;
	for (;;) {
		u8 op = next(p);
		u32 prec = precedence(op);

		if (!prec || prec < least)
			return true;
		p->i++;
		if (!parse_binary(p, prec + 1))
			return false;
		finish(p, &m, N_BINARY, op);
	}
}

static bool parse_flat(struct parser *p, const struct mark *m)
{
	for (;;) {
		if (!parse_unary(p))
			return false;
		if (!is_binary(next(p)))
			break;
		leaf(p, N_OPERATOR, next(p));
	}
	finish(p, m, N_CHAIN, 0)->flags |= NF_AMBIGUOUS;
	return true;
}

/* A binary expression: a tree, or a chain where that would be a guess. */
bool parse_chain(struct parser *p)
{
	struct mark m = mark(p);
	bool around = p->ambiguous;
	bool read;

	p->ambiguous = p->hint[m.token] & HINT_CHAIN;
	read = p->ambiguous || parse_binary(p, 1);
	if (p->ambiguous) {
		p->hint[m.token] |= HINT_CHAIN;
		undo(p, &m);
		read = parse_flat(p, &m);
	}
	p->ambiguous = around;
	return read;
}
