// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an external declaration is, and where it ends.
 */
#include <string.h>

#include "head.h"
#include "parse.h"

/* Names with parentheses behind them that are looked at: one is the function */
#define MOST_GROUPS 24
/* Tokens of the declarations behind an old-style head. */
#define MOST_OLD_STYLE 400

/**
 * struct scan - what was seen of a declaration so far
 * @i: index of the next token
 * @name: names with a parenthesis behind them
 * @open: the parentheses
 * @groups: number of them
 * @only_macros: nothing was seen but names and their parentheses
 * @value: an equals sign was seen
 * @tagged: a struct, union or enum was seen
 * @tag: index of the last one
 * @body_next: a brace would be that of a struct, union or enum
 */
struct scan {
	u32 i;
	u32 name[MOST_GROUPS];
	u32 open[MOST_GROUPS];
	u32 groups;
	bool only_macros;
	bool value;
	bool tagged;
	u32 tag;
	bool body_next;
};

static void end_at(struct head *head, enum head_kind kind, u32 end)
{
	head->kind = kind;
	head->end = end;
}

static void add_group(struct scan *s, u32 name, u32 open)
{
	if (s->groups == MOST_GROUPS)
		return;
	s->name[s->groups] = name;
	s->open[s->groups++] = open;
}

/* Skip attributes and names with their parentheses. */
static u32 skip_annotations(const struct parser *p, u32 i)
{
	while (at(p, i) == T_NAME || is_attribute(at(p, i))) {
		i++;
		if (at(p, i) == '(')
			i = behind(p, i);
	}
	return i;
}

/* Is there a function's body before the next semicolon? */
static bool begins_function(const struct parser *p, u32 i)
{
	while (i < p->n && at(p, i) != ';' && at(p, i) != '=' &&
	       at(p, i) != '{' && at(p, i) != '}')
		i = at(p, i) == '(' ? over(p, i) : i + 1;
	return at(p, i) == '{';
}

/*
 * MACRO(...) without a semicolon, or several of them, at the head of a
 * declaration: something else begins behind it, in the first column or with a
 * word that only begins. A comma behind it parts pieces of a table.
 */
static bool is_bare_macro(const struct parser *p, const struct scan *s,
			  u32 close)
{
	u32 i = close + 1;
	u8 kind = at(p, i);
	bool column0 = p->t[i].flags & TF_COLUMN0;

	if (!s->only_macros || i >= p->n)
		return false;
	if (kind == ',')
		return s->groups == 1;
	if (kind == '{' || kind == ';' || kind == '=' || kind == '}' ||
	    kind == '(' || kind == '[')
		return false;
	if (!is_type_word(kind) && !is_storage(kind) && !column0)
		return false;
	/* `type f(x)` before a line with a type: types of an old-style head? */
	if (s->i > 1 && at(p, s->i - 1) == T_NAME &&
	    at(p, s->i - 2) == T_NAME && !begins_function(p, i))
		return false;
	/* But not when this is the head of a function: f(x) __releases(y) { */
	if (at(p, skip_annotations(p, i)) == '{' &&
	    (is_attribute(kind) || is_reserved(p, i) ||
	     (kind == T_NAME && !column0)))
		return false;
	return true;
}

/* MACHINE_START(x) .member = value, ... MACHINE_END */
static bool is_table(const struct parser *p, const struct scan *s, u32 close,
		     struct head *head)
{
	u32 i = close + 1;

	if (!s->only_macros || at(p, i) != '.' || at(p, i + 1) != T_NAME)
		return false;
	while (i < p->n && at(p, i) != ';' && at(p, i) != '}' &&
	       !(at(p, i) == T_NAME && p->t[i].flags & TF_COLUMN0))
		i = over(p, i);
	if (at(p, i) != T_NAME)
		return false;
	head->body = close + 1;
	head->kind = HEAD_TABLE;
	head->end = i + 1;
	return true;
}

