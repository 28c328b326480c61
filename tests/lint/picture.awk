# picture.awk - the layer table of docs/ARCHITECTURE.md and layers.txt say the same.
# Usage: awk -f picture.awk layers.txt docs/ARCHITECTURE.md

FILENAME ~ /layers\.txt$/ {
    if ($1 ~ /:$/) {
        room = substr($1, 1, length($1) - 1)
        $1 = ""
        rule[room] = sorted($0)
    }
    next
}
/^\| `[a-z]+` \|/ {
    split($0, cell, "|")
    room = cell[2]
    gsub(/[` ]/, "", room)
    gsub(/[`,]/, " ", cell[3])
    if (cell[3] ~ /all/) cell[3] = "*"
    if (cell[3] ~ /libc/) cell[3] = ""
    drawn[room] = sorted(cell[3])
    seen[room] = 1
}
function sorted(list,    n, w, i, j, t, out)
{
    n = split(list, w, " ")
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && w[j] < w[j - 1]; j--) {
            t = w[j]; w[j] = w[j - 1]; w[j - 1] = t
        }
    out = ""
    for (i = 1; i <= n; i++)
        out = out " " w[i]
    return out
}
END {
    for (room in rule)
        if (!(room in seen)) {
            print "docs/ARCHITECTURE.md: no row for " room
            faults++
        } else if (drawn[room] != rule[room]) {
            print "docs/ARCHITECTURE.md: " room " may include" drawn[room] ", lint says" rule[room]
            faults++
        }
    for (room in seen)
        if (!(room in rule)) {
            print "docs/ARCHITECTURE.md: " room " has no row in tests/lint/layers.txt"
            faults++
        }
    exit faults > 0
}
