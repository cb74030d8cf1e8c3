# Random values through the hook and through Invoke-Expression; the Rust side wrote them in batches,
# and compares what a child process gets.
. $PSScriptRoot/assert.ps1
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
$null = New-Program "cat `"$env:SSOENV_TEST_DIR/message-`$SSOENV_TEST_BATCH`""
$batch = 0
while ([IO.File]::Exists("$env:SSOENV_TEST_DIR/message-$batch")) {
    $env:SSOENV_TEST_BATCH = $batch
    ssoenv use prod
    & /usr/bin/env -0 > "$env:SSOENV_TEST_DIR/hook-$batch"
    Remove-Item Env:SSOENV_TEST_VALUE_*
    & /bin/cat "$env:SSOENV_TEST_DIR/text-$batch" | Invoke-Expression
    & /usr/bin/env -0 > "$env:SSOENV_TEST_DIR/lines-$batch"
    Remove-Item Env:SSOENV_TEST_VALUE_*
    $batch++
}
Assert-True 'there were batches' ($batch -gt 0)
Complete
