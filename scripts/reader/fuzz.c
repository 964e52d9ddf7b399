// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as a file, for libFuzzer: make fuzz.
 *
 * Beside what the sanitizers see, this checks what holds for all input: tokens
 * and gaps make up the file, and each tree is whole and inside of it.
 */
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "print.h"
#include "roundtrip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_tree(const struct reader *reader,
		       const struct declaration *decl)
{
	const struct node *nodes = reader->parser.tree.node;
	u32 size = reader->source.size;

	must(decl->first < decl->last && decl->last <= reader->parser.tree.n);
	must(decl->name_len <= size && decl->name <= size - decl->name_len);
	must(nodes[decl->last - 1].first == decl->first);
	for (u32 i = decl->first; i < decl->last; i++) {
		const struct node *node = &nodes[i];
		u32 child = i;

		must(node->first >= decl->first && node->first <= i);
		must(node->start <= node->end && node->end <= size);
		must(node->kind < N_COUNT && node->arm < reader->source.arms);
		while (child > node->first) {
			const struct node *below = &nodes[child - 1];

			must(below->first >= node->first);
			must(below->start >= node->start);
			must(below->end <= node->end);
			child = below->first;
		}
	}
}

static void check(const struct reader *reader)
{
	const struct source *source = &reader->source;
	u32 at;

	must(!roundtrip(source, &at));
	for (u32 i = 0; i < reader->parser.declarations; i++)
		check_tree(reader, &reader->parser.declaration[i]);
	for (u32 i = 0; i < source->regions; i++) {
		must(source->region[i].start <= source->region[i].end);
		must(source->region[i].end <= source->size);
	}
}

static void write_all(const struct reader *reader)
{
	FILE *to = fopen("/dev/null", "wb");
	struct out out;

	must(to);
	out_begin(&out, to);
	out_file(&out, "fuzz", reader, 0, true);
	must(!out_end(&out));
	print_file(reader, to);
	fclose(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct known_name name = {
		.name = "A", .len = 1, .defined = true, .has_value = true,
	};
	static const struct known known = {
		.version = 6 << 16, .name = &name, .names = 1,
	};
	struct reader reader;

	reader_init(&reader, &known);
	source_set(&reader.source, data, size);
	reader_read(&reader);
	check(&reader);
	write_all(&reader);
	reader_free(&reader);
	return 0;
}

#ifdef REPLAY
/* Without libFuzzer: the files that are named. */
int main(int argc, char **argv)
{
	struct source source;

	source_init(&source, NULL);
	for (int i = 1; i < argc; i++) {
		int error = source_open(&source, argv[i]);

		if (error) {
			fprintf(stderr, "%s: %s\n", argv[i], strerror(-error));
			return 2;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)source.text,
				       source.size);
	}
	source_free(&source);
	return 0;
}
#endif
