# SPDX-License-Identifier: Apache-2.0
#
# Claims in httpd's expressions: Require claim-expr, Header, RequestHeader,
# LogFormat; and where there are none.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use AS;
use Httpd;

my $as = AS->new;
$as->token('alice-token-1' => {sub => 'alice', role => 'admin', level => 3, groups => ['staff', 'ops'], scope => 'read write',
    realm => {roles => ['x']}, evil => "a\r\nX-Evil: 1", 'a.b' => 'dotted', authorization_details => [{type => 'x'}]});
$as->token('guest-token-1' => {sub => 'guest', role => 'guest'});
my $backend = AS->new(credentials => '');
$backend->answer('/b/x' => {body => 'backend'});
my @lines = (
    [q{"%{INTROSPECT_CLAIM:role} == 'admin'"}, 1], [q{"%{INTROSPECT_CLAIM:role} == 'other'"}, 0], [q{"%{INTROSPECT_CLAIM:level} -ge 3"}, 1],
    [q{"%{INTROSPECT_CLAIM:level} -gt 3"}, 0], [q{"'ops' -in introspect_claim('groups')"}, 1], [q{"'op' -in introspect_claim('groups')"}, 0],
    [q{"'write' -in introspect_claim('scope')"}, 1], [q{"'writ' -in introspect_claim('scope')"}, 0], [q{"'x' -in introspect_claim('realm.roles')"}, 1],
    [q{"%{INTROSPECT_CLAIM:a.b} == 'dotted'"}, 1], [q{"-z %{INTROSPECT_CLAIM:missing}"}, 1], [q{"-n %{INTROSPECT_CLAIM:missing}"}, 0],
    [q{"'x' -in introspect_claim('missing')"}, 0], [q{%{INTROSPECT_CLAIM:sub} == %{REMOTE_USER}}, 1],
    [q{"%{INTROSPECT_CLAIM:sub} =~ /^al/ && %{REQUEST_METHOD} == 'GET'"}, 1], [q{"%{REQUEST_URI} =~ m#^/l# && true"}, 1],
);
my ($config, $i) = ($as->config, 0);
for my $line (@lines) {
    $config .= "Alias /l$i %DIR%/htdocs/index.html\n<Location /l$i>\nAuthType Introspect\nAuthName r\nRequire claim-expr $line->[0]\n</Location>\n";
    $i++;
}
for my $place (['plain', q{Require expr "%{INTROSPECT_CLAIM:role} != 'guest'"}], ['ours', q{Require claim-expr "%{INTROSPECT_CLAIM:role} != 'guest'"}],
    ['optional', qq{IntrospectOptional On\nRequire claim-expr "%{INTROSPECT_CLAIM:role} != 'guest'"}],
    ['optional-not', qq{IntrospectOptional On\n<RequireAll>\nRequire all granted\nRequire not claim-expr "%{INTROSPECT_CLAIM:role} == 'guest'"\n</RequireAll>}],
    ['not', qq{<RequireAll>\nRequire valid-user\nRequire not claim-expr "%{INTROSPECT_CLAIM:role} == 'guest'"\n</RequireAll>}],
    ['any', qq{<RequireAny>\nRequire claim-expr "%{INTROSPECT_CLAIM:role} != 'guest'"\nRequire scope read\n</RequireAny>}],
    ['if', qq{Require valid-user\n<If "%{INTROSPECT_CLAIM:sub} == 'alice'">\nHeader set X-If seen\n</If>}],
    ['setenvif', qq{Require valid-user\nSetEnvIfExpr "%{INTROSPECT_CLAIM:sub} == 'alice'" SEEN=1\nHeader set X-SetEnvIf "%{SEEN}e"}]) {
    my ($name, $lines) = @$place;
    $config .= "Alias /$name %DIR%/htdocs/index.html\n<Location /$name>\nAuthType Introspect\nAuthName r\n$lines\n</Location>\n";
}
my $httpd = Httpd->new(modules => [qw(headers proxy proxy_http)], config => $config . <<"END");
LogFormat "claims=%{sub}^IC/%{evil}^IC/%{missing}^IC/%{groups}^IC" claims
CustomLog %DIR%/claims.log claims
<Location /b>
    AuthType Introspect
    AuthName r
    Require valid-user
    RequestHeader set X-Sub "expr=%{INTROSPECT_CLAIM:sub}"
    Header set X-Role "expr=%{INTROSPECT_CLAIM:role}"
    Header set X-Evil-Claim "expr=%{INTROSPECT_CLAIM:evil}"
    Header set X-Ops 1 "expr='ops' -in introspect_claim('groups')"
    ProxyPass @{[$backend->base]}/b
