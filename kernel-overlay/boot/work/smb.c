// SPDX-License-Identifier: GPL-2.0-only
/*
 * cifs through the loopback interface, against the kernel's own server.
 *
 * A thread stands in for ksmbd's daemon: it answers over netlink who may log in,
 * and where the one share lies.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../init.h"
#include "../net.h"
#include "../uring.h"
#include "../work.h"

#define LEN	(24 * PAGE)
#define SHARE	"/export"
#define OPLOCKS	"/sys/module/cifs/parameters/enable_oplocks"

/* ksmbd_netlink.h, which is not among the headers for user space. */
enum {
	STARTING_UP = 2,
	LOG_IN = 4,
	SHARE_CONFIG = 6,
	TREE_CONNECT = 8,
	RPC = 12,
};

#define USER_OK			1
#define SHARE_AVAILABLE		1
#define SHARE_WRITEABLE		4
#define SHARE_OPLOCKS		128
#define SHARE_PIPE		256
#define TREE_WRITABLE		4

struct startup {
	uint32_t flags;
	int32_t signing;
	char min_prot[16], max_prot[16], netbios_name[16];
	char work_group[64], server_string[64];
	uint16_t tcp_port, ipc_timeout;
	uint32_t deadtime, file_max, max_write, max_read, max_trans;
	uint32_t fake_fscaps, sub_auth[3], max_credits, max_io_size;
	uint32_t max_connections;
	int8_t bind_interfaces_only;
	uint32_t max_ip_connections;
	char reserved[499];
	uint32_t interfaces_size;
} __attribute__((packed));

struct login {
	uint32_t handle, gid, uid;
	char account[48];
	uint16_t status, hash_size;
	uint8_t hash[18];
	uint32_t reserved[16];
};

struct share_config {
	uint32_t handle, flags;
	uint16_t create_mask, directory_mask, force[4];
	char name[64];
	uint32_t reserved[111];
	uint32_t payload_size, veto_size;
	char path[sizeof(SHARE)];
} __attribute__((packed));

struct tree_connect {
	uint32_t handle;
	uint16_t status, flags;
	uint32_t reserved[16];
};

static int netlink;
static uint16_t family;

static void send_message(uint16_t type, uint8_t command, uint16_t attribute,
			 const void *data, size_t len)
{
	struct {
		struct nlmsghdr n;
		struct genlmsghdr g;
		struct nlattr a;
		char data[1024];
	} message = {
		.n = { .nlmsg_len = sizeof(message) - sizeof(message.data) +
				    NLA_ALIGN(len),
		       .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST },
		.g = { .cmd = command, .version = 1 },
		.a = { .nla_len = NLA_HDRLEN + len, .nla_type = attribute },
	};

	memcpy(message.data, data, len);
	MUST(send(netlink, &message, message.n.nlmsg_len, 0));
}

/* Receive a message; returns its attributes, and what it is in @command. */
static struct nlattr *receive(char *buf, size_t size, uint8_t *command)
{
	struct nlmsghdr *n = (void *)buf;

	MUST(recv(netlink, buf, size, 0));
	if (n->nlmsg_type == NLMSG_ERROR)
		return NULL;
	*command = ((struct genlmsghdr *)NLMSG_DATA(n))->cmd;
	return (void *)(buf + NLMSG_HDRLEN + GENL_HDRLEN);
}

static void find_family(void)
{
	static const char name[] = "SMBD_GENL";
	struct nlattr *a;
	char buf[4096];
	uint8_t command;

	netlink = MUST(socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC));
	send_message(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
		     name, sizeof(name));
	a = receive(buf, sizeof(buf), &command);
	if (!a)
		skip("no SMB server in this kernel");
	while (a->nla_type != CTRL_ATTR_FAMILY_ID)
		a = (void *)((char *)a + NLA_ALIGN(a->nla_len));
	family = *(uint16_t *)(a + 1);
}

/* The share, or the pipe that a client connects to first. */
static void answer_share(uint32_t handle, const char *name)
{
	struct share_config config = {
		.handle = handle, .create_mask = 0755, .directory_mask = 0755,
		.force = { 0, 0, 0xffff, 0xffff },
	};
	size_t len = sizeof(config) - sizeof(config.path);

	strncpy(config.name, name, sizeof(config.name) - 1);
	if (!strcasecmp(name, "ipc$")) {
		config.flags = SHARE_AVAILABLE | SHARE_PIPE;
	} else {
		/* Linux 6.1.192's server needs one of every file. */
		config.flags = SHARE_AVAILABLE | SHARE_WRITEABLE |
			       SHARE_OPLOCKS;
		config.payload_size = sizeof(SHARE);
		strcpy(config.path, SHARE);
		len = sizeof(config);
	}
	send_message(family, SHARE_CONFIG + 1, SHARE_CONFIG + 1, &config, len);
}

