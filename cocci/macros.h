/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Macros that make Coccinelle drop the function around them, in a form that
 * it can parse. Only their shape matters here: nothing of this is compiled.
 */
#define scoped_guard(...) if (1)
#define scoped_cond_guard(...) if (1)
