/* SPDX-License-Identifier: GPL-2.0-only */
typedef struct {
	struct page **pages;
	int nr;
} typedefed_table_t;

typedef struct _typedefed_req typedefed_req;
struct _typedefed_req {
	typedefed_table_t in;
	void *vaddr;
};

typedef struct _typedefed_req *typedefed_handle;
