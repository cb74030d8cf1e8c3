# What happens before a prompt, and what it shows.

# Whole seconds since 1970. No method is called: Constrained Language Mode has this too.
function global:__ssoenv_now {
    [Diagnostics.DebuggerHidden()] param()
    $ticks = [datetime]::UtcNow.Ticks - 621355968000000000
    ($ticks - $ticks % 10000000) / 10000000
}

# Whether the user has set other keys or another profile since `use`.
function global:__ssoenv_changed {
    [Diagnostics.DebuggerHidden()] param()
    if ($env:SSOENV_MODE -ceq 'keys') {
        return "$env:AWS_ACCESS_KEY_ID" -cne "$env:SSOENV_KEY_ID" -or $null -ne $env:AWS_PROFILE
    }
    "$env:AWS_PROFILE" -cne "$env:SSOENV_KEY_ID" -or $null -ne $env:AWS_ACCESS_KEY_ID
}

# Looks whether new credentials are there, gone or due: one small file is read, and the program runs
# only when there is something to do. It never waits for the network.
function global:__ssoenv_check {
    [Diagnostics.DebuggerHidden()] param()
    $PSDefaultParameterValues = @{}
    $stamp = $env:SSOENV_STAMP
    if (-not $stamp -or (__ssoenv_changed)) { return }
    $text = ''
    if (__ssoenv_full) {
        $file = [IO.FileInfo] $stamp
        if ($file.Exists) {
            if ($file.Length -eq 0 -or $file.Length -gt 200 -or $file.Attributes -band [IO.FileAttributes]::ReparsePoint) { return }
            $text = [IO.File]::ReadAllText($stamp)
        } elseif (-not $file.Directory.Exists) {
            return
        }
    } elseif (Microsoft.PowerShell.Management\Test-Path -LiteralPath $stamp -PathType Leaf) {
        $text = Microsoft.PowerShell.Management\Get-Content -LiteralPath $stamp -TotalCount 1
    } elseif (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath (Microsoft.PowerShell.Management\Split-Path -Parent $stamp))) {
        return
    }
    # Another shell has refreshed, or logged out: once for each state that is met.
    $generation = ($text -split '\s')[0]
    if ($text -and $generation -notmatch '^[0-9]{1,12}$') { return }
    if ($generation -cne $env:SSOENV_GEN) {
        $state = "$stamp|$generation|$env:SSOENV_GEN"
        if ($global:__ssoenv_seen -cne $state) {
            __ssoenv_hook_call @('use', '--from-cache')
            $global:__ssoenv_seen = $state
        }
        return
    }
    if ($env:SSOENV_REFRESH_AT -notmatch '^[0-9]{1,12}$') { return }
    $now = __ssoenv_now
    if ($now -ge [long] $env:SSOENV_REFRESH_AT -and $now -ge $global:__ssoenv_retry) {
        $wait = $global:__ssoenv_wait
        $global:__ssoenv_retry = $now + $wait
        $global:__ssoenv_wait = if ($wait -lt 300) { 300 } else { 900 }
        $code = $global:LASTEXITCODE
        $PSNativeCommandUseErrorActionPreference = $false
        $ErrorActionPreference = 'Continue'
        $exe = __ssoenv_program
        if ($null -ne $exe) { $null = & $exe refresh 2>$null }
        $global:LASTEXITCODE = $code
    }
}

