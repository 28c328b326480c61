# layers.awk - an include goes down, never up or sideways; foreign headers have one home.
# Usage: awk -f layers.awk layers.txt src/*/*.[ch]

FILENAME ~ /layers\.txt$/ {
    if ($1 == "only")
        for (i = 3; i <= NF; i++)
            home[$2, $i] = 1
    if ($1 == "only")
        foreign[$2] = $3
    else if (sub(/:$/, "", $1))
        for (i = 1; i <= NF; i++)
            may[$1, $i] = 1 # and itself
    next
}
FNR == 1 { split(FILENAME, path, "/"); room = path[2] }
FNR == 1 && !((room, room) in may) {
    print FILENAME ": room " room " has no row in tests/lint/layers.txt"
    faults++
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, part, "\"")
    n = split(part[2], target, "/")
    if (n == 1 && target[1] == "authcheck.h") {
        if (room != "api" && room != "cli" && room != "batch" && room != "explain" &&
            room != "report")
            fault("the public header is for api, report and the program")
    } else if (n != 2) {
        fault("include \"" part[2] "\": write \"room/file.h\"")
    } else if (!((room, target[1]) in may) && !((room, "*") in may)) {
        fault(room " must not include " target[1] " (" part[2] ")")
    }
}
/^[ \t]*#[ \t]*include[ \t]*</ {
    split($0, part, /[<>]/)
    for (f in foreign)
        if (index(part[2], f) == 1 && part[2] ~ (f ~ /\/$/ ? "^" f : "^" f "[._]") &&
            !((f, room) in home))
            fault("<" part[2] "> belongs to " foreign[f])
}
function fault(what) { print FILENAME ":" FNR ": " what; faults++ }
END { exit faults > 0 }
