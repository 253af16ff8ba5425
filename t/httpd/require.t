# SPDX-License-Identifier: Apache-2.0
#
# The language of Require claim, scope and audience, in a real httpd.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use AS;
use Httpd;

my $as = AS->new;
$as->token('rich-token-1' => {
    sub => 'alice', scope => 'read write', aud => ['https://a.example', 'b'], level => 5, ratio => 0.5,
    admin => JSON::PP::true, guest => JSON::PP::false, nothing => undef, role => 'superadmin',
    'a.b' => 'dotted', a => {b => 'nested', c => {d => 'deep'}}, realm_access => {roles => ['staff', 'ops']},
    'https://x.example/g:h' => 'url', title => 'super admin', big => 12345678901234567,
    text5 => '5', list => [1, 2.5, JSON::PP::true, 'x y'], until => time + 3600, day => '2026-01-31T12:00:00Z', mail => 'Alice@X.example',
    authorization_details => [{type => 'account', actions => ['list']}, {type => 'payment', actions => ['initiate'], limit => 100}]});
$as->answer('huge-token-1' => {body => '{"active":true,"n":18446744073709551617,"r":0.30000000000000001,"neg":-0,"over":1e999}'});

# The line, and whether the token above meets it.
my @lines = (
    ['claim sub:alice', 1], ['claim sub:Alice', 0], ['claim sub:alic', 0], ['claim sub:bob sub:alice', 1],
    ['claim sub', 1], ['claim nothing', 0], ['claim missing', 0], ['claim scope:read', 1],
    ['claim scope:rea', 0], ['claim "scope:read write"', 1], ['scope read', 1], ['scope read write', 1],
    ['scope read admin', 0], ['audience b', 1], ['audience c https://a.example', 1], ['audience c', 0],
    ['claim aud:b', 1], ['claim level:5', 1], ['claim level:5.0', 1], ['claim level:5x', 0], ['claim level:6', 0],
    ['claim text5:5', 1], ['claim text5:5.0', 0], ['claim ratio:0.5', 1], ['claim ratio:.5', 1], ['claim admin:true', 1],
    ['claim admin:1', 0], ['claim guest:false', 1], ['claim guest', 1], ['claim role:superadmin', 1],
    ['claim "role:super admin"', 0], ['claim "title:super admin"', 1], ['claim title:superadmin', 0],
    ['claim a.b:dotted', 1], ['claim a.b:nested', 0], ['claim a.c.d:deep', 1], ['claim a\\.c.d:deep', 0],
    ['claim realm_access.roles:ops', 1], ['claim realm_access.roles:admin', 0], ['claim realm_access', 1],
    ['claim https\\://x\\.example/g\\:h:url', 1], ['claim big:12345678901234567', 1], ['claim big:12345678901234568', 0],
    ['claim sub~^al', 1], ['claim sub~^bo', 0], ['claim sub~(?i)ALICE', 1], ['claim level~^5$', 1],
    ['claim realm_access.roles~^st', 1], ['claim list:1', 1], ['claim list:2', 0], ['claim list:2.5', 1], ['claim list:true', 1],
    ['claim "list:x y"', 1], ['claim list:x', 0], ['claim active:true', 1], ['not claim sub:bob', 1], ['not claim sub:alice', 0],
    ['claim level>=5', 1], ['claim level>5', 0], ['claim level<5.5', 1], ['claim ratio>0.5', 0], ['claim text5>=5', 1],
    ['claim until>now', 1], ['claim until<now+30min', 0], ['claim day<2026-02-01', 1], ['claim day>=2026-01-31T12\\:00\\:01Z', 0],
    ['claim authorization_details{ type:payment actions:initiate }', 1], ['claim authorization_details{ type:account actions:initiate }', 0],
    ['claim authorization_details{ type:payment limit<=100 }', 1], ['claim nocase mail:alice@x.example', 1], ['claim mail:alice@x.example', 0],
    ['claim prefix role:super', 1], ['claim prefix role:admin', 0],
    # nothing is decided: refused, whether it had to be met or must not
    (map { (["claim $_", 0], ["not claim $_", 0]) } 'missing>2', 'nothing<2', 'admin<2', 'role<2', 'a<2', 'missing{ x:1 }', 'a{ x:1 }',
        'nocase missing:x', 'prefix a:x', 'authorization_details{ type:account limit<5 }'),
    # decided: it is not so
    (map { ["not claim $_", 1] } 'level<5', 'until<now', 'authorization_details{ type:account actions:initiate }', 'nocase mail:bob', 'missing:x', 'missing~x', 'missing'),
    (map { ["not claim $_", 0] } 'level>=5', 'until>now', 'authorization_details{ type:payment }', 'nocase mail:alice@x.example'),
    ['valid-user', 1], ['user alice', 1], ['user bob', 0],
);
my $config = $as->config;
my $i = 0;
for my $line (@lines) {
    my $path = '/l' . $i++;
    my $require = $line->[0] =~ /^not/ ? "<RequireAll>\nRequire valid-user\nRequire $line->[0]\n</RequireAll>" : "Require $line->[0]";
    $config .= "Alias $path %DIR%/htdocs/index.html\n<Location $path>\nAuthType Introspect\nAuthName r\n$require\n</Location>\n";
}
$config .= <<'END';
Alias /all %DIR%/htdocs/index.html
<Location /all>
    AuthType Introspect
    <RequireAll>
        Require claim sub:alice
        Require scope read
        <RequireNone>
            Require claim role:guest
        </RequireNone>
    </RequireAll>
