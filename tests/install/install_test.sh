#!/bin/sh
# SPDX-License-Identifier: MIT
#
# install_test.sh - what `make install` puts in place is complete, works from there,
# exports ac_* and nothing else, and `make uninstall` leaves nothing behind.
set -u
: "${BUILD:=build/release}" "${MAKE:=make}"
root=$(pwd)/$BUILD/install
# shellcheck source=tests/support/is.sh
. tests/support/is.sh

# The names that a library gives away, all but ac_*.
strangers() {
    nm "$@" | awk 'NF >= 3 && $(NF - 1) ~ /^[A-TV-Z]$/ && $NF !~ /^(ac_|AUTHCHECK_)/ { print $NF; n++ }
        END { exit n > 0 }'
}
soname() {
    objdump -p "$root/usr/lib/libauthcheck.so.0" | grep -q 'SONAME *libauthcheck.so.0'
}
# The example of the manual, built as a stranger would with what pkg-config says and
# "$@", then run over the demo.
example() {
    export PKG_CONFIG_PATH="$root/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
    # shellcheck disable=SC2046 # flags
    gcc -std=c17 -pedantic -Wall -Wextra -Werror -o "$root/example" docs/example.c \
        $(pkg-config --cflags authcheck) "$@" || return 1
    export LD_LIBRARY_PATH="$root/usr/lib"
    says "550 5.7.1 Email rejected per DMARC policy for shop.example" 198.51.100.7 &&
        says "not refused" 192.0.2.10 &&
        says "example: ip nonsense: not an address; expected IPv4 or IPv6" nonsense
}
says() { # WHAT IP
    said=$("$root/example" shop.example "$2" fixtures/zones/demo.zone 2>&1)
    [ "$said" = "$1" ] || { echo "\"$said\", expected \"$1\""; return 1; }
}
linked_with() { # the flags of pkg-config, which name the library and where it is
    PKG_CONFIG_PATH="$root/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root" \
        pkg-config --libs authcheck
}
cplusplus() { # the header is for C++ programs as well, where there is a compiler
    command -v g++ >/dev/null || return 0
    echo '#include <authcheck.h>' | gcc -x c++ -std=c++17 -fsyntax-only -Wall -Wextra \
        -Werror "-I$root/usr/include" -
}
completion() { # SHELL FILE: it names an option and is whole
    file=$root/usr/share/$2
    grep -q -e '--fail-on\|-l fail-on' "$file" &&
        if command -v "$1" >/dev/null; then "$1" -n "$file"; fi
}
page() { # FILE: it is there, and clean
    test -s "$root/usr/share/man/man${1##*.}/$1"
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
# shellcheck disable=SC2046 # flags
is "the example runs with the shared library" example $(linked_with)
is "the example runs with the static library" example "$root/usr/lib/libauthcheck.a" \
    -lcares -lldns -lcrypto -lidn2 -lpsl
is "the header in C++" cplusplus
is "completion for bash" completion bash bash-completion/completions/authcheck
is "completion for zsh" completion zsh zsh/site-functions/_authcheck
is "completion for fish" completion fish fish/vendor_completions.d/authcheck.fish
if [ -f src/cli/main.c ]; then
    is "the program runs from there" "$root/usr/bin/authcheck" --version
    is "the program is PIE with full RELRO" sh -c \
        "readelf -hld '$root/usr/bin/authcheck' | tr '\n' ' ' | grep -q 'DYN.*GNU_RELRO.*NOW'"
fi
is "manual page authcheck.1" page authcheck.1
is "manual page authcheck.3" page authcheck.3
is "make uninstall" $MAKE -s uninstall DESTDIR="$root" PREFIX=/usr
is "nothing is left" nothing_left

echo "install: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
