/* SPDX-License-Identifier: GPL-2.0-only */
/* What --wrap calls in place of a function of the SMB server. */
#ifndef SMB_SERVER_H
#define SMB_SERVER_H

struct oplock_info;

void __real_opinfo_put(struct oplock_info *opinfo);
void __wrap_opinfo_put(struct oplock_info *opinfo);

#endif /* SMB_SERVER_H */