</Location>
Alias /none %DIR%/htdocs/index.html
<Location /none>
    AuthType Introspect
    <RequireAll>
        Require valid-user
        <RequireNone>
            Require claim role:superadmin
        </RequireNone>
    </RequireAll>
</Location>
Alias /unwanted %DIR%/htdocs/index.html
<Location /unwanted>
    AuthType Introspect
    <RequireAll>
        Require not scope banned
        <RequireNone>
            <RequireAny>
                Require scope exiled
            </RequireAny>
        </RequireNone>
        Require scope wanted
    </RequireAll>
</Location>
Alias /doubly %DIR%/htdocs/index.html
<Location /doubly>
    AuthType Introspect
    <RequireAll>
        Require valid-user
        <RequireNone>
            <RequireAll>
                Require valid-user
                Require not claim missing>2
            </RequireAll>
        </RequireNone>
    </RequireAll>
</Location>
Alias /doubly-met %DIR%/htdocs/index.html
<Location /doubly-met>
    AuthType Introspect
    <RequireAll>
        Require valid-user
        <RequireNone>
            <RequireAll>
                Require valid-user
                Require not claim level>2
            </RequireAll>
        </RequireNone>
    </RequireAll>
</Location>
Alias /guest-old %DIR%/htdocs/index.html
<Location /guest-old>
    AuthType Introspect
    IntrospectOptional On
    <RequireAll>
        Require all granted
        Require not claim level:5
    </RequireAll>
</Location>
Alias /guest-new %DIR%/htdocs/index.html
<Location /guest-new>
    AuthType Introspect
    IntrospectOptional On
    <RequireAll>
        Require all granted
        Require not claim level>=5
    </RequireAll>
