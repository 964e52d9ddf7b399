// SPDX-License-Identifier: GPL-2.0-only
/*
 * The #if arms of a file, as a tree.
 *
 * Every #if without an #else gets one, with no code: that nothing is compiled
 * is a reading like the others.
 */
#include <string.h>

#include "arms.h"
#include "cond.h"
#include "splice.h"

enum directive_kind directive_kind(const struct source *source,
				   const struct directive *d)
{
	static const struct {
		const char *name;
		enum directive_kind kind;
	} list[] = {
		{ "if", D_IF }, { "ifdef", D_IFDEF }, { "ifndef", D_IFNDEF },
		{ "elif", D_ELIF }, { "elifdef", D_ELIFDEF },
		{ "elifndef", D_ELIFNDEF }, { "else", D_ELSE },
		{ "endif", D_ENDIF }, { "define", D_DEFINE },
		{ "undef", D_UNDEF }, { "include", D_INCLUDE },
		{ "include_next", D_INCLUDE },
	};
	const struct token *token = &source->other.token[d->first + 1];
	char name[16] = "";
	u32 len = unsplice(name, sizeof(name) - 1, source->text + token->start,
			   token->len);

	for (u32 i = 0; len && i < ARRAY_SIZE(list); i++) {
		if (!strcmp(list[i].name, name))
			return list[i].kind;
	}
	return D_OTHER;
}

void arms_begin(struct source *source, struct arm_state *state)
{
	memset(state, 0, sizeof(*state));
	source->arm = room_for(source->arm, source->arms, &source->arm_room,
			       sizeof(*source->arm));
	memset(&source->arm[0], 0, sizeof(struct arm));
	source->arm[0].group = NO_ARM;
	source->arm[0].value = TRUTH_TRUE;
	source->arm[0].end = source->size;
	source->arms = 1;
}

/*
 * What is known of an arm, given what is known of those before it. An arm that
 * this kernel leaves out for certain is no code of it, as one under #if 0.
 */
static void judge(struct source *source, struct arm *arm)
{
	struct group *g = &source->group[arm->group];
	enum truth own = cond_eval(arm->cond, source->known);

	arm->value = own;
	if (g->taken == TRUTH_TRUE)
		arm->value = TRUTH_FALSE;
	else if (g->taken == TRUTH_UNKNOWN && own == TRUTH_TRUE)
		arm->value = TRUTH_UNKNOWN;
	if (own == TRUTH_TRUE ||
	    (own == TRUTH_UNKNOWN && g->taken == TRUTH_FALSE))
		g->taken = own;

	if (arm->value == TRUTH_FALSE ||
	    source->arm[arm->parent].flags & AF_DEAD)
		arm->flags |= AF_DEAD;
}

static u32 add_arm(struct source *source, u32 group, const struct directive *d)
{
	struct group *g = &source->group[group];
	struct arm *arm;

	source->arm = room_for(source->arm, source->arms, &source->arm_room,
			       sizeof(*source->arm));
	arm = &source->arm[source->arms];
	memset(arm, 0, sizeof(*arm));
	arm->group = group;
	arm->parent = g->parent;
	arm->directive = d - source->directive;
	arm->start = d->end;
	arm->end = source->size;
	arm->first = d->code;
	arm->last = d->code;
	if (d->kind != D_ELSE && d->kind != D_ENDIF) {
		arm->cond = cond_parse(source, d);
		arm->key = cond_key(arm->cond, &arm->negated);
	} else {
		arm->flags = d->kind == D_ELSE ? AF_ELSE : AF_IMPLICIT;
	}
	judge(source, arm);
	return source->arms++;
}

static void open_group(struct source *source, struct arm_state *state,
		       const struct directive *d)
{
	struct group *g;
	u32 group = source->groups;

	source->group = room_for(source->group, source->groups,
				 &source->group_room, sizeof(*source->group));
	g = &source->group[source->groups++];
	memset(g, 0, sizeof(*g));
	g->parent = state->arm;
	g->start = d->start;
	g->end = source->size;
	g->taken = TRUTH_FALSE;
	state->arm = add_arm(source, group, d);
	g->first_arm = state->arm;
	g->last_arm = state->arm;
	state->depth++;
}

static void close_arm(struct source *source, u32 arm,
		      const struct directive *d)
{
	source->arm[arm].end = d->start;
	source->arm[arm].last = d->code;
}

static void next_arm(struct source *source, struct arm_state *state,
		     const struct directive *d)
{
	u32 group = source->arm[state->arm].group;
	u32 arm;

	if (source->arm[state->arm].flags & AF_ELSE)
		source_region(source, d->start, d->end, R_DIRECTIVE);
	close_arm(source, state->arm, d);
	arm = add_arm(source, group, d);
	source->arm[state->arm].next = arm;
	source->group[group].last_arm = arm;
	state->arm = arm;
}

static void close_group(struct source *source, struct arm_state *state,
			const struct directive *d)
{
	u32 group = source->arm[state->arm].group;

	if (!(source->arm[state->arm].flags & AF_ELSE)) {
		next_arm(source, state, d);
		source->arm[state->arm].start = d->start;
	}
	close_arm(source, state->arm, d);
	source->group[group].end = d->end;
	state->arm = source->group[group].parent;
	state->depth--;
}

/* An #if, #else or #endif inside of an #if that is nested too deep. */
static bool skip_deep(struct source *source, struct arm_state *state,
		      const struct directive *d)
{
	if (d->kind >= D_IF && d->kind <= D_IFNDEF &&
	    (state->skipped || state->depth == MOST_NESTED_IFS)) {
		if (!state->skipped++)
			state->skipped_from = d->start;
		return true;
	}
	if (!state->skipped)
		return false;
	if (d->kind == D_ENDIF && !--state->skipped)
		source_region(source, state->skipped_from, d->end, R_DEPTH);
	return true;
}

void arms_directive(struct source *source, struct arm_state *state,
		    const struct directive *d)
{
	if (d->kind == D_OTHER || d->kind > D_ENDIF)
		return;
	if (!skip_deep(source, state, d)) {
		if (d->kind <= D_IFNDEF)
			open_group(source, state, d);
		else if (!state->depth)
			source_region(source, d->start, d->end, R_DIRECTIVE);
		else if (d->kind == D_ENDIF)
			close_group(source, state, d);
		else
			next_arm(source, state, d);
	}
	state->dead = state->skipped ||
		source->arm[state->arm].flags & AF_DEAD;
}

void arms_end(struct source *source, struct arm_state *state)
{
	struct directive end = {
		.start = source->size, .end = source->size,
		.code = source->code.n, .kind = D_ENDIF,
	};

	source->arm[0].last = source->code.n;
	if (state->skipped)
		source_region(source, state->skipped_from, source->size,
			      R_DEPTH);
	while (state->depth) {
		u32 group = source->arm[state->arm].group;
		u32 start = source->group[group].start;

		source_region(source, start, start + 1, R_DIRECTIVE);
		close_arm(source, state->arm, &end);
		source->group[group].end = source->size;
		state->arm = source->group[group].parent;
		state->depth--;
	}
}
