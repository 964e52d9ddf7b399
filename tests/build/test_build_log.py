# SPDX-License-Identifier: GPL-2.0-only
"""What make's output is taken to say about each object."""

from __future__ import annotations

from pinlib.build import make_log

SOURCE = "/cache/build/6.1/src"

OUTPUT = """\
  SYNC    include/config/auto.conf.cmd
  CC [M]  drivers/a/one.o
/cache/build/6.1/src/drivers/a/one.c: In function 'f':
/cache/build/6.1/src/drivers/a/one.c:12:7: warning: unused variable 'i' \
[-Wunused-variable]
   12 |  int i;
      |      ^
  CHECK   /cache/build/6.1/src/drivers/a/one.c
/cache/build/6.1/src/drivers/a/one.c:40:9: warning: incorrect type in \
argument 1 (different address spaces)
/cache/build/6.1/src/drivers/a/one.c:40:9:    expected void *
/cache/build/6.1/src/drivers/a/one.c:40:9:    got void [noderef] __user *
/cache/build/6.1/src/include/linux/x.h:7:1: error: bad constant
  CC      lib/two.o
/cache/build/6.1/src/lib/two.c:3:1: error: expected ';' before 'b'
make[3]: *** [/cache/build/6.1/src/scripts/Makefile.build:250: lib/two.o] \
Error 1
  CC [M]  arch/x86/kvm/../../../virt/kvm/three.o
  CHECK   /cache/build/6.1/src/arch/x86/kvm/../../../virt/kvm/three.c
make[2]: *** No rule to make target 'drivers/b/four.o'.  Stop.
"""


def test_lines_go_to_their_object() -> None:
    log = make_log.parse(OUTPUT, SOURCE)
    assert set(log.objects) == {"drivers/a/one.o", "lib/two.o",
                                "virt/kvm/three.o"}
    assert log.failed == {"lib/two.o"}
    assert log.unknown == {"drivers/b/four.o"}
    one = log.objects["drivers/a/one.o"]
    assert one.compiler == ["drivers/a/one.c: warning: unused variable 'i' "
                            "[-Wunused-variable]"]
    assert one.sparse == [
        "drivers/a/one.c: warning: incorrect type in argument 1 (different "
        "address spaces) | expected void * | got void [noderef] __user *",
        "include/linux/x.h: error: bad constant"]
    assert log.objects["virt/kvm/three.o"].sparse == []
    assert "expected ';'" in log.objects["lib/two.o"].excerpt()
    assert SOURCE not in log.objects["lib/two.o"].excerpt()


def test_line_numbers_do_not_count() -> None:
    moved = OUTPUT.replace(":40:9:", ":44:2:").replace(":12:7:", ":13:1:")
    before = make_log.parse(OUTPUT, SOURCE).objects["drivers/a/one.o"]
    after = make_log.parse(moved, SOURCE).objects["drivers/a/one.o"]
    assert make_log.new_diagnostics(before.sparse, after.sparse) == []
    assert make_log.new_diagnostics(before.compiler, after.compiler) == []


def test_one_more_of_the_same_is_new() -> None:
    assert make_log.new_diagnostics(["a", "b"], ["b", "a", "a"]) == ["a"]
    assert make_log.new_diagnostics(["a", "a"], ["a"]) == []


def test_objtool_warnings_count() -> None:
    text = ("  CC [M]  a/b.o\n"
            "a/b.o: warning: objtool: f+0x1a: unreachable instruction\n")
    assert make_log.parse(text, SOURCE).objects["a/b.o"].compiler == [
        "a/b.o: warning: objtool: f: unreachable instruction"]
