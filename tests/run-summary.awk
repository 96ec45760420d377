# Adds up the closing lines of every test project of `dotnet test`.
/Passed! +- +Failed:|Failed! +- +Failed:|Skipped! +- +Failed:/ {
    match($0, /Failed: +[0-9]+/);  failed  += substr($0, RSTART + 7, RLENGTH - 7)
    match($0, /Passed: +[0-9]+/);  passed  += substr($0, RSTART + 7, RLENGTH - 7)
    match($0, /Skipped: +[0-9]+/); skipped += substr($0, RSTART + 8, RLENGTH - 8)
    projects++
}
END {
    if (skipped > 0) printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    else printf "%d passed, %d failed\n", passed, failed
}
