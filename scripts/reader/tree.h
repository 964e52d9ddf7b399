/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was read, as trees of nodes.
 *
 * Nodes stand in postorder: those below a node stand directly before it, from
 * its @first on. So what was read is undone by forgetting the last nodes, and a
 * subtree is a slice. The children of a node, from the last to the first: the
 * node before it, then the node before that one's @first, and so on.
 */
#ifndef READER_TREE_H
#define READER_TREE_H

#include "types.h"

/*
 * Kinds of nodes, with their children in order; [x] may be missing, x* may be
 * there any number of times. tree.c has their names.
 */
enum node_kind {
	/* Expressions */
	N_NAME,			/* leaf; a ## b is one name */
	N_NUMBER,		/* leaf */
	N_CHAR,			/* leaf */
	N_STRING,		/* names and calls between "..." */
	N_PAREN,		/* expression */
	N_CALL,			/* callee, N_ARG* */
	N_ARG,			/* expression, type, statements, ... or nothing */
	N_INDEX,		/* base, index */
	N_MEMBER,		/* base, N_NAME; op: . or -> */
	N_UNARY,		/* operand; op */
	N_POSTFIX,		/* operand; op */
	N_BINARY,		/* left, right; op, comma included */
	N_ASSIGN,		/* left, right; op */
	N_CONDITIONAL,		/* condition, [when true], when false */
	N_CAST,			/* N_TYPE, operand */
	N_COMPOUND,		/* N_TYPE, N_INIT */
	N_SIZEOF,		/* N_TYPE or expression; op: sizeof, alignof */
	N_JOINED,		/* operand*: macros that expand to one */
	N_STATEMENT_EXPR,	/* N_BLOCK */
	N_LABEL_ADDRESS,	/* N_NAME */
	N_GENERIC,		/* expression, N_ASSOCIATION* */
	N_ASSOCIATION,		/* N_TYPE or nothing for default, expression */
	N_RANGE,		/* first, last */
	N_OPERATOR,		/* leaf; op: an operator by itself */
	/* Two readings; see ambiguous.c */
	N_NAME_OR_TYPE,		/* N_NAME: (name) that is a type or a value */
	N_CAST_OR_CALL,		/* N_NAME_OR_TYPE, N_ARGS, suffixes* */
	N_CHAIN,		/* operand, (N_OPERATOR, operand)* */
	N_ARGS,			/* N_ARG* */
	N_EITHER,		/* N_DECLARATION, N_EXPR_STMT: one of them */
	/* Initializers */
	N_INIT,			/* element* */
	N_DESIGNATED,		/* N_DESIGNATOR*, [value] */
	N_DESIGNATOR,		/* N_NAME or index or N_RANGE; op: . or [ */
	/* Types and declarations */
	N_TYPE,			/* N_SPECIFIERS, [N_DECLARATOR] */
	N_SPECIFIERS,		/* those below and N_ATTRIBUTE* */
	N_KEYWORD,		/* leaf; op */
	N_TYPE_NAME,		/* leaf */
	N_TYPE_MACRO,		/* N_NAME, N_ARG* */
	N_TYPEOF,		/* N_TYPE or expression; op: typeof, _Atomic */
	N_STRUCT,		/* attributes, [N_NAME], [N_MEMBERS]; op */
	N_ENUM,			/* attributes, [N_NAME], [N_MEMBERS] */
	N_MEMBERS,		/* N_DECLARATION*, N_ENUMERATOR*, macros */
	N_ENUMERATOR,		/* N_NAME, attributes, [value] */
	N_DECLARATION,		/* N_SPECIFIERS, declarators */
	N_INITIALIZED,		/* N_DECLARATOR, value */
	N_DECLARATOR,		/* in order of the text: */
	N_POINTER,		/*   leaf; op: * or ^ */
	N_ARRAY,		/*   qualifiers, [size] */
	N_PARAMS,		/*   N_PARAM* */
	N_PARAM,		/*   N_SPECIFIERS, [N_DECLARATOR]; or others */
	N_ELLIPSIS,		/*   leaf */
	N_BITFIELD,		/*   width */
	N_ATTRIBUTE,		/* [N_NAME], N_ARG* */
	/* Statements */
	N_BLOCK,		/* statement* */
	N_EXPR_STMT,		/* expression */
	N_EMPTY,		/* leaf: a semicolon, or nothing in a for () */
	N_IF,			/* condition, then, [else] */
	N_WHILE,		/* condition, body */
	N_DO,			/* body, condition */
	N_FOR,			/* N_FOR_HEAD or unread, body */
	N_FOR_HEAD,		/* first, condition, step */
	N_SWITCH,		/* condition, body */
	N_ITERATION,		/* call or name, body, [else] */
	N_CASE,			/* value or N_RANGE */
	N_DEFAULT,		/* leaf */
	N_LABEL,		/* N_NAME or call */
	N_LABELED,		/* labels, and the statement that they are of */
	N_RETURN,		/* [value] */
	N_GOTO,			/* N_NAME or expression */
	N_BREAK,		/* leaf */
	N_CONTINUE,		/* leaf */
	N_ELSE,			/* body: an else whose if is in another arm */
	N_LOCAL_LABELS,		/* N_NAME* */
	N_ASM,			/* strings, N_OPERAND*, names of labels */
	N_OPERAND,		/* [N_NAME], N_STRING, [expression] */
	/* External declarations */
	N_FUNCTION,		/* [N_SPECIFIERS], N_DECLARATOR or N_CALL,
				 * N_DECLARATION*, N_BLOCK
				 */
	N_DEFINE,		/* N_NAME, [N_MACRO_PARAMS], [body] */
	N_MACRO_PARAMS,		/* N_NAME*, [N_ELLIPSIS] */
	N_STATEMENTS,		/* statement* without braces */
	N_ERROR,		/* code that was not read; op: enum reason */
	N_COUNT
};

