# SPDX-License-Identifier: Apache-2.0
#
# Step-up authentication, RFC 9470: Require acr and Require auth-age.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my $now = time;
my %tokens = (
    'gold-now-1' => {acr => 'gold', auth_time => $now - 5, scope => 'pay'},
    'gold-old-1' => {acr => 'gold', auth_time => $now - 900, scope => 'pay'},
    'list-now-1' => {acr => ['bronze', 'silver'], auth_time => "$now", scope => 'pay'},
    'iron-now-1' => {acr => 'iron', auth_time => $now - 5.5, scope => 'pay'},
    'words-now-1' => {acr => 'gold silver', auth_time => $now, scope => 'pay'},
    'none-at-all-1' => {scope => 'pay'},
    'null-null-1' => {acr => undef, auth_time => undef, scope => 'pay'},
    'odd-odd-1' => {acr => 1, auth_time => 'yesterday', scope => 'pay'},
    'gold-noscope-1' => {acr => 'gold', auth_time => $now, scope => 'read'},
    'iron-noscope-1' => {acr => 'iron', auth_time => $now, scope => 'read'},
);
$as->token($_ => {sub => 'alice', %{$tokens{$_}}}) for keys %tokens;
my %require = (
    acr => 'Require acr silver gold', age => 'Require auth-age 5min',
    both => "<RequireAll>\nRequire acr gold\nRequire auth-age 5min\nRequire scope pay\n</RequireAll>",
    any => "<RequireAny>\n<RequireAll>\nRequire method POST\nRequire acr platinum\n</RequireAll>\nRequire acr gold\n</RequireAny>",
    shorter => "<RequireAll>\nRequire auth-age 1h\nRequire auth-age 5min\nRequire acr urn:x:2\n</RequireAll>",
    not => "<RequireAll>\nRequire not acr iron\nRequire valid-user\n</RequireAll>",
    elsewhere => "<RequireAll>\nRequire acr gold\nRequire claim tenant:acme\n</RequireAll>",
    second => 'Require auth-age 6s',
);
my $config = $as->config . "Header always merge Vary X\n";
$config .= "Alias /$_ %DIR%/htdocs/index.html\n<Location /$_>\nAuthType Introspect\nAuthName a\n$require{$_}\n</Location>\n" for sort keys %require;
my $httpd = Httpd->new(modules => ['headers'], config => $config);

my $more = 'error="insufficient_user_authentication"';
my $why = 'error_description="A stronger or more recent sign-in is needed", realm="a"';
sub is_answer {
    my ($path, $token, $expected, $name) = @_;
    my $answer = $httpd->get_token("/$path", $token);
    is("$answer->{status} " . $answer->header('WWW-Authenticate'), $expected, "RFC 9470 3: $name");
    is($answer->header('Cache-Control'), $answer->{status} == 200 ? '' : 'no-store', 'stored by nobody');
}
is_answer('acr', 'gold-now-1', '200 ', 'acr is one of the levels');
is_answer('acr', 'list-now-1', '200 ', 'an array of levels holds one');
is_answer('acr', $_, qq{401 Bearer $more, acr_values="silver gold", $why}, "acr does not meet it: $_")
    for qw(iron-now-1 words-now-1 none-at-all-1 null-null-1 odd-odd-1);
is_answer('age', 'gold-now-1', '200 ', 'signed in lately');
is_answer('age', 'list-now-1', '200 ', 'auth_time as text is read by value');
is_answer('age', 'iron-now-1', '200 ', 'and as a fraction');
is_answer('age', $_, qq{401 Bearer $more, max_age="300", $why}, "auth_time does not meet it: $_") for qw(gold-old-1 none-at-all-1 null-null-1 odd-odd-1);
is_answer('both', 'iron-now-1', qq{401 Bearer $more, acr_values="gold", $why}, 'only what is missing is named');
is_answer('both', 'none-at-all-1', qq{401 Bearer $more, acr_values="gold", max_age="300", $why}, 'both, where both are');
is_answer('both', 'gold-noscope-1', '403 Bearer error="insufficient_scope", scope="pay", realm="a"', 'a missing scope is 403');
is_answer('both', 'iron-noscope-1', '403 Bearer error="insufficient_scope", scope="pay", realm="a"', 'also where the sign-in is too weak, too');
is_answer('any', 'iron-now-1', qq{401 Bearer $more, acr_values="gold", $why}, 'of RequireAny the branch that this method can meet');
is_answer('shorter', 'gold-old-1', qq{401 Bearer $more, acr_values="urn:x:2", max_age="300", $why}, 'of two ages the shorter');
is_answer('not', 'iron-now-1', '403 Bearer error="insufficient_scope", realm="a"', 'what must not be is not asked for');
is_answer('not', 'gold-now-1', '200 ', 'and lets others in');
is_answer('elsewhere', 'iron-now-1', '403 Bearer error="insufficient_scope", realm="a"', 'no sign-in helps where a claim is missing');
is($httpd->get('/both')->header('WWW-Authenticate'), 'Bearer scope="pay", realm="a"', 'without a token only the scope');
like($httpd->error_log, qr/MAI0035: Refused \/acr with 401: the sign-in is too weak or too old/, 'the log says it');

# judged on each request: the answer is remembered, and ages
$as->token('ages-1' => {sub => 'alice', auth_time => time - 2});
is($httpd->get_token('/second', 'ages-1')->{status}, 200, 'young enough');
$httpd->wait_until(sub { $httpd->get_token('/second', 'ages-1')->{status} == 401 }, 'a remembered answer to be too old');
is($as->calls('ages-1'), 1, 'RFC 9470 6.2: auth_time is judged on every request, also of remembered answers');

for my $wrong (['acr', qr/names nothing/], ['acr "a b"', qr/not one level/], ['acr a"b', qr/not one level/], ['auth-age', qr/is not understood|not an age/],
    ['auth-age 0', qr/not an age/], ['auth-age 5min more', qr/not an age/], ['auth-age soon', qr/is not understood/], ['acr scope=x', qr/not one level/]) {
    my $said = Httpd->refusal(config => $as->config . "<Location />\nAuthType Introspect\nRequire $wrong->[0]\n</Location>\n");
    like($said // 'it started', $wrong->[1], "'Require $wrong->[0]' stops the start with a reason");
}
done_testing;
