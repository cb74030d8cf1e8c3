# `use` and `clear` through the hook: variables, exit codes, preferences, traces.
. $PSScriptRoot/assert.ps1
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$loaded = Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK)) 2>&1 3>&1
Assert-Equal 'loading prints nothing' $null $loaded
$loaded = Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK)) 2>&1 3>&1
Assert-Equal 'nor does loading twice' $null $loaded
Assert-Equal 'an alias to a script' 'Alias' @(Get-Command ssoenv)[0].CommandType

# The values that the Rust side wrote come back from the environment byte for byte.
$set = New-Program "cat '$env:SSOENV_TEST_DIR/set'"
$unset = New-Program "cat '$env:SSOENV_TEST_DIR/unset'"
$global:__ssoenv_exe = $set
ssoenv use prod
Assert-Equal 'use: exit code' 0 $LASTEXITCODE
& /usr/bin/env -0 > "$env:SSOENV_TEST_DIR/after-set"
Assert-Equal 'SSOENV_SHELL is gone' $null $env:SSOENV_SHELL
$WhatIfPreference = $true
$global:__ssoenv_exe = $unset
$said = ssoenv clear
Assert-Equal 'nothing is said under WhatIf' $null $said
$WhatIfPreference = $false
Assert-Equal 'and it is done' $null $env:SSOENV_TEST_VALUE_0
$WhatIfPreference = $true
$global:__ssoenv_exe = $set
$said = ssoenv use prod *>&1
$WhatIfPreference = $false
Assert-Equal 'setting says nothing under WhatIf' $null $said
Assert-True 'and is done' ($null -ne $env:SSOENV_TEST_VALUE_0)

# Exit codes.
$failing = New-Program 'exit 6'
$ErrorActionPreference = 'Continue'
$went = $false
ssoenv use nope && ($went = $true)
Assert-Equal '&& after a failure' $false $went
Assert-Equal 'LASTEXITCODE' 6 $LASTEXITCODE
ssoenv use nope
Assert-Equal '$? after a failed use' $false $?
ssoenv list
Assert-Equal '$? after a failed list' $false $?
$or = $false
ssoenv list || ($or = $true)
Assert-Equal '|| after a failure' $true $or
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$thrown = $false
try { ssoenv use nope } catch { $thrown = $true }
Assert-Equal 'the preference counts for use' $true $thrown
Assert-Equal 'SSOENV_SHELL is gone after it' $null $env:SSOENV_SHELL
$thrown = $false
try { ssoenv list } catch { $thrown = $true }
Assert-Equal 'and for the rest' $true $thrown
$PSNativeCommandUseErrorActionPreference = $false
$null = New-Program 'exit 0'
ssoenv clear
Assert-Equal 'nothing to clear' '0 True' "$LASTEXITCODE $?"

# What has no marker is neither printed nor evaluated.
$null = New-Program 'echo "Set-Item Env:SSOENV_TEST_CANARY 1"'
$said = ssoenv use prod
Assert-Equal 'no marker: exit code' 1 $LASTEXITCODE
Assert-Equal 'no marker: nothing printed' $null $said
Assert-Equal 'no marker: nothing evaluated' $null $env:SSOENV_TEST_CANARY
$null = New-Program 'echo "#ssoenv/2"; echo "{}"'
ssoenv use prod
Assert-Equal 'another marker' 1 $LASTEXITCODE
# What is for the user is printed.
$null = New-Program 'echo "<$SSOENV_SHELL>$*"'
Assert-Equal 'help' '<>use --help' (ssoenv use --help)
Assert-Equal 'text for another shell' '<>use prod --shell fish' (ssoenv use prod --shell fish)
Assert-Equal 'global options first' '<powershell>' (& { $null = New-Program 'echo "#ssoenv/1"; printf "%s" "{\"env\":[[\"SSOENV_TEST_SEEN\",\"=<$SSOENV_SHELL>\"]]}"'; ssoenv -v --color never use prod; $env:SSOENV_TEST_SEEN })
$null = New-Program 'echo "<$SSOENV_SHELL>$*"'
Assert-Equal 'other commands' '<>list --json' (ssoenv list --json)

# What was cleared is what `use -` means, without a variable for others to see.
$env:SSOENV_PROFILE = 'prod'
$env:SSOENV_MODE = 'keys'
$null = New-Program 'echo "#ssoenv/1"; echo "{\"env\":[[\"SSOENV_MODE\",null],[\"SSOENV_PROFILE\",null]]}"'
ssoenv clear
Assert-Equal 'not exported' $null $env:SSOENV_PREV
$null = New-Program 'echo "#ssoenv/1"; printf "%s" "{\"env\":[[\"SSOENV_TEST_SEEN\",\"=$SSOENV_PREV\"]]}"'
ssoenv use -
Assert-Equal 'lent to the next call' 'prod' $env:SSOENV_TEST_SEEN
Assert-Equal 'and taken back' $null $env:SSOENV_PREV

# No value shows in a trace.
$null = New-Program "cat '$env:SSOENV_TEST_DIR/secret'"
$child = @'
Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
$global:__ssoenv_exe = '@@'
Set-PSDebug -Trace 2
ssoenv use prod
$null = prompt
Set-PSDebug -Off
"<$env:SSOENV_TEST_SECRET>".Length
'@.Replace('@@', $global:__ssoenv_exe)
[IO.File]::WriteAllText("$env:SSOENV_TEST_DIR/trace.ps1", $child)
$trace = & (Get-Process -Id $PID).Path -NoProfile -File "$env:SSOENV_TEST_DIR/trace.ps1" 2>&1 | Out-String
Assert-True 'the trace runs' ($trace -match '(?m)^14')
Assert-True 'no secret in the trace' ($trace -notmatch 'TOP-SECRET')
Complete
