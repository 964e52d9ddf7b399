# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel's own interfaces do with the pages they are given.

Only interfaces of the kernel's core stand here (mm, uio, scatterlist, DMA
mapping): a driver's functions are always followed into their definition.
Sources: include/linux/mm.h, highmem.h, uio.h, scatterlist.h, dma-mapping.h
and Documentation/core-api/pin_user_pages.rst.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

EXTRACT = ("iov_iter_get_pages", "iov_iter_get_pages2",
           "iov_iter_get_pages_alloc", "iov_iter_get_pages_alloc2")
FAST = ("get_user_pages_fast",)
MISSION = EXTRACT + FAST
OTHER_GET = ("get_user_pages", "get_user_pages_unlocked",
             "get_user_pages_locked", "get_user_pages_remote",
             "get_user_pages_fast_only", "__get_user_pages_fast",
             "get_user_page_fast_only", "get_user_page_vma_remote")
# Take the pages of addresses; each may have a form that pins.
BY_ADDRESS = FAST + OTHER_GET
PIN_OF = {name: name.replace("get_", "pin_", 1) for name in BY_ADDRESS
          if name.startswith("get_user_pages")}
# The page is their value, or an error pointer.
RETURNING = ("get_user_page_vma_remote",)
PINNING = (*PIN_OF.values(), "iov_iter_extract_pages",
           "iov_iter_extract_pages_alloc", "iov_iter_extract_pages_noadvance",
           "iov_iter_extract_pages_alloc_noadvance")
UNPIN = ("unpin_user_page", "unpin_user_pages", "unpin_user_pages_dirty_lock",
         "unpin_user_page_range_dirty_lock", "page_extract_release",
         "page_extract_release_pages",
         "page_extract_release_pages_dirty_lock")
# Made for pages that were allocated, though they drop one reference too.
FREES = ("__free_page", "__free_pages")
DIRTY = ("set_page_dirty", "set_page_dirty_lock")
# Drop one reference of the page that they are given, and do nothing else.
DROPS = ("put_page", "__free_page", "put_user_page")
# A pin is 1024 references of a small page: these say other than before.
COUNTS = ("page_count", "page_ref_count", "folio_ref_count")
# Results that look like errors: the I/O goes on, and its completion handler
# has the pages (Documentation/filesystems/porting.rst, include/linux/crypto.h).
GOES_ON = ("-EIOCBQUEUED", "-EINPROGRESS")


@dataclass(frozen=True)
class Shape:
    """Where a function that takes the pages of addresses has what.

    Indexes of arguments, from 0; -1 stands for none.
    """

    arguments: int
    count: int
    flags: int
    pages: int
    locked: int = -1


_LIKE_FAST = Shape(4, 1, 2, 3)
# As the newest trees have them; a tree's own prototypes come first (api_forms).
_NEWEST = {
    "get_user_pages": _LIKE_FAST, "get_user_pages_fast": _LIKE_FAST,
    "get_user_pages_unlocked": Shape(4, 1, 3, 2),
    "get_user_pages_locked": Shape(5, 1, 2, 3, 4),
    "get_user_pages_remote": Shape(6, 2, 3, 4, 5),
    "get_user_pages_fast_only": _LIKE_FAST,
    "__get_user_pages_fast": _LIKE_FAST,
    "get_user_page_fast_only": Shape(3, -1, 1, 2),
    "get_user_page_vma_remote": Shape(4, -1, 2, -1)}
SHAPES: Mapping[str, Shape] = MappingProxyType({
    **_NEWEST, **{new: _NEWEST[old] for old, new in PIN_OF.items()}})
# Where the array stands in those that take an iterator.
EXTRACT_ARG = dict.fromkeys((*EXTRACT, *(
    name for name in PINNING if name.startswith("iov_iter_"))), 1)
TAKES = frozenset(SHAPES) | frozenset(EXTRACT_ARG)
# Members whose owners drop plain references only.
PLAIN_MEMBERS = frozenset({("pipe_buffer", "page"), ("sk_msg_sg", "data"),
                           ("skb_frag_struct", "page"),
                           ("skb_frag", "page")})


@dataclass(frozen=True)
class Effect:
    """What a call does with one argument.

    kind: release | array-release | dirty | ref | look | cpu | device |
    clear-array | free-array | fill | plain-owner | borrow | into | iterate |
    copy | same | take | acquire | unknown;
    result: category of the value that carries the page on, or "".
    """

    kind: str
    result: str = ""
    into: int = -1


