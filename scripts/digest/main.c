// SPDX-License-Identifier: GPL-2.0-only
/*
 * digest - Tell what stands for the code of files, their comments aside
 *
 * Reads paths, each ended with a NUL. Prints a line for each: 32 hexadecimal
 * digits, or nothing if it cannot be read. Exits with 2 without memory.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "code.h"

/**
 * struct buffer - bytes of a file, and room for its code
 * @text: the file
 * @code: as much room
 * @room: bytes of each
 * @size: bytes of the file
 */
struct buffer {
	char *text;
	char *code;
	size_t room;
	size_t size;
};

static void make_room(struct buffer *buffer, size_t room)
{
	if (room <= buffer->room)
		return;
	buffer->room = 2 * room;
	buffer->text = realloc(buffer->text, buffer->room);
	buffer->code = realloc(buffer->code, buffer->room);
	if (!buffer->text || !buffer->code) {
		fprintf(stderr, "digest: no memory for %zu bytes\n",
			buffer->room);
		exit(2);
	}
}

/* Read a file; 0 if it cannot be. */
static int read_file(const char *path, struct buffer *buffer)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;

	buffer->size = 0;
	while (fd >= 0 && got > 0) {
		make_room(buffer, buffer->size + 65536);
		got = read(fd, buffer->text + buffer->size,
			   buffer->room - buffer->size);
		buffer->size += got > 0 ? got : 0;
	}
	if (fd >= 0)
		close(fd);
	return fd >= 0 && got == 0;
}

int main(void)
{
	struct buffer buffer = {};
	char *path = NULL;
	size_t room = 0;

	while (getdelim(&path, &room, '\0', stdin) > 0) {
		struct digest made;

		if (!read_file(path, &buffer)) {
			putchar('\n');
			continue;
		}
		made = digest_of(buffer.code, code_of(buffer.text, buffer.size,
						      buffer.code));
		printf("%016" PRIx64 "%016" PRIx64 "\n", made.part[0],
		       made.part[1]);
	}
	free(buffer.text);
	free(buffer.code);
	free(path);
	return fflush(stdout) || ferror(stdout) ? 2 : 0;
}
