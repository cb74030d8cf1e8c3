# Completion of `ssoenv` in PowerShell 5.1 and 7. The program decides; this only asks and shows.
if ($ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage') {
    Microsoft.PowerShell.Core\Register-ArgumentCompleter -Native -CommandName @(@('ssoenv', 'ssoenv.exe', $global:__ssoenv_short) -ne $null -ne '') -ScriptBlock {
        param($word, $call, $cursor)
        $PSNativeCommandUseErrorActionPreference = $false
        $ErrorActionPreference = 'SilentlyContinue'
        # The words up to the cursor; the last one is the one to complete.
        $words = @()
        $current = ''
        foreach ($element in $call.CommandElements) {
            $start = $element.Extent.StartOffset
            if ($start -ge $cursor) { break }
            $text = $element.Extent.Text
            if ($element -is [Management.Automation.Language.StringConstantExpressionAst] -or
                $element -is [Management.Automation.Language.ExpandableStringExpressionAst]) {
                $text = $element.Value
            }
            if ($element.Extent.EndOffset -lt $cursor) {
                $words += $text
                continue
            }
            if ($element.Extent.EndOffset -gt $cursor) {
                # In the middle of a word: what stands before the cursor, without its quotes.
                $text = $element.Extent.Text.Substring(0, $cursor - $start)
                if ($text -match "^['\u2018-\u201b]") {
                    $text = $text.Substring(1) -replace "['\u2018-\u201b](['\u2018-\u201b])", '$1'
                } else {
                    $text = $text -replace '^["\u201c-\u201e]', '' -replace '`(.)', '$1'
                }
            }
            $current = $text
            break
        }
        $words += $current
        $code = $global:LASTEXITCODE
        $lines = @()
        $console = $null
        try {
            $exe = if (Microsoft.PowerShell.Management\Test-Path Function:__ssoenv_program) {
                __ssoenv_program
            } else {
                (Microsoft.PowerShell.Core\Get-Command ssoenv -CommandType Application -TotalCount 1).Path
            }
            # In the environment no word is quoted, split or taken for a file name pattern.
            $env:SSOENV_COMPLETE = 'powershell'
            $env:SSOENV_COMPLETE_CMD = $global:__ssoenv_short
            $env:SSOENV_COMPLETE_WORDS = @($words -replace '[\r\n]', ' ') -join "`n"
            if ([Console]::OutputEncoding.CodePage -ne 65001) {
                $console = [Console]::OutputEncoding
                [Console]::OutputEncoding = [Text.UTF8Encoding]::new($false)
            }
            $lines = @(& $exe 2>$null)
        } catch {
            $lines = @()
        } finally {
            if ($null -ne $console) { [Console]::OutputEncoding = $console }
            $env:SSOENV_COMPLETE = $null
            $env:SSOENV_COMPLETE_CMD = $null
            $env:SSOENV_COMPLETE_WORDS = $null
            $global:LASTEXITCODE = $code
        }
        if ($lines.Count -gt 0 -and $lines[0] -cmatch '^:delegate ([0-9]+)$') {
            # The command behind `exec PROFILE --`: PowerShell completes it as if it stood alone.
            $index = [int] $Matches[1]
            if ($index -lt $call.CommandElements.Count) {
                $start = $call.CommandElements[$index].Extent.StartOffset
                $all = $call.Extent.Text.PadRight($cursor - $call.Extent.StartOffset)
                $rest = $all.Substring($start - $call.Extent.StartOffset, $cursor - $start)
                return (TabExpansion2 -inputScript $rest -cursorColumn $rest.Length).CompletionMatches
            }
            return
        }
        $found = $false
        for ($i = 1; $i -lt $lines.Count; $i++) {
            $value, $tip = $lines[$i] -split "`t", 2
            if (-not $tip) { $tip = $value }
            $text = $value
            if ($value -cnotmatch '^[A-Za-z0-9_./:=+-]+$') {
                $text = "'" + [Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value) + "'"
            }
            $found = $true
            [Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $tip)
        }
        # With nothing at all PowerShell would offer file names.
        if (-not $found -and $word) { [Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $word) }
    }
}
