// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a declaration begin here, or an expression?
 */
#include "parse.h"

/* Behind two names: what goes on with an expression, so the first is a macro. */
static bool goes_on(u8 kind)
{
	return kind == T_ARROW || kind == '.' || kind == T_INC ||
		kind == T_DEC || (kind >= T_MUL_EQ && kind <= T_OR_EQ);
}

/* At `name *`: a pointer is declared, or two things are multiplied. */
static bool declares_pointer(const struct parser *p, bool *either)
{
	u32 i = p->i + 1;
	bool qualified = false;
	u8 then;

	for (;; i++) {
		if (is_qualifier(at(p, i)) || at(p, i) == T_ANNOTATION ||
		    (is_reserved(p, i) && (at(p, i + 1) == T_NAME ||
					   at(p, i + 1) == '*')))
			qualified = true;
		else if (at(p, i) != '*')
			break;
	}
	then = at(p, i + 1);
	if (at(p, i) == '(')
		return then == '*' && closer(p, i) &&
			at(p, closer(p, i) + 1) == '(';
	if (at(p, i) != T_NAME)
		return false;
	if (p->members || then == '=' || then == T_NAME || is_attribute(then))
		return true;
	*either = !qualified && (then == ';' || then == ',' || then == '[' ||
				 then == '(');
	return *either || (qualified && (then == ';' || then == ',' ||
					 then == '[' || then == '('));
}

/* At `name (`: name (*pointer)(...), or a call of what a call returns. */
static bool declares_function_pointer(const struct parser *p, bool *either)
{
	u32 close = closer(p, p->i + 1);
	u8 then = close ? at(p, close + 1) : T_END;

	if (declares_pointer_in_paren(p, p->i + 1)) {
		*either = !p->members;
		return true;
	}
	/* In a structure: macro(...) name; */
	return p->members && (then == T_NAME || is_type_word(then) ||
			      then == '*') && at(p, close + 2) != '(';
}

static bool name_begins(const struct parser *p, bool *either)
{
	u8 then = ahead(p, 1);

	if (then == T_NAME)
		return !goes_on(ahead(p, 2));
	if (is_type_word(then) || is_storage(then) || is_attribute(then))
		return true;
	if (then == ':')
		return p->members;
	if (then == '*')
		return declares_pointer(p, either);
	return then == '(' && declares_function_pointer(p, either);
}

/*
 * Does a declaration begin at the next token? *either is set when an expression
 * may begin there as well.
 */
bool begins_declaration(const struct parser *p, bool *either)
{
	u8 kind = next(p);
	u32 i = p->i;

	*either = false;
	if (is_type_word(kind) || is_storage(kind))
		return true;
	if (kind == T_EXTENSION)
		return is_type_word(ahead(p, 1));
	while (is_attribute(at(p, i))) {
		i++;
		if (at(p, i) == '(')
			i = behind(p, i);
	}
	if (i > p->i)
		return at(p, i) == T_NAME || is_type_word(at(p, i)) ||
			is_storage(at(p, i));
	return kind == T_NAME && name_begins(p, either);
}
