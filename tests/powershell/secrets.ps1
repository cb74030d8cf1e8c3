# No key in any log, trace or stream, and none to runspaces without the hook.
. $PSScriptRoot/assert.ps1
Set-StrictMode -Version Latest
$hook = [IO.File]::ReadAllText($env:SSOENV_TEST_HOOK)
Invoke-Expression $hook

# No value shows in a trace.
$secret = New-Program "cat '$env:SSOENV_TEST_DIR/secret'"
$child = @'
Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
$global:__ssoenv_exe = '@@'
Set-PSDebug -Trace 2
ssoenv use prod
$null = prompt
Set-PSDebug -Off
"<$env:SSOENV_TEST_SECRET>".Length
'@.Replace('@@', $secret)
[IO.File]::WriteAllText("$env:SSOENV_TEST_DIR/trace.ps1", $child)
$trace = & $env:SSOENV_TEST_PWSH -NoProfile -File "$env:SSOENV_TEST_DIR/trace.ps1" 2>&1 | Out-String
Assert-True 'the trace runs' ($trace -match '(?m)^14')
Assert-True 'no secret in the trace' ($trace -notmatch 'TOP-SECRET')

# What binding and defaults show: every value that a cmdlet is given.
$file = "$env:SSOENV_TEST_DIR/binding"
Trace-Command -Name ParameterBinding -FilePath $file -Expression { ssoenv use prod }
Assert-Equal 'it was set' 'TOP-SECRET-1' $env:SSOENV_TEST_SECRET
Assert-True 'no secret in the binding of parameters' ("$(Get-Content -Raw $file -ErrorAction Ignore)" -notmatch 'TOP-SECRET')
$env:SSOENV_TEST_SECRET = $null
$global:PSDefaultParameterValues['*:Verbose'] = $true
$global:PSDefaultParameterValues['*:PassThru'] = $true
$loaded = Invoke-Expression $hook *>&1
$global:__ssoenv_exe = $secret
$said = ssoenv use prod *>&1
$null = prompt
$global:PSDefaultParameterValues.Clear()
Assert-Equal 'defaults: loading prints nothing' $null $loaded
Assert-Equal 'defaults: nor does use' $null $said
Assert-Equal 'defaults: it is set' 'TOP-SECRET-1' $env:SSOENV_TEST_SECRET

# A runspace has no hook, and the environment is the whole process's.
Assert-Equal 'the hook says where it is' "$PID" $env:SSOENV_HOOK_PID
$said = 1 | ForEach-Object -Parallel { & $env:SSOENV_TEST_EXE use prod 2>$null; "code $LASTEXITCODE" }
Assert-Equal 'use in a runspace' 'code 2' $said
$said = & $env:SSOENV_TEST_EXE use prod 2>&1 | Out-String
Assert-True 'and what to do' ($said -match 'runspace' -and $said -match 'ssoenv exec')
$said = Start-ThreadJob { & $env:SSOENV_TEST_EXE clear 2>$null; "code $LASTEXITCODE" } | Receive-Job -Wait -AutoRemoveJob
Assert-Equal 'clear in a job' 'code 2' $said
$said = & /bin/sh -c '"$SSOENV_TEST_EXE" clear; echo "code $?"'
Assert-Equal 'a child shell is not touched' 'code 0' $said
__ssoenv_remove
Assert-Equal 'removed' $null $env:SSOENV_HOOK_PID
Complete
