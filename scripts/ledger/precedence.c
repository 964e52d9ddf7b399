// SPDX-License-Identifier: GPL-2.0-only
/*
 * The operators of C, by how tightly they bind.
 */
#include "precedence.h"

/* More parentheses in each other than a person writes. */
#define MOST_GROUPS 20

enum level operator_level(u8 kind)
{
	switch (kind) {
	case ',':
		return L_COMMA;
	case '?':
	case ':':
		return L_CONDITION;
	case T_OROR:
		return L_OROR;
	case T_ANDAND:
		return L_ANDAND;
	case '|':
		return L_OR;
	case '^':
		return L_XOR;
	case '&':
		return L_AND;
	case T_EQ:
	case T_NE:
		return L_EQUAL;
	case '<':
	case '>':
	case T_LE:
	case T_GE:
		return L_LESS;
	case T_SHL:
	case T_SHR:
		return L_SHIFT;
	case '+':
	case '-':
		return L_ADD;
	case '*':
	case '/':
	case '%':
		return L_MULTIPLY;
	default:
		return is_assignment(kind) ? L_ASSIGN : L_OPERAND;
	}
}

static bool is_unary(u8 kind)
{
	return kind == '&' || kind == '*' || kind == '+' || kind == '-';
}

bool is_listed(struct words list, const struct word *word)
{
	for (u32 i = 0; i < list.n; i++) {
		if (word_same(&list.word[i], word))
			return true;
	}
	return false;
}

u32 group_end(struct words words, u32 open)
{
	u32 depth = 0;

	for (u32 i = open; i < words.n; i++) {
		depth += is_opener(words.word[i].kind);
		depth -= is_closer(words.word[i].kind);
		if (!depth)
			return i;
	}
	return words.n - 1;
}

bool is_type(struct words words, u32 open, u32 close, struct words types)
{
	bool tag = false;

	if (words.word[open].kind != '(' || close == open + 1)
		return false;
	for (u32 i = open + 1; i < close; i++) {
		const struct word *word = &words.word[i];

		if (!tag && word->kind != '*' && !is_type_word(word->kind) &&
		    !is_attribute(word->kind) && !is_listed(types, word))
			return false;
		tag = is_tagged(word->kind);
	}
	return true;
}

/* What a word alone does to an expression; @operand: does one end before it? */
static enum level word_level(u8 kind, bool *operand)
{
	enum level level = operator_level(kind);

	switch (kind) {
	case T_INC:
	case T_DEC:
		return L_UNARY;
	case '!':
	case '~':
		*operand = false;
		return L_UNARY;
	case T_SIZEOF:
	case T_ALIGNOF:
		*operand = true;
		return L_UNARY;
	}
	if (level < L_OPERAND && is_unary(kind) && !*operand)
		return L_UNARY;
	*operand = level == L_OPERAND;
	return level;
}

enum level expression_level(struct words words, struct words types)
{
	enum level weakest = L_OPERAND;
	bool operand = false;

	for (u32 i = 0; i < words.n; i++) {
		u8 kind = words.word[i].kind;
		enum level level = L_OPERAND;

		if (is_opener(kind)) {
			u32 end = group_end(words, i);

			if (!operand && is_type(words, i, end, types))
				level = L_UNARY;
			else
				operand = true;
			i = end;
		} else {
			level = word_level(kind, &operand);
		}
		if (level < weakest)
			weakest = level;
	}
	return weakest;
}

/* All words are in one pair of parentheses; what is between them? */
static bool inner(struct words *words)
{
	if (!words->n || words->word->kind != '(' ||
	    group_end(*words, 0) != words->n - 1)
		return false;
	*words = (struct words){ words->word + 1, words->n - 2 };
	return true;
}

/*
 * From the first operand on: what a call gives has no address, nor has a member
 * of it. What an arrow or brackets lead to has one.
 */
static bool ends_as_object(struct words words)
{
	bool object = true;
	bool called = false;

	for (u32 i = 0; i < words.n; i++) {
		u8 kind = words.word[i].kind;

		if (kind == '(' && i) {
			object = false;
			called = true;
		} else if (kind == '[') {
			object = object || called;
		} else if (kind == '.') {
			called = false;
		} else if (kind == T_ARROW) {
			object = true;
		} else if (kind != '(' && kind != T_NAME) {
			return false;
		}
		if (is_opener(kind))
			i = group_end(words, i);
	}
	return object;
}

bool is_object(struct words words, struct words types)
{
	for (u32 depth = 0; depth < MOST_GROUPS; depth++) {
		u32 end;

		if (inner(&words)) {
			if (words.n && words.word->kind == '*' &&
			    expression_level(words, types) == L_UNARY)
				return true;
			continue;
		}
		if (!words.n ||
		    expression_level(words, types) != L_OPERAND ||
		    !ends_as_object(words))
			return false;
		if (words.word->kind != '(')
			return true;
		end = group_end(words, 0);
		if (words.word[end + 1].kind == T_ARROW)
			return true;
		words.n = end + 1;
	}
	return false;
}
