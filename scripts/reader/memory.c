// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory: growing arrays and an arena.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

#define CHUNK_SIZE 65536

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
	size_t used;
	max_align_t data[];
};

static void *must_alloc(void *old, size_t size)
{
	void *memory = realloc(old, size);

	if (!memory) {
		fprintf(stderr, "reader: out of memory (%zu bytes)\n", size);
		exit(2);
	}
	return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->chunk;
	void *memory;

	size = (size + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	if (!chunk || chunk->size - chunk->used < size) {
		size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;

		chunk = must_alloc(NULL, sizeof(*chunk) + room);
		chunk->older = arena->chunk;
		chunk->size = room;
		chunk->used = 0;
		arena->chunk = chunk;
	}
	memory = (char *)chunk->data + chunk->used;
	chunk->used += size;
	return memset(memory, 0, size);
}

void arena_reset(struct arena *arena)
{
	struct arena_chunk *chunk = arena->chunk;

	if (!chunk)
		return;
	while (chunk->older) {
		arena->chunk = chunk->older;
		free(chunk);
		chunk = arena->chunk;
	}
	chunk->used = 0;
}

void arena_free(struct arena *arena)
{
	arena_reset(arena);
	free(arena->chunk);
	arena->chunk = NULL;
}

void *grow(void *array, u32 *room, size_t need, size_t size)
{
	size_t wanted = *room ? *room : 1024;

	while (wanted < need)
		wanted *= 2;
	if (wanted == *room)
		return array;
	if (wanted > UINT32_MAX) {
		fprintf(stderr, "reader: too many elements (%zu)\n", need);
		exit(2);
	}
	array = must_alloc(array, wanted * size);
	*room = wanted;
	return array;
}
