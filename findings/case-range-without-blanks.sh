#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Coccinelle 1.1.1: `case LOW...HIGH:` without blanks around the dots, which gcc
# accepts for names, loses the whole function, with exit 0 and no message at the
# default verbosity. With blanks the function is read.
#
# Seen: spatch --parse-c gives "nb bad = 8" for the first form and "nb bad = 0"
# for the second; a rule that renames finish() changes the second alone, and
# spatch exits 0 for both.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download coccinelle=1.1.1.deb-2+b1 > /dev/null 2>&1
dpkg -x coccinelle_*.deb root
spatch=$work/root/usr/bin/spatch
COCCINELLE_HOME=$work/root/usr/lib/coccinelle
export COCCINELLE_HOME

cat > tight.c << 'EOF'
enum mark { LOW = 1, HIGH = 3 };
int finish(int mark);
int grade(int mark);
int grade(int mark)
{
	switch (mark) {
	case LOW...HIGH:
		return finish(mark);
	}
	return 0;
}
EOF
sed 's/LOW\.\.\.HIGH/LOW ... HIGH/' tight.c > spaced.c
cat > rename.cocci << 'EOF'
@@
@@
- finish
+ complete_mark
  (...)
EOF

"$spatch" --version | head -n 1
for name in tight spaced; do
	gcc -fsyntax-only -Wall -Werror "$name.c"
	"$spatch" --very-quiet --sp-file rename.cocci "$name.c" > "$name.diff"
	"$spatch" --parse-c "$name.c" 2>&1 | grep 'nb bad' > "$name.bad"
	echo "$name.c: $(cat "$name.bad"); changed lines: $(grep -c '^[-+]	' \
		"$name.diff" || true)"
done
grep -q 'nb bad = 8 ' tight.bad
grep -q 'nb bad = 0 ' spaced.bad
[ ! -s tight.diff ]
grep -q '^+		return complete_mark(mark);' spaced.diff
echo "as described"
