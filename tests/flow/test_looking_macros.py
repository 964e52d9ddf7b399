# SPDX-License-Identifier: GPL-2.0-only
"""A macro of the driver that only looks at the pages is no use of them."""

from __future__ import annotations

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

FILL = lab.c("""
int %(name)s_fill(unsigned long addr, struct page **pages, int nr)
{
    int got, i;

    got = get_user_pages_fast(addr, nr, FOLL_WRITE, pages);
    %(use)s;
    for (i = 0; i < got; i++) {
        clear_highpage(pages[i]);
        put_page(pages[i]);
    }
    return 0;
}
""")
# The definition of a macro, how it is used, and whether it only looks.
MACROS = {
    "named": ("#define named(p, q) BUG_ON((p) == (q))", "named(pages, NULL)",
              True),
    "operator": (lab.c("""\
#define operator(left, op, right) \\
    do { \\
        const void *const _l = (left); \\
        const void *const _r = (right); \\
        if (unlikely(!(_l op _r))) \\
            panic("%px %s %px\\n", _l, #op, _r); \\
    } while (0)"""), "operator(pages, !=, NULL)", True),
    "string": ('#define string(p) do { if (unlikely(!(p))) printk(KERN_ERR '
               '"%s: %s is NULL\\n", __func__, #p); } while (0)',
               "string(pages)", True),
    "arms": ('#ifdef TUG_DEBUG\n#define arms(p) arms_panic(!(p), "none")\n'
             "#define arms_panic(c, why) do { if (c) panic(why); } while (0)\n"
             "#else\n#define arms(p) do { } while (0)\n#endif",
             "arms(pages)", True),
    "number": ("#define number(p, q) do { unsigned long _a = "
               "(unsigned long)(p); if (_a > q) WARN_ON(1); } while (0)",
               "number(pages, 4)", True),
    # Twins that keep the pages, hand them on, or write.
    "store": ("#define store(p) do { if (!(p)) tug_last = (p); } while (0)",
              "store(pages)", False),
    "alias": ("#define alias(p) do { void *_l = (p); if (_l == NULL) "
              "tug_last = _l; } while (0)", "alias(pages)", False),
    "call": ("#define call(p) do { if (!tug_keep(p)) WARN_ON(1); } while (0)",
             "call(pages)", False),
    "value": ("#define value(p) ({ WARN_ON(!(p)); (p); })",
              "tug_last = value(pages)", False),
    "other": ("#ifdef TUG_DEBUG\n#define other(p) BUG_ON(!(p))\n#else\n"
              "#define other(p) tug_note(p)\n#endif", "other(pages)", False),
    "assign": ("#define assign(l, op, r) do { if (l op r) panic(\"no\"); } "
               "while (0)", "assign(tug_last, =, pages)", False),
    "entry": ("#define entry(p) do { if (*(p) == NULL) tug_last = *(p); } "
              "while (0)", "entry(pages)", False)}


@pytest.fixture(name="tug", scope="module")
def _tug(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """A module with a file for each macro, defined in a header, analysed."""
    top = tmp_path_factory.mktemp("looking")
    module = top / "tug"
    module.mkdir()
    for name, (macro, use, _) in MACROS.items():
        (module / f"{name}.h").write_text(f"{macro}\n")
        (module / f"{name}.c").write_text(
            f'#include <linux/mm.h>\n#include "{name}.h"\n'
            "static void *tug_last;\n" + FILL % {"name": name, "use": use})
    return lab.shared_module(lab.make(top / "linux"), module)


@pytest.mark.parametrize("name", MACROS)
def test_a_macro(tug: Analysis, name: str) -> None:
    decision = lab.only(tug, f"{name}.c")
    assert (decision.disposition, decision.code) == (
        ("convert", "pin-short") if MACROS[name][2] else
        ("manual", "unknown-use"))
