# code.awk - what the other awk checks share: C without its comments and strings.
#
# A check defines five functions: code(line) gets every line with comments taken out and
# strings emptied, comment(text, at) every comment as one line of text with the number of
# its first line, string(text) every string literal; and started() at the
# top of a file, finished() at the end of all. fail(what) prints file, line and fault; any
# fault makes the exit code 1.

function fail(what) { fail_at(FNR, what) }
function fail_at(at, what)
{
    print FILENAME ":" at ": " what
    faults++
}

function tokens(line,    out, start, c)
{
    out = ""
    while (line != "") {
        if (in_comment) {
            start = index(line, "*/")
            if (!start) {
                note = note " " line
                return out
            }
            comment(note " " substr(line, 1, start - 1), note_at)
            in_comment = 0
            line = substr(line, start + 2)
        } else if (match(line, /\/\*|"|\047|\/\//)) {
            c = substr(line, RSTART, 2)
            out = out substr(line, 1, RSTART - 1)
            if (c == "/*") {
                in_comment = 1
                note = ""
                note_at = FNR
                line = substr(line, RSTART + 2)
            } else if (c == "//") {
                fail("a // comment: write /* */")
                return out
            } else {
                line = literal(substr(line, RSTART))
                out = out (substr(c, 1, 1) == "\"" ? "\"\"" : "0")
            }
        } else {
            return out line
        }
    }
    return out
}

# Takes the literal off the front of the line, and returns what follows it.
function literal(line,    quote, i, c)
{
    quote = substr(line, 1, 1)
    for (i = 2; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "\\")
            i++
        else if (c == quote)
            break
    }
    if (quote == "\"")
        string(substr(line, 2, i - 2))
    return substr(line, i + 1)
}

FNR == 1 { in_comment = 0; started() }
{ code(tokens($0)) }
END {
    finished()
    exit faults > 0
}
