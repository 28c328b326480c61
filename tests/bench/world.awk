# SPDX-License-Identifier: MIT
#
# world.awk - sending domains as they are found: include trees of a few large providers
# and of small ones, own addresses, keys, policies, and the usual faults. Domain i hangs
# on the seed and on i alone, so that a small world is the beginning of a large one.
#
# Usage: awk -v n=2000 -v out=FOLDER -f world.awk
# Writes FOLDER/bench.zone, domains.csv (for authcheck), libspf2.txt (address, sender,
# HELO name) and keys.txt (domain, selector).

function chance(limit) # 0 to limit - 1; Park and Miller's generator, exact in a double
{
    state = state * 16807 % 2147483647
    return int(state / 2147483647 * limit)
}
function of(list,    item, k) { k = split(list, item, " "); return item[1 + chance(k)] }
function rr(name, type, data) { print name ". 3600 IN " type " " data > zone }
function txt(name, text,    parts)
{
    for (parts = ""; length(text) > 255; text = substr(text, 256))
        parts = parts "\"" substr(text, 1, 255) "\" "
    rr(name, "TXT", parts "\"" text "\"")
}
function nets(count,    s)
{
    for (s = ""; count > 0; count--) {
        net[++n_nets] = "100." 64 + chance(64) "." chance(256)
        s = s " ip4:" net[n_nets] ".0/" of("22 23 24 24 24")
    }
    return s
}
function random64(count,    s)
{
    for (s = ""; count > 0; count--)
        s = s substr(base64, 1 + chance(64), 1)
    return s
}
# A SubjectPublicKeyInfo with an odd modulus of that many bits, and 65537.
function rsa(bits)
{
    if (bits == 1024)
        return "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC" random64(170) of("Q w") "IDAQAB"
    return "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA" \
        substr(base64, 33 + chance(32), 1) random64(340) of("Q w") "IDAQAB"
}
function address(i, k) { return "198.18." int(i / 100) % 200 "." i % 100 + 100 * k }

function providers(    i)
{
    txt("_spf.big.bench", "v=spf1 include:_nets1.big.bench include:_nets2.big.bench " \
        "include:_nets3.big.bench ~all")
    for (i = 1; i <= 3; i++)
        txt("_nets" i ".big.bench", "v=spf1" nets(12) " ~all")
    txt("spf.office.bench", "v=spf1" nets(14) " ip6:2001:db8:100::/48 -all")
    txt("grid.bench", "v=spf1" nets(14) " include:ab.grid.bench ~all")
    txt("ab.grid.bench", "v=spf1" nets(5) " ~all")
    txt("ses.bench", "v=spf1" nets(12) " -all")
    txt("gun.bench", "v=spf1 include:_spf1.gun.bench include:_spf2.gun.bench ~all")
    txt("_spf1.gun.bench", "v=spf1" nets(9) " ~all")
    txt("_spf2.gun.bench", "v=spf1 include:_spf3.gun.bench" nets(6) " ~all")
    txt("_spf3.gun.bench", "v=spf1" nets(4) " ~all")
    txt("_spf.force.bench", "v=spf1 exists:%{i}._spf.mta.force.bench -all")
    txt("spf.large.bench", "v=spf1" nets(80) " ~all") # over 1232 bytes
    txt("loop.bench", "v=spf1 include:loop2.bench -all")
    txt("loop2.bench", "v=spf1 include:loop.bench -all")
    txt("broken.bench", "v=spf1 ip4:100.64.9.0/24 ipv4:100.64.10.0/24 -all")
    for (i = 1; i <= 12; i++)
        txt("flat" i ".bench", "v=spf1" nets(8) " ~all")
    rr("mx1.big.bench", "A", "100.64.1.1")
    rr("mx1.office.bench", "A", "100.65.1.1")
}