/* Flags of a node. */
#define NF_AMBIGUOUS	0x01	/* the name decides what this is */
#define NF_SUFFIX	0x02	/* its base is the N_CAST_OR_CALL it is in */
#define NF_NO_SEMICOLON	0x04	/* a statement that ends without one */
#define NF_MACRO	0x08	/* a function or declaration that a macro makes */
#define NF_OLD_STYLE	0x10	/* a function with types behind its names */
#define NF_PASTED	0x20	/* made of tokens with ## or # */

/**
 * struct node - a piece of code
 * @start: offset of its first byte
 * @end: offset behind its last byte
 * @first: index of the first node of its subtree, its own for a leaf
 * @arm: the #if arm of its first token
 * @kind: enum node_kind
 * @op: the operator, as the kind says
 * @flags: NF_ flags
 */
struct node {
	u32 start;
	u32 end;
	u32 first;
	u32 arm;
	u8 kind;
	u8 op;
	u8 flags;
};

/**
 * struct tree - nodes in postorder
 * @node: the nodes
 * @n: number of nodes
 * @room: number of nodes that there is room for
 */
struct tree {
	struct node *node;
	u32 n;
	u32 room;
};

enum declaration_kind {
	DK_OTHER, DK_FUNCTION, DK_PROTOTYPE, DK_VARIABLE, DK_TYPEDEF,
	DK_STRUCT, DK_ENUM, DK_MACRO_CALL, DK_ASM, DK_DEFINE, DK_UNREAD,
	DK_COUNT
};

/**
 * struct declaration - an external declaration, or a macro's definition
 * @name: offset of its name
 * @name_len: length of its name, 0 for none
 * @start: offset of its first byte
 * @end: offset behind its last byte
 * @first: index of its first node
 * @last: index behind its last node, which is its root
 * @arm: the #if arm of its first token
 * @selection: number of the selection of arms that it is read with
 * @kind: enum declaration_kind
 */
struct declaration {
	u32 name;
	u32 name_len;
	u32 start;
	u32 end;
	u32 first;
	u32 last;
	u32 arm;
	u32 selection;
	u8 kind;
};

/**
 * node_name - What a kind of node is called
 * @kind: enum node_kind
 *
 * Return: its name.
 */
const char *node_name(u8 kind);

/**
 * declaration_name - What a kind of declaration is called
 * @kind: enum declaration_kind
 *
 * Return: its name.
 */
const char *declaration_name(u8 kind);

#endif
