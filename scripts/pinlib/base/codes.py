# SPDX-License-Identifier: GPL-2.0-only
"""Register every code of a call site, with its meaning and what to do about it.

The decisions give the codes, the report reads them; neither may import the
other, so they stand below both. A code without advice has the one of its
disposition (report/advice.py).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


# What a person can be asked about a site, and the answers.
# `until` asks when pages are dropped: the reason says it, and the message too.
QUESTIONS = MappingProxyType({"longterm": ("long", "short"), "until": ("stated",)})


class Code(enum.StrEnum):
    """Why a call site has its disposition."""

    # What is converted.
    PIN_SHORT = "pin-short"
    PIN_LONGTERM = "pin-longterm"
    UNPIN_ALWAYS = "unpin-always"
    UNPIN_BY_FLAG = "unpin-by-flag"
    UNPIN_BY_ITERATOR = "unpin-by-iterator"
    REFERENCE_NOT_TAKEN = "reference-not-taken"
    CORE_RULE = "core-rule"
    # What stays as it is.
    NO_PAGES = "no-pages"
    KERNEL_PAGES = "kernel-pages"
    MMU_NOTIFIER = "mmu-notifier"
    STRUCT_PAGE_ONLY = "struct-page-only"
    ONLY_READ = "only-read"
    API_IMPLEMENTATION = "api-implementation"
    API_TEST = "api-test"
    PINS_AND_UNPINS = "pins-and-unpins"
    RELEASE_NOT_FOLLOWED = "release-not-followed"
    NOT_COMPILED = "not-compiled"
    # What is blocked, or a bug.
    NO_PIN_API = "no-pin-api"
    PLAIN_OWNER = "plain-owner"
    PIN_PUT = "pin-put"
    # The call itself.
    NO_COUNTERPART = "no-counterpart"
    OTHER_PROTOTYPE = "other-prototype"
    CARRIES_FLAGS = "carries-flags"
    PIPE_REFUSED = "pipe-refused"
    FLAGS_REFUSED = "flags-refused"
    PAGES_UNKNOWN = "pages-unknown"
    HIDDEN_IN_MACRO = "hidden-in-macro"
    CALLED_THROUGH_POINTER = "called-through-pointer"
    KVEC_REFUSAL = "kvec-refusal"
    FOR_SOME_VERSIONS = "for-some-versions"
    IN_TWO_ARMS = "in-two-arms"
    SPLIT_CALL = "split-call"
    TWO_DEFINITIONS = "two-definitions"
    NAME_TAKEN = "name-taken"
    BINARY_FILE = "binary-file"
    # Where the pages go.
    UNKNOWN_USE = "unknown-use"
    EXTRA_REFERENCE = "extra-reference"
    CALLBACK = "callback"
    UNCLEAR_MEMBER = "unclear-member"
    USE_NOT_SEEN = "use-not-seen"
    COUNT_SEEN = "count-seen"
    KEPT_BY_NUMBER = "kept-by-number"
    NUMBER_GIVEN = "number-given"
    READER_UNKNOWN = "reader-unknown"
    # Their releases.
    NO_RELEASE = "no-release"
    RELEASE_FORM = "release-form"
    RELEASE_UNEXPLAINED = "release-unexplained"
    OTHER_ORIGIN = "other-origin"
    ALREADY_UNPINNED = "already-unpinned"
    DROPPED_EARLY = "dropped-early"
    RELEASED_AT_SUBMISSION = "released-at-submission"
    LEFT_HELD = "left-held"
    LIFETIME_UNKNOWN = "lifetime-unknown"
    LONGTERM_REFUSED = "longterm-refused"
    KERNEL_PAGES_OUTLIVE = "kernel-pages-outlive"
    KERNEL_PAGES_LATE = "kernel-pages-late"
    FLAG_CARRIER = "flag-carrier"
    FLAG_UNSET = "flag-unset"
    SHARES_RELEASE = "shares-release"
    # Bugs of today, to be fixed first.
    LEAK_TODAY = "leak-today"
    SHORT_PIN_AS_FULL = "short-pin-as-full"
    DIRTIED_AFTER_PUT = "dirtied-after-put"
    RELEASE_WRONG_TODAY = "release-wrong-today"
    # What could not be read.
    CALL_NOT_READ = "call-not-read"
    TEXT_NOT_READ = "text-not-read"
    FACTS_NOT_WHOLE = "facts-not-whole"
    RESTS_ON_UNREAD = "rests-on-unread"
    UNCLEAR_PLACE = "unclear-place"
    EDITS_REFUSED = "edits-refused"
    NEEDS_HELPER = "needs-helper"
    # A member that is to go behind accessors.
    ACCESSOR = "accessor"
    ACCESSORS_OWN = "accessors-own"
    OTHER_TYPE = "other-type"
    LAYOUT_ASKED = "layout-asked"
    TYPE_UNKNOWN = "type-unknown"
    NO_ADDRESS = "no-address"
    NO_FORM = "no-form"
    MACRO_TEXT = "macro-text"
    TOKEN_NOT_READ = "token-not-read"


@dataclass(frozen=True)
class Entry:
    """What a code means, and what its reader can do, "" for nothing special."""

    meaning: str
    advice: str = ""


REGISTER: Mapping[str, Entry] = MappingProxyType({
    # What is converted.
    Code.PIN_SHORT: Entry(
        "The call becomes one of pin_user_pages*(): the pages are given "
        "back soon."),
    Code.PIN_LONGTERM: Entry(
        "The call becomes one of pin_user_pages*() with FOLL_LONGTERM: the "
        "pages are kept."),
    Code.UNPIN_ALWAYS: Entry(
        "The call becomes an extraction, and every page of it is pinned."),
    Code.UNPIN_BY_FLAG: Entry(
        "The call becomes an extraction; a flag says whether its pages are "
        "pinned."),
    Code.UNPIN_BY_ITERATOR: Entry(
        "The call becomes an extraction; the iterator says whether its pages "
        "are pinned."),
    Code.REFERENCE_NOT_TAKEN: Entry(
        "Only kernel iterators come here, and the reference is dropped before "
        "the page is used: extraction takes none."),
    Code.CORE_RULE: Entry(
        "A hand-written semantic patch converts this code, and no other."),
    # What stays as it is.
    Code.NO_PAGES: Entry(
        "The call asks for no pages."),
    Code.KERNEL_PAGES: Entry(
        "Only kernel iterators come here, whose pages are not pinned."),
    Code.MMU_NOTIFIER: Entry(
        "An MMU notifier ends the use of the page, so that nothing is held."),
    Code.STRUCT_PAGE_ONLY: Entry(
        "Only struct page is looked at, never the data."),
    Code.ONLY_READ: Entry(
        "The CPU alone sees the data, and only reads it."),
    Code.API_IMPLEMENTATION: Entry(
        "The file implements the interface itself."),
    Code.API_TEST: Entry(
        "The file tests the interface."),
    Code.PINS_AND_UNPINS: Entry(
        "The pages are pinned, and the pins are dropped as pins."),
    Code.RELEASE_NOT_FOLLOWED: Entry(
        "The pages are pinned; where the pins are dropped was not followed."),
    Code.NOT_COMPILED: Entry(
        "The line is in an arm of an #if that this kernel leaves out."),
    # What is blocked, or a bug.
    Code.NO_PIN_API: Entry(
        "The tree has no interface that pins.",
        "Nothing to do on this tree: it has no interface to convert to."),
    Code.PLAIN_OWNER: Entry(
        "The pages go to an owner that drops plain references.",
        "Convert the owner of the pages first; until it can drop pins, record "
        "the site with `make baseline`."),
    Code.PIN_PUT: Entry(
        "Pins are dropped as plain references."),
    # The call itself.
    Code.NO_COUNTERPART: Entry(
        "The tree has no form of this call that pins.",
        "Convert the call by hand to a form that this tree can pin with, or "
        "keep it if nothing writes or sends the data."),
    Code.OTHER_PROTOTYPE: Entry(
        "The call does not fit the prototype that the tree declares.",
        "Bring the call to the form that this tree declares; then run again."),
    Code.CARRIES_FLAGS: Entry(
        "The tree declares the call with a parameter of flags.",
        "Convert the call by hand: the flags tell whether its pages may be of "
        "a device."),
    Code.PIPE_REFUSED: Entry(
        "A pipe may come here, which an extraction refuses in this tree.",
        "Refuse a pipe on the way to the call, in a patch of its own, or "
        "convert the call by hand with a path for pipes."),
    Code.FLAGS_REFUSED: Entry(
        "A flag of the call is one that no pinning call accepts.",
        "Take FOLL_GET or FOLL_PIN out at the named line; no call that "
        "pins accepts it."),
    Code.PAGES_UNKNOWN: Entry(
        "What receives the pages is not resolved.",
        "Write the pages into a variable or member that is declared where the "
        "call can be read; then run again."),
    Code.HIDDEN_IN_MACRO: Entry(
        "A macro makes the call.",
        "Read the macro at the named line; convert it, its uses and what "
        "drops their pages by hand, together."),
    Code.CALLED_THROUGH_POINTER: Entry(
        "The address of the interface is taken.",
        "Find what is called through the pointer, and convert it by hand with "
        "every release of its pages."),
    Code.KVEC_REFUSAL: Entry(
        "A kvec may come here, and there is no place for a test that goes on "
        "refusing it.",
        "Make the call a statement of its own, in a patch of its own, or "
        "refuse a kvec on the way to it; then run again."),
    Code.FOR_SOME_VERSIONS: Entry(
        "Another kernel that the module is for would need another change here.",
        "Settle the named line for that kernel first; or give versions with "
        "pins an arm of their own, at the acquisition and at every release."),
    Code.IN_TWO_ARMS: Entry(
        "The function takes pages in two arms of an #if.",
        "Convert both arms by hand, with what releases their pages."),
    Code.SPLIT_CALL: Entry(
        "The call is written across the arms of an #if.",
        "Write the whole call in each arm, in a patch of its own; then run "
        "again."),
    Code.TWO_DEFINITIONS: Entry(
        "The function is defined twice, under an #ifdef.",
        "Convert both definitions by hand, with what releases their pages."),
    Code.NAME_TAKEN: Entry(
        "The file has a function of the same name as the helper.",
        "Rename the function at the named line, in a patch of its own; "
        "then run again."),
    Code.BINARY_FILE: Entry(
        "The file has a NUL byte, so that no patch of it can be mailed.",
        "Take the NUL byte out of the file at the named line; then run "
        "again."),
    # Where the pages go.
    Code.UNKNOWN_USE: Entry(
        "Something is done with the page that is not known.",
        "Read what is done with the page at the named line; if it drops "
        "or keeps the page, convert the site by hand."),
    Code.EXTRA_REFERENCE: Entry(
        "A further reference is taken.",
        "Find the release that balances the reference at the named line, "
        "and convert both by hand."),
    Code.CALLBACK: Entry(
        "What releases the pages is called through a pointer.",
        "Find every function that the pointer at the named line can "
        "hold, and convert those that release the pages by hand, together."),
    Code.UNCLEAR_MEMBER: Entry(
        "A member that holds the pages is not resolved.",
        "Read the member at the named line: who else reads it, and drops "
        "what it holds? Then convert by hand."),
    Code.USE_NOT_SEEN: Entry(
        "A holder of the pages is named where the facts do not reach.",
        "Read what is done with the pages at the named line; if it does "
        "not drop them, convert by hand."),
    Code.COUNT_SEEN: Entry(
        "The count of references is looked at.",
        "Ask page_maybe_dma_pinned(), or drop the question; then convert by "
        "hand."),
    Code.KEPT_BY_NUMBER: Entry(
        "The page is kept by its number.",
        "Find who drops the page by its number, and convert both by hand; an "
        "MMU notifier's user keeps its plain reference."),
    Code.NUMBER_GIVEN: Entry(
        "The page goes on by its number.",
        "Find out what is done by the page's number from here; if nothing "
        "goes to the data, a plain reference is right."),
    Code.READER_UNKNOWN: Entry(
        "Who reads the data by its address is not known.",
        "Read who gets the address at the named line; if the CPU alone "
        "reads the data, a plain reference is right."),
    # Their releases.
    Code.NO_RELEASE: Entry(
        "No statement was found that drops the pages.",
        "Find who drops the pages, from where they leave this function, and "
        "convert both by hand."),
    Code.RELEASE_FORM: Entry(
        "There is no rule for a release of this form.",
        "Convert the release at the named line by hand, together with "
        "the call."),
    Code.RELEASE_UNEXPLAINED: Entry(
        "A release nearby may be one of these pages.",
        "Read what the release at the named line drops; if it is another "
        "page, convert by hand."),
    Code.OTHER_ORIGIN: Entry(
        "The release may see pages of another origin.",
        "Tell the origins apart at the named line, by a flag or a "
        "release of its own for each; then run again."),
    Code.ALREADY_UNPINNED: Entry(
        "The release drops a pin already.",
        "Fix the release first: it drops a pin where a plain reference was "
        "taken."),
    Code.DROPPED_EARLY: Entry(
        "The reference is dropped while the page is used.",
        "Move the release behind the last use, in a patch of its own; then "
        "run again."),
    Code.RELEASED_AT_SUBMISSION: Entry(
        "The references are dropped at submission, while another owner keeps "
        "its own.",
        "Let the owner drop the pins when the I/O is done, by hand; a "
        "reference of its own is not enough."),
    Code.LEFT_HELD: Entry(
        "The function is left with the pages held.",
        "Find who gets the pages from here, and convert that code by hand "
        "together with this."),
    Code.LIFETIME_UNKNOWN: Entry(
        "How long the pages stay pinned is not known.",
        "Answer `longterm` for this site in the decisions file; `make explain "
        "SITE=…` prints the entry to add."),
    Code.LONGTERM_REFUSED: Entry(
        "The pages are kept for long, and the call refuses FOLL_LONGTERM.",
        "Take the pages with a form that accepts FOLL_LONGTERM, "
        "pin_user_pages_fast() for one; then run again."),
    Code.KERNEL_PAGES_OUTLIVE: Entry(
        "Pages of a kernel iterator are dropped when their owner may have let "
        "go.",
        "Take references of kernel pages by hand, to drop here, or let the "
        "call wait for this; then convert it."),
    Code.KERNEL_PAGES_LATE: Entry(
        "Pages of a kernel iterator are used after the I/O was said to be "
        "done.",
        "Say that the I/O is done after the named line, in a patch of "
        "its own; then run again."),
    Code.FLAG_CARRIER: Entry(
        "Nothing carries the pin state from the call to the release.",
        "Keep beside the pages whether they are pinned, from "
        "iov_iter_extract_will_pin() to the named line."),
    Code.FLAG_UNSET: Entry(
        "A pin flag could be read before it was set.",
        "Zero the structure where it is made, in a patch of its own; then run "
        "again."),
    Code.SHARES_RELEASE: Entry(
        "A call that stays as it is has the same release.",
        "Settle the site that is named in the sentence; both must change in "
        "one patch."),
    # Bugs of today, to be fixed first.
    Code.LEAK_TODAY: Entry(
        "The pages are not given back on some path.",
        "Give the pages back on that exit first, in a patch of its own; then "
        "run again."),
    Code.SHORT_PIN_AS_FULL: Entry(
        "A short result is taken for a full one.",
        "Count what the call returned first, in a patch of its own; then run "
        "again."),
    Code.DIRTIED_AFTER_PUT: Entry(
        "The pages are marked dirty after they were dropped.",
        "Mark the pages dirty before they are dropped, in a patch of its own; "
        "then run again."),
    Code.RELEASE_WRONG_TODAY: Entry(
        "The pages are released wrongly on some path.",
        "Fix the release at the named line first, in a patch of its own; "
        "then run again."),
    # What could not be read.
    Code.CALL_NOT_READ: Entry(
        "The call stands in code that was not read.",
        "Write the call as a plain statement, or convert it by hand with "
        "every release of its pages; then run again."),
    Code.TEXT_NOT_READ: Entry(
        "Text that the decision rests on was not read.",
        "Read the named line; where it neither drops nor keeps these "
        "pages, convert by hand."),
    Code.FACTS_NOT_WHOLE: Entry(
        "The file was not read as a whole.",
        "Find out why this file could not be read (the sentence says what is "
        "left of it); then run again."),
    Code.RESTS_ON_UNREAD: Entry(
        "A call that was not read may share these releases.",
        "Read the call at the named line; where its pages come to the "
        "same releases, convert both by hand."),
    Code.UNCLEAR_PLACE: Entry(
        "A token to edit is not where the facts say.",
        "Convert the call by hand, and report this: it is a fault of gup2pin."),
    Code.EDITS_REFUSED: Entry(
        "The edits were not performed as planned.",
        "Convert the call by hand; the sentence says which edit was refused."),
    Code.NEEDS_HELPER: Entry(
        "The conversion needs helpers that the tree cannot have.",
        "Convert by hand with what this tree has, or bring the helpers to it "
        "first."),
    # A member that is to go behind accessors.
    Code.ACCESSOR: Entry("An accessor takes the place of the member."),
    Code.ACCESSORS_OWN: Entry("The code is the accessors' own."),
    Code.OTHER_TYPE: Entry("The object is of another type."),
    Code.LAYOUT_ASKED: Entry("The code asks where the member is."),
    Code.TYPE_UNKNOWN: Entry(
        "The type of the object is not known.",
        "Declare the object where the line can be read; then run again."),
    Code.NO_ADDRESS: Entry(
        "The object has no address.",
        "Keep the object in a variable first; then run again."),
    Code.NO_FORM: Entry(
        "No accessor does what the code does.",
        "Write the named line as reads and stores of their own; then run again."),
    Code.MACRO_TEXT: Entry(
        "The text of a macro cannot be edited.",
        "Read the macro at the named line, and change it by hand."),
    Code.TOKEN_NOT_READ: Entry(
        "The code was not read.",
        "Write the named line as plain code, or change it by hand."),
})
