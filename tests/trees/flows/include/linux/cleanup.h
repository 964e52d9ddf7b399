/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

#define DEFINE_FREE(_name, _type, _then) \
	static inline void free_at_end_##_name(void *at) { _type _T = *(_type *)at; _then; }
#define __free(_name)	__attribute__((cleanup(free_at_end_##_name)))

#endif
