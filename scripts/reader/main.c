// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command.
 */
#include <stdio.h>
#include <string.h>
#include <stdlib.h>

#include "print.h"

int main(int argc, char **argv)
{
	static struct reader r;
	char path[4096];
	u64 bytes=0, nodes=0, fns=0, bad=0, decls=0, reg=0, sel=0, err[R_COUNT]={0};
	int show = getenv("SHOW") != NULL;

	reader_init(&r, NULL);
	if (argc > 2 && !strcmp(argv[1], "--print")) {
		int e = source_open(&r.source, argv[2]);
		if (e) { fprintf(stderr, "%s\n", strerror(-e)); return 2; }
		reader_read(&r);
		print_file(&r, stdout);
		return 0;
	}
	while (fgets(path, sizeof(path), stdin)) {
		path[strcspn(path, "\n")] = 0;
		if (source_open(&r.source, path)) continue;
		reader_read(&r);
		bytes += r.source.size; nodes += r.parser.tree.n; decls += r.parser.declarations; reg += r.source.regions;
		for (u32 i = 0; i < r.source.regions; i++) {
			struct region *g = &r.source.region[i];
			err[g->reason]++;
			if (show) printf("%s:%u: %s %s %.*s | %.*s\n", path, line_of(&r.source, g->start), reason_text(g->reason), g->declaration==~0u?"-":declaration_name(r.parser.declaration[g->declaration].kind), g->declaration==~0u?0:(int)r.parser.declaration[g->declaration].name_len, g->declaration==~0u?"":r.source.text+r.parser.declaration[g->declaration].name, (int)(g->end-g->start>80?80:g->end-g->start), r.source.text+g->start);
		}
		u32 last = ~0u;
		for (u32 i = 0; i < r.parser.declarations; i++) { if (r.parser.declaration[i].kind == DK_FUNCTION) fns++; if (r.parser.declaration[i].selection) sel++; }
		for (u32 i = 0; i < r.source.regions; i++) { u32 d = r.source.region[i].declaration; if (d != ~0u && d != last && r.parser.declaration[d].kind == DK_FUNCTION) { bad++; last = d; } }
	}
	printf("bytes %lu nodes %lu decls %lu fns %lu bad %lu regions %lu selected %lu:", bytes, nodes, decls, fns, bad, reg, sel);
	for (int i = 0; i < R_COUNT; i++) if (err[i]) printf(" %s %lu", reason_text(i), err[i]);
	printf("\n");
	reader_free(&r);
	return 0;
}