/* int f(a, b) int a; char *b; { */
static bool is_old_style(const struct parser *p, const struct scan *s,
			 u32 *body)
{
	u32 close = closer(p, s->open[s->groups - 1]);
	u32 i = close + 1;
	u32 most = s->i + MOST_OLD_STYLE;

	if (!close || s->value || !(at(p, i) == T_NAME ||
				    is_type_word(at(p, i)) ||
				    at(p, i) == T_REGISTER))
		return false;
	for (; i < p->n && i < most; i = over(p, i)) {
		u8 kind = at(p, i);

		if (kind == '{') {
			*body = i;
			return at(p, i - 1) == ';';
		}
		if (kind == '=' || kind == '}' || is_storage(kind)) {
			if (kind != T_REGISTER)
				return false;
		}
		if (kind == '(' && at(p, i - 1) == T_NAME)
			return false;
	}
	return false;
}

static bool is_capital(const struct parser *p, u32 index)
{
	const char *text = text_at(p, index);

	for (u32 i = 0; i < p->t[index].len; i++) {
		if (text[i] >= 'a' && text[i] <= 'z')
			return false;
	}
	return true;
}

/* May all that stands between two tokens be annotations of a function? */
static bool only_annotations(const struct parser *p, u32 i, u32 end)
{
	while (i < end) {
		u8 kind = at(p, i);

		if (!is_attribute(kind) && kind != T_ASM &&
		    !(kind == T_NAME && (is_reserved(p, i) ||
					 *text_at(p, i) == '_' ||
					 is_capital(p, i))))
			return false;
		i++;
		if (at(p, i) == '(')
			i = behind(p, i);
	}
	return i == end;
}

/*
 * MACRO(...) type name(...) {: is there a later name with a type before it,
 * where an annotation would have the parenthesis of the one before?
 */
static bool is_typed_later(const struct parser *p, const struct scan *s,
			   u32 group, u32 after)
{
	for (u32 i = group + 1; i < s->groups; i++) {
		u8 before = at(p, s->name[i] - 1);

		if (s->name[i] > after &&
		    (before == T_NAME || before == '*' || is_type_word(before)))
			return true;
	}
	return false;
}

/* Of the names with a parenthesis behind them, which is the function's? */
static u32 function_name(const struct parser *p, const struct scan *s,
			 const struct head *head)
{
	for (u32 i = 0; i < s->groups; i++) {
		u32 name = s->name[i];
		u32 after = behind(p, s->open[i]);

		if (is_typed_later(p, s, i, after))
			continue;
		/* (*name(...))(...) */
		if (name > head->start + 1 && at(p, name - 1) == '*' &&
		    at(p, name - 2) == '(' && at(p, after) == ')' &&
		    at(p, after + 1) == '(')
			after = behind(p, after + 1);
		if (head->old_style || only_annotations(p, after, head->body))
			return name;
	}
	return s->name[s->groups - 1];
}

static void found_function(const struct parser *p, const struct scan *s,
			   struct head *head, u32 body)
{
	head->body = body;
	head->name = function_name(p, s, head);
	end_at(head, HEAD_FUNCTION, behind(p, body));
}

/* NAME(x) { .a = 1 }: a macro with an initializer, as far as can be seen. */
static bool is_macro_init(const struct parser *p, const struct scan *s,
			  u32 start)
{
	u8 first = at(p, s->i + 1);

	if (first == '.' && at(p, s->i + 2) == T_NAME)
		return true;
	return (first == '{' || first == ',') && s->name[0] == start;
}

/* Each of these goes on behind one token; true when the end is found. */

static bool see_paren(const struct parser *p, struct scan *s,
		      struct head *head)
{
	u32 close = closer(p, s->i);
	u8 before = s->i > head->start ? at(p, s->i - 1) : T_END;

