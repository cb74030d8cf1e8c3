# Loading: whatever form another tool has taught, one line arrives whole.
. $PSScriptRoot/assert.ps1
$exe = $env:SSOENV_TEST_EXE
Assert-Equal 'one line' 1 @(& $exe init powershell).Count
$forms = @(
    'Invoke-Expression (& $exe init powershell)',
    'Invoke-Expression (&$exe init powershell)',
    '& $exe init powershell | Invoke-Expression',
    'Invoke-Expression "$(& $exe init powershell)"',
    'Invoke-Expression (& $exe init powershell | Out-String)',
    'Invoke-Expression (& { (& $exe init powershell | Out-String) })',
    'Invoke-Expression ((& $exe init powershell) -join "`n")',
    '. ([scriptblock]::Create((& $exe init powershell)))'
)
foreach ($form in $forms) {
    $said = Invoke-Expression $form *>&1
    Assert-Equal "says nothing: $form" $null $said
    Assert-Equal "loads: $form" 'Alias' "$(@(Get-Command ssoenv)[0].CommandType)"
    __ssoenv_remove
}
Invoke-Expression (& $exe init powershell --no-prompt --no-completions)
Assert-Equal 'options are handed on' $false $global:__ssoenv_show
__ssoenv_remove

# Windows may forbid the script: the function form, said once.
$env:OS = 'Windows_NT'
$global:LASTEXITCODE = 42
Invoke-Expression (& $exe init powershell)
Assert-Equal 'allowed: an alias' 'Alias' "$(@(Get-Command ssoenv)[0].CommandType)"
$hook = ((& $exe init powershell --full) -join "`n") -creplace '(?m)^(\$global:__ssoenv_script = ).*$', '$1"/nowhere/ssoenv.ps1"'
$said = Get-Said { Invoke-Expression $hook }
Assert-True 'refused: said' ($said -match 'execution policy')
Assert-Equal 'once' '' (Get-Said { Invoke-Expression $hook })
Assert-Equal 'refused: a function' 'Function' "$(@(Get-Command ssoenv)[0].CommandType)"
$global:__ssoenv_exe = $env:SSOENV_TEST_ARGV
Assert-Equal 'that hands words on' '<exec> <prod> <--> <a,b>' ((ssoenv exec prod -- a,b) -join ' ')
Assert-Equal 'also with input' '<exec> <prod> <--> <cat>' (('x' | ssoenv exec prod -- cat) -join ' ')
$null = New-Message 'SSOENV_TEST_SEEN=yes'
ssoenv use prod
Assert-Equal 'and uses' '0 yes' "$LASTEXITCODE $env:SSOENV_TEST_SEEN"
Complete