</Location>
<Location /refused>
    AuthType Introspect
    AuthName r
    Require claim sub:nobody
    Header always set X-Sub "expr=[%{INTROSPECT_CLAIM:sub}]"
</Location>
END
$i = 0;
for my $line (@lines) {
    is($httpd->get_token('/l' . $i++, 'alice-token-1')->{status}, $line->[1] ? 200 : 403, "Require claim-expr $line->[0] is " . ($line->[1] ? 'met' : 'not met'));
}
is($httpd->get('/plain')->{status}, 200, "httpd's own Require expr lets a request without a token in");
is($httpd->get('/ours')->{status}, 401, 'Require claim-expr does not');
is($httpd->get_token('/ours', 'bad-token-1')->{status}, 401, 'nor one with a bad token');
is($httpd->get('/optional')->{status}, 401, 'nor a guest');
isnt($httpd->get('/optional-not')->{status}, 200, 'nor a guest where it must not be met');
is($httpd->get_token('/ours', 'guest-token-1')->{status}, 403, 'a guest by role is refused');
is($httpd->get_token('/ours', 'alice-token-1')->{status}, 200, 'and another let in');
is($httpd->get_token('/not', 'guest-token-1')->{status}, 403, 'with not, too');
is($httpd->get_token('/not', 'alice-token-1')->{status}, 200, 'and the other way round');
is($httpd->get('/not')->{status}, 401, 'not without a token');
like($httpd->get('/any')->header('WWW-Authenticate'), qr/^Bearer /, 'its challenge is one for a token');
is($httpd->get('/l0')->{status}, 401, 'an == without a token is refused as well');

my $answer = $httpd->get_token('/b/x', 'alice-token-1');
is($answer->{status}, 200, 'a backend');
my ($saw) = map { $_->{headers} } reverse $backend->requests;
is($saw->{'x-sub'}, 'alice', 'RequestHeader has a claim');
is($answer->header('X-Role'), 'admin', 'Header has one');
is($answer->header('X-Ops'), '1', 'and a list');
is($answer->header('X-Evil-Claim'), '"a\r\nX-Evil: 1"', 'a line break gets into no header');
is($answer->header('X-Evil'), '', 'as a header of its own');
is($httpd->get_token('/refused', 'alice-token-1')->header('X-Sub'), '[]', 'a request that is refused has no claims');
is($httpd->get_token('/if', 'alice-token-1')->header('X-If'), '', '<If> is evaluated before authentication');
unlike($httpd->get_token('/setenvif', 'alice-token-1')->header('X-SetEnvIf'), qr/1/, 'and so is SetEnvIfExpr');
$httpd->wait_until(sub { $httpd->slurp('claims.log') =~ m{^claims=alice}m }, 'the log');
like($httpd->slurp('claims.log'), qr{^claims=alice/\\"a\\\\r\\\\nX-Evil: 1\\"/-/\[\\"staff\\",\\"ops\\"\]$}m, 'LogFormat has claims, escaped');
like($httpd->slurp('claims.log'), qr{^claims=-/-/-/-$}m, 'and none of a request that was refused');

for my $wrong ([q{""}, qr/is empty/], [q{"%{INTROSPECT_CLAIM:sub} =="}, qr/not an expression/], [q{"%{INTROSPECT_CLAIM:a~b} == 'x'"}, qr/not the name of a claim/],
    [q{"introspect_claim('') == 'x'"}, qr/name of|not an expression/]) {
    my $said = Httpd->refusal(config => $as->config . "<Location />\nAuthType Introspect\nRequire claim-expr $wrong->[0]\n</Location>\n");
    like($said // 'it started', $wrong->[1], "Require claim-expr $wrong->[0] stops the start");
}

# The author of a .htaccess cannot read files by way of an expression.
my $dir = $httpd->{dir};
$httpd->stop;
my $open = Httpd->new(config => $as->config . "<Directory %DIR%/htdocs>\nAllowOverride All\n</Directory>\n");
$open->write_file('htdocs/h/index.html', 'x');
$open->write_file('htdocs/h/.htaccess', qq{AuthType Introspect\nRequire claim-expr "file('/etc/passwd') =~ /root/"\n});
is($open->get_token('/h/index.html', 'alice-token-1')->{status}, 500, 'file() in a .htaccess is refused');
$open->write_file('htdocs/h/.htaccess', qq{AuthType Introspect\nRequire claim-expr "%{INTROSPECT_CLAIM:sub} == 'alice'"\n});
is($open->get_token('/h/index.html', 'alice-token-1')->{status}, 200, 'claims are not');
$open->expect_log(qr/htaccess/);
done_testing;
