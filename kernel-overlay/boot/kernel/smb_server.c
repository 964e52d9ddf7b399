// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SMB server of Linux 6.1.192 drops the oplock of each file that it opens, of
 * those as well that have none, such as folders: the kernel would not live through
 * a mount. Later ones look first, and so does this. It is not the server that is
 * under test.
 */
#include <linux/kernel.h>
#include "smb_server.h"

void __wrap_opinfo_put(struct oplock_info *opinfo)
{
	if (opinfo)
		__real_opinfo_put(opinfo);
}
