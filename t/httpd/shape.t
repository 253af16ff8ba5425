# SPDX-License-Identifier: Apache-2.0
#
# What exported claims look like: lists, encodings, the whole answer as JSON;
# and REMOTE_USER by a regular expression.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use MIME::Base64 qw(decode_base64url);
use AS;
use Httpd;

my $as = AS->new;
my %claims = (sub => 'alice@corp.example', name => "J\x{fc}rgen \x{20ac}", groups => ['a', 'b c', 5], sly => ['x', 'y,admin'], empty => [], gap => ['a', ''],
    deep => ['a', ['b']], null => ['a', undef], lines => ["a\nb"], n => 5, o => {k => ['v']}, nothing => undef, json => 'not me', crlf => "a\r\nb");
$as->token('full-token-1' => \%claims);
$as->token('big-token-1' => {sub => 'bob', long => 'x' x 9000});
$as->token('client-token-1' => {sub => '(client)app'});
$as->token('odd-token-1' => {sub => 'eve(x)'});
$as->token('eve-token-1' => {sub => 'eve'});
my $backend = AS->new(credentials => '');
$backend->answer('/b/x' => {body => 'x'});
my $httpd = Httpd->new(modules => [qw(proxy proxy_http)], config => $as->config . <<"END");
<Location /cgi>
    AuthType Introspect
    Require valid-user
</Location>
<Location /cgi/env.pl/comma>
    IntrospectExportLists ,
</Location>
<Location /cgi/env.pl/comma/json>
    IntrospectExportLists json
</Location>
<Location /cgi/env.pl/bars>
    IntrospectExportLists " | "
    IntrospectExportClaims groups o.k
</Location>
<Location /cgi/env.pl/base64>
    IntrospectExportEncoding base64url
</Location>
<Location /cgi/env.pl/percent>
    IntrospectExportEncoding percent
    IntrospectExportLists ,
</Location>
<Location /cgi/env.pl/percent/utf>
    IntrospectExportEncoding utf-8
</Location>
<Location /cgi/env.pl/whole>
    IntrospectExportJSON On
</Location>
<Location /cgi/env.pl/part>
    IntrospectRemoteUser sub "~^([^\@]+)\@corp\\.example\$" \$1
</Location>
<Location /cgi/env.pl/reserved>
    IntrospectRemoteUser sub ~^(.*)\$ "(\$1"
</Location>
<Location /cgi/env.pl/strip>
    IntrospectRemoteUser sub ~^.(.*)\$ \$1
</Location>
<Location /cgi/env.pl/strip3>
    IntrospectRemoteUser sub ~^eve(.*)\$ \$1
</Location>
<Location /b>
    AuthType Introspect
    Require valid-user
    IntrospectExport header
    IntrospectExportEncoding percent
    IntrospectExportJSON On
    ProxyPass @{[$backend->base]}/b
</Location>
END

sub env { my $answer = $httpd->get_token(@_); return $answer->{status} == 200 ? decode_json($answer->{body}) : {failed => $answer->{status}} }
sub claim { my ($env, $name) = @_; return $env->{"INTROSPECT_CLAIM_$name"} }

my $env = env('/cgi/env.pl/comma', 'full-token-1');
is(claim($env, 'groups'), 'a,b c,5', 'IntrospectExportLists: a list with delimiters');
is(claim($env, 'empty'), '', 'of none');
is(claim($env, $_), undef, "no variable for a list that would become another: $_") for qw(sly gap deep null lines);
is(claim($env, 'o'), '{"k":["v"]}', 'objects stay JSON');
is(claim(env('/cgi/env.pl/comma/json', 'full-token-1'), 'groups'), '["a","b c",5]', 'json');
$env = env('/cgi/env.pl/bars', 'full-token-1');
is(claim($env, 'groups'), 'a | b c | 5', 'a longer delimiter');
is(claim($env, 'o_k'), 'v', 'of what is selected by a path');
$env = env('/cgi/env.pl/base64', 'full-token-1');
is(decode_base64url(claim($env, 'name')), "J\xc3\xbcrgen \xe2\x82\xac", 'base64url');
unlike(claim($env, 'name'), qr/[^-_A-Za-z0-9]/, 'without padding');
$env = env('/cgi/env.pl/percent', 'full-token-1');
is(claim($env, 'name'), 'J%C3%BCrgen%20%E2%82%AC', 'percent');
is(claim($env, 'groups'), 'a%2Cb%20c%2C5', 'of a list');
is(length claim(env('/cgi/env.pl/percent/utf', 'full-token-1'), 'name'), 11, 'utf-8 is as it is');
$env = env('/cgi/env.pl/whole', 'full-token-1');
my $whole = decode_json(claim($env, 'json'));
is_deeply($whole, {%claims, active => JSON::PP::true}, 'IntrospectExportJSON: the whole answer, in place of a claim of that name');
is(claim($env, 'sub'), 'alice@corp.example', 'beside the others');
is(claim(env('/cgi/env.pl/whole', 'big-token-1'), 'json'), undef, 'too long is left out');
is($httpd->get('/b/x', Authorization => 'Bearer full-token-1', 'INTROSPECT-CLAIM-json' => 'forged')->{status}, 200, 'a backend');
my ($saw) = map { $_->{headers} } reverse $backend->requests;
is($saw->{'introspect-claim-name'}, 'J%C3%BCrgen%20%E2%82%AC', 'percent in a header');
like($saw->{'introspect-claim-json'}, qr/^%7B%22/, 'and the JSON, not what the client sent');

is(env('/cgi/env.pl/part', 'full-token-1')->{REMOTE_USER}, 'alice', 'IntrospectRemoteUser with a regular expression');
is(env('/cgi/env.pl/part', 'big-token-1')->{REMOTE_USER}, '(no-user)', 'which does not match: no name');
is(env('/cgi/env.pl/reserved', 'full-token-1')->{REMOTE_USER}, '(no-user)', 'no name that is reserved');
is(env('/cgi/env.pl/strip', 'client-token-1')->{REMOTE_USER}, '(no-user)', 'what is reserved is no name to begin with');
is(env('/cgi/env.pl/strip3', 'odd-token-1')->{REMOTE_USER}, '(no-user)', 'and none may be left over');
is(env('/cgi/env.pl/strip3', 'eve-token-1')->{REMOTE_USER}, '(no-user)', 'nor nothing');

for my $wrong (['IntrospectExportLists ""', qr/the delimiter between/], ['IntrospectExportEncoding latin1', qr/utf-8, base64url or percent/],
    ['IntrospectExportJSON yes', qr/On or Off/], ['IntrospectRemoteUser sub ~( x', qr/regular expression/], ['IntrospectRemoteUser sub ~x', qr/CLAIM ~REGEX SUBSTITUTION/],
    ['IntrospectRemoteUser sub ~x y z', qr/CLAIM ~REGEX SUBSTITUTION/]) {
    my $said = Httpd->refusal(config => $as->config . "<Location />\nAuthType Introspect\n$wrong->[0]\nRequire valid-user\n</Location>\n");
    like($said // 'it started', $wrong->[1], "$wrong->[0] stops the start");
}
done_testing;
