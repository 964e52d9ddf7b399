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
#include <fcntl.h>
#include <linux/nfs_mount.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../init.h"
#include "../net.h"
#include "../work.h"

#define RPC		"/proc/net/rpc/"
#define NFSD		"/proc/fs/nfsd"
#define EXPORT_FLAGS	"9218"	/* insecure port, no subtree check, an fsid */
#define FSID		"\\x01000000"
#define FOREVER		"2147483647"
#define LEN		(24 * PAGE)

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

/* What the server forgets when its last thread ends. */
static void serve(void)
{
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

static void pause_server(void)
{
	put_text(NFSD "/threads", "0\n");
}

static void start_server(void)
{
	net_up();
	mount_image("ext4", "/export");
	if (mount("nfsd", NFSD, "nfsd", 0, NULL) && errno != EBUSY)
		skip("no NFS server in this kernel");
	thread(rpcbind, (void *)(intptr_t)listen_at(111));
	serve_on();
	serve();
}

static void stop_server(void)
{
	pause_server();
	put_text(RPC "nfsd.fh/flush", "1\n");
	put_text(RPC "nfsd.export/flush", "1\n");
	umount2(NFSD, MNT_DETACH);
}

/* Mount it with requests of at most @size bytes, or as many as it likes. */
static void mount_client(int size, int flags)
{
	struct nfs_mount_data data = {
		.version = 6, .fd = -1, .hostname = "localhost",
		.flags = NFS_MOUNT_VER3 | NFS_MOUNT_TCP | NFS_MOUNT_NONLM |
			 NFS_MOUNT_NOACL | flags,
		.rsize = size, .wsize = size,
		.timeo = flags & NFS_MOUNT_SOFT ? 5 : 50,
		.retrans = flags & NFS_MOUNT_SOFT ? 1 : 3,
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

static void over_nfs(int size, int flags, void (*run)(const char *type))
{
	start_server();
	mount_client(size, flags);
	run("nfs");
	unmount("/mnt");
	stop_server();
}

/* A workload with files of the client; what follows is as in WORKLOAD(). */
#define OVER_NFS(id, name, size, flags, run, ...)			\
	static void id##_files(void) { over_nfs(size, flags, run); }	\
	WORKLOAD(w_##id, name, "ext4", id##_files, __VA_ARGS__)

OVER_NFS(nfs_direct, "nfs-direct", 0, 0, direct_files, ANY_MEMORY);
OVER_NFS(nfs_odd, "nfs-odd", 0, 0, odd_files);
/* A page takes four requests, which share it. */
OVER_NFS(nfs_split, "nfs-split", 1024, 0, direct_files, ANY_MEMORY);
OVER_NFS(nfs_split_odd, "nfs-split-odd", 1024, 0, odd_files);
OVER_NFS(nfs_splice, "nfs-splice", 0, 0, splice_files);
OVER_NFS(nfs_uring, "nfs-uring", 0, 0, uring_files);
OVER_NFS(nfs_uring_split, "nfs-uring-split", 1024, 0, uring_files);
OVER_NFS(nfs_loop, "nfs-loop", 0, 0, loop_files);

static int open_direct(const char *path)
{
	return MUST(open(path, O_RDWR | O_CREAT | O_DIRECT, 0600));
}

static int lossy;

static void send_all(void *from)
{
	/* Not every kernel counts what need not be sent again. */
	expect(pwrite(lossy, from, LEN, 0) > 0, "nothing was written");
}

/* How many writes the client has sent, by its own count. */
static unsigned long writes(void)
{
	static char text[32768];
	int fd = MUST(open("/proc/self/mountstats", O_RDONLY));
	size_t len = 0;
	unsigned long count;
	const char *at;
	long got;

	while ((got = MUST(read(fd, text + len, sizeof(text) - 1 - len))) > 0)
		len += got;
	close(fd);
	text[len] = '\0';
	at = strstr(text, " WRITE: ");
	expect(at && sscanf(at, " WRITE: %lu", &count) == 1, "no count of writes");
	return count;
}

/*
 * The server is another one when it is asked to commit: what it was sent before has
 * to be sent again, from pages that are still there.
 */
static void lost_writes(const char *type)
{
	char *from = buffer(LEN), *to = buffer(LEN);

	lossy = open_direct("/mnt/file");
	pattern(from, LEN, 4);
	hold_pages(100);
	thread(send_all, from);
	usleep(1200000);
	pause_server();
	serve();
	join();
	hold_pages(0);
	expect(writes() > LEN / PAGE, "nothing was sent again");
	expect(MUST(pread(lossy, to, LEN, 0)) == LEN, "short read");
	pattern_check(type, to, LEN, 4);
	close(lossy);
}

OVER_NFS(nfs_lost, "nfs-lost-writes", PAGE, 0, lost_writes);

/* Start a process that waits for a server that is not there, and kill it. */
static void kill_one(bool write, int fd, char *at)
{
	pid_t child = MUST(fork());
	int status;

	if (!child)
		_exit(write ? pwrite(fd, at, LEN, 0) : pread(fd, at, LEN, 0));
	usleep(500000);
	expect(!waitpid(child, &status, WNOHANG), "it did not wait");
	kill(child, SIGKILL);
	MUST(waitpid(child, &status, 0));
	expect(WIFSIGNALED(status), "it was not killed");
}

/* What the killed had begun goes on without them. */
static void killed_files(const char *type)
{
	char *from = buffer_of(LEN, MAP_SHARED, -1);
	char *to = buffer_of(LEN, MAP_SHARED, -1), *got = buffer(LEN);
	int in = open_direct("/mnt/in"), out = open_direct("/mnt/out");

	pattern(got, LEN, 6);
	expect(MUST(pwrite(in, got, LEN, 0)) == LEN, "short write");
	pattern(from, LEN, 5);
	memset(to, 0, LEN);
	pause_server();
	kill_one(false, in, to);
	kill_one(true, out, from);
	serve();
	buffers_check();
	pattern_check("what was read", to, LEN, 6);
	expect(MUST(pread(out, got, LEN, 0)) == LEN, "short read");
	pattern_check(type, got, LEN, 5);
	close(in);
	close(out);
}

OVER_NFS(nfs_killed, "nfs-killed", 0, 0, killed_files);
OVER_NFS(nfs_killed_split, "nfs-killed-split", 1024, 0, killed_files);

static void gone_server(const char *type)
{
	char *at = buffer(LEN);
	int fd = open_direct("/mnt/file");

	pattern(at, LEN, 8);
	expect(MUST(pwrite(fd, at, LEN, 0)) == LEN, "short write");
	pause_server();
	expect(pread(fd, at, LEN, 0) < 0, "read from no server");
	expect(pwrite(fd, at, LEN, 0) < 0, "write to no server");
	buffers_check();
	serve();
	while (pread(fd, at, LEN, 0) != LEN)
		usleep(100000);
	pattern_check(type, at, LEN, 8);
	close(fd);
}

OVER_NFS(nfs_gone, "nfs-gone-server", 0, NFS_MOUNT_SOFT, gone_server);
