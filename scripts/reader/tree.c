// SPDX-License-Identifier: GPL-2.0-only
/*
 * What kinds of nodes and declarations are called.
 */
#include "tree.h"

const char *node_name(u8 kind)
{
	static const char *const name[N_COUNT] = {
		[N_NAME] = "name",
		[N_NUMBER] = "number",
		[N_CHAR] = "char",
		[N_STRING] = "string",
		[N_PAREN] = "paren",
		[N_CALL] = "call",
		[N_ARG] = "arg",
		[N_INDEX] = "index",
		[N_MEMBER] = "member",
		[N_UNARY] = "unary",
		[N_POSTFIX] = "postfix",
		[N_BINARY] = "binary",
		[N_ASSIGN] = "assign",
		[N_CONDITIONAL] = "conditional",
		[N_CAST] = "cast",
		[N_COMPOUND] = "compound",
		[N_SIZEOF] = "sizeof",
		[N_JOINED] = "joined",
		[N_STATEMENT_EXPR] = "statement-expression",
		[N_LABEL_ADDRESS] = "label-address",
		[N_GENERIC] = "generic",
		[N_ASSOCIATION] = "association",
		[N_RANGE] = "range",
		[N_OPERATOR] = "operator",
		[N_NAME_OR_TYPE] = "name-or-type",
		[N_CAST_OR_CALL] = "cast-or-call",
		[N_CHAIN] = "chain",
		[N_ARGS] = "args",
		[N_EITHER] = "either",
		[N_INIT] = "init",
		[N_DESIGNATED] = "designated",
		[N_DESIGNATOR] = "designator",
		[N_TYPE] = "type",
		[N_SPECIFIERS] = "specifiers",
		[N_KEYWORD] = "keyword",
		[N_TYPE_NAME] = "type-name",
		[N_TYPE_MACRO] = "type-macro",
		[N_TYPEOF] = "typeof",
		[N_STRUCT] = "struct",
		[N_ENUM] = "enum",
		[N_MEMBERS] = "members",
		[N_ENUMERATOR] = "enumerator",
		[N_DECLARATION] = "declaration",
		[N_INITIALIZED] = "initialized",
		[N_DECLARATOR] = "declarator",
		[N_POINTER] = "pointer",
		[N_ARRAY] = "array",
		[N_PARAMS] = "params",
		[N_PARAM] = "param",
		[N_ELLIPSIS] = "ellipsis",
		[N_BITFIELD] = "bitfield",
		[N_ATTRIBUTE] = "attribute",
		[N_BLOCK] = "block",
		[N_EXPR_STMT] = "expression",
		[N_EMPTY] = "empty",
		[N_IF] = "if",
		[N_WHILE] = "while",
		[N_DO] = "do",
		[N_FOR] = "for",
		[N_FOR_HEAD] = "for-head",
		[N_SWITCH] = "switch",
		[N_ITERATION] = "iteration",
		[N_CASE] = "case",
		[N_DEFAULT] = "default",
		[N_LABEL] = "label",
		[N_LABELED] = "labeled",
		[N_RETURN] = "return",
		[N_GOTO] = "goto",
		[N_BREAK] = "break",
		[N_CONTINUE] = "continue",
		[N_ELSE] = "else",
		[N_LOCAL_LABELS] = "local-labels",
		[N_ASM] = "asm",
		[N_OPERAND] = "operand",
		[N_FUNCTION] = "function",
		[N_DEFINE] = "define",
		[N_MACRO_PARAMS] = "macro-params",
		[N_STATEMENTS] = "statements",
		[N_ERROR] = "error",
	};

	return kind < N_COUNT ? name[kind] : "unknown";
}

const char *declaration_name(u8 kind)
{
	static const char *const name[DK_COUNT] = {
		[DK_OTHER] = "other", [DK_FUNCTION] = "function",
		[DK_PROTOTYPE] = "prototype", [DK_VARIABLE] = "variable",
		[DK_TYPEDEF] = "typedef", [DK_STRUCT] = "struct",
		[DK_ENUM] = "enum", [DK_MACRO_CALL] = "macro-call",
		[DK_ASM] = "asm", [DK_DEFINE] = "define",
		[DK_UNREAD] = "unread",
	};

	return kind < DK_COUNT ? name[kind] : "unknown";
}
