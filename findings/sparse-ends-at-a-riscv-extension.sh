#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# sparse 0.6.4: an extension of more than one letter in -march, as every recent
# kernel gives it for RISC-V, is an "invalid argument", and sparse ends with 1
# before it has read a line. gcc takes the same option. Since kbuild counts that as
# a failure of the compiler, `make C=1` of a RISC-V kernel builds no object at all.
#
# Seen: with -march=rv64imac sparse prints its warning and exits with 0; with
# -march=rv64imac_zicbom it prints "invalid argument to '-march': '_zicbom'",
# no warning, and exits with 1.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download sparse=0.6.4-3 > /dev/null 2>&1
dpkg -x sparse_*.deb root

printf 'int shared;\n' > one.c
"$work/root/usr/bin/sparse" --version
for march in rv64imac rv64imac_zicbom; do
	status=0
	"$work/root/usr/bin/sparse" --arch=riscv64 "-march=$march" one.c \
		> "$march.out" 2>&1 || status=$?
	echo "$march: $status: $(head -n 1 "$march.out")"
	echo "$status" > "$march.status"
done
grep -q "Should it be static" rv64imac.out
test "$(cat rv64imac.status)" = 0
grep -q "invalid argument to '-march': '_zicbom'" rv64imac_zicbom.out
test "$(grep -c "Should it be static" rv64imac_zicbom.out || true)" = 0
test "$(cat rv64imac_zicbom.status)" = 1
