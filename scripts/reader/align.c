// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups whose arms can be read one after the other.
 *
 * The tokens are gone through once, with the brackets that are open. At each
 * line of an #if, brackets are as they were before its first arm; behind it,
 * as its first arm leaves them.
 */
#include <string.h>

#include "arms.h"
#include "select.h"

/* Tokens that are looked back at, for the head of a struct or a case. */
#define LOOK_BACK 64

/* What a brace holds. */
enum inside { CODE, MEMBERS, LIST };

/* What a group can hold by what stands before it. */
enum before { NOTHING, STATEMENTS, LIST_ITEMS, ANYTHING };

/**
 * struct frame - an #if around a place
 * @group: the group
 * @arm: the arm
 * @before: what stands before the group allows
 * @depth: brackets open before the group
 * @least: the fewest brackets open since the group began
 * @after: brackets open behind its first arm that can be compiled
 * @has_after: @after is known
 * @used: arms with code so far
 * @misfit: an arm is not whole
 * @elements: an arm ends with a comma
 * @statements: an arm ends with a statement
 * @unended: an arm ends as only the last element of a list does
 */
struct frame {
	u32 group;
	u32 arm;
	enum before before;
	u32 depth;
	u32 least;
	u32 after;
	bool has_after;
	u32 used;
	bool misfit;
	bool elements;
	bool statements;
	bool unended;
};

/**
 * struct aligner - where the search is
 * @t: the tokens
 * @i: index of the next one
 * @open: indices of open brackets
 * @inside: of each bracket what it holds, by the index of its token
 * @depth: number of open brackets
 * @closed: index of the bracket that was opened by what was last closed
 * @misfit_end: where the last group ended that is not aligned
 */
struct aligner {
	struct source *source;
	const struct token *t;
	u32 i;
	u32 *open;
	u8 *inside;
	u32 depth;
	u32 closed;
	u32 misfit_end;
	struct frame frame[MOST_NESTED_IFS];
	u32 frames;
};

static u8 kind_before(const struct aligner *a, u32 index, u32 n)
{
	return index >= n ? a->t[index - n].kind : T_END;
}

/* The word of a struct, union or enum whose brace this is, T_END for none. */
static u8 tag_before(const struct aligner *a, u32 brace)
{
	for (u32 n = 1; n < LOOK_BACK; n++) {
		u8 kind = kind_before(a, brace, n);

		if (is_tagged(kind))
			return kind;
		if (kind != T_NAME && !is_attribute(kind) && kind != '(' &&
		    kind != ')' && kind != T_NUMBER)
			break;
		/* f(struct x *y) { has a star, f(struct x) { no name. */
		if (kind == ')' && n == 1)
			break;
	}
	return T_END;
}

static enum inside outer_inside(const struct aligner *a)
{
	return a->depth ? a->inside[a->open[a->depth - 1]] : CODE;
}

static enum inside inside_of(const struct aligner *a, u32 brace)
{
	u8 before = kind_before(a, brace, 1);
	u8 tag = tag_before(a, brace);

	if (tag)
		return tag == T_ENUM ? LIST : MEMBERS;
	if (before == '=')
		return LIST;
	if (before == ')') {
		/* (type) { ... } after = and the like, or if (...) { */
		u8 first = kind_before(a, a->closed, 1);

		if (first == '=' || first == T_RETURN || first == '(' ||
		    first == ',' || first == '&')
			return LIST;
	}
	return outer_inside(a) == LIST ? LIST : CODE;
}

static void advance(struct aligner *a, u32 to)
{
	for (; a->i < to; a->i++) {
		u8 kind = a->t[a->i].kind;

		if (is_opener(kind)) {
			/* A statement expression is code again. */
			a->inside[a->i] = kind == '{' ? inside_of(a, a->i) :
				outer_inside(a);
			if (kind == '{' && kind_before(a, a->i, 1) == '(')
				a->inside[a->i] = CODE;
			a->open[a->depth++] = a->i;
		} else if (kind == ')' || kind == ']' || kind == '}') {
			if (a->depth)
				a->closed = a->open[--a->depth];
			if (a->frames && a->depth < a->frame[a->frames - 1].least)
				a->frame[a->frames - 1].least = a->depth;
		}
	}
}

/* Is a closing brace, just seen, the end of a statement or function? */
static bool ends_code(const struct aligner *a)
{
	return a->inside[a->closed] == CODE && a->t[a->closed].kind == '{' &&
		kind_before(a, a->closed, 1) != T_DO &&
		kind_before(a, a->closed, 1) != '(';
}

/* Is a colon that of a label, and not of a ? b : c? */
static bool ends_label(const struct aligner *a, u32 colon)
{
	u8 kind = kind_before(a, colon, 1);
	u8 first = kind_before(a, colon, 2);

	if (kind == T_DEFAULT)
		return true;
	if (kind == T_NAME && (first == ';' || first == '{' || first == '}' ||
			       first == ':' || !first))
		return true;
	for (u32 n = 1; n < LOOK_BACK; n++) {
		kind = kind_before(a, colon, n);
		if (kind == T_CASE)
			return true;
		if (!kind || kind == ';' || kind == '{' || kind == '}' ||
		    kind == ':' || kind == '?')
			break;
	}
	return false;
}

