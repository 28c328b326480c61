#!/bin/sh
# SPDX-License-Identifier: MIT
#
# install_test.sh - what `make install` puts in place is complete, works from there,
# exports ac_* and nothing else, and `make uninstall` leaves nothing behind.
set -u
: "${BUILD:=build/release}" "${MAKE:=make}"
root=$(pwd)/$BUILD/install
passed=0 failed=0

is() {
    what=$1
    shift
    if said=$("$@" 2>&1); then
        passed=$((passed + 1))
        echo "ok   $what"
    else
        failed=$((failed + 1))
        echo "FAIL $what"
        echo "$said" | sed 's/^/     /'
    fi
}
# The names that a library gives away, all but ac_*.
strangers() {
    nm "$@" | awk 'NF >= 3 && $(NF - 1) ~ /^[A-TV-Z]$/ && $NF !~ /^(ac_|AUTHCHECK_)/ { print $NF; n++ }
        END { exit n > 0 }'
}
soname() {
    objdump -p "$root/usr/lib/libauthcheck.so.0" | grep -q 'SONAME *libauthcheck.so.0'
}
# A program of two lines, linked with what pkg-config says, static or shared.
client() {
    cat >"$root/client.c" <<'C'
#include <authcheck.h>
#include <stdio.h>
int main(void)
{
    return puts(AC_VERSION) < 0;
}
C
    export PKG_CONFIG_PATH="$root/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
    # shellcheck disable=SC2046 # flags
    gcc -std=c17 -pedantic -Wall -Werror -o "$root/client" "$root/client.c" \
        $(pkg-config --cflags authcheck) "$@" &&
        LD_LIBRARY_PATH="$root/usr/lib" "$root/client"
}
nothing_left() {
    left=$(find "$root/usr" ! -type d)
    [ -z "$left" ] || { echo "$left"; return 1; }
}

rm -rf "$root"
is "make install" $MAKE -s install DESTDIR="$root" PREFIX=/usr
is "static library" test -s "$root/usr/lib/libauthcheck.a"
is "shared library" test -s "$root/usr/lib/libauthcheck.so"
is "the shared library's soname" soname
is "the static library gives away ac_* alone" strangers -g --defined-only \
    "$root/usr/lib/libauthcheck.a"
is "the shared library gives away ac_* alone" strangers -D --defined-only \
    "$root/usr/lib/libauthcheck.so"
is "pkg-config knows the version" env PKG_CONFIG_PATH="$root/usr/lib/pkgconfig" \
    pkg-config --exists 'authcheck >= 0.1'
if [ -f include/authcheck.h ]; then
    is "a client links the shared library" client "-L$root/usr/lib" -lauthcheck
    is "a client links the static library" client "$root/usr/lib/libauthcheck.a" \
        -lcares -lldns -lcrypto -lidn2 -lpsl
fi
if [ -f src/cli/main.c ]; then
    is "the program runs from there" "$root/usr/bin/authcheck" --version
    is "the program is PIE with full RELRO" sh -c \
        "readelf -hld '$root/usr/bin/authcheck' | tr '\n' ' ' | grep -q 'DYN.*GNU_RELRO.*NOW'"
fi
for page in docs/*.[13]; do
    [ ! -f "$page" ] || is "manual page ${page#docs/}" \
        test -s "$root/usr/share/man/man${page##*.}/${page#docs/}"
done
is "make uninstall" $MAKE -s uninstall DESTDIR="$root" PREFIX=/usr
is "nothing is left" nothing_left

echo "install: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
