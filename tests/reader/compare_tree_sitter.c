// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parse the files that stdin names, each with a zero byte behind it, with
 * tree-sitter-c, and print how fast that is: see compare_tree_sitter.sh.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_c(void);

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static size_t read_file(const char *path, char **text, size_t *room)
{
	FILE *from = fopen(path, "rb");
	size_t size = 0, n = 1;

	while (from && n) {
		if (size == *room) {
			*room = 2 * *room + 65536;
			*text = realloc(*text, *room);
			if (!*text)
				exit(2);
		}
		n = fread(*text + size, 1, *room - size, from);
		size += n;
	}
	if (from)
		fclose(from);
	return size;
}

int main(void)
{
	TSParser *parser = ts_parser_new();
	char *path = NULL, *text = NULL;
	size_t path_room = 0, room = 0;
	double bytes = 0, began = seconds(), took;
	unsigned int files = 0;

	if (!ts_parser_set_language(parser, tree_sitter_c()))
		return 2;
	for (; getdelim(&path, &path_room, 0, stdin) > 0; files++) {
		size_t size = read_file(path, &text, &room);

		ts_tree_delete(ts_parser_parse_string(parser, NULL, text, size));
		bytes += size;
	}
	took = seconds() - began;
	printf("files %u, %.1f MB in %.2f s, %.1f MB/s\n", files, bytes / 1e6,
	       took, bytes / 1e6 / took);
	return 0;
}
