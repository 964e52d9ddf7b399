#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Coccinelle 1.1.1: nothing in a function with a computed goto (`goto *where;`) is
# matched by a rule, though the parser counts the function as good. With a goto
# that names its label instead, both calls are found.
#
# Seen: "nb bad = 0" for both functions; a rule that renames finish() changes no
# call of the first and both of the second; exit 0 and no message either way.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download coccinelle=1.1.1.deb-2+b1 > /dev/null 2>&1
dpkg -x coccinelle_*.deb root
spatch=$work/root/usr/bin/spatch
COCCINELLE_HOME=$work/root/usr/lib/coccinelle
export COCCINELLE_HOME

cat > computed.c << 'EOF'
int finish(int mark);
int hop(int mark);
int hop(int mark)
{
	void *where = &&out;

	finish(mark);
	goto *where;
out:
	return finish(1);
}
EOF
sed 's/goto \*where;/goto out;/; s/void \*where = &&out;/int kept = mark;/
s/return finish(1);/return finish(kept);/' computed.c > plain.c
cat > rename.cocci << 'EOF'
@@
@@
- finish
+ complete_mark
  (...)
EOF

"$spatch" --version | head -n 1
for name in computed plain; do
	gcc -fsyntax-only -Wall -Werror "$name.c"
	"$spatch" --very-quiet --sp-file rename.cocci "$name.c" > "$name.diff"
	"$spatch" --parse-c "$name.c" 2>&1 | grep 'nb bad' > "$name.bad"
	grep -q 'nb bad = 0 ' "$name.bad"
	echo "$name.c: $(cat "$name.bad"); calls changed in hop(): $(grep -c \
		'^+	.*complete_mark' "$name.diff" || true)"
done
[ ! -s computed.diff ]
[ "$(grep -c '^+	.*complete_mark' plain.diff)" -eq 2 ]
echo "as described"