</Location>
END
for my $line ('n>18446744073709551616', 'n>18446744073709551617', 'r>0.3', 'r:0.3', 'neg>=0', 'over>1e998') {
    my $path = "/huge-" . unpack "H*", $line;
    $config .= "Alias $path %DIR%/htdocs/index.html\n<Location $path>\nAuthType Introspect\nRequire claim $line\n</Location>\n";
}
my $httpd = Httpd->new(config => $config);
$i = 0;
for my $line (@lines) {
    my $answer = $httpd->get_token('/l' . $i++, 'rich-token-1');
    is($answer->{status}, $line->[1] ? 200 : 403, "Require $line->[0] is " . ($line->[1] ? 'met' : 'not met'));
}
is($httpd->get_token('/all', 'rich-token-1')->{status}, 200, 'RequireAll with RequireNone inside is met');
is($httpd->get_token('/none', 'rich-token-1')->{status}, 403, 'RequireNone refuses what it names');
my $unwanted = $httpd->get_token('/unwanted', 'rich-token-1');
is($unwanted->{status}, 403, 'one scope is wanted, others are not');
like($unwanted->header('WWW-Authenticate'), qr/, scope="wanted"/, 'and the challenge names the one only');
is($as->calls, 1, 'all of this with one question');

# Numbers as the JSON has them.
for my $line (['n>18446744073709551616', 200], ['n>18446744073709551617', 403], ['r>0.3', 200], ['r:0.3', 403], ['neg>=0', 200], ['over>1e998', 200]) {
    my $path = "/huge-" . unpack "H*", $line->[0];
    is($httpd->get_token($path, 'huge-token-1')->{status}, $line->[1], "Require claim $line->[0] of numbers that no C type holds");
}

# What must not be "not met" must be met, and what is undecided refuses there too.
is($httpd->get_token('/doubly', 'rich-token-1')->{status}, 403, 'Require not within RequireNone: undecided, so refused');
is($httpd->get_token('/doubly-met', 'rich-token-1')->{status}, 200, 'and let in where it is met');
is($httpd->get('/guest-old')->{status}, 200, 'a guest has not the claim that must not be there');
is($httpd->get('/guest-new')->{status}, 403, 'and none that could be compared');

# A mistake stops the start, with what to write.
for my $wrong (['claim', qr/names nothing/], ['claim sub:', qr/nothing after/], ['claim :x', qr/name of the claim is missing/],
    ['claim sub~(', qr/fault 11|not a regular expression/], ['scope', qr/names nothing/], ['scope "a b"', qr/not one scope/],
    ['audience', qr/names nothing/], ['claim level=2', qr/NAME<VALUE/], ['claim level>=two', qr/write a number/],
    ['claim until>2026-01-31T12:00:00Z', qr/each ':' of a time as/], ['claim a{ x:1', qr/a '}' behind them/], ['claim nocase sub~x', qr/\(\?i\)/]) {
    my $said = Httpd->refusal(config => $as->config . "<Location />\nAuthType Introspect\nRequire $wrong->[0]\n</Location>\n");
    like($said // 'it started', $wrong->[1], "fault 11: 'Require $wrong->[0]' stops the start with a reason");
}
# An alias does not show whether its line must not be met, so what is undecided
# is an error there, and never let in.
{
    my $as = AS->new;
    $as->token('alias-token-1', {sub => 'alice'});
    $as->token('alias-token-2', {sub => 'alice', level => 1});
    $as->token('alias-token-3', {sub => 'alice', level => 3});
    my $httpd = Httpd->new(config => $as->config . <<'END');
<AuthzProviderAlias claim low-level "level<2">
</AuthzProviderAlias>
<Location /not>
AuthType Introspect
<RequireAll>
Require valid-user
Require not low-level
</RequireAll>
</Location>
<Location /only>
AuthType Introspect
Require low-level
</Location>
Alias /not %DIR%/htdocs/index.html
Alias /only %DIR%/htdocs/index.html
END
    my @status = map { my $token = $_; map { $httpd->get_token($_, "alias-token-$token")->{status} } qw(/not /only) } 1 .. 3;
    is("@status", '500 500 403 200 200 403', 'an alias: undecided, met, not met');
    $httpd->expect_log(qr/MAI/);
    for ('mcp-tool x "delete-user"', 'claim-expr x "true"') {
        like(Httpd->refusal(config => $as->config . "<AuthzProviderAlias $_>\n</AuthzProviderAlias>\n"), qr/cannot stand in <AuthzProviderAlias>/, "no alias: $_");
    }
}
done_testing;
