// SPDX-License-Identifier: GPL-2.0-only
/*
 * One file: its bytes, and the memory for what is known of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source.h"

void source_init(struct source *source, const struct known *known)
{
	memset(source, 0, sizeof(*source));
	keywords_init(&source->words);
	source->known = known;
}

void source_free(struct source *source)
{
	free(source->text);
	free(source->code.token);
	free(source->other.token);
	free(source->directive);
	free(source->arm);
	free(source->group);
	free(source->region);
	arena_free(&source->arena);
}

/* Make room for a file, and forget the one before. */
static void begin(struct source *source, u32 size)
{
	source->text = grow_keeping(source->text, &source->room, 0,
				    (size_t)size + TEXT_PADDING, 1);
	source->size = size;
	source->code.n = 0;
	source->other.n = 0;
	source->directives = 0;
	source->arms = 0;
	source->groups = 0;
	source->regions = 0;
	arena_reset(&source->arena);
}

/* Read to the end, however long a pipe or a file that grows may be. */
static int read_all(struct source *source, int fd)
{
	struct stat st;
	size_t have = 0;
	size_t guess;

	if (fstat(fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	guess = st.st_size > 0 && st.st_size < MOST_BYTES ? st.st_size : 0;
	for (;;) {
		ssize_t n;

		source->text = grow_keeping(source->text, &source->room, have,
					    (have > guess ? have : guess) + 1 +
					    TEXT_PADDING, 1);
		n = read(fd, source->text + have,
			 source->room - TEXT_PADDING - have);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			break;
		have += n > 0 ? n : 0;
		if (have > MOST_BYTES)
			return -EFBIG;
	}
	source->size = have;
	memset(source->text + have, 0, TEXT_PADDING);
	return 0;
}

int source_open(struct source *source, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error;

	begin(source, 0);
	if (fd < 0)
		return -errno;
	error = read_all(source, fd);
	close(fd);
	return error;
}

void source_set(struct source *source, const void *text, u32 size)
{
	begin(source, size);
	if (size)
		memcpy(source->text, text, size);
	memset(source->text + size, 0, TEXT_PADDING);
}

void source_region(struct source *source, u32 start, u32 end,
		   enum reason reason)
{
	struct region *region;

	source->region = room_for(source->region, source->regions,
				  &source->region_room, sizeof(*source->region));
	region = &source->region[source->regions++];
	region->start = start;
	region->end = end;
	region->declaration = ~0U;
	region->reason = reason;
}

const char *reason_text(u32 reason)
{
	static const char *const text[R_COUNT] = {
		[R_NONE] = "none",
		[R_EXPRESSION] = "expression",
		[R_ARGUMENT] = "argument",
		[R_INITIALIZER] = "initializer",
		[R_STATEMENT] = "statement",
		[R_DECLARATION] = "declaration",
		[R_CONDITION] = "condition",
		[R_ASM] = "asm",
		[R_UNBALANCED] = "unbalanced",
		[R_UNENDED] = "unended",
		[R_CPLUSPLUS] = "c++",
		[R_DEPTH] = "depth",
		[R_BUDGET] = "budget",
		[R_ARMS] = "arms",
		[R_DIRECTIVE] = "directive",
	};

	return reason < R_COUNT ? text[reason] : "unknown";
}
