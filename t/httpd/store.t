# SPDX-License-Identifier: Apache-2.0
#
# The second tier: a store that several machines share, with real Redis and
# memcached.
use strict;
use warnings;
use Test::More;
use File::Temp qw(tempdir);
use IO::Socket::INET;
use Time::HiRes qw(time sleep);
use AS;
use Httpd;

my $as = AS->new;
my $place = "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n";
my $secret = Httpd::secret('a-shared-secret-of-this-test');
my %kinds = (redis => ['socache_redis', 'redis-server'], memcache => ['socache_memcache', 'memcached']);

sub start_store {
    my ($kind, $port) = @_;
    my $pid = fork;
    if (!$pid) {
        open STDOUT, '>', '/dev/null';
        my $dir = tempdir(TMPDIR => 1, CLEANUP => 0);
        exec 'redis-server', '--port', $port, '--bind', '127.0.0.1', '--save', '', '--dir', $dir if $kind eq 'redis';
        exec 'memcached', '-u', 'nobody', '-l', '127.0.0.1', '-p', $port;
    }
    for (1 .. 200) {
        last if IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
        sleep 0.05;
    }
    return $pid;
}

sub stop_store { my ($pid) = @_; kill TERM => $pid; local $?; waitpid $pid, 0 }

sub redis {
    my ($port, @words) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) or die;
    print $socket '*' . @words . "\r\n" . join('', map { '$' . length($_) . "\r\n$_\r\n" } @words);
    my $text = '';
    sysread $socket, $text, 1 << 20;
    return $text;
}

sub httpd {
    my ($kind, $port, $more) = @_;
    return Httpd->new(modules => [$kinds{$kind}[0]], config => $as->config . "IntrospectCache shm:8M $kind:127.0.0.1:$port\n"
        . ($more // "IntrospectCacheSecret $secret\n") . $place);
}

for my $kind (sort keys %kinds) {
    subtest $kind => sub {
        my ($program) = grep { -x "$_/$kinds{$kind}[1]" } split(/:/, $ENV{PATH}), '/usr/sbin';
        $program or plan skip_all => "$kinds{$kind}[1] is not installed";
        my $port = Httpd::free_port();
        my $store = start_store($kind, $port);
        my ($one, $two) = map { httpd($kind, $port) } 1 .. 2;
        $as->reset;
        my $token = "shared-$kind-1";
        $as->token($token => {sub => 'a', exp => time + 600});
        is($one->get_token('/', $token)->{status}, 200, 'the first machine asks');
        is($two->get_token('/', $token)->{status}, 200, 'the second machine');
        is($as->calls($token), 1, 'need not');
        $one->get_token('/', "absent-$kind-1");
        is($two->get_token('/', "absent-$kind-1")->{status}, 401, 'a refusal');
        is($as->calls("absent-$kind-1"), 1, 'is shared as well');
        my $other = httpd($kind, $port, "IntrospectCacheSecret another-secret-of-this-test\n");
        is($other->get_token('/', $token)->{status}, 200, 'a machine with another secret');
        is($as->calls($token), 2, 'finds nothing');
        my $rotated = httpd($kind, $port, "IntrospectCacheSecret a-new-secret-of-this-test $secret\n");
        is($rotated->get_token('/', $token)->{status}, 200, 'one with a new secret and this as the previous one');
        is($as->calls($token), 2, 'finds it');

        if ($kind eq 'redis') {
            my @keys = redis($port, 'KEYS', '*') =~ /^([^*\$\r\n].*)\r$/mg;
            cmp_ok(scalar @keys, '>=', 2, 'entries are in the store');
            my $three = httpd($kind, $port);
            my $raw = join '', map { redis($port, 'GET', $_) } @keys;
            unlike($raw, qr/INTROSPECT_CLAIM|sub|$token/, 'nothing can be read there');
            for my $key (@keys) {
                my ($value) = redis($port, 'GET', $key) =~ /^\$\d+\r\n(.*)\r\n\z/s;
                substr $value, length($value) / 2, 1, substr($value, length($value) / 2, 1) ^ "\x01";
                redis($port, 'SET', $key, $value);
            }
            $three->expect_log(qr/MAI0072/);
            is($three->get_token('/', $token)->{status}, 200, 'altered bytes are a miss');
            is($as->calls($token), 3, 'and asked about anew');
            like($three->error_log, qr/MAI0072: Refused what the store/, 'the log says so');
            redis($port, 'SET', $_, 'rubbish' x 100) for @keys;
            my $four = httpd($kind, $port);
            $four->expect_log(qr/MAI0072/);
            is($four->get_token('/', $token)->{status}, 200, 'rubbish is a miss');
        }

        $_->expect_log(qr/MAI0071/) for $one, $two, $other, $rotated;
        stop_store($store);
        is($one->get_token('/', $token)->{status}, 200, 'the store stopped: what is in the table serves on');
        $as->token("while-down-$kind" => {sub => 'a'});
        is($one->get_token('/', "while-down-$kind")->{status}, 200, 'and others are asked about') for 1 .. 4;
        is($as->calls("while-down-$kind"), 1, 'and remembered in the table');
        $store = start_store($kind, $port);
        is($two->get_token('/', "while-down-$kind")->{status}, 200, 'the store is back, empty');
        stop_store($store);
    };
}

subtest 'a store that hangs' => sub {
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 128) or die;
    my $httpd = Httpd->new(modules => ['socache_redis'], config => $as->config
        . "RedisTimeout 1\nIntrospectCache shm:8M redis:127.0.0.1:@{[$listener->sockport]}\nIntrospectCacheSecret $secret\n" . $place);
    $httpd->expect_log(qr/MAI0071/);
    $as->token("slow-store-$_" => {sub => 'a'}) for 1 .. 20;
    my $start = time;
    is($httpd->get_token('/', "slow-store-$_")->{status}, 200, 'is granted all the same') for 1 .. 20;
    cmp_ok(time - $start, '<', 15, 'and waited for once in a while only');
    like($httpd->error_log, qr/MAI0071: Could not .* left alone/, 'the log says so');
};
done_testing;
