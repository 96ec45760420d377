# Names the tests that failed in the output of `dotnet test`, and adds up the closing lines of its projects.
/^ +Failed .* \[[^\]]*\]$/ {
    name = $0
    sub(/^ +Failed /, "", name)
    sub(/ \[[^\]]*\]$/, "", name)
    if (!(name in seen)) {
        seen[name] = 1
        names[++count] = name
    }
}
/test run was aborted|Test host process crashed/ { sub(/^ +/, ""); names[++count] = $0 }
/Passed! +- +Failed:|Failed! +- +Failed:|Skipped! +- +Failed:/ {
    match($0, /Failed: +[0-9]+/);  failed  += substr($0, RSTART + 7, RLENGTH - 7)
    match($0, /Passed: +[0-9]+/);  passed  += substr($0, RSTART + 7, RLENGTH - 7)
    match($0, /Skipped: +[0-9]+/); skipped += substr($0, RSTART + 8, RLENGTH - 8)
    projects++
}
END {
    for (i = 1; i <= count; i++) print "failed: " names[i]
    if (skipped > 0) printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    else printf "%d passed, %d failed\n", passed, failed
}
