# SPDX-License-Identifier: Apache-2.0
#
# What is kept of a server with a name over a graceful reload, whatever its
# section says then and wherever it stands: counters, and what is known of how
# it is.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;
use Samples;

my %as = map { $_ => AS->new(credentials => '') } qw(a a2 b b2);
$as{$_}->all({body => '{"active":true,"sub":"alice"}'}) for qw(a a2 b2);
my $n = 0;
sub token { return "$_[0]-named-reload-" . ++$n }

# Sections of servers, in this order, and a place for each.
sub config {
    my (@servers) = @_;
    my $text = "<Location /metrics>\nSetHandler introspect-metrics\n</Location>\n";
    $text .= "<IntrospectServer $_->[0]>\nIntrospectEndpoint @{[$_->[1]->url]}\nIntrospectClientAuth none\nIntrospectClientID rs\n</IntrospectServer>\n" for @servers;
    $text .= "<Location /$_->[0]>\nAuthType Introspect\nRequire valid-user\nIntrospectServer $_->[0]\n</Location>\n" for @servers;
    return $text;
}
my $httpd = Httpd->prepare(modules => ['status'], config => "IntrospectCacheMaxAge 0\nInclude %DIR%/servers.conf\n<Location /status>\nSetHandler server-status\n</Location>\n");
$httpd->write_file("htdocs/$_", "x\n") for qw(a b c z renamed);
$httpd->write_file('servers.conf', config(['a', $as{a}], ['b', $as{b}]));
$httpd->begin;
sub status { my ($place) = @_; return $httpd->get_token("/$place", token($place))->{status} }
sub count { my ($name, $server, @more) = @_; return value(samples($httpd), $name, server => $server, @more) // 0 }
sub reload { $httpd->write_file('servers.conf', config(@_)); $httpd->graceful; return }

is(status('a'), 200, 'a: asked') for 1 .. 3;
$as{b}->all({status => 503, headers => ['Retry-After: 600']});
$httpd->expect_log(qr/MAI00(?:4\d|5\d|6\d)/);
is(status('b'), 503, 'b: has too much to do') for 1 .. 3;
sub limit { my ($server) = @_; return value(samples($httpd), 'introspect_as_in_flight_limit', server => $server) }
my $whole = limit('a');
cmp_ok(limit('b'), '<', $whole, 'so that fewer questions may be under way than at a');
is(count('introspect_requests_total', 'a', result => 'granted'), 3, 'a: three requests are counted');
my $before = count('introspect_requests_total', 'b');
is($before, 3, 'b: as many');

reload(['z', $as{b2}], ['b', $as{b}], ['c', $as{a2}], ['a', $as{a}]);
subtest 'another order, and others among them' => sub {
    is(count('introspect_requests_total', 'a', result => 'granted'), 3, 'the counters of a are its own');
    is(count('introspect_requests_total', 'b'), $before, 'and those of b');
    is(count('introspect_requests_total', $_), 0, "$_ begins at nothing") for qw(c z);
    cmp_ok(limit('b'), '<', $whole, 'b is spared as before');
    is(status($_), 200, "$_ is asked") for qw(a c z);
    is(limit($_), $whole, "and nobody in its place: $_") for qw(a c z);
    is(count('introspect_requests_total', 'a', result => 'granted'), 4, 'a goes on where it was');
};

reload(['a', $as{a2}], ['b', $as{b2}]);
subtest 'other endpoints' => sub {
    is(count('introspect_requests_total', 'a', result => 'granted'), 4, 'the counters of a are its own');
    is(status('a'), 200, 'which is asked elsewhere');
    is(count('introspect_requests_total', 'a', result => 'granted'), 5, 'and goes on');
    cmp_ok(limit('b'), '<', $whole, 'b is spared by its name');
    is(status('b'), 200, 'and asked elsewhere');
};

# The breaker, which stays open while nobody asks.
sub breaker { my ($server) = @_; return $httpd->get('/status?auto')->{body} =~ /^IntrospectServer \Q$server\E: (\w+) /m ? $1 : 'unknown' }
subtest 'the breaker' => sub {
    $as{b2}->stop;
    is(status('b'), 503, 'b: is down') for 1 .. 3;
    is(breaker('b') . ' ' . breaker('a'), 'open closed', 'its breaker opens, and no other');
    reload(['c', $as{b}], ['b', $as{a2}], ['a', $as{a}]);
    is(join(' ', map { breaker($_) } qw(a b c)), 'closed open closed', 'and is open by its name, in another place and with another endpoint');
    is(status('b'), 200, 'until an answer comes');
    is(breaker('b'), 'closed', 'which closes it');
    $as{b2}->start;
    $as{a2}->stop;
    is(status('b'), 503, 'b: is down again') for 1 .. 3;
    reload(['a', $as{a}], ['other', $as{a2}]);
    is(breaker('other'), 'closed', 'at its endpoint another server begins with a closed one');
    $as{a2}->start;
};

reload(['a', $as{a2}], ['renamed', $as{b2}]);
subtest 'another name' => sub {
    is(status('renamed'), 200, 'is another server, which is asked');
    is(limit('renamed'), $whole, 'of which nothing is known');
    is(count('introspect_requests_total', 'renamed'), 1, 'and counted from nothing');
};
done_testing;
