// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int start(struct job *j, struct iov_iter *in, struct msghdr *msg)
{
	int err = 0;

	if (in)
		err = job_fill(in, &j->nr); /* @set token=job_fill flag=j->sg_pinned iterator=in */
	count++;
	if (job_fill(&msg->msg_iter, &j->nr)) /* @set token=job_fill flag=j->sg_pinned iterator=&msg->msg_iter */
		return -EFAULT;
	job_fill(in, &j->more); /* @set token=job_fill flag=j->more_pinned iterator=in */
	count++;
	job_fill(in, &j->left);
	return err;
}
