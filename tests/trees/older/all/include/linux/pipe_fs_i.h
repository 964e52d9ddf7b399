/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_PIPE_FS_I_H
#define _LINUX_PIPE_FS_I_H

struct pipe_buffer {
	struct page *page;
	unsigned int offset;
	unsigned int len;
};

#endif
