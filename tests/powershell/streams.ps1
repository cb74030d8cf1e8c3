# Output as text or an error, input as it comes.
. $PSScriptRoot/assert.ps1
Set-StrictMode -Version Latest
Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
Set-Location $env:SSOENV_TEST_DIR
$script:code = 0
$script:went = $false

$null = New-Program 'printf "\377\000\376\n"'
$said = Get-Said { ssoenv exec prod -- cat x > ./out.bin; $script:code = $LASTEXITCODE }
Assert-Equal 'bytes into a file: exit code' 1 $code
Assert-True 'and the way out' ($said -match 'not text' -and $said -match 'Get-Command ssoenv -CommandType Application')
$null = Get-Said { ssoenv exec prod -- cat x > ./out.bin && ($script:went = $true) }
Assert-Equal 'it stops &&' $false $went
$said = Get-Said { ssoenv exec prod -- cat x | Out-String }
Assert-True 'bytes into a pipe' ($said -match 'not text')
$null = New-Program 'printf "\377\000\n"; exit 7'
$null = Get-Said { ssoenv exec prod -- cat x > ./out.bin; $script:code = $LASTEXITCODE }
Assert-Equal 'the failure of the program stays' 7 $code

$null = New-Program 'printf "\303\274n\303\257\nb\n"'
$said = Get-Said { ssoenv exec prod -- cat x > ./out.txt; $script:code = $LASTEXITCODE }
Assert-Equal 'text into a file' '0 ' "$code $said"
Assert-Equal 'as it is' @("$([char] 0xfc)n$([char] 0xef)", 'b') (Get-Content ./out.txt)
Assert-Equal 'text into a pipe' 'b' (ssoenv exec prod -- cat x | Select-Object -Last 1)

# Input reaches the program, and only when there is some.
$null = New-Program 'cat'
Assert-Equal 'pipeline input' @('a', 'b') ('a', 'b' | ssoenv exec prod -- cat)
Assert-Equal 'pipeline input into a pipe' 'b' ('a', 'b' | ssoenv exec prod -- cat | Select-Object -Last 1)
$seen = "$env:SSOENV_TEST_DIR/seen"
$null = New-Program "IFS= read -r first; : > '$seen'; printf '%s\n' `"`$first`"; cat"
$got = & {
    'one'
    for ($i = 0; $i -lt 400 -and -not [IO.File]::Exists($seen); $i++) { Start-Sleep -Milliseconds 25 }
    "seen $([IO.File]::Exists($seen))"
} | ssoenv exec prod -- cat
Assert-Equal 'each object is handed on as it comes' @('one', 'seen True') $got
$null = New-Program 'cat > /dev/null; exit 5'
'a' | ssoenv exec prod -- cat
Assert-Equal 'exit code with input' 5 $LASTEXITCODE
'a' | ssoenv exec prod -- cat && ($script:went = $true)
Assert-Equal '&& with input' $false $went
Complete