# Asks the program when the directory tree with a `.ssoenv` file has been entered or left.
function global:__ssoenv_follow {
    [Diagnostics.DebuggerHidden()] param()
    $PSDefaultParameterValues = @{}
    if ($PWD.Provider.Name -ne 'FileSystem') { return }
    $here = $PWD.ProviderPath
    if ($here -ceq $global:__ssoenv_pwd) { return }
    $global:__ssoenv_pwd = $here
    $found = ''
    $full = __ssoenv_full
    while ($here) {
        $file = if ($full) {
            [IO.Path]::Combine($here, '.ssoenv')
        } else {
            Microsoft.PowerShell.Management\Join-Path $here '.ssoenv'
        }
        $there = if ($full) {
            [IO.File]::Exists($file)
        } else {
            Microsoft.PowerShell.Management\Test-Path -LiteralPath $file -PathType Leaf
        }
        if ($there) {
            $found = $file
            break
        }
        $here = if ($full) {
            [IO.Path]::GetDirectoryName($here)
        } else {
            Microsoft.PowerShell.Management\Split-Path -Parent $here
        }
    }
    if ($found -cne $global:__ssoenv_directory) {
        $global:__ssoenv_directory = $found
        $words = @('directory')
        if ($found) { $words += $found }
        __ssoenv_hook_call $words
    }
}

# The environment is not trusted: nothing that steers a terminal or turns text around.
function global:__ssoenv_clean {
    [Diagnostics.DebuggerHidden()] param($text)
    "$text" -replace '[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]', ''
}

# The prompt's text, from the environment and the clock alone; '' when nothing is in use.
function global:__ssoenv_segment {
    [Diagnostics.DebuggerHidden()] param()
    if (-not $env:SSOENV_MODE) { return '' }
    $text = __ssoenv_clean $env:SSOENV_LABEL
    $tail = ' {}'
    if ($null -ne $env:SSOENV_LEFT) { $tail = __ssoenv_clean $env:SSOENV_LEFT }
    $width = 80
    try { $width = $Host.UI.RawUI.WindowSize.Width } catch { $width = 80 }
    if ($width -gt 0 -and $width -lt 60) {
        $short = $env:SSOENV_LABEL_60
        if ($width -lt 40 -and $env:SSOENV_LABEL_40) { $short = $env:SSOENV_LABEL_40 }
        if ($short) {
            $text = __ssoenv_clean $short
            $tail = ' {}'
        }
    }
    $now = __ssoenv_now
    $left = ''
    if (__ssoenv_changed) {
        $left = 'changed'
    } elseif ($env:SSOENV_EXPIRES_AT -match '^[0-9]{1,12}$') {
        $seconds = [long] $env:SSOENV_EXPIRES_AT - $now
        if ($seconds -le 0) {
            $left = 'expired'
        } else {
            $minutes = ($seconds - $seconds % 60) / 60
            $rest = $minutes % 60
            $left = if ($minutes -lt 60) { "${minutes}m" } else { '{0}h{1:00}m' -f (($minutes - $rest) / 60), $rest }
        }
    }
    $alarm = $left -ceq 'expired' -or $left -ceq 'changed'
    $before, $after = $tail -csplit '\{\}', 2
    if ($null -ne $after) {
        if ($left) {
            if ($text -or $tail -cnotlike ' *') { $text += $before }
            $text += $left
        }
        $text += $after
    } elseif ($alarm) {
        $text = "$text $left"
    }
    if (-not $text) { return '' }
    if ($env:NO_COLOR -or $env:TERM -ceq 'dumb') { return "$text " }
    $soon = $env:SSOENV_WARN_AT -match '^[0-9]{1,12}$' -and $now -ge [long] $env:SSOENV_WARN_AT
    $color = if ($soon -or $alarm) { '33' } else { '36' }
    if ($alarm) {
        $soon = $true
    } elseif ($env:SSOENV_COLOR -match '^[0-9]{1,3}$') {
        $color = "38;5;$env:SSOENV_COLOR"
    } elseif ($env:SSOENV_COLOR) {
        $names = @{ black = 30; red = 31; green = 32; yellow = 33; blue = 34; magenta = 35; cyan = 36; white = 37 }
        if ($names.Contains($env:SSOENV_COLOR)) { $color = $names[$env:SSOENV_COLOR] }
    }
    if ($soon) { $color = "$color;1" }
    $escape = [char] 27
    "$escape[${color}m$text$escape[0m "
}

# Whether another tool has put its prompt in the place of ours, and does not call it.
function global:__ssoenv_replaced {
    [Diagnostics.DebuggerHidden()] param()
    "$function:prompt" -notlike '*__ssoenv_depth*' -and $function:prompt -ne $global:__ssoenv_top
}

