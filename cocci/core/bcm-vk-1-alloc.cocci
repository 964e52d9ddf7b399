// SPDX-License-Identifier: GPL-2.0-only
//
// Give the pages back on every error exit of the function that takes them.
// Before the coherent list exists there is nothing but pages and their array
// to undo; from then on the driver's own free function undoes all, once the
// list names everything that is mapped.

// The label comes first: a goto without one leaves spatch no control flow.
@@
identifier dma, dev;
symbol err, i;
@@
bcm_vk_dma_alloc(struct device *dev, struct bcm_vk_dma *dma, ...)
{
... when any
return 0;
+
+err_put_pages:
+	for (i = 0; i < dma->nr_pages; i++)
+		put_page(dma->pages[i]);
+	kfree(dma->pages);
+	return err;
}

@disable braces1@
identifier dma, dev;
symbol err;
@@
bcm_vk_dma_alloc(struct device *dev, struct bcm_vk_dma *dma, ...)
{
<...
if (err != dma->nr_pages) {
	...
-	return err < 0 ? err : -EINVAL;
+	err = err < 0 ? err : -EINVAL;
+	goto err_put_pages;
}
...>
}

@@
identifier dma, dev;
symbol err;
@@
bcm_vk_dma_alloc(struct device *dev, struct bcm_vk_dma *dma, ...)
{
<...
- if (!dma->sglist)
-	return -ENOMEM;
+ if (!dma->sglist) {
+	err = -ENOMEM;
+	goto err_put_pages;
+ }
...>
}

@@
identifier dma, dev;
symbol sg_addr;
@@
bcm_vk_dma_alloc(struct device *dev, struct bcm_vk_dma *dma, ...)
{
<...
if (unlikely(dma_mapping_error(dev, sg_addr))) {
-	__free_page(dma->pages[0]);
+	bcm_vk_dma_free(dev, dma);
	return -EIO;
}
...>
}

@@
identifier dma, dev, i;
symbol addr, sg_addr, sgdata, transfer_size, SGLIST_NUM_SG;
typedef u64;
@@
bcm_vk_dma_alloc(struct device *dev, struct bcm_vk_dma *dma, ...)
{
<...
if (unlikely(dma_mapping_error(dev, addr))) {
-	__free_page(dma->pages[i]);
+	/* The entry at hand covers what was mapped before. */
+	sgdata->size = transfer_size;
+	put_unaligned(sg_addr, (u64 *)&sgdata->address);
+	dma->sglist[SGLIST_NUM_SG]++;
+	bcm_vk_dma_free(dev, dma);
	return -EIO;
}
...>
}