	if (!close) {
		head->unbalanced = true;
		end_at(head, HEAD_DECLARATION, s->i + 1);
		while (head->end < p->n &&
		       !(p->t[head->end].flags & TF_COLUMN0))
			head->end++;
		return true;
	}
	if (!s->value && before == T_NAME) {
		add_group(s, s->i - 1, s->i);
		if (!(s->tagged && s->tag + 2 == s->i))
			s->body_next = false;
	} else if (!s->value && before && at(p, s->i + 1) == '*' &&
		   at(p, s->i + 2) == T_NAME && at(p, s->i + 3) == '(') {
		add_group(s, s->i + 2, s->i + 3);
		s->body_next = false;
	}
	if (is_table(p, s, close, head))
		return true;
	if (is_bare_macro(p, s, close)) {
		end_at(head, HEAD_DECLARATION, close + 1);
		return true;
	}
	s->i = close + 1;
	return false;
}

static bool see_brace(const struct parser *p, struct scan *s,
		      struct head *head)
{
	u32 close = closer(p, s->i);

	if (s->groups && !s->value && !s->body_next &&
	    is_macro_init(p, s, head->start))
		s->value = true;
	if (s->value || s->body_next) {
		if (!close) {
			head->unbalanced = true;
			end_at(head, HEAD_DECLARATION, behind(p, s->i));
			return true;
		}
		s->i = close + 1;
		if (!s->value)
			s->body_next = false;
		return false;
	}
	if (s->groups) {
		found_function(p, s, head, s->i);
	} else if (s->i > head->start && at(p, s->i - 1) == T_STRING) {
		end_at(head, HEAD_EXTERN_C, s->i + 1);
	} else {
		head->body = s->i;
		end_at(head, HEAD_BLOCK, behind(p, s->i));
	}
	return true;
}

static bool see_semicolon(const struct parser *p, struct scan *s,
			  struct head *head)
{
	u32 body;

	if (s->groups && is_old_style(p, s, &body)) {
		head->old_style = true;
		found_function(p, s, head, body);
	} else {
		end_at(head, HEAD_DECLARATION, s->i + 1);
	}
	return true;
}

static bool see(const struct parser *p, struct scan *s, struct head *head)
{
	u8 kind = at(p, s->i);

	s->only_macros &= kind == T_NAME || kind == '(';
	switch (kind) {
	case T_END:
		end_at(head, HEAD_DECLARATION, p->n);
		return true;
	case ';':
		/* Several by themselves are one. */
		while (s->i == head->start && at(p, s->i + 1) == ';')
			head->start = ++s->i;
		return see_semicolon(p, s, head);
	case '(':
		return see_paren(p, s, head);
	case '{':
		return see_brace(p, s, head);
	case '}':
		end_at(head, HEAD_STRAY, s->i + 1);
		return true;
	case '[':
		s->i = over(p, s->i);
		return false;
	case '=':
		s->value = true;
		break;
	case T_STRUCT:
	case T_UNION:
	case T_ENUM:
		s->tagged = true;
		s->tag = s->i;
		s->body_next = true;
		break;
	}
	s->i++;
	return false;
}

/* class X {, template <, namespace X {, using X, and x::y anywhere */
static bool is_cplusplus(const struct parser *p, const struct head *head)
{
	u32 i = head->start;
	u8 then = at(p, i + 1);

	if (at(p, i) == T_NAME) {
		if (name_is(p, i, "template") && then == '<')
			return true;
		if (name_is(p, i, "class") && then == T_NAME)
			return true;
		if (name_is(p, i, "namespace") && (then == '{' ||
						   then == T_NAME))
			return true;
		if (name_is(p, i, "using") && then == T_NAME)
			return true;
	}
	if (at(p, i) == T_ASM)
		return false;
	for (; i + 1 < head->end && at(p, i) != '{'; i++) {
		if (at(p, i) == ':' && at(p, i + 1) == ':' &&
		    p->t[i].start + 1 == p->t[i + 1].start)
			return true;
	}
	return false;
}

void find_head(const struct parser *p, u32 start, struct head *head)
{
	struct scan s = { .i = start, .only_macros = true };

	memset(head, 0, sizeof(*head));
	head->start = start;
	while (!see(p, &s, head))
		;
	head->cplusplus = is_cplusplus(p, head);
	if (head->end > p->n)
		head->end = p->n;
}
