# What a program gets through `ssoenv` is what it gets when called directly.
. $PSScriptRoot/assert.ps1
Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
$argv = $env:SSOENV_TEST_ARGV
$global:__ssoenv_exe = $argv
Set-Location $env:SSOENV_TEST_DIR
'one', 'two' | ForEach-Object { [IO.File]::WriteAllText((Join-Path $env:SSOENV_TEST_DIR "$_.txt"), '') }

$x = 'value of x'
$empty = ''
$nothing = $null
$list = 'l1', 'l 2'
$pattern = '*.txt'
$table = @{ key = 'v' }
$global:evaluated = 0
function Count-Once { $global:evaluated++; "once$global:evaluated" }

# Lines for which both calls are the same text. Two are not: of `@table` the place is lost (in `$args`
# named values come last), and a direct call makes `-encodedCommand` and more of `{block}`.
$lines = @(
    'exec prod -- aws s3 ls',
    'exec prod -- --query a,b',
    'exec prod --filters Name=tag:Env,Values=p,q --query a,b,c',
    'exec prod -foo:bar',
    'exec prod -a:b -c',
    'exec prod -a: b',
    'exec prod -a:$x',
    'exec prod -a:007',
    "exec prod '*.txt'",
    'exec prod "*.txt"',
    'exec prod *.txt',
    'exec prod $pattern',
    'exec prod ~',
    "exec prod '~'",
    'exec prod ~/x',
    'exec prod 007 1.0 0x10 -5 1e3',
    'exec prod $x "$x!" ''$x''',
    'exec prod $empty "" ''''',
    'exec prod $nothing end',
    'exec prod $list end',
    'exec prod @list end',
    'exec prod -- @list -- end',
    'exec prod @list @list a,b',
    'exec prod -- echo a,b $(1 + 1) "x$(2)" @(3)',
    'exec prod -- $(& { 1 }) a,b',
    'exec prod (Get-Item one.txt).Name',
    'exec prod $(1 + 1) $($x.Length)',
    'exec prod -v --verbose -- -x --y',
    'exec prod -- a -- b -- c',
    'exec prod --opt=a,b --opt=''a b''',
    'exec prod a`,b a` b `$x',
    "exec prod 'a''b' ""a``""b""",
    'exec prod a;',
    'exec prod --% a,b "c d" *.txt',
    'exec prod -foo.bar',
    "exec prod 'a'b",
    "exec prod ""it`u{2019}s"" `u{2013}x",
    'exec prod # comment',
    'exec prod "a
b"',
    'exec prod `
    next'
)
foreach ($line in $lines) {
    $direct = Invoke-Expression "& `$argv $line"
    $through = Invoke-Expression "ssoenv $line"
    Assert-Equal "words: $line" $direct $through
}

# Behind the `--` of exec a word stays whole, as it is without that `--`.
foreach ($line in '-x:y', '-Dclippy::pedantic', '-x:a,b', '-x:$x', '-p:q $(1 + 1) a,b') {
    $direct = @(Invoke-Expression "& `$argv $line")
    $through = @(Invoke-Expression "ssoenv exec prod -- cmd $line")
    Assert-Equal "behind --: $line" $direct $through[4..($through.Count)]
}

# Values are evaluated once.
$null = ssoenv exec prod -- echo $(Count-Once)
Assert-Equal 'evaluated once' 1 $global:evaluated

# The place of the call does not matter.
$expected = & $argv exec prod -- a,b '*.txt'
$got = ssoenv exec prod -- a,b '*.txt'
Assert-Equal 'assigned' $expected $got
Assert-Equal 'in brackets' $expected (ssoenv exec prod -- a,b '*.txt')
Assert-Equal 'in a pipeline' $expected (ssoenv exec prod -- a,b '*.txt' | ForEach-Object { $_ })
Assert-Equal 'in a block' $expected (& { ssoenv exec prod -- a,b '*.txt' })
Assert-Equal 'in a loop' ($expected + $expected) (1..2 | ForEach-Object { ssoenv exec prod -- a,b '*.txt' })
function Call-It { ssoenv exec prod -- @args }
function Call-Directly { & $argv exec prod -- @args }
Assert-Equal 'in a function, splatted' (Call-Directly a 'b c' '*.txt') (Call-It a 'b c' '*.txt')
$second = if ($true) { $null = ssoenv exec x -- y; ssoenv exec prod -- a,b '*.txt' }
Assert-Equal 'second in a statement' $expected $second
$multi = ssoenv exec prod -- a,b `
    '*.txt'
Assert-Equal 'over two lines' $expected $multi
Assert-Equal 'with the call operator' $expected (& ssoenv exec prod -- a,b '*.txt')
Assert-Equal 'nested' (& $argv exec prod -- ($expected -join ' ')) (ssoenv exec prod -- ((ssoenv exec prod -- a,b '*.txt') -join ' '))

# Many words.
$many = @(1..10000 | ForEach-Object { "word-$_" })
$got = @(ssoenv exec prod -- @many)
Assert-Equal '10,000 words' '10003 <word-10000>' "$($got.Count) $($got[-1])"
Complete
