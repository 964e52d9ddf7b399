// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which #if arms are read together.
 */
#include <string.h>

#include "select.h"

/* A file is read this often at most, and large files less often. */
#define MOST_SELECTIONS 64
#define LEAST_SELECTIONS 4
#define MOST_SELECTED_TOKENS 8000000
/* Conditions that one selection takes for true or false. */
#define MOST_SAID 256

static bool contradicts(const struct selector *s, u64 key, bool holds)
{
	for (u32 i = 0; i < s->says; i++) {
		if (s->said[i].key == key)
			return s->said[i].holds != holds;
	}
	return false;
}

static void say(struct selector *s, u64 key, bool holds)
{
	if (s->says == MOST_SAID)
		return;
	s->said = room_for(s->said, s->says, &s->said_room, sizeof(*s->said));
	s->said[s->says].key = key;
	s->said[s->says++].holds = holds;
}

/* Choose an arm: its condition holds, and none of those before it does. */
static void choose(struct source *source, struct selector *s, u32 arm)
{
	struct group *group = &source->group[source->arm[arm].group];
	u32 i = group->first_arm;

	group->chosen = arm;
	for (; i != arm && s->says < MOST_SAID; i = source->arm[i].next)
		say(s, source->arm[i].key, source->arm[i].negated);
	if (source->arm[arm].cond)
		say(s, source->arm[arm].key, !source->arm[arm].negated);
}

/* An arm that goes with what was said; one not yet read if there is one. */
static u32 find_arm(const struct source *source, const struct selector *s,
		    const struct group *group)
{
	u32 found = NO_ARM;
	u32 i = group->first_arm;

	for (; i; i = source->arm[i].next) {
		const struct arm *arm = &source->arm[i];
		bool possible = !arm->cond ||
			!contradicts(s, arm->key, !arm->negated);

		if (possible && !(arm->flags & AF_DEAD)) {
			if (!s->covered[i])
				return i;
			if (found == NO_ARM)
				found = i;
		}
		if (arm->cond && contradicts(s, arm->key, arm->negated))
			break;
	}
	return found;
}

/* Choose the arms of one selection, of which one must be the given arm. */
static void choose_all(struct source *source, struct selector *s, u32 seed)
{
	s->says = 0;
	for (u32 i = 0; i < source->groups; i++)
		source->group[i].chosen = 0;
	for (u32 i = seed; i; i = source->arm[i].parent) {
		if (!source->group[source->arm[i].group].aligned)
			choose(source, s, i);
	}
	s->shown[0] = 1;
	for (u32 i = 0; i < source->groups; i++) {
		struct group *group = &source->group[i];
		bool around = s->shown[group->parent];
		u32 arm;

		if (around && !group->aligned && !group->chosen) {
			arm = find_arm(source, s, group);
			if (arm != NO_ARM)
				choose(source, s, arm);
		}
		for (arm = group->first_arm; arm; arm = source->arm[arm].next)
			s->shown[arm] = around &&
				!(source->arm[arm].flags & AF_DEAD) &&
				(group->aligned || group->chosen == arm);
	}
}

/* What is read now for the first time? */
static void find_fresh(const struct source *source, struct selector *s)
{
	s->fresh.n = 0;
	for (u32 i = 1; i < source->arms; i++) {
		struct spans *to = &s->fresh;

		if (!s->shown[i] || s->covered[i])
			continue;
		s->covered[i] = 1;
		to->span = room_for(to->span, to->n, &to->room,
				    sizeof(*to->span));
		to->span[to->n].start = source->arm[i].start;
		to->span[to->n++].end = source->arm[i].end;
	}
}

static void use_shown(struct parser *p, const struct selector *s)
{
	const struct tokens *code = &p->source->code;
	struct tokens *to = &p->stream;

	to->token = grow_keeping(to->token, &to->room, 0,
				 (size_t)code->n + END_TOKENS,
				 sizeof(*to->token));
	to->n = 0;
	for (u32 i = 0; i < code->n; i++) {
		to->token[to->n] = code->token[i];
		to->n += s->shown[code->token[i].arm];
	}
	memcpy(to->token + to->n, code->token + code->n,
	       END_TOKENS * sizeof(*to->token));
	parser_use(p, to->token, to->n);
}

/* Dead arms and those of aligned groups need no selection of their own. */
static bool begin(struct source *source, struct selector *s)
{
	bool needed = false;

	s->covered = grow(s->covered, &s->covered_room, source->arms, 1);
	s->shown = grow(s->shown, &s->shown_room, source->arms, 1);
	for (u32 i = 0; i < source->arms; i++) {
		s->covered[i] = !i || source->arm[i].flags & AF_DEAD ||
			source->group[source->arm[i].group].aligned;
		needed |= !s->covered[i];
	}
	return needed;
}

static u32 most_selections(const struct source *source)
{
	u32 most = MOST_SELECTED_TOKENS / (source->code.n + 1);

	if (most > MOST_SELECTIONS)
		return MOST_SELECTIONS;
	return most < LEAST_SELECTIONS ? LEAST_SELECTIONS : most;
}

void select_and_parse(struct parser *p, struct selector *s)
{
	struct source *source = p->source;
	u32 most = most_selections(source);
	u32 seed = 1;

	align(p);
	if (!begin(source, s)) {
		parser_use(p, source->code.token, source->code.n);
		parse_file(p, 0, NULL);
		return;
	}
	for (u32 n = 0; n < most; n++) {
		while (seed < source->arms && s->covered[seed])
			seed++;
		if (seed == source->arms)
			return;
		choose_all(source, s, seed);
		find_fresh(source, s);
		use_shown(p, s);
		parse_file(p, n, n ? &s->fresh : NULL);
	}
	for (; seed < source->arms; seed++) {
		const struct arm *arm = &source->arm[seed];

		if (!s->covered[seed] && arm->first < arm->last)
			source_region(source, arm->start, arm->end, R_ARMS);
	}
}
