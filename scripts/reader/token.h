/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a token is.
 */
#ifndef READER_TOKEN_H
#define READER_TOKEN_H

#include "types.h"

/*
 * Kinds of tokens. A punctuator of one character is that character; the order
 * of the keywords is used by the predicates below.
 */
enum token_kind {
	T_END,
	T_NAME,
	T_NUMBER,
	T_STRING,
	T_CHAR,
	T_HEADER,		/* <linux/mm.h> of an #include */
	T_OTHER,		/* a character that C has no use for */

	T_SHL = 128, T_SHR, T_INC, T_DEC, T_ARROW, T_LE, T_GE, T_EQ, T_NE,
	T_ANDAND, T_OROR, T_ELLIPSIS, T_PASTE,
	T_MUL_EQ, T_DIV_EQ, T_MOD_EQ, T_ADD_EQ, T_SUB_EQ, T_SHL_EQ, T_SHR_EQ,
	T_AND_EQ, T_XOR_EQ, T_OR_EQ,

	/* types, and what qualifies them */
	T_VOID = 160, T_CHAR_TYPE, T_SHORT, T_INT, T_LONG, T_FLOAT, T_DOUBLE,
	T_SIGNED, T_UNSIGNED, T_BOOL, T_INT128, T_COMPLEX, T_STRUCT, T_UNION,
	T_ENUM, T_TYPEOF, T_ATOMIC, T_AUTO_TYPE, T_CONST, T_VOLATILE,
	T_RESTRICT,
	/* storage classes */
	T_TYPEDEF, T_STATIC, T_EXTERN, T_REGISTER, T_AUTO, T_INLINE,
	T_NORETURN, T_THREAD,
	/* __attribute__, and the kernel's names for one: with arguments or not */
	T_ATTRIBUTE, T_ANNOTATION_CALL, T_ANNOTATION,
	T_EXTENSION,
	/* statements */
	T_IF, T_ELSE, T_WHILE, T_DO, T_FOR, T_SWITCH, T_CASE, T_DEFAULT,
	T_BREAK, T_CONTINUE, T_RETURN, T_GOTO, T_ASM, T_LOCAL_LABEL,
	/* operators and the rest */
	T_SIZEOF, T_ALIGNOF, T_STATIC_ASSERT, T_GENERIC,
};

/* Flags of a token. */
#define TF_FIRST	0x01	/* first on its line */
#define TF_COLUMN0	0x02	/* nothing at all before it on its line */
#define TF_SPLICED	0x04	/* backslash-newline inside */
#define TF_UNENDED	0x08	/* a string or character without its end */

/**
 * struct token - a token where it stands
 * @start: offset of its first byte
 * @len: number of bytes
 * @arm: the #if arm that it is in, 0 for none
 * @kind: enum token_kind
 * @flags: TF_ flags
 */
struct token {
	u32 start;
	u32 len;
	u32 arm;
	u8 kind;
	u8 flags;
};

static inline u32 token_end(const struct token *token)
{
	return token->start + token->len;
}

static inline bool is_type_word(u8 kind)
{
	return kind >= T_VOID && kind <= T_RESTRICT;
}

static inline bool is_qualifier(u8 kind)
{
	return kind >= T_CONST && kind <= T_RESTRICT;
}

static inline bool is_tagged(u8 kind)
{
	return kind >= T_STRUCT && kind <= T_ENUM;
}

static inline bool is_storage(u8 kind)
{
	return kind >= T_TYPEDEF && kind <= T_THREAD;
}

static inline bool is_attribute(u8 kind)
{
	return kind >= T_ATTRIBUTE && kind <= T_ANNOTATION;
}

static inline bool is_keyword(u8 kind)
{
	return kind >= T_VOID;
}

static inline bool is_statement_word(u8 kind)
{
	return kind >= T_IF && kind <= T_LOCAL_LABEL;
}

static inline bool is_assignment(u8 kind)
{
	return kind == '=' || (kind >= T_MUL_EQ && kind <= T_OR_EQ);
}

static inline bool is_opener(u8 kind)
{
	return kind == '(' || kind == '[' || kind == '{';
}

/**
 * token_text - How a kind of token is written
 * @kind: enum token_kind
 * @space: room for a punctuator of one character
 *
 * Return: its spelling, or a word for kinds that have several.
 */
const char *token_text(u8 kind, char space[2]);

#endif