static enum before before_group(const struct aligner *a)
{
	const struct frame *around = a->frames ? &a->frame[a->frames - 1] : NULL;

	if (around && a->source->arm[around->arm].first == a->i)
		return around->before;
	if (a->misfit_end == a->i)
		return NOTHING;
	switch (kind_before(a, a->i, 1)) {
	case T_END:
	case ';':
		return STATEMENTS;
	case '{':
		return ANYTHING;
	case ',':
		return LIST_ITEMS;
	case '}':
		return ends_code(a) ? STATEMENTS : NOTHING;
	case ':':
		return ends_label(a, a->i - 1) ? STATEMENTS : NOTHING;
	}
	return NOTHING;
}

static void open_frame(struct aligner *a, u32 arm)
{
	struct frame frame = {
		.group = a->source->arm[arm].group, .arm = arm,
		.before = before_group(a), .depth = a->depth,
		.least = a->depth,
	};

	a->frame[a->frames++] = frame;
}

static void see_last(struct aligner *a, struct frame *f)
{
	switch (kind_before(a, a->i, 1)) {
	case ',':
		f->elements = true;
		break;
	case ';':
		f->statements = true;
		break;
	case ':':
		f->statements = true;
		f->misfit |= !ends_label(a, a->i - 1);
		break;
	case '}':
		if (ends_code(a))
			f->statements = true;
		else
			f->unended = true;
		break;
	default:
		f->unended = true;
	}
}

static void end_arm(struct aligner *a, struct frame *f)
{
	const struct arm *arm = &a->source->arm[f->arm];

	advance(a, arm->last);
	if (arm->first < arm->last) {
		f->used++;
		see_last(a, f);
		f->misfit |= a->depth != f->depth || f->least < f->depth ||
			a->misfit_end == a->i ||
			a->t[arm->first].kind == T_ELSE;
	}
	if (!f->has_after && !(arm->flags & AF_DEAD)) {
		f->has_after = true;
		f->after = a->depth;
	}
	a->depth = f->depth;
}

static bool fits(const struct aligner *a, const struct frame *f)
{
	u8 next = a->t[a->i].kind;
	bool top = !f->depth;
	bool brace = top || a->t[a->open[f->depth - 1]].kind == '{';
	bool list = !top && a->inside[a->open[f->depth - 1]] == LIST;

	if (!f->used)
		return true;
	if (f->misfit || !brace || next == T_ELSE)
		return false;
	if (f->unended && !(list && f->used == 1 && next == '}' &&
			    !f->statements))
		return false;
	if (f->elements || f->unended)
		return !f->statements && !top &&
			(f->before == LIST_ITEMS || f->before == ANYTHING);
	return !list && (f->before == STATEMENTS || f->before == ANYTHING);
}

static void close_frame(struct aligner *a)
{
	struct frame *f = &a->frame[a->frames - 1];
	struct group *group = &a->source->group[f->group];

	end_arm(a, f);
	group->aligned = fits(a, f);
	if (!group->aligned)
		a->misfit_end = a->i;
	a->depth = f->has_after ? f->after : f->depth;
	a->frames--;
	if (a->frames && f->least < f[-1].least)
		f[-1].least = f->least;
}

/* Close what does not go on with an arm. */
static void close_until(struct aligner *a, const struct arm *arm)
{
	const struct source *source = a->source;

	while (a->frames) {
		const struct frame *f = &a->frame[a->frames - 1];

		if (f->group == arm->group || f->arm == arm->parent)
			break;
		close_frame(a);
	}
	advance(a, arm->first < source->code.n ? arm->first : source->code.n);
}

void align(struct parser *p)
{
	struct source *source = p->source;
	size_t need = (size_t)source->code.n + END_TOKENS;
	struct aligner a = {
		.source = source, .t = source->code.token, .misfit_end = ~0U,
	};

	if (source->arms < 2)
		return;
	p->stack = grow_keeping(p->stack, &p->stack_room, 0, need,
				sizeof(*p->stack));
	p->hint = grow_keeping(p->hint, &p->hint_room, 0, need,
			       sizeof(*p->hint));
	a.open = p->stack;
	a.inside = p->hint;
	for (u32 i = 1; i < source->arms; i++) {
		const struct arm *arm = &source->arm[i];

		close_until(&a, arm);
		if (a.frames && a.frame[a.frames - 1].group == arm->group) {
			end_arm(&a, &a.frame[a.frames - 1]);
			a.frame[a.frames - 1].arm = i;
		} else {
			open_frame(&a, i);
		}
	}
	while (a.frames)
		close_frame(&a);
}
