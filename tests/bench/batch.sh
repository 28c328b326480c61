#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# batch.sh - authcheck batch over a world of its own (world.awk, served by nsd behind
# unbound), and beside it those programs that Debian has and that are installed, on the
# same domains in the same run. Figures to look at, never a test.
#
#   BENCH_DOMAINS=20000 BENCH_PEERS=1000 BENCH_RUNS=5 bash tests/bench/batch.sh
#
# All of it lives in namespaces of its own, where lo and /etc/resolv.conf are ours: it
# touches no server and no setting of this machine, and nothing is left of it. Where
# the kernel can delay packets (netem), it measures at a round trip of 20 ms as well.
set -u
program=${AUTHCHECK:-build/authcheck}
domains=${BENCH_DOMAINS:-20000} peers=${BENCH_PEERS:-1000} runs=${BENCH_RUNS:-5}

missing() {
    echo "bench: batch.sh is left out: $1 (make deps-bench installs it)"
    exit 0
}
if [ -z "${BENCH_INSIDE:-}" ]; then
    for tool in nsd unbound unbound-control ip unshare /usr/bin/time; do
        command -v "$tool" >/dev/null || PATH=$PATH:/usr/sbin:/sbin command -v "$tool" \
            >/dev/null || missing "there is no $tool"
    done
    user=(--map-root-user)
    [ "$(id -u)" -eq 0 ] && user=()
    unshare "${user[@]}" --net --mount true 2>/dev/null ||
        { echo "bench: batch.sh is left out: no namespaces here"; exit 0; }
    BENCH_INSIDE=1 exec unshare "${user[@]}" --net --mount --pid --fork --kill-child \
        bash "$0"
fi

PATH=$PATH:/usr/sbin:/sbin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ip link set lo up
awk -v n="$domains" -v out="$work" -f tests/bench/world.awk
head -n $((peers + 1)) "$work/domains.csv" >"$work/some.csv"
head -n "$peers" "$work/libspf2.txt" >"$work/some.txt"
echo 'nameserver 127.0.0.2' >"$work/resolv.conf"
mount --bind "$work/resolv.conf" /etc/resolv.conf

cat >"$work/root.zone" <<X
. 3600 IN SOA ns.bench. root.bench. 1 7200 3600 1209600 3600
. 3600 IN NS ns.bench.
bench. 3600 IN NS ns.bench.
ns.bench. 3600 IN A 127.0.0.1
X
cat >"$work/nsd.conf" <<X
server:
  ip-address: 127.0.0.1
  ip-address: 127.0.0.9
  username: ""
  zonesdir: "$work"
  pidfile: "$work/nsd.pid"
  zonelistfile: "$work/nsd.list"
  xfrdfile: "$work/nsd.xfrd"
  xfrdir: "$work"
  logfile: "$work/nsd.log"
  database: ""
  tcp-count: 200
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.zone"
zone:
  name: "bench"
  zonefile: "bench.zone"
X
echo '. 3600000 NS ns.bench.
ns.bench. 3600000 A 127.0.0.1' >"$work/root.hints"
cat >"$work/unbound.conf" <<X
server:
  username: ""
  chroot: ""
  directory: "$work"
  pidfile: "$work/unbound.pid"
  logfile: "$work/unbound.log"
  use-syslog: no
  interface: 127.0.0.2
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  root-hints: "$work/root.hints"
  do-ip6: no
  module-config: "iterator"
  msg-cache-size: 128m
  rrset-cache-size: 256m
  outgoing-range: 4096
  num-queries-per-thread: 4096
  incoming-num-tcp: 200
  statistics-cumulative: no
remote-control:
  control-enable: yes
  control-interface: $work/unbound.ctl
  control-use-cert: no
X
nsd -c "$work/nsd.conf"
unbound -c "$work/unbound.conf"
for _ in $(seq 100); do # until both answer
    "$program" d1.bench --ip 192.0.2.1 -r generic -q --timeout 1 --tries 1 2>/dev/null |
        grep -qv UNKNOWN && break
    sleep 0.1
done

