# The words of a call as a program called directly would get them.
#
# `$args` has the values, each evaluated once, but has lost their shape: the first `--` is gone,
# `a,b` is an array, `-x:y` is two values, `007` is a number, and quotes are forgotten. The shape is
# in the syntax tree of the caller's statement, which is walked beside the values.

# Adds one value to the words: nothing for $null, each element of a list, else its text.
function global:__ssoenv_add {
    [Diagnostics.DebuggerHidden()] param($words, $value, $prefix, $quoted)
    if ($null -eq $value) { return }
    if ($value -isnot [string] -and $value -is [Collections.IEnumerable] -and $value -isnot [Collections.IDictionary]) {
        foreach ($one in $value) {
            if ($null -ne $one) {
                $words.Text.Add("$prefix$one")
                $words.Quoted.Add($quoted)
            }
        }
        return
    }
    $words.Text.Add("$prefix$value")
    $words.Quoted.Add($quoted)
}

# The values alone: what is left when the statement cannot be found or does not fit. A bare `a,b` of
# the call stays one word.
function global:__ssoenv_flat {
    [Diagnostics.DebuggerHidden()] param($values, $node)
    $literals = @()
    if ($node -is [Management.Automation.Language.CommandAst]) {
        $literals = @(foreach ($element in $node.CommandElements) {
                if ($element -is [Management.Automation.Language.ArrayLiteralAst]) { $element.Extent.Text }
            })
    }
    $words = @{ Text = [Collections.Generic.List[string]]::new(); Quoted = [Collections.Generic.List[bool]]::new() }
    foreach ($value in $values) {
        if ($value -is [array] -and $literals -ccontains ($value -join ',')) { $value = $value -join ',' }
        __ssoenv_add $words $value '' $true
    }
    $words
}

# The call's own node. From 7.4 on a script knows its statement; before, it is looked for in the caller's script.
function global:__ssoenv_node {
    [Diagnostics.DebuggerHidden()] param($call)
    $PSDefaultParameterValues = @{}
    $tokens = $null
    $errors = $null
    if ($call.PSObject.Properties['Statement'] -and $call.Statement) {
        $tree = [Management.Automation.Language.Parser]::ParseInput($call.Statement, [ref] $tokens, [ref] $errors)
        return $tree.EndBlock.Statements[0].PipelineElements[0]
    }
    $stack = @(Microsoft.PowerShell.Utility\Get-PSCallStack)
    foreach ($frame in $stack) {
        if ($null -eq $frame.Position.StartScriptPosition) { continue }
        $text = $frame.Position.StartScriptPosition.GetFullScript()
        $tree = [Management.Automation.Language.Parser]::ParseInput($text, [ref] $tokens, [ref] $errors)
        foreach ($node in $tree.FindAll({ [Diagnostics.DebuggerHidden()] param($ast) $ast -is [Management.Automation.Language.CommandAst] }, $true)) {
            if ($node.Extent.StartLineNumber -eq $call.ScriptLineNumber -and $node.Extent.StartColumnNumber -eq $call.OffsetInLine) { return $node }
        }
    }
}

