// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int loops(struct job *j, struct iov_iter *in)
{
	int err = job_fill(in, &j->nr); /* @set token=job_fill flag=j->sg_pinned iterator=in refused="was not made" */

	while (job_fill(in, &j->nr)) /* @set token=job_fill flag=j->sg_pinned iterator=in refused="in the head of a loop" */
		err++;
	return job_fill(in, &j->nr); /* @set token=job_fill flag=j->sg_pinned iterator=in refused="was not made" */
}