questions() {
    unbound-control -c "$work/unbound.conf" stats |
        sed -n 's/^total.num.queries=//p'
}
# measure LABEL COUNT COMMAND...: medians of the runs; the standard output of the last
# run is in $work/last.
measure() {
    local label=$1 count=$2 asked=0
    shift 2
    : >"$work/times"
    for ((r = 0; r < runs; r++)); do
        questions >/dev/null
        /usr/bin/time -a -o "$work/times" -f '%e %U %S %M' "$@" >"$work/last" \
            2>/dev/null </dev/null
        asked=$(questions)
    done
    grep -v '^Command' "$work/times" | sort -n | awk -v n="$count" -v q="$asked" \
        -v label="$label" '
        { wall[NR] = $1; cpu[NR] = $2 + $3; if ($4 > most) most = $4 }
        END {
            for (i = 1; i <= NR; i++) # by insertion: CPU has an order of its own
                for (k = i; k > 1 && cpu[k] < cpu[k - 1]; k--) {
                    x = cpu[k]; cpu[k] = cpu[k - 1]; cpu[k - 1] = x
                }
            m = int((NR + 1) / 2)
            if (wall[m] == 0) wall[m] = 0.01
            printf "%-34s %7d %9.0f %10.0f %9.2f %9.1f\n", label, n, n / wall[m], \
                1e6 * cpu[m] / n, q / n, most / 1024
        }'
}
heading() {
    printf '\n%s\n%-34s %7s %9s %10s %9s %9s\n' "$1" "" domains domains/s 'CPU us/dom' \
        'asked/dom' 'MiB'
}
have() {
    command -v "$1" >/dev/null
}

batch() { # LABEL COUNT INPUT [OPTION...]
    local label=$1 count=$2 input=$3
    shift 3
    measure "$label" "$count" "$program" batch "$input" -o "$work/rows" -q "$@"
}
ask_python='import spf, sys
for line in open(sys.argv[1]):
    ip, sender, helo = line.split()
    print(helo, spf.check2(i=ip, s=sender, h=helo)[0])'
# shellcheck disable=SC2016 # it is Perl
ask_perl='my $server = Mail::SPF::Server->new;
while (<>) {
    my ($ip, $sender, $helo) = split;
    my $request = Mail::SPF::Request->new(scope => "mfrom", identity => $sender,
        ip_address => $ip, helo_identity => $helo);
    print "$helo ", $server->process($request)->code, "\n";
}'
has_python() { /usr/bin/python3 -c 'import spf' 2>/dev/null; }
has_perl() { perl -MMail::SPF -e 1 2>/dev/null; }

peers() {
    batch "authcheck batch (all)" "$peers" "$work/some.csv"
    have spfquery.libspf2 && measure "libspf2, spfquery -file (SPF)" "$peers" \
        spfquery.libspf2 -file "$work/some.txt"
    has_python && measure "pyspf (SPF)" "$peers" /usr/bin/python3 -c "$ask_python" \
        "$work/some.txt" && cp "$work/last" "$work/python"
    has_perl && measure "Mail::SPF (SPF)" "$peers" perl -MMail::SPF -e "$ask_perl" \
        "$work/some.txt" && cp "$work/last" "$work/perl"
    # shellcheck disable=SC2016 # the inner shell's
    have opendkim-testkey && measure "opendkim-testkey (a key, 100 of them)" 100 sh -c \
        'head -n 100 "$1" | while read -r d s; do opendkim-testkey -d "$d" -s "$s"; done' \
        sh "$work/keys.txt"
}

# Where the two others agree, so should we.
compare() {
    if ! [ -s "$work/python" ] || ! [ -s "$work/perl" ]; then
        return
    fi
    "$program" batch "$work/some.csv" -q |
        sed -n 's/.*"domain": "\([^"]*\)", "ips".*"spf": \[{"ip": [^}]*"result": "\([a-z]*\)", "aligned".*/\1 \2/p' \
            >"$work/ours"
    awk 'FILENAME ~ /python$/ { a[$1] = $2 } FILENAME ~ /perl$/ { b[$1] = $2 }
        FILENAME ~ /ours$/ { c[$1] = $2 }
        END {
            for (d in a)
                if (a[d] == b[d]) { n++; if (a[d] != c[d]) { bad++; which = which " " d } }
            printf "\nSPF: pyspf and Mail::SPF agree on %d; authcheck differs on %d%s\n",
                n, bad, substr(which, 1, 200)
        }' "$work/python" "$work/perl" "$work/ours"
}

"$program" batch "$work/domains.csv" -o "$work/rows" -q >/dev/null 2>&1 # warms unbound
heading "round trip 0 ms"
batch "authcheck batch" "$domains" "$work/domains.csv"
batch "authcheck batch --ordered" "$domains" "$work/domains.csv" --ordered
peers
if tc qdisc add dev lo root netem delay 10ms 2>/dev/null; then
    heading "round trip 20 ms"
    runs=1
    batch "authcheck batch" "$domains" "$work/domains.csv"
    peers
else
    echo "(no round trip: this kernel has no netem)"
fi
compare
exit 0
