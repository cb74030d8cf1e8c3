# Constrained Language Mode: `use`, `clear`, the prompt and plain words work.
. $PSScriptRoot/assert.ps1
$hook = [IO.File]::ReadAllText($env:SSOENV_TEST_HOOK)
$use = New-Message 'SSOENV_TEST_SEEN=2026-11-21T05:14:54Z\u0020x' 'SSOENV_TEST_GONE'
$argv = $env:SSOENV_TEST_ARGV
$env:SSOENV_TEST_GONE = 'x'
$env:NO_COLOR = '1'
$escape = "$env:SSOENV_TEST_DIR/constrained.ps1"
[IO.File]::WriteAllText("$env:SSOENV_TEST_DIR/hook.ps1", $hook)
[IO.File]::WriteAllText($escape, @"
`$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
function global:prompt { 'PS> ' }
Invoke-Expression (Get-Content -Raw '$env:SSOENV_TEST_DIR/hook.ps1')
`$global:__ssoenv_exe = '$use'
ssoenv use prod
"use `$LASTEXITCODE `$env:SSOENV_TEST_SEEN <`$env:SSOENV_TEST_GONE>"
`$global:__ssoenv_exe = '$argv'
(ssoenv list --json x) -join ' '
`$env:SSOENV_MODE = 'keys'
`$env:SSOENV_LABEL = 'L'
`$env:SSOENV_EXPIRES_AT = '1'
prompt
"@)
$said = & $env:SSOENV_TEST_PWSH -NoProfile -File $escape
Assert-Equal 'constrained' @('use 0 2026-11-21T05:14:54Z x <>', '<list> <--json> <x>', 'L expired PS> ') $said
Complete
