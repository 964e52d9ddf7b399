# SPDX-License-Identifier: GPL-2.0-only
"""What a driver's macros do is followed where a function would do the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.analysis import whole_tree
from pinlib.analysis.whole_tree import Analysis
from pinlib.rewrite.apply import apply_group
from pinlib.series import commits
from trees import lab

HEAD = "#include <linux/mm.h>\n"
# Pages that are taken, filled and dropped one by one.
FILL = lab.c("""
int %(name)s_fill(unsigned long addr, struct page **pages, int nr)
{
    int got, i, k = 0;

    got = %(take)s;
    if (got <= 0)
        return -EFAULT;
    for (i = 0; i < got; i++) {
        clear_highpage(pages[i]);
        %(drop)s;
    }
    return k;
}
""")
TAKE = "get_user_pages_fast(addr, nr, FOLL_WRITE, pages)"
CACHED = lab.c("""
void %(name)s_cached(struct address_space *mapping, pgoff_t index)
{
    struct page *page = find_get_page(mapping, index);

    if (page)
        %(drop)s(page);
}
""")
YES, UNKNOWN = ("convert", "pin-short"), ("manual", "unknown-use")
HIDDEN, MIXED = ("manual", "hidden-in-macro"), ("manual", "other-origin")

# What a file defines, how it takes and drops pages, and what is right.
DRIVERS = {
    "one": ("#define one_put(p) put_page(p)", TAKE, "one_put(pages[i])", YES),
    "acts": ("#define acts_put(p) put_page(p)", TAKE, "acts_put(pages[k++])",
             YES),
    "range": (lab.c("""\
#define range_put(v, n)                         \\
do {                                            \\
    unsigned int at;                        \\
                                                \\
    for (at = 0; at < (n); at++)            \\
        put_page((v)[at]);              \\
} while (0)"""), TAKE, "if (i == got - 1)\n\t\t\trange_put(pages, got)", YES),
    "alias": ("#define alias_put put_page", TAKE, "alias_put(pages[i])", YES),
    "both": ("#define both_put(p) do { set_page_dirty_lock(p); put_page(p); "
             "} while (0)", TAKE, "both_put(pages[i])", YES),
    "nest": ("#define nest_put(p) nest_inner(p, 1)\n"
             "#define nest_inner(p, how) put_page(p)", TAKE,
             "nest_put(pages[i])", YES),
    "guard": ("#ifndef guard_put\n#define guard_put(p) put_page(p)\n#endif",
              TAKE, "guard_put(pages[i])", YES),
    "tag": ("struct tag_put { int nr; };\n#define tag_put(p) put_page(p)",
            TAKE, "tag_put(pages[i])", YES),
    "years": ("#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 6, 0)\n"
              "#define years_put(p) page_cache_release(p)\n#endif\n"
              "#ifndef years_other\n#define years_drop(p) put_page(p)\n#endif",
              TAKE, "years_drop(pages[i])", YES),
    "function": ("static void function_put(struct page *p)\n{\n\tput_page(p);"
                 "\n}", TAKE, "function_put(pages[i])", YES),
    "gets": ("#define gets_pages(at, nr, v) get_user_pages_fast((at), (nr), "
             "FOLL_WRITE, (v))", "gets_pages(addr, nr, pages)",
             "put_page(pages[i])", YES),
    "value": (lab.c("""\
