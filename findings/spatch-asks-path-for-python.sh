#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Coccinelle 1.1.1: a semantic patch with a script:python rule runs the first
# python3 on PATH, twice, before it reads any C, to learn which Python library
# to load. Where that python3 is a wrapper (as version managers install), each
# spatch pays for it; with --python it is not run at all.
#
# Seen: two runs of a python3 that stands first on PATH, none with
# `--python /usr/bin/python3`; the rule prints the same line both times.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download coccinelle=1.1.1.deb-2+b1 > /dev/null
dpkg -x coccinelle_*.deb root
spatch=$work/root/usr/bin/spatch
COCCINELLE_HOME=$work/root/usr/lib/coccinelle
export COCCINELLE_HOME

mkdir bin
cat > bin/python3 << EOF
#!/bin/sh
echo run >> "$work/runs"
exec /usr/bin/python3 "\$@"
EOF
chmod +x bin/python3
cat > one.c << 'EOF'
int one(void)
{
	return finish(1);
}
EOF
cat > where.cocci << 'EOF'
@found@
position p;
@@
finish@p(...)

@script:python@
p << found.p;
@@
print("finish() on line " + p[0].line)
EOF

"$spatch" --version | head -n 1
count() {
	: > runs
	PATH=$work/bin:/usr/bin:/bin "$spatch" "$@" --very-quiet \
		--sp-file where.cocci one.c > out
	grep -q '^finish() on line 3$' out
	echo "spatch $*: $(wc -l < runs) runs of the first python3 on PATH"
}
count
[ "$(wc -l < runs)" -eq 2 ]
count --python /usr/bin/python3
[ "$(wc -l < runs)" -eq 0 ]
echo "as described"
