// SPDX-License-Identifier: GPL-2.0-only
int toy_hear(struct toy *toy)
{
	return mmu_notifier_register(&toy->notifier, current->mm);
}
