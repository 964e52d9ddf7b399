// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statements that begin with a keyword.
 */
#include "parse.h"

/* A condition in parentheses; one that cannot be read does not lose the body. */
bool parse_condition(struct parser *p)
{
	struct mark m;
	u32 around = p->argument_end;
	u32 close;

	/* if likely(x) */
	if (next(p) == T_NAME && ahead(p, 1) == '(')
		return parse_unary(p);
	close = next(p) == '(' ? closer(p, p->i) : 0;
	if (!close)
		return false;
	p->argument_end = 0;
	p->i++;
	m = mark(p);
	if (!parse_expression(p) || p->i != close)
		unread(p, &m, close, R_CONDITION);
	p->argument_end = around;
	p->i = close + 1;
	return true;
}

static void finish_empty(struct parser *p)
{
	struct mark m = mark(p);

	finish(p, &m, N_EMPTY, 0);
}

static bool parse_if(struct parser *p)
{
	struct mark m = mark(p);

	p->i++;
	if (!parse_condition(p) || !parse_body(p))
		return false;
	if (accept(p, T_ELSE)) {
		/* What is behind the else can be in another arm. */
		if (next(p) == '}')
			finish_empty(p);
		else if (!parse_body(p))
			return false;
	}
	finish(p, &m, N_IF, 0);
	return true;
}

/* An else by itself: its if is in another arm. */
static bool parse_else(struct parser *p)
{
	struct mark m = mark(p);

	p->i++;
	if (next(p) != '}' && !parse_body(p))
		return false;
	finish(p, &m, N_ELSE, 0);
	return true;
}

static bool parse_headed(struct parser *p, u8 kind)
{
	struct mark m = mark(p);

	p->i++;
	if (!parse_condition(p) || !parse_body(p))
		return false;
	finish(p, &m, kind, 0);
	return true;
}

/* do { } while (x); with a macro in the place of the while, too. */
static bool parse_do(struct parser *p)
{
	struct mark m = mark(p);

	p->i++;
	if (!parse_body(p))
		return false;
	if (next(p) == T_WHILE)
		p->i++;
	else if (next(p) != T_NAME || ahead(p, 1) != '(')
		return false;
	if (!parse_condition(p))
		return false;
	accept(p, ';');
	finish(p, &m, N_DO, 0);
	return true;
}

static bool parse_for_first(struct parser *p)
{
	struct mark m = mark(p);
	bool either;

	if (accept(p, ';')) {
		finish(p, &m, N_EMPTY, 0);
		return true;
	}
	if (begins_declaration(p, &either))
		return parse_declaration(p);
	if (!parse_expression(p) || !accept(p, ';'))
		return false;
	finish(p, &m, N_EXPR_STMT, 0);
	return true;
}

static bool parse_for_part(struct parser *p, u8 end)
{
	struct mark m = mark(p);

	if (next(p) != end)
		return parse_expression(p);
	finish(p, &m, N_EMPTY, 0);
	return true;
}

static bool parse_for(struct parser *p)
{
	struct mark m = mark(p);
	u32 around = p->argument_end;
	struct mark head;
	u32 close;

	p->i++;
	close = next(p) == '(' ? closer(p, p->i) : 0;
	if (!close)
		return false;
	p->argument_end = 0;
	p->i++;
	head = mark(p);
	if (parse_for_first(p) && parse_for_part(p, ';') && accept(p, ';') &&
	    parse_for_part(p, ')') && p->i == close)
		finish(p, &head, N_FOR_HEAD, 0);
	else
		unread(p, &head, close, R_CONDITION);
	p->argument_end = around;
	p->i = close + 1;
	if (!parse_body(p))
		return false;
	finish(p, &m, N_FOR, 0);
	return true;
}

/* case x:, case 1 ... 3:, case MACRO(x) with its colon inside */
static bool parse_case(struct parser *p)
{
	struct mark m = mark(p);
	struct mark value;

	p->i++;
	value = mark(p);
	if (!parse_conditional(p))
		return false;
	if (accept(p, T_ELLIPSIS)) {
		if (!parse_conditional(p))
			return false;
		finish(p, &value, N_RANGE, 0);
	}
	if (!accept(p, ':')) {
		if (!last_is(p, N_CALL))
			return false;
		accept(p, ';');
	}
	finish(p, &m, N_CASE, 0);
	return true;
}

static bool parse_default(struct parser *p)
{
	struct mark m = mark(p);

	p->i++;
	if (!accept(p, ':'))
		return false;
	finish(p, &m, N_DEFAULT, 0);
	return true;
}

/* A closing brace is enough where the statement is a macro's. */
static bool end_jump(struct parser *p)
{
	return end_statement(p) || next(p) == '}';
}

static bool parse_return(struct parser *p)
{
	struct mark m = mark(p);

	p->i++;
	if (!end_jump(p)) {
		bool read = next(p) == '{' ? parse_init(p) :
			p->argument_end ? parse_assignment(p) :
			parse_expression(p);

		if (!read || !end_jump(p))
			return false;
	}
	finish(p, &m, N_RETURN, 0)->flags |=
		at(p, p->i - 1) == ';' ? 0 : NF_NO_SEMICOLON;
	return true;
}

static bool parse_goto(struct parser *p)
{
	struct mark m = mark(p);

	p->i++;
	if (!parse_unary(p) || !end_jump(p))
		return false;
	finish(p, &m, N_GOTO, 0);
	return true;
}

static bool parse_jump(struct parser *p, u8 kind)
{
	struct mark m = mark(p);

	p->i++;
	if (!end_jump(p))
		return false;
	finish(p, &m, kind, 0);
	return true;
}

static bool parse_local_labels(struct parser *p)
{
	struct mark m = mark(p);

	p->i++;
	do {
		if (!parse_primary(p))
			return false;
	} while (accept(p, ','));
	if (!end_statement(p))
		return false;
	finish(p, &m, N_LOCAL_LABELS, 0);
	return true;
}

/* A statement that begins with a keyword. */
bool parse_control(struct parser *p)
{
	switch (next(p)) {
	case T_IF:
		return parse_if(p);
	case T_ELSE:
		return parse_else(p);
	case T_WHILE:
		return parse_headed(p, N_WHILE);
	case T_SWITCH:
		return parse_headed(p, N_SWITCH);
	case T_DO:
		return parse_do(p);
	case T_FOR:
		return parse_for(p);
	case T_CASE:
		return parse_case(p);
	case T_DEFAULT:
		return parse_default(p);
	case T_RETURN:
		return parse_return(p);
	case T_GOTO:
		return parse_goto(p);
	case T_BREAK:
		return parse_jump(p, N_BREAK);
	case T_CONTINUE:
		return parse_jump(p, N_CONTINUE);
	case T_LOCAL_LABEL:
		return parse_local_labels(p);
	}
	return false;
}
