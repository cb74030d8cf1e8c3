# Plain asserts. A test file dot-sources this, and ends with `Complete`.
# The Rust side gives: SSOENV_TEST_HOOK (the text of `init powershell`), SSOENV_TEST_ARGV (a program
# that prints each of its words as <word>), SSOENV_TEST_DIR (an empty folder).
$script:failures = @()
$script:count = 0

function Assert-Equal($name, $expected, $actual) {
    $script:count++
    $left = @($expected) -join "`n"
    $right = @($actual) -join "`n"
    if ($left -cne $right) { $script:failures += "${name}:`n  expected: $left`n  actual:   $right" }
}

function Assert-True($name, $value) {
    Assert-Equal $name $true ([bool] $value)
}

# A program for the hook to call in place of the real one: a shell script with this body.
function New-Program($body) {
    $path = Join-Path $env:SSOENV_TEST_DIR ('program-' + [guid]::NewGuid().ToString('N'))
    [IO.File]::WriteAllText($path, "#!/bin/sh`n$body`n")
    & /bin/chmod 700 $path
    $global:__ssoenv_exe = $path
    $path
}

function Complete {
    foreach ($failure in $script:failures) { [Console]::Error.WriteLine($failure) }
    [Console]::Out.WriteLine("$script:count asserts, $($script:failures.Count) failures")
    if ($script:failures.Count -gt 0) { exit 1 }
    exit 0
}
