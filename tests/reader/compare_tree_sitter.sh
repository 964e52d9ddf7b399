#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# How fast the reader is beside tree-sitter-c, on one core and the same files:
#
#	tests/reader/compare_tree_sitter.sh TREE [FILES]
#
# What is wanted for that goes into a folder that is removed afterwards: Debian's
# libtree-sitter and tree-sitter-c of npm. docs/reader.md has the figures.

set -eu
tree=$(realpath "$1")
number=${2:-3000}
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get -q download libtree-sitter-dev libtree-sitter0
for package in *.deb; do
	dpkg -x "$package" .
done
npm pack --silent tree-sitter-c@0.20.8
tar -xzf tree-sitter-c-*.tgz
libraries=$(dirname "$(find . -name 'libtree-sitter.so.0')")
gcc -O2 -I usr/include -I package/src -o other \
	"$here/compare_tree_sitter.c" package/src/parser.c \
	"$libraries/libtree-sitter.so.0"
make -s -C "$here/../../scripts/reader" "O=$work/reader"

PYTHONPATH=$here/../../scripts /usr/bin/python3 -c '
import sys
sys.path.insert(0, sys.argv[1])
import pathlib, samples
files = samples.some(pathlib.Path(sys.argv[2]), int(sys.argv[3]))
sys.stdout.write("".join(f"{file}\0" for file in files))
' "$here" "$tree" "$number" > list

cd "$tree"
for time in 1 2 3; do
	echo "run $time"
	printf '  tree-sitter-c  '
	LD_LIBRARY_PATH="$work/$libraries" taskset -c 0 "$work/other" < "$work/list"
	printf '  reader         '
	taskset -c 0 "$work/reader/reader" --stats < "$work/list" | grep '^files'
done
