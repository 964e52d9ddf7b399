#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Coccinelle 1.1.1: a function whose iterator macro has an unbraced body that
# begins with `*` is lost whole, with exit 0 and no message at the default
# verbosity; the same body written as `sum[0] += …` is read.
#
# Seen: spatch --parse-c gives "nb bad = 7" for the first function and
# "nb bad = 0" for the second; a rule that renames finish() changes the second
# alone, and spatch exits 0 for both.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download coccinelle=1.1.1.deb-2+b1 > /dev/null
dpkg -x coccinelle_*.deb root
spatch=$work/root/usr/bin/spatch
COCCINELLE_HOME=$work/root/usr/lib/coccinelle
export COCCINELLE_HOME

cat > star.c << 'EOF'
int total(struct list_head *items, int *sum)
{
	struct item *one;

	list_for_each_entry(one, items, node)
		*sum += one->count;
	return finish(sum);
}
EOF
sed 's/\*sum +=/sum[0] +=/' star.c > index.c
cat > rename.cocci << 'EOF'
@@
@@
- finish
+ complete_sum
  (...)
EOF

"$spatch" --version | head -n 1
for name in star index; do
	"$spatch" --very-quiet --sp-file rename.cocci "$name.c" > "$name.diff"
	"$spatch" --parse-c "$name.c" 2>&1 | grep 'nb bad' > "$name.bad"
	echo "$name.c: $(cat "$name.bad"); changed lines: $(grep -c '^[-+]	' \
		"$name.diff" || true)"
done
grep -q 'nb bad = 7 ' star.bad
grep -q 'nb bad = 0 ' index.bad
[ ! -s star.diff ]
grep -q '^+	return complete_sum(sum);' index.diff
echo "as described"
