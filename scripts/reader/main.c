// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command: reader -o OUT reads NUL-separated paths from stdin, and
 * reader --serve does it again and again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lex.h"
#include "out.h"
#include "print.h"
#include "roundtrip.h"
#include "stats.h"

static const char usage[] =
	"usage: reader [-t] [-k VERSION] [-D NAME[=NUMBER]] [-U NAME] -o OUT\n"
	"       reader [-t] [-k VERSION] [-D NAME[=NUMBER]] [-U NAME] --serve\n"
	"       reader [-k VERSION] [-D NAME[=NUMBER]] [-U NAME] --print FILE...\n"
	"       reader --roundtrip FILE...\n"
	"       reader --stats\n"
	"\n"
	"  -o OUT       write what was read of files, whose paths come from\n"
	"               stdin, each ended by a NUL\n"
	"  --serve      do so until stdin ends: each time it gives OUT, the\n"
	"               paths and an empty one, and a NUL on stdout answers\n"
	"  -t           write tokens as well\n"
	"  -k VERSION   the kernel that conditions are evaluated for, as 6.1.55\n"
	"  -D NAME      a macro that is defined, to a number if one is given\n"
	"  -U NAME      a macro that is not defined\n"
	"  --print      print what was read as text\n"
	"  --roundtrip  check that tokens and gaps make up each file\n"
	"  --stats      count what was read of the files that stdin names\n";

enum mode {
	MODE_NONE, MODE_WRITE, MODE_SERVE, MODE_PRINT, MODE_ROUNDTRIP, MODE_STATS
};

/**
 * struct command - what is asked for
 * @mode: what to do
 * @out: the file to write
 * @tokens: write tokens
 * @known: what is known when conditions are evaluated
 * @name: room for the names in it
 * @files: files on the command line, ended by NULL
 */
struct command {
	enum mode mode;
	const char *out;
	bool tokens;
	struct known known;
	struct known_name *name;
	u32 name_room;
	char **files;
};

static int fail(const char *what, int error)
{
	fprintf(stderr, "reader: %s: %s\n", what, strerror(error));
	return 2;
}

static bool add_name(struct command *command, const char *text, bool defined)
{
	const char *equals = strchr(text, '=');
	struct known_name *name;
	char *rest;

	command->name = room_for(command->name, command->known.names,
				 &command->name_room, sizeof(*command->name));
	name = &command->name[command->known.names++];
	memset(name, 0, sizeof(*name));
	name->name = text;
	name->len = equals ? (u32)(equals - text) : strlen(text);
	name->defined = defined;
	command->known.name = command->name;
	if (!equals)
		return name->len > 0;
	name->has_value = true;
	name->value = strtoll(equals + 1, &rest, 0);
	return defined && name->len && rest > equals + 1 && !*rest;
}

static bool take_value(struct command *command, char option, const char *value)
{
	switch (option) {
	case 'o':
		command->mode = MODE_WRITE;
		command->out = value;
		return true;
	case 'k':
		command->known.version = kernel_version(value);
		return command->known.version;
	case 'D':
		return add_name(command, value, true);
	case 'U':
		return add_name(command, value, false);
	}
	return false;
}

static bool parse_arguments(struct command *command, char **argv)
{
	char **word;

	for (word = argv + 1; *word && **word == '-'; word++) {
		if (!strcmp(*word, "-t"))
			command->tokens = true;
		else if (!strcmp(*word, "--serve"))
			command->mode = MODE_SERVE;
		else if (!strcmp(*word, "--print"))
			command->mode = MODE_PRINT;
		else if (!strcmp(*word, "--roundtrip"))
			command->mode = MODE_ROUNDTRIP;
		else if (!strcmp(*word, "--stats"))
			command->mode = MODE_STATS;
		else if (strlen(*word) == 2 && word[1] &&
			 take_value(command, word[0][1], word[1]))
			word++;
		else
			return false;
	}
	command->files = word;
	switch (command->mode) {
	case MODE_NONE:
		return false;
	case MODE_PRINT:
	case MODE_ROUNDTRIP:
		return *word;
	default:
		return !*word;
	}
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* Take a path from stdin; false for an empty one and behind the last. */
static bool next_path(char **path, size_t *room)
{
	return getdelim(path, room, 0, stdin) > 0 && **path;
}

/* Read each file that stdin names; write or count it. */
static void read_listed(struct reader *reader, struct out *out, bool tokens,
			struct stats *stats)
{
	char *path = NULL;
	size_t room = 0;

	while (next_path(&path, &room)) {
		int error = -source_open(&reader->source, path);

		if (!error)
			reader_read(reader);
		if (out)
			out_file(out, path, reader, error, tokens);
		else if (!error)
			stats_add(stats, path, reader, stdout);
		else
			fail(path, error);
	}
	free(path);
}

static int write_out(struct reader *reader, const char *name, bool tokens)
{
	FILE *to = fopen(name, "wb");
	struct out out;
	int error;

	if (!to)
		return fail(name, errno);
	out_begin(&out, to);
	read_listed(reader, &out, tokens, NULL);
	error = -out_end(&out);
	if (fclose(to) && !error)
		error = errno;
	return error ? fail(name, error) : 0;
}

/* Write one file after the other; the first that fails ends it. */
static int serve(struct reader *reader, bool tokens)
{
	char *name = NULL;
	size_t room = 0;
	int failed = 0;

	while (!failed && next_path(&name, &room)) {
		failed = write_out(reader, name, tokens);
		if (!failed && (putchar(0) || fflush(stdout)))
			failed = fail("stdout", errno);
	}
	free(name);
	return failed;
}

static int count(struct reader *reader)
{
	struct stats stats = { .files = 0 };
	double began = seconds();

	read_listed(reader, NULL, false, &stats);
	stats_print(&stats, seconds() - began, stdout);
	return 0;
}

static int check(const struct reader *reader, const char *path)
{
	u32 at;
	const char *wrong = roundtrip(&reader->source, &at);

	if (!wrong)
		return 0;
	fprintf(stderr, "reader: %s: byte %u: %s\n", path, at, wrong);
	return 1;
}

static int read_named(struct reader *reader, const struct command *command)
{
	int failed = 0;

	for (char **path = command->files; *path; path++) {
		int error = -source_open(&reader->source, *path);

		if (error) {
			failed |= fail(*path, error);
		} else if (command->mode == MODE_ROUNDTRIP) {
			lex(&reader->source);
			failed |= check(reader, *path);
		} else {
			reader_read(reader);
			print_file(reader, stdout);
		}
	}
	return failed;
}

static int run(struct reader *reader, const struct command *command)
{
	switch (command->mode) {
	case MODE_WRITE:
		return write_out(reader, command->out, command->tokens);
	case MODE_SERVE:
		return serve(reader, command->tokens);
	case MODE_STATS:
		return count(reader);
	default:
		return read_named(reader, command);
	}
}

int main(int argc, char **argv)
{
	struct command command = { .mode = MODE_NONE };
	struct reader reader;
	int code = 2;

	if (argc > 0 && parse_arguments(&command, argv)) {
		reader_init(&reader, &command.known);
		code = run(&reader, &command);
		reader_free(&reader);
	} else {
		fputs(usage, stderr);
	}
	free(command.name);
	return code;
}
