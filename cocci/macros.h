/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Macros that make Coccinelle drop the function around them, in a form that
 * it can parse. Only their shape matters here: nothing of this is compiled.
 */
#define scoped_guard(...) if (1)
#define scoped_cond_guard(...) if (1)
#define scoped_class(...) if (1)
#define scoped_irqdesc_get_and_buslock(...) if (1)
#define scoped_irqdesc_get_and_lock(...) if (1)
#define scoped_masked_user_read_access(...) if (1)
#define scoped_masked_user_read_access_size(...) if (1)
#define scoped_masked_user_rw_access(...) if (1)
#define scoped_masked_user_rw_access_size(...) if (1)
#define scoped_masked_user_write_access(...) if (1)
#define scoped_masked_user_write_access_size(...) if (1)
#define scoped_seqlock_read(...) if (1)
#define scoped_seqlock_read_irqsave(...) if (1)
#define scoped_user_read_access(...) if (1)
#define scoped_user_read_access_size(...) if (1)
#define scoped_user_rw_access(...) if (1)
#define scoped_user_rw_access_size(...) if (1)
#define scoped_user_write_access(...) if (1)
#define scoped_user_write_access_size(...) if (1)
#define scoped_with_creds(...) if (1)
#define scoped_with_init_fs(...) if (1)
#define scoped_with_kernel_creds(...) if (1)
