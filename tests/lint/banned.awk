# banned.awk - no call in src/ to a function of banned.txt, but where a row allows it.
# Usage: awk -f banned.awk -f code.awk banned.txt src/*/*.[ch]

function started(    i)
{
    split("", here)
    for (i = 1; i <= allows; i++)
        if (allow_path[i] == FILENAME ||
            (allow_path[i] ~ /\/$/ && index(FILENAME, allow_path[i]) == 1))
            here[allow_group[i]] = 1
}
function comment(text, at) { }
function string(text) { }
function finished() { }
function code(line,    name, before)
{
    if (line ~ /#[ \t]*include[ \t]*<ctype\.h>/)
        fail("<ctype.h> obeys the locale: use ascii_* of base/span.h")
    before = ""
    while (match(line, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
        before = substr(line, RSTART > 1 ? RSTART - 1 : 1, RSTART > 1 ? 1 : 0)
        name = substr(line, RSTART, RLENGTH)
        sub(/[ \t]*\($/, "", name)
        # a member (.free(, ->free() is another function of that name
        if (before != "." && before != ">" && (name in group) && !(group[name] in here))
            fail(name "() is banned here (" group[name] ": tests/lint/banned.txt)")
        line = substr(line, RSTART + RLENGTH)
    }
}
FILENAME ~ /banned\.txt$/ {
    if ($1 == "ban")
        for (i = 3; i <= NF; i++)
            group[$i] = $2
    if ($1 == "allow") {
        allow_group[++allows] = $2
        allow_path[allows] = $3
    }
    next
}
