// SPDX-License-Identifier: GPL-2.0-only
/*
 * NFS through the loopback interface, against the kernel's own server.
 *
 * The tables of the server are filled here, the handle of its root is put
 * together here, and a thread says yes to whatever rpcbind is asked: no daemon
 * takes part.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/nfs_mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../init.h"
#include "../net.h"
#include "../work.h"

#define RPC		"/proc/net/rpc/"
#define NFSD		"/proc/fs/nfsd"
#define EXPORT_FLAGS	"9218"	/* insecure port, no subtree check, an fsid */
#define FSID		"\\x01000000"
#define FOREVER		"2147483647"

static int listen_at(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0)), on = 1;

	MUST(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	MUST(bind(fd, (struct sockaddr *)&address, sizeof(address)));
	MUST(listen(fd, 4));
	return fd;
}

static bool receive(int fd, void *to, size_t len)
{
	return recv(fd, to, len, MSG_WAITALL) == (long)len;
}

/* Answer each call with "accepted, true". */
static void rpcbind(void *listener)
{
	for (;;) {
		int fd = MUST(accept((intptr_t)listener, NULL, NULL));
		uint32_t mark, call[256];

		while (receive(fd, &mark, 4)) {
			uint32_t len = ntohl(mark) & 0x7fffffff;
			uint32_t answer[] = { htonl(1U << 31 | 28), 0, htonl(1),
					      0, 0, 0, 0, htonl(1) };

			if (len > sizeof(call) || !receive(fd, call, len))
				break;
			answer[1] = call[0];
			MUST(write(fd, answer, sizeof(answer)));
		}
		close(fd);
	}
}

static void start_server(void)
{
	net_up();
	mount_image("ext4", "/export");
	if (mount("nfsd", NFSD, "nfsd", 0, NULL) && errno != EBUSY)
		skip("no NFS server in this kernel");
	thread(rpcbind, (void *)(intptr_t)listen_at(111));
	put_text(RPC "auth.unix.ip/channel",
		 "nfsd 127.0.0.1 " FOREVER " guest\n");
	put_text(RPC "auth.unix.gid/channel", "0 " FOREVER " 1 0\n");
	put_text(RPC "nfsd.export/channel",
		 "guest /export " FOREVER " " EXPORT_FLAGS " 65534 65534 1\n");
	put_text(RPC "nfsd.fh/channel",
		 "guest 1 " FSID " " FOREVER " /export\n");
	put_text(NFSD "/portlist", "tcp 2049\n");
	put_text(NFSD "/threads", "2\n");
}

static void stop_server(void)
{
	put_text(NFSD "/threads", "0\n");
	put_text(RPC "nfsd.fh/flush", "1\n");
	put_text(RPC "nfsd.export/flush", "1\n");
	umount2(NFSD, MNT_DETACH);
}

static void mount_client(void)
{
	struct nfs_mount_data data = {
		.version = 6, .fd = -1, .hostname = "localhost",
		.flags = NFS_MOUNT_VER3 | NFS_MOUNT_TCP | NFS_MOUNT_NONLM |
			 NFS_MOUNT_NOACL,
		.timeo = 50, .retrans = 3,
		.addr.sin_family = AF_INET, .addr.sin_port = htons(2049),
		.addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		/* version 1, no auth, a number for the fsid, the root */
		.root = { .size = 8, .data = { 1, 0, 1, 0, 1 } },
	};

	mkdir_p("/mnt");
	if (mount("localhost:/export", "/mnt", "nfs", 0, &data)) {
		if (errno == ENODEV)
			skip("no NFS in this kernel");
		fail("mount of NFS: %s", strerror(errno));
	}
}

static void over_nfs(void (*run)(const char *type))
{
	start_server();
	mount_client();
	run("nfs");
	unmount("/mnt");
	stop_server();
}

static void direct(void)
{
	over_nfs(direct_files);
}

WORKLOAD(nfs_direct, "nfs-direct", "ext4", direct, ANY_MEMORY);

static void odd(void)
{
	over_nfs(odd_files);
}

WORKLOAD(nfs_odd, "nfs-odd", "ext4", odd);