#define value_get(at, nr, v) ({ \\
    int _got = get_user_pages_fast((at), (nr), FOLL_WRITE, (v)); \\
    _got; \\
})"""), "value_get(addr, nr, pages)", "put_page(pages[i])", YES),
    "fast": ("#define fast_pages get_user_pages_fast",
             "fast_pages(addr, nr, FOLL_WRITE, pages)", "put_page(pages[i])",
             YES),
    # Twins that look alike, and that no function would stand for.
    "twice": ("#define twice_put(p) do { if (p) put_page(p); } while (0)",
              TAKE, "twice_put(pages[k++])", UNKNOWN),
    "leaves": ("#define leaves_put(p) do { if (!(p)) return 1; put_page(p); "
               "} while (0)", TAKE, "leaves_put(pages[i])", UNKNOWN),
    "sees": ("#define sees_put(v) put_page((v)[i])", TAKE, "sees_put(pages)",
             UNKNOWN),
    "hides": ("#define hides_put(p) do { struct page *i = (p); put_page(i); "
              "} while (0)", TAKE, "hides_put(pages[i])", UNKNOWN),
    "spells": ("#define spells_put(p) do { pr_info(#p); put_page(p); } "
               "while (0)", TAKE, "spells_put(pages[i])", UNKNOWN),
    "else": ("#define else_put(p) if (p) put_page(p)", TAKE,
             "if (k)\n\t\t\telse_put(pages[i]);\n\t\telse\n\t\t\t"
             "put_page(pages[i])", UNKNOWN),
    "config": ("#ifdef CONFIG_TUG\n#define config_put(p) put_page(p)\n#else\n"
               "#define config_put(p) config_keep(p)\n#endif", TAKE,
               "config_put(pages[i])", UNKNOWN),
    "again": ("#define again_put(p) put_page(p)\n#define again_all(x...) do { "
              "again_put(x); } while (0)\nvoid again_use(struct page *page)\n"
              "{\n\tagain_all(page);\n}", TAKE, "again_put(pages[i])",
              UNKNOWN),
    "pointer": ("#define pointer_put put_page\n"
                "void (*pointer_method)(struct page *) = pointer_put;", TAKE,
                "pointer_put(pages[i])", UNKNOWN),
    "types": ("#define types_put(p, type) put_page((type *)(p))", TAKE,
              "types_put(pages[i], struct page)", UNKNOWN),
    "sets": ("#define sets_got(r, v) r = get_user_pages_fast(addr, nr, 1, v)",
             "0;\n\tsets_got(got, pages)", "put_page(pages[i])", HIDDEN),
    "cached": ("#define cached_put(p) put_page(p)" + CACHED % {
        "name": "cached", "drop": "cached_put"}, TAKE, "cached_put(pages[i])",
        MIXED),
    "shares": ("#define shares_put(p) put_page(p)\n#define shares_two(p) "
               "shares_put(p)" + CACHED % {"name": "shares", "drop":
                                           "shares_two"}, TAKE,
               "shares_put(pages[i])", MIXED)}
SHIM = """\
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 6, 0)
#define shim_release(page) put_page(page)
#else
#define shim_release(page) page_cache_release(page)
#endif
"""


def _text(name: str) -> str:
    macros, take, drop, _ = DRIVERS[name]
    return HEAD + macros + "\n" + FILL % {
        "name": name, "take": take, "drop": drop}


@pytest.fixture(name="tug", scope="module")
def _tug(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """A module with a file for each driver, and its analysis."""
    top = tmp_path_factory.mktemp("opened")
    module = top / "tug"
    module.mkdir()
    for name in DRIVERS:
        (module / f"{name}.c").write_text(_text(name))
    return module, lab.shared_module(lab.make(top / "linux"), module)


@pytest.mark.parametrize("name", DRIVERS)
def test_a_macro(tug: tuple[Path, Analysis], name: str) -> None:
    decision = lab.only(tug[1], f"{name}.c")
    assert (decision.disposition, decision.code) == DRIVERS[name][3]


def _converted(found: Analysis, file: str) -> str:
    """The text of a file after its conversion."""
    [group] = [g for g in commits.make_plan(found) if file in g.files]
    made = apply_group(found.program.tree, group.id, group.edits)
    return made[file].decode("latin-1")


@pytest.mark.parametrize("name", [n for n, d in DRIVERS.items()
                                  if d[3] == YES])
def test_the_body_is_converted(tug: tuple[Path, Analysis], name: str,
                               monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call of the file is renamed where it stands, and nothing else."""
    lab.share_cache(monkeypatch)
    text = _text(name).replace(
        "get_user_pages_fast", "pin_user_pages_fast").replace(
            "put_page", "unpin_user_page")
    # The lines of a macro end in one column.
    text = text.replace("unpin_user_page((v)[at]);              \\",
                        "unpin_user_page((v)[at]);       \\")
    assert _converted(tug[1], f"{name}.c") == text


def test_the_place_is_that_of_the_file(tug: tuple[Path, Analysis]) -> None:
    _, found = tug
    site = lab.only(found, "gets.c").site
    line = _text("gets").split("\n")[site.line - 1]
    column = found.program.tree.column(site.file, site.line, site.column)
    assert line[column:].startswith("get_user_pages_fast((at), (nr)")
    assert site.function.name == "gets_pages"


