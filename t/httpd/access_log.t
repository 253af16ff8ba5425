# SPDX-License-Identifier: Apache-2.0
#
# What LogFormat can show of a decision: %{NAME}^IN.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my $httpd = Httpd->new(config => $as->config . <<'END');
LogFormat "%U %>s result=%{result}^IN cause=%{cause}^IN cache=%{cache}^IN us=%{us}^IN server=%{server}^IN fingerprint=%{fingerprint}^IN label=%{label}^IN other=%{other}^IN" introspect
CustomLog %DIR%/access.log introspect
Alias /ours %DIR%/htdocs/index.html
<Location /ours>
    AuthType Introspect
    Require valid-user
</Location>
<Location /ours/audience>
    IntrospectAudience https://another.example
</Location>
<Location /ours/scope>
    Require scope write
</Location>
ErrorDocument 401 /index.html
END

# The last line of the log once there are so many.
sub line {
    my ($count) = @_;
    my @lines;
    $httpd->wait_until(sub { (@lines = split /\n/, $httpd->slurp('access.log')) >= $count }, "line $count");
    return $lines[$count - 1];
}

$as->token('logged-token-1' => {sub => 'a', scope => 'read', aud => 'https://api.example'});
my $server = qr/127\.0\.0\.1:\d+-[0-9a-f]{10}/;
my @wanted = (
    ['/ours', 'logged-token-1', qr{^/ours 200 result=granted cause=- cache=miss us=\d+ server=$server fingerprint=([0-9a-f]{8}) label=\g{-1} other=-$}, 'asked about'],
    ['/ours', 'logged-token-1', qr{^/ours 200 result=granted cause=- cache=hit us=\d+ server=$server fingerprint=([0-9a-f]{8}) label=\g{-1} other=-$}, 'remembered'],
    ['/ours/audience', 'logged-token-1', qr{^/ours/audience 401 result=audience cause=MAI0027 cache=hit us=\d+ server=$server fingerprint=([0-9a-f]{8}) label=\g{-1} other=-$}, 'for another place'],
    ['/ours/scope', 'logged-token-1', qr{^/ours/scope 403 result=insufficient_scope cause=MAI0030 cache=hit us=\d+ server=$server fingerprint=([0-9a-f]{8}) label=\g{-1} other=-$}, 'without a scope'],
    ['/ours', 'absent-token-1', qr{^/ours 401 result=inactive cause=MAI0022 cache=miss us=\d+ server=$server fingerprint=([0-9a-f]{8}) label=\g{-1} other=-$}, 'not active'],
    ['/ours', undef, qr{^/ours 401 result=no_token cause=MAI0020 cache=- us=- server=$server fingerprint=- label=- other=-$}, 'without a token'],
    ['/index.html', undef, qr{^/index.html 200 result=- cause=- cache=- us=- server=- fingerprint=- label=- other=-$}, 'not ours'],
);
my $count = 0;
for (@wanted) {
    my ($path, $token, $line, $name) = @$_;
    defined $token ? $httpd->get_token($path, $token) : $httpd->get($path);
    like(line(++$count), $line, $name);
}
done_testing;