static void daemon_thread(void *unused)
{
	/* MD4 of "password" in UTF-16 */
	static const uint8_t hash[16] = {
		0x88, 0x46, 0xf7, 0xea, 0xee, 0x8f, 0xb1, 0x17,
		0xad, 0x06, 0xbd, 0xd8, 0x30, 0xb7, 0x58, 0x6c,
	};

	(void)unused;
	for (;;) {
		struct tree_connect tree = { .flags = TREE_WRITABLE };
		struct login login = { .status = USER_OK, .hash_size = 16 };
		uint32_t refused[3] = { 0, 1, 0 };
		const char *asked;
		struct nlattr *a;
		uint8_t command;
		char buf[8192];

		a = receive(buf, sizeof(buf), &command);
		if (!a)
			continue;
		asked = (char *)(a + 1);
		memcpy(&tree.handle, asked, 4);
		login.handle = tree.handle;
		refused[0] = tree.handle;
		switch (command) {
		case LOG_IN:
			strncpy(login.account, asked + 4,
				sizeof(login.account) - 1);
			memcpy(login.hash, hash, sizeof(hash));
			send_message(family, LOG_IN + 1, LOG_IN + 1, &login,
				     sizeof(login));
			break;
		case SHARE_CONFIG:
			answer_share(tree.handle, asked + 4);
			break;
		case TREE_CONNECT:
			send_message(family, TREE_CONNECT + 1, TREE_CONNECT + 1,
				     &tree, sizeof(tree));
			break;
		case RPC:
			send_message(family, RPC + 1, RPC + 1, refused,
				     sizeof(refused));
		}
	}
}

#define LOGIN	"ip=127.0.0.1,user=root,pass=password,sec=ntlmssp,vers=3.0"

static void start(const char *options)
{
	struct startup startup = {
		.netbios_name = "SERVER", .work_group = "GROUP",
		.server_string = "server", .tcp_port = 445,
		.file_max = 10000, .sub_auth = { 1, 2, 3 },
	};
	int tries;

	if (access(OPLOCKS, W_OK))
		skip("no cifs in this kernel");
	/* The client asks for no file to itself, which it could cache. */
	put_text(OPLOCKS, "0");
	net_up();
	mkdir_p(SHARE);
	MUST(mount("tmpfs", SHARE, "tmpfs", 0, NULL));
	find_family();
	send_message(family, STARTING_UP, STARTING_UP, &startup,
		     sizeof(startup));
	thread(daemon_thread, NULL);
	serve_on();
	mkdir_p("/mnt");
	/* The server begins to listen some time after it was told to. */
	for (tries = 0; mount("//127.0.0.1/share", "/mnt", "cifs", 0, options);
	     tries++) {
		if (tries == 100)
			fail("mount of cifs: %s", strerror(errno));
		usleep(50000);
	}
}

/*
 * Linux 7.0 lets go of a file some time after its last request, and unmounting
 * does not wait for that.
 */
static void leave(void)
{
	usleep(200000);
	unmount("/mnt");
}

/* O_DIRECT by the client's way past its cache. */
static void direct(void)
{
	start(LOGIN ",cache=strict");
	direct_files("cifs");
	leave();
}

WORKLOAD(cifs_direct, "cifs-direct", NULL, direct, ANY_MEMORY);

static void odd(void)
{
	start(LOGIN ",cache=strict");
	odd_files("cifs");
	leave();
}

WORKLOAD(cifs_odd, "cifs-odd", NULL, odd);

static void uncached(void)
{
	start(LOGIN ",cache=none");
	uncached_files("cifs");
	leave();
}

WORKLOAD(cifs_uncached, "cifs-uncached", NULL, uncached, ANY_MEMORY,
	 REACHES("SMB_SERVER",
		 "setup_aio_ctx_iter,cifs_write_from_iter,cifs_send_async_read"));

/* Strictness leaves no cache either, to who has no file to itself. */
static void strict(void)
{
	start(LOGIN ",cache=strict");
	uncached_files("cifs");
	leave();
}

WORKLOAD(cifs_strict, "cifs-strict", NULL, strict);

/* Requests that end after the system call did. */
static void later(const char *options)
{
	char *from = buffer(LEN + PAGE), *to = buffer(LEN + PAGE);
	struct uring ring;
	int fd;

	start(options);
	fd = MUST(open("/mnt/later", O_RDWR | O_CREAT | O_TRUNC, 0600));
	uring_open(&ring, 4, 0);
	pattern(from + 300, LEN, 12);
	expect(uring_io(&ring, IORING_OP_WRITE, fd, from + 300, LEN) == LEN,
	       "short write");
	expect(uring_io(&ring, IORING_OP_READ, fd, to + 5, LEN) == LEN,
	       "short read");
	pattern_check("cifs", to + 5, LEN, 12);
	close(fd);
	leave();
}

static void later_uncached(void)
{
	later(LOGIN ",cache=none");
}

WORKLOAD(cifs_uring, "cifs-uring", NULL, later_uncached, ANY_MEMORY);

static void later_strict(void)
{
	later(LOGIN ",cache=strict");
}

WORKLOAD(cifs_uring_strict, "cifs-strict-uring", NULL, later_strict);

static int mapped_source;

static void read_source(void *to)
{
	expect(pread(mapped_source, to, LEN, 0) == LEN, "short read");
}

/*
 * Without a cache at all the client does not dirty what it wrote to, with pins and
 * without; here it does.
 */
static void into_file(void)
{
	static char data[LEN];

	start(LOGIN ",cache=strict");
	mapped_source = MUST(open("/mnt/source", O_RDWR | O_CREAT, 0600));
	pattern(data, LEN, 9);
	expect(MUST(pwrite(mapped_source, data, LEN, 0)) == LEN, "short write");
	into_mapping("ext2", read_source, 0, LEN, 9);
	close(mapped_source);
	leave();
}

WORKLOAD(cifs_mapping, "cifs-into-mapping", "ext2", into_file);
