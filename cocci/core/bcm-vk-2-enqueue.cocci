// SPDX-License-Identifier: GPL-2.0-only
//
// A message that could not be sent is freed like one that was answered: with
// the pages that it holds. It is gone when the queue was drained meanwhile.

@@
identifier entry;
symbol dev, write_err, write_free_ent;
@@
bcm_vk_write(...)
{
<...
entry = bcm_vk_dequeue_pending(...);
- goto write_free_ent;
+ if (entry)
+	bcm_vk_free_wkent(dev, entry);
+ goto write_err;
...>
}