# Walks the elements of the call beside the values. $null where they do not fit.
function global:__ssoenv_shape {
    [Diagnostics.DebuggerHidden()] param($node, $values)
    $words = @{ Text = [Collections.Generic.List[string]]::new(); Quoted = [Collections.Generic.List[bool]]::new() }
    $elements = @($node.CommandElements)
    $next = 0
    $literal = $false # the first `--` has been seen
    $splat = $false
    $prefix = '' # a bare `-name:` that waits for the element that touches it
    for ($at = 1; $at -lt $elements.Count; $at++) {
        $element = $elements[$at]
        $name = $null
        if ($element -is [Management.Automation.Language.CommandParameterAst]) {
            if ($element.ParameterName -eq '-') { # no value stands for it
                $literal = $true
                __ssoenv_add $words '--' '' $true
                continue
            }
            $name = $element.ErrorPosition
            if ($next -ge $values.Count -or "$($values[$next])" -cne $name.Text) { return $null }
            $next++
            $element = $element.Argument
            if ($null -eq $element) {
                __ssoenv_add $words $name.Text '' $true
                continue
            }
            if ($element.Extent.StartOffset -eq $name.EndOffset) {
                $prefix = $name.Text
            } else {
                __ssoenv_add $words $name.Text '' $true
            }
        }
        if ($element -is [Management.Automation.Language.VariableExpressionAst] -and $element.Splatted) {
            # What the other elements leave over is its own; two of them cannot be told apart.
            if ($splat -or $prefix -ne '') { return $null }
            $splat = $true
            $end = $values.Count
            for ($after = $at + 1; $after -lt $elements.Count; $after++) {
                $other = $elements[$after]
                if ($other -isnot [Management.Automation.Language.CommandParameterAst]) {
                    $end--
                } elseif ($other.ParameterName -ne '-') {
                    $end--
                    if ($null -ne $other.Argument) { $end-- }
                }
            }
            if ($end -lt $next) { return $null }
            while ($next -lt $end) {
                $value = $values[$next++]
                # `-name:` of a splatted table or of somebody else's `$args`: its value follows.
                if ($null -ne $value -and "$value" -like '-*:' -and $next -lt $end -and
                    $value.PSObject.Properties['<CommandParameterName>']) {
                    __ssoenv_add $words $values[$next++] "$value" $false
                } elseif ($value -is [string] -or $value -is [ValueType]) {
                    $words.Text.Add("$value")
                    $words.Quoted.Add($false)
                } else {
                    __ssoenv_add $words $value '' $false
                }
            }
            continue
        }
        if ($next -ge $values.Count) { return $null }
        $value = $values[$next++]
        $quoted = ($element -is [Management.Automation.Language.StringConstantExpressionAst] -or
            $element -is [Management.Automation.Language.ExpandableStringExpressionAst]) -and
            $element.StringConstantType -ne 'BareWord'
        if ($element -is [Management.Automation.Language.ArrayLiteralAst]) {
            $parts = @($element.Elements)
            $list = @($value)
            if ($parts.Count -ne $list.Count) { return $null }
            $texts = @()
            for ($i = 0; $i -lt $parts.Count; $i++) {
                $texts += if (__ssoenv_number $parts[$i]) { $parts[$i].Extent.Text } else { "$($list[$i])" }
            }
            $value = $texts -join ','
            $quoted = $true
        } elseif (__ssoenv_number $element) {
            $value = $element.Extent.Text
        } elseif ($literal -and -not $quoted -and "$value" -like '-*:' -and $at + 1 -lt $elements.Count -and
            $element -is [Management.Automation.Language.StringConstantExpressionAst] -and
            $elements[$at + 1].Extent.StartOffset -eq $element.Extent.EndOffset) {
            $prefix = "$value"
            continue
        }
        __ssoenv_add $words $value $prefix ($quoted -or $prefix -ne '')
        $prefix = ''
    }
    if ($next -ne $values.Count) { return $null }
    $words
}

# Whether the element is a number, whose text counts and not its value.
function global:__ssoenv_number {
    [Diagnostics.DebuggerHidden()] param($element)
    $element -is [Management.Automation.Language.ConstantExpressionAst] -and
        $element -isnot [Management.Automation.Language.StringConstantExpressionAst]
}

# @{ Text = the words; Quoted = whether each is out of reach of file name patterns }
function global:__ssoenv_words {
    [Diagnostics.DebuggerHidden()] param($call, $values)
    $words = $null
    $node = $null
    try {
        $node = __ssoenv_node $call
        if ($node -is [Management.Automation.Language.CommandAst]) { $words = __ssoenv_shape $node $values }
    } catch {
        $words = $null
    }
    if ($null -eq $words) { $words = __ssoenv_flat $values $node }
    $words
}
