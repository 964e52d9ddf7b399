# SPDX-License-Identifier: GPL-2.0-only
"""Prove that a place is only reached where the code may sleep.

On every way there something is called that sleeps, or on every way from there,
and nothing on the way could forbid it; or that holds for each caller. What the
kernel calls from a table of file operations may sleep.
"""

from __future__ import annotations

import re

from pinlib.csource import jumps
from pinlib.decide.bugs import atomic
from pinlib.program import callers
from pinlib.program.function import Function, Statement
from pinlib.program.program import Program

# What forbids to sleep from there on, by its name.
_FORBIDS = re.compile(
    r"\b(?!\w*(?:mmap|sem)_)\w*(?:spin|read|write|rcu|seq|irq|bh|softirq|preempt|"
    r"atomic|cpu)_?(?:try|un)?(?:lock|disable|save|begin|enter)\w*\s*\(|"
    # A lock of another name may be one that spins.
    r"\b(?!\w*(?:mutex|mmap|sem|page|folio|inode|resv|ww_|device|sock|dirty|locked)"
    r"\w*\s*\()\w*lock\w*\s*\(|"
    r"\b(?:kmap_atomic|get_cpu\w*|lock_page_memcg|scoped_guard|guard|CLASS)\s*\(")
_SLEEPS = frozenset((
    "mutex_lock mutex_lock_interruptible mutex_lock_killable mutex_lock_nested "
    "down_read down_write mmap_read_lock mmap_write_lock down_read_killable "
    "down_write_killable might_sleep wait_for_completion cond_resched msleep "
    "copy_from_user copy_to_user get_user put_user pin_user_pages "
    "pin_user_pages_fast pin_user_pages_remote pin_user_pages_unlocked "
    "get_user_pages get_user_pages_fast account_locked_vm mmput vmalloc vzalloc "
    "synchronize_rcu cancel_work_sync flush_work kthread_stop").split())
_TABLES = frozenset("file_operations proc_ops vm_operations_struct dma_buf_ops"
                    .split())
_EXPORT = re.compile(r"\bEXPORT_SYMBOL\w*\s*\(\s*$")
_DEPTH = 8


def proven(program: Program, function: Function, start: int) -> bool:
    """Say whether an offset of a function is only reached where one may sleep."""
    return atomic.handler(program, function) is None and _reached(
        program, function, start, frozenset())


def _reached(program: Program, function: Function, start: int,
             below: frozenset[tuple[str, str]]) -> bool:
    """Say so of one function; below: those that it was come up from."""
    low, high = function.body
    code = function.text.code
    if high < 0 or function.key in below or len(below) > _DEPTH or \
            program.is_ambiguous(function) or _FORBIDS.search(code[low:high]):
        return False
    return any(_passes(function, s, start) for s in function.statements
               if s.tree is not None and any(
                   True for _ in s.tree.calls(*_SLEEPS))) or _above(
                       program, function, below | {function.key})


def _passes(function: Function, sleeper: Statement, start: int) -> bool:
    """Say whether what comes to a place passes a statement, before or after."""
    code = function.text.code
    if sleeper.start < start:
        between = code[sleeper.end:start]
        first = not jumps.JUMP.search(code, function.body[0], sleeper.start)
        return not _choice(sleeper) and not function.guards_at(sleeper.start) and (
            first or not jumps.LABEL_HERE.search(between)
            and not jumps.CASE.search(between))
    return function.block_at(start) == function.block_at(sleeper.start) and \
        not _choice(sleeper) and len(function.guards_at(sleeper.start)) <= len(
            function.guards_at(start)) and not jumps.JUMP.search(
                code, start, sleeper.start)


def _choice(sleeper: Statement) -> bool:
    """Say whether the call may be left out where its statement is not."""
    return sleeper.tree is None or any(
        n.value in ("?", "&&", "||") for n in sleeper.tree.walk())


def _above(program: Program, function: Function,
           below: frozenset[tuple[str, str]]) -> bool:
    """Say so of everything that calls a function."""
    if callers.in_macro(program, function) or program.named_often(
            function, callers.CALLERS):
        return False
    inside = [(caller, use) for caller, use in
              program.naming(function.name, function) if caller.name]
    tables = _tables(program, function)
    return tables is not None and bool(inside or tables) and all(
        use.call is not None and _reached(
            program, caller, use.statement.start, below)
        for caller, use in inside)


def _tables(program: Program, function: Function) -> int | None:
    """Count the tables that name a function; None where anybody may call it."""
    found = 0
    for text, offset, _ in callers.named_at(program, function):
        before = text.code[:offset]
        after = text.code[offset + len(function.name.partition("@")[0]):]
        table = callers.table_at(text, offset)
        if table is not None:
            if table.group(1) not in _TABLES:
                return None
            found += 1
        elif before.count("{") == before.count("}") and \
                not after.lstrip().startswith("(") and \
                not _EXPORT.search(before):
            return None
    return found
