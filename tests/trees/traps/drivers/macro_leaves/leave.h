/* SPDX-License-Identifier: GPL-2.0-only */
#define give_up_on(failed, with) \
	do { \
		if (unlikely(failed)) \
			return (with); \
	} while (0)
#define must(there) give_up_on(!(there), -ENODEV)