function spf(d, i,    kind, terms, k)
{
    kind = chance(1000)
    terms = ""
    if (kind < 60)
        return # none
    for (k = 1 + chance(3); k > 0; k--)
        terms = terms " include:" of("_spf.big.bench _spf.big.bench spf.office.bench " \
            "spf.office.bench grid.bench ses.bench gun.bench _spf.force.bench " \
            "spf.large.bench flat" 1 + chance(12) ".bench")
    if (kind % 3 == 0)
        terms = " ip4:" address(i, 0) terms
    if (kind % 7 == 0)
        terms = terms " a mx"
    if (kind < 80) # far too many
        for (k = 1; k <= 12; k++)
            terms = terms " include:flat" k ".bench"
    else if (kind < 100)
        terms = terms " " of("ipv4:192.0.2.1 ip4:192.0.2.300 include: a:/24/ foo:bar")
    else if (kind < 115)
        terms = terms " include:" of("gone.bench broken.bench loop.bench " d)
    else if (kind < 130)
        terms = terms " a:gone1." d " a:gone2." d " mx:gone3." d
    txt(d, "v=spf1" terms " " of("~all ~all ~all -all -all ?all"))
    if (kind >= 130 && kind < 140)
        txt(d, "v=spf1 -all")
}

function key(d, selector,    kind)
{
    kind = chance(100)
    if (kind < 3)
        return
    if (kind < 30)
        txt(selector "._domainkey." d, "v=DKIM1; k=rsa; p=" rsa(1024))
    else if (kind < 92)
        txt(selector "._domainkey." d, "v=DKIM1; k=rsa; p=" rsa(2048))
    else if (kind < 95)
        txt(selector "._domainkey." d, "v=DKIM1; k=rsa; p=")
    else if (kind < 97)
        txt(selector "._domainkey." d, "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEB!!none")
    else {
        rr(selector "._domainkey." d, "CNAME", selector "-" d ".dkim.office.bench.")
        txt(selector "-" d ".dkim.office.bench", "v=DKIM1; k=rsa; p=" rsa(2048))
    }
}

function policy(d,    kind)
{
    kind = chance(100)
    if (kind >= 30)
        txt("_dmarc." d, kind > 97 ? "v=DMARC1; p=rejected" : "v=DMARC1; p=" \
            of("none none quarantine reject") of("; ;sp=none; ;adkim=s; ;pct=50;") \
            " rua=mailto:dmarc@" d)
}

function domain(i,    d, kind, selector, ip)
{
    state = (seed + i * 7919) % 2147483646 + 1
    chance(2)
    d = "d" i ".bench"
    kind = chance(1000)
    selector = of("default google mail s1 selector1")
    ip = chance(100) < 60 ? net[1 + chance(n_nets)] ".9" : address(i, 0)
    print d "," ip "," selector > (out "/domains.csv")
    print ip, "postmaster@" d, d > (out "/libspf2.txt")
    print d, selector > (out "/keys.txt")
    if (kind < 15)
        return # does not exist
    if (kind < 22) {
        rr(d, "NS", "ns.lame.bench.") # it knows nothing of them: SERVFAIL
        return
    }
    rr(d, "A", address(i, 0))
    rr(d, "MX", "10 " of("mx1.big.bench. mx1.office.bench. mx." d "."))
    rr("mx." d, "A", address(i, 1))
    for (kind = chance(4); kind > 0; kind--)
        txt(d, "site-verification=" random64(43))
    spf(d, i)
    key(d, selector)
    policy(d)
}

BEGIN {
    base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    zone = out "/bench.zone"
    seed = 20261122
    state = seed
    print "$ORIGIN bench." > zone
    rr("bench", "SOA", "ns.bench. root.bench. 1 7200 3600 1209600 3600")
    rr("bench", "NS", "ns.bench.")
    rr("ns.bench", "A", "127.0.0.1")
    rr("ns.lame.bench", "A", "127.0.0.9")
    print "domain,ip,selectors" > (out "/domains.csv")
    providers()
    for (i = 1; i <= n; i++)
        domain(i)
}