def _table() -> dict[tuple[str, int], Effect]:
    table: dict[tuple[str, int], Effect] = {}

    def add(effect: Effect, arg: int, names: str) -> None:
        for name in names.split():
            table[name, arg] = effect

    add(Effect("release"), 0, "put_page __free_page put_user_page "
        "put_unlocked_page free_page_and_swap_cache unpin_user_page "
        "unpin_user_page_range_dirty_lock "
        "page_extract_release __free_pages folio_put")
    add(Effect("array-release"), 0, "release_pages put_user_pages "
        "unpin_user_pages unpin_user_pages_dirty_lock put_user_pages_dirty "
        "put_user_pages_dirty_lock page_extract_release_pages "
        "page_extract_release_pages_dirty_lock")
    add(Effect("dirty"), 0, " ".join(DIRTY))
    add(Effect("ref"), 0, "get_page try_get_page folio_get "
        "get_page_unless_zero page_extract_add_pin")
    add(Effect("look"), 0, "page_to_nid page_to_pfn page_zonenum page_zone "
        "page_mapcount page_count page_ref_count PageReserved PageCompound "
        "PageAnon PageLocked PageHuge PageTransHuge PageSlab PageTail "
        "PageHead PageUptodate PageDirty PageWriteback PageLRU PageSwapCache "
        "PageHighMem PageKsm page_mapping page_size page_mapped page_is_ram "
        "is_zone_device_page is_zero_page is_zero_pfn page_private "
        "is_device_private_page is_pci_p2pdma_page is_page_hwpoison "
        "IS_ERR PTR_ERR IS_ERR_OR_NULL WARN_ON WARN_ON_ONCE BUG_ON likely "
        "unlikely ARRAY_SIZE sizeof VM_BUG_ON lock_page unlock_page "
        "trylock_page mark_page_accessed wait_on_page_writeback "
        "dump_page page_index page_offset SetPageUptodate "
        "ClearPageMappedToDisk SetPageError ClearPageUptodate "
        "end_page_writeback set_page_writeback arch_dma_page "
        "page_has_private debug_dma_assert_idle pagecount trace_printk "
        "printk pr_debug pr_err pr_info pr_warn cond_resched "
        "folio_lock folio_trylock folio_unlock folio_page_idx folio_pfn "
        "folio_index folio_nid folio_size folio_nr_pages folio_order "
        "folio_mapped folio_mapcount folio_ref_count "
        "compound_order compound_nr page_shift thp_nr_pages struct_size "
        "flex_array_size offsetof sizeof_field")
    for arg in (1, 2):
        add(Effect("look"), arg, "struct_size flex_array_size offsetof "
            "sizeof_field")
    add(Effect("look"), 1, "folio_page_idx")
    for arg in range(1, 8):
        add(Effect("look"), arg, "dev_err dev_dbg dev_warn dev_info pr_debug "
            "pr_err pr_info pr_warn printk trace_printk seq_printf WARN "
            "no_printk")
    add(Effect("cpu"), 0, "kmap kmap_atomic kmap_local_page "
        "kunmap kmap_local_folio clear_page clear_highpage "
        "flush_dcache_page flush_kernel_dcache_page bvec_kmap_local "
        "clear_user_highpage flush_dcache_folio zero_user "
        "__scatterwalk_flush_dcache_pages")
    add(Effect("cpu"), 1, "flush_anon_page memcpy_from_page "
        "copy_to_user_page copy_from_user_page")
    add(Effect("cpu"), 0, "memcpy_to_page zero_user_segment "
        "copy_page_to_iter copy_page_from_iter memzero_page copy_highpage "
        "zero_user_segments")
    add(Effect("cpu", "addr"), 0, "page_address lowmem_page_address "
        "page_to_virt")
    add(Effect("device"), 0, "page_to_phys page_to_dma vmap vm_map_ram")
    add(Effect("device"), 1, "dma_map_page dma_map_page_attrs "
        "pci_map_page skb_frag_dma_map ib_dma_map_page")
    add(Effect("device"), 0, "set_pages_array_wb set_pages_array_uc "
        "set_pages_array_wc")
    add(Effect("into", "sg", 0), 1, "sg_alloc_table_from_pages "
        "sg_alloc_table_from_pages_segment "
        "sg_alloc_append_table_from_pages __sg_alloc_table_from_pages")
    add(Effect("array-release"), 0, "sgl_free sgl_free_order "
        "sgl_free_n_order")
    add(Effect("iterate", "sg", 1), 0, "for_each_sg for_each_sgtable_sg "
        "for_each_sgtable_dma_sg")
    for arg in range(0, 3):
        add(Effect("unknown"), arg, "for_each_sg_page for_each_sg_dma_page "
            "for_each_sgtable_page for_each_sgtable_dma_page "
            "__sg_page_iter_start sg_miter_start")
    add(Effect("same", "page"), 0, "compound_head nth_page page_folio "
        "READ_ONCE rcu_dereference folio_page")
    add(Effect("same", "sg"), 0, "sg_next sg_last")
    add(Effect("take", "page"), 0, "sg_page virt_to_page virt_to_head_page "
        "skb_frag_page kmap_to_page")
    add(Effect("into", "sg", 0), 1, "sg_set_page sg_assign_page")
    add(Effect("into", "bvec", 0), 1, "bvec_set_page")
    add(Effect("plain-owner"), 2, "skb_fill_page_desc __skb_fill_page_desc "
        "skb_fill_page_desc_noacc __skb_fill_page_desc_noacc "
        "skb_add_rx_frag skb_coalesce_rx_frag")
    add(Effect("plain-owner"), 1, "sk_msg_page_add __skb_frag_set_page "
        "skb_frag_set_page add_to_pipe splice_to_pipe")
    for arg in range(1, 4):
        add(Effect("plain-owner"), arg, "memory_failure")
    add(Effect("clear-array"), 0, "memset")
    add(Effect("free-array"), 0, "kfree kvfree vfree kfree_sensitive "
        "devm_kfree free_page free_pages")
    add(Effect("free-array"), 1, "devm_kfree sock_kfree_s")
    add(Effect("fill"), 2, "alloc_pages_bulk_array")
    add(Effect("fill"), 1, "__readahead_batch")
    add(Effect("fill"), 5, "find_get_pages_range_tag")
    # Both only make sense for a locked page of the page cache.
    add(Effect("look"), 0, "replace_page_cache_page dec_node_page_state "
        "inc_node_page_state page_file_mapping set_page_private")
    add(Effect("borrow"), 0, "sg_init_table sg_mark_end sg_unmark_end "
        "sg_nents sg_init_one sg_set_buf sg_dma_address sg_dma_len "
        "sg_virt sg_phys sg_free_table sg_is_last "
        "sg_copy_to_buffer sg_copy_from_buffer sg_chain")
    for arg in range(0, 6):
        add(Effect("borrow"), arg, "dma_map_sg dma_unmap_sg "
            "dma_sync_sg_for_cpu dma_sync_sg_for_device min max")
    add(Effect("borrow"), 0, "memcpy memmove")
    for arg in range(1, 8):
        add(Effect("unknown"), arg, "INDIRECT_CALL_1 INDIRECT_CALL_2 "
            "INDIRECT_CALL_3 INDIRECT_CALL_4 INDIRECT_CALL_INET "
            "INDIRECT_CALL_INET_1")
    add(Effect("copy"), 1, "memcpy memmove swap devm_kmemdup")
    add(Effect("copy"), 0, "swap kmemdup kvmemdup kmemdup_array")
    # The entries of the last argument's table come behind the first one's.
    add(Effect("into", "sg", 0), 2, "sg_chain")
    return table


