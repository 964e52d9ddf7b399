/* SPDX-License-Identifier: GPL-2.0-only */
/* The loopback interface, which is all the network that there is. */
#ifndef NET_H
#define NET_H

void net_up(void);

#endif /* NET_H */
