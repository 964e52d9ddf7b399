// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command: ledger RULES answers what comes on its standard input,
 *
 *	check OLD NEW PLAN
 *
 * and behind that line so many bytes of the old text, the new text and the
 * plan, as often as wanted. A line answers each: `yes`, or `no`, a line and an
 * offset of the old text, and the reason. ledger --list RULES prints the
 * operations, each with the names that it may stand on.
 *
 * It ends with 0 if all was answered with yes, 1 if not, 2 for bad input.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/**
 * struct batch - what a run answers with
 * @check: one file after the other
 * @bytes: both texts and the plan of one file
 */
struct batch {
	struct check check;
	char *bytes;
	u32 room;
	bool refused;
};

static int bad(const char *what)
{
	fprintf(stderr, "ledger: %s\n", what);
	return 2;
}

static int load_rules(struct rules *rules, const char *path)
{
	struct source source;
	int error;

	source_init(&source, NULL);
	error = source_open(&source, path);
	if (error) {
		fprintf(stderr, "ledger: %s: %s\n", path, strerror(-error));
	} else if (!rules_read(rules, source.text, source.size)) {
		fprintf(stderr, "%s:%u: %s\n", path, rules->error_line,
			rules->error);
		rules_free(rules);
		error = 2;
	}
	source_free(&source);
	return error ? 2 : 0;
}

static void answer(const struct check *check, bool yes)
{
	if (yes) {
		puts("yes");
		return;
	}
	printf("no %u %u ", check->line, check->offset);
	for (const char *p = check->why; *p; p++)
		putchar((u8)*p < ' ' || *p == 127 ? '?' : *p);
	putchar('\n');
}

static int check_one(struct batch *batch, u32 old, u32 new, u32 plan)
{
	struct check *check = &batch->check;
	size_t size = (size_t)old + new + plan;
	const char *why;

	batch->bytes = grow(batch->bytes, &batch->room, size + 1, 1);
	if (fread(batch->bytes, 1, size, stdin) != size)
		return bad("the input ends early");
	arena_reset(&check->arena);
	text_read(&check->before, batch->bytes, old);
	text_read(&check->after, batch->bytes + old, new);
	why = plan_read(&check->plan, &check->scratch, &check->arena,
			batch->bytes + old + new, plan);
	if (why)
		return bad(why);
	if (!check_run(check))
		batch->refused = true;
	answer(check, !check->failed);
	return 0;
}

static int check_all(struct batch *batch)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin)) {
		u32 old;
		u32 new;
		u32 plan;
		int n = 0;
		int error;

		if (sscanf(line, "check %9u %9u %9u%n", &old, &new, &plan,
			   &n) != 3 || strcmp(line + n, "\n"))
			return bad("this is no check");
		if (old > MOST_BYTES || new > MOST_BYTES || plan > MOST_BYTES)
			return bad("a text is too large");
		error = check_one(batch, old, new, plan);
		if (error)
			return error;
	}
	if (ferror(stdin) || fflush(stdout))
		return bad("input or output failed");
	return batch->refused;
}

static void list(const struct rules *rules)
{
	for (u32 i = 0; i < rules->ops; i++) {
		const struct op *op = &rules->op[i];

		printf("%.*s", (int)op->name.len, op->name.text);
		for (u32 k = 0; k < op->anchor.n; k++)
			printf(" %.*s", (int)op->anchor.word[k].len,
			       op->anchor.word[k].text);
		putchar('\n');
	}
}

int main(int argc, char **argv)
{
	bool listing = argc == 3 && !strcmp(argv[1], "--list");
	struct batch *batch;
	struct rules rules;
	int error;

	if (argc != 2 && !listing)
		return bad("usage: ledger [--list] RULES");
	error = load_rules(&rules, argv[argc - 1]);
	if (error)
		return error;
	if (listing) {
		list(&rules);
	} else {
		batch = calloc(1, sizeof(*batch));
		if (!batch)
			return bad("out of memory");
		check_init(&batch->check, &rules);
		error = check_all(batch);
		check_free(&batch->check);
		free(batch->bytes);
		free(batch);
	}
	rules_free(&rules);
	return error;
}
