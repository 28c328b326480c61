# shape.awk - every file says what it is; functions, files and nesting stay small.
# Usage: awk -f shape.awk -f code.awk src/*/*.[ch]

function started()
{
    if (last_file != "")
        end_file()
    last_file = FILENAME
    top = $0
    in_function = depth = comments = 0
}
function end_file()
{
    if (last_line > 600) {
        print last_file ": " last_line " lines (600)"
        faults++
    }
}
function finished() { end_file() }
function string(text) { }
function comment(text, at,    name)
{
    comments++
    if (comments == 1 && (at != 1 || text !~ /SPDX-License-Identifier: MIT/))
        fail_at(at, "line 1 is /* SPDX-License-Identifier: MIT */")
    if (comments == 2) {
        name = FILENAME
        sub(/.*\//, "", name)
        if (index(text, name " - ") == 0)
            fail_at(at, "the second comment begins \"" name " - \" and says what the file is")
    }
}
function code(line,    i, c)
{
    last_line = FNR
    if (FNR == 4 && comments == 0)
        fail("no SPDX line and no comment at the top")
    if (FILENAME !~ /\.c$/ || line ~ /^[ \t]*#/)
        return
    if (line ~ /^\{/) {
        in_function = FNR
        function_name = header
    }
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "{") {
            depth++
            if (in_function && depth == 6)
                fail("more than 4 blocks deep")
        } else if (c == "}") {
            depth--
        }
    }
    if (line ~ /^\}/ && in_function) {
        if (FNR - in_function - 1 > 60)
            fail_at(in_function, "a function of " FNR - in_function - 1 " lines (60): " function_name)
        in_function = 0
    }
    if (line ~ /^[A-Za-z].*\(/)
        header = line
}