# Writes the script behind the alias again when somebody has deleted it.
function global:__ssoenv_repair {
    [Diagnostics.DebuggerHidden()] param()
    if (-not $global:__ssoenv_script -or -not (__ssoenv_full) -or [IO.File]::Exists($global:__ssoenv_script)) { return }
    $code = $global:LASTEXITCODE
    $PSNativeCommandUseErrorActionPreference = $false
    $ErrorActionPreference = 'Continue'
    $exe = __ssoenv_program
    if ($null -ne $exe) { $null = & $exe init powershell --full 2>$null }
    $global:LASTEXITCODE = $code
    if (-not [IO.File]::Exists($global:__ssoenv_script)) { $global:__ssoenv_script = '' } # not at every prompt
}

# Writes the segment where the prompt below writes by itself.
function global:__ssoenv_draw {
    [Diagnostics.DebuggerHidden()] param($segment)
    $PSDefaultParameterValues = @{}
    Microsoft.PowerShell.Utility\Write-Host $segment -NoNewline
}

# A prompt that was there before ours is called by ours. One that calls ours by itself (a virtual
# environment's, VS Code's) stays on top.
$global:__ssoenv_lay = "$function:prompt" -like '*__ssoenv_depth*' -or $function:prompt -ne $global:__ssoenv_top
if ($global:__ssoenv_lay -and $null -ne $function:prompt -and "$function:prompt" -notlike '*__ssoenv_depth*') {
    $global:__ssoenv_prompts += $function:prompt
}
if ($global:__ssoenv_lay) {
    function global:prompt {
        [Diagnostics.DebuggerHidden()] param()
        $ok = $?
        $code = $global:LASTEXITCODE
        $depth = $global:__ssoenv_depth
        $segment = ''
        if ($depth -eq 0) {
            $global:__ssoenv_top = $function:prompt
            try {
                $null = __ssoenv_repair
                $null = __ssoenv_follow
                $null = __ssoenv_check
                if ($global:__ssoenv_show) { $segment = __ssoenv_segment }
            } catch {
                $segment = '' # nothing is said in a prompt
            }
        }
        if ($segment -and $global:__ssoenv_drawn) {
            __ssoenv_draw $segment
            $segment = ''
        }
        $text = ''
        $index = $global:__ssoenv_prompts.Count - 1 - $depth
        $global:__ssoenv_depth = $depth + 1
        try {
            if ($index -ge 0) {
                $old = $global:__ssoenv_prompts[$index]
                $global:LASTEXITCODE = $code
                if (-not $ok) { Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore }
                $all = @(& $old)
                if ($all.Count -gt 0) { $text = "$($all[0])" } # PowerShell shows the first object only
            }
        } catch {
            $text = 'PS>' # what PowerShell itself shows then
        } finally {
            $global:__ssoenv_depth = $depth
        }
        if ($depth -eq 0) { $global:__ssoenv_drawn = $index -ge 0 -and $text -notmatch '[^\s\x08]' }
        # Behind empty lines and a terminal's marks.
        $lead = ''
        if ($segment -and $text -match '^(?:[\r\n]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))+') {
            $lead = $Matches[0]
            $text = $text.Substring($lead.Length)
        }
        $end = $text.LastIndexOf([char] 10)
        if ($segment -and $end -ge 0) {
            # A first line that fills the width has no room: before the last line then.
            $first = $text.Substring(0, $text.IndexOf([char] 10)) + $segment -replace '\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[A-Za-z]', ''
            $width = 80
            try { $width = $Host.UI.RawUI.WindowSize.Width } catch { $width = 80 }
            if ($first.Length -gt $width) {
                $lead += $text.Substring(0, $end + 1)
                $text = $text.Substring($end + 1)
            }
        }
        $segment = $lead + $segment
        "$segment$text"
        $global:LASTEXITCODE = $code
        if (-not $ok) { Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore }
    }
}
