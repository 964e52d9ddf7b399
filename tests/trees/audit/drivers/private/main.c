// SPDX-License-Identifier: GPL-2.0-only
/* Memory that is mapped privately is anonymous once it is written to. */
#include <linux/mm.h>

static bool fits(struct probe *probe, struct vm_area_struct *vma)
{
	return probe->offset && vma->vm_file == probe->file &&
		(vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;
}

static bool fits_any(struct probe *probe, struct vm_area_struct *vma)
{
	return probe->offset && vma->vm_file == probe->file &&
		(vma->vm_flags & (VM_WRITE | VM_SHARED)) == (VM_WRITE | VM_SHARED);
}

static struct vm_area_struct *look_for(struct probe *probe)
{
	struct vm_area_struct *vma;

	list_for_each_entry(vma, &probe->mappings, list)
		if (fits(probe, vma))
			return vma;
	return NULL;
}

static int add_private(unsigned long at, short by)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	*(short *)page_address(page) += by;
	put_page(page);
	return 0;
}

int count_found(struct probe *probe, short by)
{
	struct vm_area_struct *vma = look_for(probe);

	if (!vma)
		return -ENOENT;
	return add_private(vma->vm_start + probe->offset, by);
}

int count_here(struct probe *probe, struct vm_area_struct *vma)
{
	unsigned long at = vma->vm_start;

	if (!fits(probe, vma))
		return -EINVAL;
	return add_private(at, 1);
}

static int add_any(unsigned long at, short by)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	*(short *)page_address(page) += by;
	put_page(page);		/* @not-dirtied */
	return 0;
}

int count_any(struct probe *probe, struct vm_area_struct *vma)
{
	unsigned long at = vma->vm_start;

	if (!fits(probe, vma))
		return add_any(at, 1);
	return -EINVAL;
}

static int add_shared(unsigned long at, short by)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	*(short *)page_address(page) += by;
	put_page(page);		/* @not-dirtied */
	return 0;
}

int count_shared(struct probe *probe, struct vm_area_struct *vma)
{
	unsigned long at = vma->vm_start;

	if (!fits_any(probe, vma))
		return -EINVAL;
	return add_shared(at, 1);
}

int write_cow(struct vm_area_struct *vma, unsigned long at)
{
	struct page *page;

	if (WARN_ON_ONCE(!is_cow_mapping(vma->vm_flags)))
		return -EINVAL;
	if (get_user_pages_fast(at - vma->vm_start, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, 8);
	put_page(page);
	return 0;
}

int write_not_cow(struct vm_area_struct *vma, unsigned long at)
{
	struct page *page;

	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;
	if (get_user_pages_fast(at - vma->vm_start, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, 8);
	put_page(page);		/* @not-dirtied */
	return 0;
}
