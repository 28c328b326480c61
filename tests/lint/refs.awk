# refs.awk - a clause cited in src/ stands in docs/RFC-INDEX.md, and is written in one form:
# "RFC 7208, 4.6.4" in comments, "RFC 7208 4.6.4" in the catalog's strings.
# Usage: awk -f refs.awk -f code.awk docs/RFC-INDEX.md src/*/*.{c,h,def}
# With -v list=1: prints "clause file" for every citation and checks nothing.

function started() { }
function finished() { }
function code(line) { }

function comment(text, at,    rest, number, clause)
{
    gsub(/[ \t]+\*[ \t]+/, " ", text)
    gsub(/[ \t]+/, " ", text)
    if (!list && text ~ /RFC[0-9]/)
        fail_at(at, "write \"RFC N, clause\" with a blank after RFC")
    if (!list && text ~ /RFC [0-9]+,? ([Ss]ection|[Ss]ect?\.|[Ss]\.|§)/)
        fail_at(at, "write \"RFC N, clause\" without the word section")
    if (!list && text ~ /(^|[^"])RFC [0-9]+ [0-9]+\.[0-9]/)
        fail_at(at, "write \"RFC N, clause\" with a comma")
    while (match(text, /RFC [0-9]+, [0-9A-Z][0-9A-Za-z.]*/)) {
        clause = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        number = clause
        sub(/,.*/, "", number)
        cite(clause, at)
        # "RFC 7208, 4.6 and 12", "RFC 7208, 4 to 7", "RFC 6376, 3.2, 3.5"
        while (match(text, /^(, | and | to | or )[0-9][0-9.]*/)) {
            rest = substr(text, 1, RLENGTH)
            text = substr(text, RLENGTH + 1)
            sub(/^[^0-9]+/, "", rest)
            cite(number ", " rest, at)
        }
    }
}
function string(text,    clause)
{
    while (match(text, /RFC [0-9]+ [0-9A-Z][0-9A-Za-z.]*/)) {
        clause = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        match(clause, /^RFC [0-9]+/)
        if (clause !~ /^RFC [0-9]+ ([0-9]|[A-Z](\.|$))/)
            continue # "RFC 7208 Section", or prose after the number
        cite(substr(clause, 1, RLENGTH) "," substr(clause, RLENGTH + 1), FNR)
    }
}
function cite(clause, at)
{
    sub(/\.+$/, "", clause)
    if (list)
        print clause "\t" FILENAME
    else if (!(clause in known))
        fail_at(at, clause " is not in docs/RFC-INDEX.md")
}
FILENAME ~ /RFC-INDEX\.md$/ {
    if ($0 ~ /^\| RFC /) {
        split($0, cell, "|")
        gsub(/^ +| +$/, "", cell[2])
        gsub(/^ +| +$/, "", cell[4])
        known[cell[2]] = 1
        if (!list && cell[4] !~ /^(Yes|Partial|No)$/)
            fail(cell[2] ": the status is Yes, Partial or No")
    }
    next
}