def decided(top: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    """What is decided on each site of a module, to which these files are added."""
    module = top / "tug"
    module.mkdir(exist_ok=True)
    for name, text in files.items():
        (module / name).write_text(text)
    found = lab.shared_module(lab.make(top / "linux"), module)
    return [(d.disposition, d.code) for d in found.decisions]


def test_a_header_for_some_kernels(tmp_path: Path) -> None:
    """The live arm is read; another file that uses it for a cache blocks all."""
    fill = FILL % {"name": "shim", "take": TAKE,
                   "drop": "shim_release(pages[i])"}
    head = f'{HEAD}#include "shim.h"\n'
    assert decided(tmp_path, {"shim.h": SHIM, "shim.c": head + fill}) == [YES]
    assert decided(tmp_path, {"cache.c": head + CACHED % {
        "name": "shim", "drop": "shim_release"}}) == [MIXED]


def test_a_function_below_a_macro(tmp_path: Path) -> None:
    """A macro that is read as a static function makes none below it static."""
    fill = FILL % {"name": "below", "take": TAKE,
                   "drop": "below_drop(pages[i])"}
    assert decided(tmp_path, {"fill.c": (
        f"{HEAD}#define below_put(p) put_page(p)\n"
        f"void below_drop(struct page *page)\n{{\n\tbelow_put(page);\n}}\n"
        f"{fill}")}) == [YES]
    assert decided(tmp_path, {"cache.c": HEAD + CACHED % {
        "name": "below", "drop": "below_drop"}}) == [MIXED]


LASTING = lab.c("""
struct tug { struct page *pages[16]; int nr; };
#define tug_take(at, n, how, v) get_user_pages_fast(at, n, how, v)

static int tug_add(struct tug *tug, unsigned long addr, int nr)
{
    tug->nr = tug_take(addr, nr, tug->nr ? FOLL_WRITE : 0, tug->pages);
    if (tug->nr > 0)
        clear_highpage(tug->pages[0]);
    return tug->nr;
}

static int tug_del(struct tug *tug)
{
    int i;

    for (i = 0; i < tug->nr; i++)
        put_page(tug->pages[i]);
    tug->nr = 0;
    return 0;
}

static long tug_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct tug *tug = file->private_data;

    switch (cmd) {
    case 1:
        return tug_add(tug, arg, 16);
    case 2:
        return tug_del(tug);
    }
    return -ENOTTY;
}

static int tug_release(struct inode *inode, struct file *file)
{
    return tug_del(file->private_data);
}

static const struct file_operations tug_fops = {
    .unlocked_ioctl = tug_ioctl,
    .release = tug_release,
};
""")


def test_flags_that_a_macro_is_given(tmp_path: Path,
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    """Who uses it says for how long, and may pass what binds more loosely."""
    lab.share_cache(monkeypatch)
    module = tmp_path / "tug"
    module.mkdir()
    (module / "tug.c").write_text(HEAD + LASTING)
    found = whole_tree.run(lab.make(tmp_path / "linux"), module, 1, "mission",
                           None)
    assert [(d.disposition, d.code) for d in found.decisions] == [
        ("convert", "pin-longterm")]
    text = " ".join(_converted(found, "tug.c").split())
    assert "pin_user_pages_fast(at, n, how, v)" in text
    assert "tug_take(addr, nr, (tug->nr ? FOLL_WRITE : 0) | FOLL_LONGTERM, " \
        "tug->pages);" in text


def test_one_name_in_two_files(tmp_path: Path,
                               monkeypatch: pytest.MonkeyPatch) -> None:
    """A macro that takes pages is a site, whatever its name is elsewhere."""
    lab.share_cache(monkeypatch)
    module = tmp_path / "tug"
    module.mkdir()
    (module / "one.c").write_text(_text("one"))
    (module / "two.c").write_text(HEAD + (
        "#define one_put(r, v) r = get_user_pages_fast(addr, nr, 1, v)\n"
        ) + FILL % {"name": "two", "take": "0;\n\tone_put(got, pages)",
                    "drop": "put_page(pages[i])"})
    found = whole_tree.run(lab.make(tmp_path / "linux"), module, 1, "mission",
                           None)
    assert HIDDEN in [(d.disposition, d.code)
                      for d in lab.in_file(found, "two.c")]
