/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What the workloads ask of /dev/pin_trace, in the boot kernel only. */
#ifndef PIN_TRACE_H
#define PIN_TRACE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct pin_trace_page - The counts of one page of a user buffer
 * @pfn: Its number
 * @head: That of the first page of its folio
 * @folio: How many pages the folio has, which share the counts
 * @refs: References without those that stand for pins
 * @pins: Pins
 * @pad: Nothing
 */
struct pin_trace_page {
	__u64 pfn;
	__u64 head;
	__u32 folio;
	__u32 refs;
	__u32 pins;
	__u32 pad;
};

/**
 * struct pin_trace_count - Which pages to count, and where to put the counts
 * @addr: The first address of the buffer
 * @len: Its length in bytes
 * @pages: The address of one struct pin_trace_page a page
 */
struct pin_trace_count {
	__u64 addr;
	__u64 len;
	__u64 pages;
};

/* Forget every call that was recorded; then read() lists the calls since. */
#define PIN_TRACE_RESET	_IO('P', 0)
#define PIN_TRACE_COUNT	_IOW('P', 1, struct pin_trace_count)
/* Sleep that many ms after each acquisition, with the pages held. */
#define PIN_TRACE_DELAY	_IO('P', 2)

#endif /* PIN_TRACE_H */