EFFECTS = _table()
ACQUIRE = Effect("acquire")

# Calls whose result is a fresh container, empty of pages.
ALLOCATORS = frozenset(
    "kmalloc kzalloc kcalloc kmalloc_array kvmalloc kvzalloc kvcalloc "
    "kvmalloc_array vmalloc vzalloc kmalloc_node kzalloc_node kmemdup "
    "devm_kcalloc devm_kzalloc devm_kmalloc_array kmem_cache_alloc "
    "kmem_cache_zalloc __vmalloc sock_kmalloc mempool_alloc "
    "__get_free_page get_zeroed_page vzalloc_node kvmalloc_node "
    "devm_kmalloc sg_alloc_table".split())
ZEROING = frozenset(
    "kzalloc kcalloc kvzalloc kvcalloc vzalloc kzalloc_node devm_kcalloc "
    "devm_kzalloc kmem_cache_zalloc get_zeroed_page vzalloc_node".split())
PAGE_ALLOCATORS = frozenset(
    "alloc_page alloc_pages alloc_pages_node __page_cache_alloc "
    "dev_alloc_page alloc_page_vma virt_to_page vmalloc_to_page "
    "find_get_page find_lock_page grab_cache_page pfn_to_page "
    "read_mapping_page ZERO_PAGE".split())


def effect(name: str, arg: int) -> Effect | None:
    """What a call of name does with its arg-th argument, if it is known."""
    return EFFECTS.get((name, arg))


# A page's number or address can be kept, and made into the page again.
NUMBERED = frozenset("page_to_pfn page_to_phys page_to_dma".split())
ADDRESSED = frozenset("kmap kmap_atomic kmap_local_page page_address vmap "
                      "vm_map_ram page_to_virt".split())
FROM_NUMBER = frozenset("pfn_to_page phys_to_page pfn_folio dma_to_page "
                        "bus_to_page".split())
FROM_ADDRESS = frozenset("virt_to_page kmap_to_page vmalloc_to_page "
                         "virt_to_head_page".split())


def releases(name: str) -> bool:
    """Does a function of this name drop references or pins?"""
    known = EFFECTS.get((name, 0))
    return known is not None and known.kind in ("release", "array-release")


def method_borrows(name: str, arg: int) -> bool:
    """Operations that take a reference of their own for what they keep.

    ->sendpage(): the socket's fragments hold a plain reference of their
    own (tcp_sendpage(), ip_append_page()).
    """
    return (name, arg) in (("sendpage", 1), ("sendpage_locked", 1))
