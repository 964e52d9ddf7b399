// SPDX-License-Identifier: GPL-2.0-only
static long bcm_vk_write(struct toy *toy)
{
	long rc;

	rc = toy_send(toy);
	if (rc) {
		entry = bcm_vk_dequeue_pending(toy, 1);
		goto write_free_ent;
	}
	return 0;

write_free_ent:
	kfree(entry);
write_err:
	return rc;
}
