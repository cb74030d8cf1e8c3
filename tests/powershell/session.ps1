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
$null = New-Program 'echo "#ssoenv/2"; echo "#end"'
ssoenv use prod
Assert-Equal 'another marker' 1 $LASTEXITCODE
$null = New-Program 'echo "#ssoenv/1"; echo "SSOENV_TEST_CANARY=1"'
ssoenv use prod
Assert-Equal 'a message that is not whole' '1 ' "$LASTEXITCODE $env:SSOENV_TEST_CANARY"
$null = New-Message 'SSOENV_TEST_CANARY=1' 'not a name=1'
ssoenv use prod
Assert-Equal 'a line that is none' '1 ' "$LASTEXITCODE $env:SSOENV_TEST_CANARY"

# A program that cannot start is a failure, whatever the last one was.
$ErrorActionPreference = 'Continue'
foreach ($mode in '600', '700') {
    $broken = "$env:SSOENV_TEST_DIR/broken-$mode"
    [IO.File]::WriteAllBytes($broken, [byte[]] @(127, 69, 76, 70, 0, 1, 2, 3))
    & /bin/chmod $mode $broken
    $global:__ssoenv_exe = $broken
    foreach ($line in 'ssoenv use prod', 'ssoenv list', 'ssoenv exec prod -- x') {
        $global:LASTEXITCODE = 0
        $went = $false
        $null = Invoke-Expression "$line 2>`$null && (`$went = `$true)"
        Assert-Equal "cannot start ($mode): $line" '126 False' "$LASTEXITCODE $went"
    }
}
$ErrorActionPreference = 'Stop'

# What is for the user is printed.
$null = New-Program 'echo "<$SSOENV_SHELL>$*"'
Assert-Equal 'help' '<>use --help' (ssoenv use --help)
Assert-Equal 'text for another shell' '<>use prod --shell fish' (ssoenv use prod --shell fish)
Assert-Equal 'global options first' '<powershell>' (& { $null = New-Message 'SSOENV_TEST_SEEN=<$SSOENV_SHELL>'; ssoenv -v --color never use prod; $env:SSOENV_TEST_SEEN })
$null = New-Program 'echo "<$SSOENV_SHELL>$*"'
Assert-Equal 'other commands' '<>list --json' (ssoenv list --json)
Assert-Equal 'a question mark' '<>use -?' (ssoenv use '-?')

# What was cleared is what `use -` means, without a variable for others to see.
$env:SSOENV_PROFILE = 'prod'
$env:SSOENV_MODE = 'keys'
$null = New-Message 'SSOENV_MODE' 'SSOENV_PROFILE'
ssoenv clear
Assert-Equal 'not exported' $null $env:SSOENV_PREV
$null = New-Message 'SSOENV_TEST_SEEN=$SSOENV_PREV'
ssoenv use -
Assert-Equal 'lent to the next call' 'prod' $env:SSOENV_TEST_SEEN
Assert-Equal 'and taken back' $null $env:SSOENV_PREV

# The message is read whatever the console's encoding is.
$console = [Console]::OutputEncoding
$null = New-Message 'SSOENV_TEST_SEEN=utf'
[Console]::OutputEncoding = [Text.UnicodeEncoding]::new($false, $false)
try { ssoenv use prod; $then = [Console]::OutputEncoding.CodePage } finally { [Console]::OutputEncoding = $console }
Assert-Equal 'a console of UTF-16' '0 utf 1200' "$LASTEXITCODE $env:SSOENV_TEST_SEEN $then"
Complete
