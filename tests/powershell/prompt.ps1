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
Assert-True 'color' ((prompt) -clike "$([char] 27)``[31m*")
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
$null = prompt
Assert-True 'answered' (-not [IO.File]::Exists($log))
$env:SSOENV_GEN = '9'
$null = prompt
Assert-Equal 'another generation here, gone again' 'use --from-cache' (Get-Content $log)
Remove-Item $log
& mkfifo $env:SSOENV_STAMP
$null = prompt
Assert-True 'a pipe in its place is not waited for' (-not [IO.File]::Exists($log))
Remove-Item $env:SSOENV_STAMP
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
Remove-Item $log
foreach ($verb in 'allow', 'deny') {
    Push-Location "$env:SSOENV_TEST_DIR/tree"
    $null = prompt
    ssoenv $verb
    Pop-Location
    Remove-Item $log
    $null = prompt
    Assert-Equal "left after $verb" 'directory' (Get-Content $log)
    Remove-Item $log
}
$global:LASTEXITCODE = 42

# A prompt drops what a program writes on standard error; the hook says it.
$null = New-Program 'echo "the file is not allowed" >&2; exit 1'
$said = Get-Said { Push-Location "$env:SSOENV_TEST_DIR/tree"; $null = prompt; Pop-Location }
Assert-Equal 'what the hook has to say is seen' 'the file is not allowed' $said
Assert-Equal 'its exit code is not' 42 $LASTEXITCODE
$null = New-Program 'exit 0'
$null = prompt

# To some cultures `{` is nothing.
$culture = [cultureinfo]::CurrentCulture
$env:SSOENV_LABEL = 'AdministratorAccess'
$env:SSOENV_EXPIRES_AT = $now + 1830
foreach ($name in 'th-TH', 'tr-TR', 'ar-SA') {
    [cultureinfo]::CurrentCulture = [cultureinfo]::GetCultureInfo($name)
    Assert-Equal "culture $name" 'AdministratorAccess 30m [42 True] PS> ' (prompt)
}
[cultureinfo]::CurrentCulture = $culture
$env:SSOENV_EXPIRES_AT = 'x'

# The script behind the alias is written again.
$global:__ssoenv_exe = $env:SSOENV_TEST_EXE
[IO.File]::Delete($global:__ssoenv_script)
$null = prompt
Assert-True 'the script is there again' ([IO.File]::Exists($global:__ssoenv_script))
Assert-Equal 'and the exit code stays' 42 $LASTEXITCODE
$null = New-Program 'exit 0'

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

# Prompts below ours. Each is laid anew: remove, define, load.
function Set-Below($below) {
    __ssoenv_remove
    ${function:global:prompt} = $below
    Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
}
$escape = [char] 27
$bell = [char] 7
Set-Below { throw 'gone' }
Assert-Equal 'one that throws' 'L PS>' (prompt)
Set-Below { 'first> '; 'second' }
Assert-Equal 'two outputs: PowerShell shows the first' 'L first> ' (prompt)
Set-Below { "$escape]133;A$bell`nPS> " }
Assert-Equal 'behind the marks of a terminal' "$escape]133;A$bell`nL PS> " (prompt)
Set-Below { 'x' * 500 + "`n> " }
Assert-Equal 'a first line that fills the width' ('x' * 500 + "`nL > ") (prompt)
Set-Below { Microsoft.PowerShell.Utility\Write-Host 'drawn> ' -NoNewline; ' ' }
$null = prompt 6>&1
Assert-Equal 'one that writes by itself: the segment first' 'L drawn>  ' (@(prompt 6>&1) -join '')

# Another tool's prompt in the place of ours is told to `doctor`, and to nobody else.
Set-Below { 'PS> ' }
$null = New-Program 'echo "<$SSOENV_PROMPT_REPLACED>"'
Assert-Equal 'ours' '<>' (ssoenv doctor)
function global:prompt { 'other> ' }
Assert-Equal 'replaced' '<1>' (ssoenv doctor)
Assert-Equal 'it does not stay' $null $env:SSOENV_PROMPT_REPLACED
Assert-Equal 'other commands' '<>' (ssoenv list)

# A virtual environment keeps the prompt and calls it.
Set-Below { 'PS> ' }
Copy-Item Function:prompt Function:kept_prompt
function global:prompt { '(venv) ' + (kept_prompt) }
Assert-Equal 'in an environment' '(venv) L PS> ' (prompt)
foreach ($time in 1, 2) {
    Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
    Assert-Equal "loaded again in it: $time" '(venv) L PS> ' (prompt)
}
Copy-Item Function:kept_prompt Function:prompt
Assert-Equal 'and out of it' 'L PS> ' (prompt)
Complete
