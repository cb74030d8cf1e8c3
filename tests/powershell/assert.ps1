# Plain asserts. A test file dot-sources this, and ends with `Complete`.
# The Rust side gives: SSOENV_TEST_HOOK (the text of `init powershell --full`), SSOENV_TEST_ARGV (a
# program that prints each of its words as <word>), SSOENV_TEST_DIR (an empty folder),
# SSOENV_TEST_EXE (the real program), SSOENV_TEST_PWSH (PowerShell, whose process may be `dotnet`).
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

# A program that prints a message to the hook: lines NAME=text or NAME, as sh reads them in double
# quotes.
function New-Message {
    $lines = foreach ($line in $args) { "printf '%s\n' `"$line`"" }
    New-Program ("echo '#ssoenv/1'`n" + ($lines -join "`n") + "`necho '#end'")
}

# What a block writes on the console's standard error.
function Get-Said($block) {
    $writer = [IO.StringWriter]::new()
    $console = [Console]::Error
    [Console]::SetError($writer)
    try { $null = & $block } finally { [Console]::SetError($console) }
    "$writer".TrimEnd()
}

function Complete {
    foreach ($failure in $script:failures) { [Console]::Error.WriteLine($failure) }
    [Console]::Out.WriteLine("$script:count asserts, $($script:failures.Count) failures")
    if ($script:failures.Count -gt 0) { exit 1 }
    exit 0
}
