#!/bin/sh
# SPDX-License-Identifier: MIT
#
# deps.sh PACKAGE... - install those Debian packages that are missing, and nothing else.
#
# As root, or through sudo. Where nothing is missing it asks nobody for anything and needs
# no network. Servers among the packages (nsd, unbound) serve tests on loopback: they are
# not started on this host now, and not enabled for its next start.
set -u

missing=
if command -v dpkg-query >/dev/null 2>&1; then
    for p in "$@"; do
        state=$(dpkg-query -W -f '${db:Status-Status} ' "$p" 2>/dev/null)
        case " $state" in
        *" installed "*) ;;
        *) missing="$missing $p" ;;
        esac
    done
else
    echo "deps: not a Debian system. Install what these packages hold: $*" >&2
    exit 0
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1; then
        # shellcheck disable=SC2086 # a list of words
        exec sudo sh "$0" $missing
    fi
    echo "deps: needs root to install:$missing" >&2
    echo "deps: run as root: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

policy=/usr/sbin/policy-rc.d
saved=$policy.before-authcheck
restore() {
    if [ -e "$saved" ] || [ -L "$saved" ]; then
        mv -f "$saved" "$policy"
    elif [ -n "${ours:-}" ]; then
        rm -f "$policy"
    fi
    ours=
}
ours=
trap restore EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# 101: "starting this service is forbidden by policy". A saved file that stands here
# already is the host's own, from a run that was killed: it must not be overwritten.
if [ ! -e "$saved" ] && [ ! -L "$saved" ]; then
    if [ -e "$policy" ] || [ -L "$policy" ]; then
        mv "$policy" "$saved" || exit 1
    fi
fi
ours=yes
printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" || exit 1

echo "  APT    $missing"
log=$(mktemp) || exit 1
export DEBIAN_FRONTEND=noninteractive
apt() {
    apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1
}
apt update || echo "deps: apt-get update failed; going on with the lists that are here" >&2
# shellcheck disable=SC2086 # a list of words
if ! apt install -y --no-install-recommends $missing; then
    tail -n 30 "$log" >&2
    rm -f "$log"
    echo "deps: apt-get could not install:$missing" >&2
    exit 1
fi
rm -f "$log"

if [ -d /run/systemd/system ]; then
    for p in $missing; do
        case $p in
        nsd | unbound) systemctl --quiet disable "$p" 2>/dev/null ;;
        esac
    done
fi
exit 0
