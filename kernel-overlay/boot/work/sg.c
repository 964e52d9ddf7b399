// SPDX-License-Identifier: GPL-2.0-only
/* SG_IO on a disk of scsi_debug: user memory mapped into a request. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "../work.h"

#define BLOCK	512
#define LEN	(8 * PAGE)

/* The disk that scsi_debug made, whatever name it was given. */
static int open_scsi(void)
{
	struct dirent *entry;
	char name[300];
	DIR *dir;
	int fd;

	if (chdir("/sys/bus/pseudo/drivers/scsi_debug"))
		skip("no scsi_debug in this kernel");
	dir = opendir("adapter0/host0/target0:0:0/0:0:0:0/block");
	if (!dir)
		skip("no scsi_debug in this kernel");
	do {
		entry = readdir(dir);
		expect(entry, "scsi_debug has no disk");
	} while (entry->d_name[0] == '.');
	snprintf(name, sizeof(name), "/dev/%s", entry->d_name);
	fd = MUST(open(name, O_RDWR | O_CLOEXEC));
	closedir(dir);
	return fd;
}

static int command(int fd, int is_write, void *at, int vectors, size_t all)
{
	unsigned char cdb[10] = { is_write ? 0x2a : 0x28 }, sense[64];
	struct sg_io_hdr h = {
		.interface_id = 'S', .cmd_len = sizeof(cdb), .cmdp = cdb,
		.mx_sb_len = sizeof(sense), .sbp = sense, .timeout = 10000,
		.dxfer_direction = is_write ? SG_DXFER_TO_DEV :
					      SG_DXFER_FROM_DEV,
		.dxferp = at, .dxfer_len = all, .iovec_count = vectors,
	};

	cdb[7] = all / BLOCK >> 8;
	cdb[8] = all / BLOCK;
	if (ioctl(fd, SG_IO, &h))
		return -errno;
	return h.status | h.host_status << 8;
}

static void settle(int fd, void *at)
{
	/* A unit attention comes first. */
	command(fd, 0, at, 0, BLOCK);
}

static void transfer(void)
{
	char *from = buffer(LEN + PAGE), *to = buffer(LEN + PAGE);
	int fd = open_scsi(), done;
	size_t shift;

	settle(fd, to);
	for (shift = 0; shift < PAGE; shift += BLOCK) {
		pattern(from + shift, LEN, shift);
		memset(to, 0, LEN + PAGE);
		done = command(fd, 1, from + shift, 0, LEN);
		expect(!done, "write: %d", done);
		done = command(fd, 0, to + PAGE - shift, 0, LEN);
		expect(!done, "read: %d", done);
		pattern_check("SG_IO", to + PAGE - shift, LEN, shift);
	}
}

WORKLOAD(sg_io, "sg-io", NULL, transfer,
	 ANY_MEMORY, REACHES("SCSI_DEBUG", "bio_map_user_iov"));

static void vectors(void)
{
	char *from = buffer(LEN), *to = buffer(LEN);
	struct sg_iovec iov[] = { { to + 4 * PAGE, 4 * PAGE },
				  { to + BLOCK, BLOCK },
				  { to + 2 * PAGE, 2 * PAGE } };
	int fd = open_scsi(), done;

	settle(fd, to);
	pattern(from, LEN, 3);
	done = command(fd, 1, from, 0, LEN);
	expect(!done, "write: %d", done);
	done = command(fd, 0, iov, 3, 6 * PAGE + BLOCK);
	expect(!done, "read: %d", done);
	expect(!memcmp(to + 4 * PAGE, from, 4 * PAGE) &&
	       !memcmp(to + BLOCK, from + 4 * PAGE, BLOCK) &&
	       !memcmp(to + 2 * PAGE, from + 4 * PAGE + BLOCK, 2 * PAGE),
	       "wrong data");
	moved(6 * PAGE + BLOCK);
}

WORKLOAD(sg_io_vectors, "sg-io-vectors", NULL, vectors, ANY_MEMORY);

static void fault(void)
{
	char *to = buffer(LEN);
	int fd = open_scsi();

	settle(fd, to);
	buffer_cut(to, 3 * PAGE);
	expect(command(fd, 0, to, 0, LEN), "read into what is not there");
	expect(command(fd, 1, to, 0, LEN), "wrote what is not there");
}

WORKLOAD(sg_io_fault, "sg-io-fault", NULL, fault);
