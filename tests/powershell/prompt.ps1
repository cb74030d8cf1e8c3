# The prompt: segment, status, refresh, removal.
. $PSScriptRoot/assert.ps1
Set-StrictMode -Version Latest
$env:NO_COLOR = '1'
function global:prompt {
    $ok = $?
    "[$global:LASTEXITCODE $ok] PS> "
}
Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
$now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()

$global:LASTEXITCODE = 42
Assert-Equal 'nothing in use' '[42 True] PS> ' (prompt)
Assert-Equal 'the exit code stays' 42 $LASTEXITCODE
$status = & { Write-Error '' -ErrorAction Ignore; prompt }
Assert-Equal 'a failed command' '[42 False] PS> ' $status
& { Write-Error '' -ErrorAction Ignore; $null = prompt }

$env:SSOENV_MODE = 'keys'
$env:SSOENV_LABEL = 'Acme Admin'
$env:SSOENV_KEY_ID = 'ASIAX'
$env:AWS_ACCESS_KEY_ID = 'ASIAX'
$env:AWS_PROFILE = $null
foreach ($case in @(
        @((30 * 60 + 30), '30m'), @((125 * 60 + 30), '2h05m'), @(59, '0m'), @(0, 'expired'), @(-5, 'expired'))) {
    $env:SSOENV_EXPIRES_AT = $now + $case[0]
    Assert-Equal "left: $($case[1])" "Acme Admin $($case[1]) [42 True] PS> " (prompt)
}
$env:SSOENV_EXPIRES_AT = '$(throw 1)'
Assert-Equal 'digits only' 'Acme Admin [42 True] PS> ' (prompt)
$env:SSOENV_LABEL = "a$([char] 27)]52;c;x$([char] 7)$([char] 0x202e)b"
Assert-Equal 'nothing that steers the terminal' 'a]52;c;xb [42 True] PS> ' (prompt)
$env:SSOENV_LABEL = '$(throw 2)`n'
Assert-Equal 'no code' '$(throw 2)`n [42 True] PS> ' (prompt)
$env:SSOENV_LABEL = 'Acme'
foreach ($case in @(@(' [{}]', 'Acme [30m] '), @('{} left', 'Acme30m left '), @('-', 'Acme '))) {
    $env:SSOENV_EXPIRES_AT = $now + 1830
    $env:SSOENV_LEFT = $case[0]
    Assert-Equal "format: $($case[0])" "$($case[1])[42 True] PS> " (prompt)
}
$env:SSOENV_EXPIRES_AT = 'x'
$env:SSOENV_LEFT = $null
$env:SSOENV_LABEL = '$(throw 2)`n'
$env:AWS_ACCESS_KEY_ID = 'other'
Assert-Equal 'changed' '$(throw 2)`n changed [42 True] PS> ' (prompt)
$env:AWS_ACCESS_KEY_ID = 'ASIAX'
$env:NO_COLOR = $null
$env:TERM = 'xterm'
$env:SSOENV_COLOR = 'red'
Assert-True 'colour' ((prompt).StartsWith("$([char] 27)[31m"))
$env:NO_COLOR = '1'

# A stamp: equal, different, gone.
$log = "$env:SSOENV_TEST_DIR/calls"
$null = New-Program "echo `"`$*`" >> '$log'"
$global:LASTEXITCODE = 42
$env:SSOENV_STAMP = "$env:SSOENV_TEST_DIR/stamp"
$env:SSOENV_GEN = '7'
$env:SSOENV_REFRESH_AT = $now + 1000
[IO.File]::WriteAllText($env:SSOENV_STAMP, "7 $($now + 3000)`n")
$null = prompt
Assert-True 'nothing is due' (-not [IO.File]::Exists($log))
$env:SSOENV_REFRESH_AT = $now - 1
$null = prompt
$null = prompt
Assert-Equal 'due: one refresh, then backoff' 'refresh' (Get-Content $log)
Remove-Item $log
[IO.File]::WriteAllText($env:SSOENV_STAMP, "8 $($now + 3000)`n")
$null = prompt
$null = prompt
Assert-Equal 'another shell refreshed: one look' 'use --from-cache' (Get-Content $log)
Remove-Item $log
Remove-Item $env:SSOENV_STAMP
$null = prompt
Assert-Equal 'gone' 'use --from-cache' (Get-Content $log)
Remove-Item $log
$env:SSOENV_STAMP = "$env:SSOENV_TEST_DIR/no-such-folder/stamp"
$null = prompt
Assert-True 'no folder: nothing' (-not [IO.File]::Exists($log))
Assert-Equal 'the exit code is still there' 42 $LASTEXITCODE
$env:SSOENV_STAMP = $null

# A `.ssoenv` file: asked once on entering, once on leaving.
New-Item -ItemType Directory "$env:SSOENV_TEST_DIR/tree/deep" | Out-Null
[IO.File]::WriteAllText("$env:SSOENV_TEST_DIR/tree/.ssoenv", "profile = x`n")
Push-Location "$env:SSOENV_TEST_DIR/tree/deep"
$null = prompt
$null = prompt
Assert-Equal 'entered' "directory $env:SSOENV_TEST_DIR/tree/.ssoenv" (Get-Content $log)
Remove-Item $log
Pop-Location
$null = prompt
Assert-Equal 'left' 'directory' (Get-Content $log)

# Another tool's prompt over ours, and the hook loaded again over that.
$inner = $function:prompt
function global:prompt { 'tool ' + (& $inner) }
Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
$env:SSOENV_LABEL = 'L'
Assert-Equal 'laid over' 'L tool [42 True] PS> ' (prompt)
__ssoenv_remove
Assert-Equal 'removed: the tool is back' 'tool [42 True] PS> ' (prompt)
Assert-Equal 'removed: no alias' $null (Get-Command ssoenv -CommandType Alias -ErrorAction Ignore)
Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
Assert-Equal 'and loaded again' 'L tool [42 True] PS> ' (prompt)
Complete
