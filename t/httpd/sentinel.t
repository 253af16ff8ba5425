# SPDX-License-Identifier: Apache-2.0
#
# A Redis that fails over, and the Sentinels who say where its primary is: real
# ones, and others that lie.
use strict;
use warnings;
use Test::More;
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(sleep time);
use AS;
use Httpd;
use Store;

Store::patiently();
plan skip_all => Store->new('redis')->missing if Store->new('redis')->missing;
my $as = AS->new;
my ($secret, $password) = map { Httpd::secret("the-$_-of-this-test") } qw(shared-secret password);
my $one_process = "StartServers 1\nServerLimit 1\nThreadsPerChild 16\nMaxRequestWorkers 16\nMinSpareThreads 1\nMaxSpareThreads 16";
my $count = 0;

sub machine {
    my ($where, $more) = @_;
    return Httpd->new(limits => $one_process, config => $as->config . $Store::places
        . "IntrospectCache shm:8M $where\nIntrospectCacheSecret $secret\n" . ($more // ''));
}

sub active {
    my $token = 'sentinel-token-' . ++$count;
    $as->token($token => {sub => 'alice', exp => time + 600});
    return $token;
}

sub status { my ($httpd, $token) = @_; return $httpd->get_token('/', $token)->{status} }

# Requests go on, and in the end what they learn lies in this Redis.
sub arrives {
    my ($httpd, $store, $name) = @_;
    my $before = $store->entries;
    my $refused = 0;
    $httpd->wait_until(sub {
        $refused++ if status($httpd, active()) != 200;
        sleep 0.1;
        $store->entries > $before;
    }, $name, 30);
    is($refused, 0, "$name, and no request was refused");
    return;
}

sub primary_of { my ($sentinel) = @_; return ($sentinel->redis('SENTINEL', 'get-master-addr-by-name', 'introspect'))[1] // 0 }

subtest 'a Redis that fails over' => sub {
    my ($first, $second) = map { Store->new('redis') } 1 .. 2;
    $second->redis('REPLICAOF', '127.0.0.1', $first->{port});
    sleep 0.05 until ($first->redis('INFO', 'replication') // '') =~ /state=online/;
    my $sentinel = Store->sentinel(introspect => $first->{port});
    my $nobody = Store::free_port();
    my $where = "redis-sentinel:127.0.0.1:$nobody,127.0.0.1:$sentinel->{port}/introspect";
    my $httpd = machine($where);
    $httpd->expect_log(qr/MAI0071/);
    arrives($httpd, $first, 'an entry at the primary, though one Sentinel is down');
    $httpd->wait_until(sub { $sentinel->redis('SENTINEL', 'REPLICAS', 'introspect') }, 'a replica', 30);

    $first->stop;
    $httpd->wait_until(sub { primary_of($sentinel) == $second->{port} }, 'a replica that is promoted', 30);
    arrives($httpd, $second, 'an entry at the replica that was promoted');
    my $other = machine($where);
    arrives($other, $second, 'and of a machine that starts after it');
};

# What answers as a Sentinel, by what stands in a file.
sub puppet {
    my ($file) = @_;
    return listen_and(sub {
        my ($socket) = @_;
        while (sysread $socket, my $text, 4096) {
            open my $in, '<', $file or last;
            my $port = <$in>;
            syswrite $socket, "*2\r\n\$9\r\n127.0.0.1\r\n\$" . length($port) . "\r\n$port\r\n";
        }
    });
}

sub listen_and {
    my ($serve) = @_;
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16) or die $!;
    my $pid = fork // die $!;
    if (!$pid) {
        while (my $socket = $listener->accept) { $serve->($socket) }
        POSIX::_exit(0);
    }
    return [$pid, $listener->sockport];
}

# Nothing fails but a write; the connections stay.
subtest 'a primary that has become a replica' => sub {
    my ($first, $second) = map { Store->new('redis') } 1 .. 2;
    my $say = sub { open my $out, '>', "$second->{dir}/primary" or die $!; print $out $_[0]{port}; close $out };
    $say->($first);
    my $puppet = puppet("$second->{dir}/primary");
    my $httpd = machine("redis-sentinel:127.0.0.1:$puppet->[1]/introspect");
    arrives($httpd, $first, 'an entry at the primary');
    $say->($second);
    $first->redis('REPLICAOF', '127.0.0.1', $second->{port});
    sleep 0.05 until ($second->redis('INFO', 'replication') // '') =~ /state=online/;
    my $token = active();
    is(status($httpd, $token), 200, 'granted');
    $httpd->wait_until(sub { $second->entries }, 'an entry at the other one');
    unlike($httpd->error_log, qr/MAI0071/, 'without a word');
    kill KILL => $puppet->[0];
    waitpid $puppet->[0], 0;
};

# Each begins as a reply can.
my @lies = (
    "*2\r\n\$300\r\n" . 'x' x 300 . "\r\n\$4\r\n6379\r\n",
    "*2\r\n\$9\r\n127.0.0.1\r\n\$1\r\n0\r\n",
    "*2\r\n\$9\r\n127.0.0.1\r\n\$6\r\n999999\r\n",
    "*2\r\n\$9\r\n127.0.0.1\r\n*2\r\n\$1\r\n1\r\n\$1\r\n2\r\n",
    "*2147483647\r\n",
    "*2\r\n:1\r\n:2\r\n",
    "-ERR \e[31mred\r\n",
);

sub liar {
    my ($lie) = @_;
    return listen_and(sub { my ($socket) = @_; sysread $socket, my $text, 4096; syswrite $socket, $lie; sysread $socket, $text, 4096 });
}

subtest 'Sentinels that lie are passed over' => sub {
    my $store = Store->new('redis');
    my $sentinel = Store->sentinel(introspect => $store->{port});
    my @liars = map { liar($_) } @lies;
    my $httpd = machine('redis-sentinel:' . join(',', map {"127.0.0.1:$_"} (map { $_->[1] } @liars), $sentinel->{port}) . '/introspect');
    $httpd->expect_log(qr/MAI0071/);
    arrives($httpd, $store, 'an entry by the one that does not');
    unlike($httpd->error_log, qr/\[31m/, 'nothing of what they say is logged');
    kill KILL => map { $_->[0] } @liars;
    waitpid $_->[0], 0 for @liars;
};

subtest 'a Sentinel with a password' => sub {
    my $store = Store->new('redis', undef, '--requirepass', "$password-of-redis");
    $store->{password} = "$password-of-redis";
    my $sentinel = Store->sentinel(introspect => $store->{port}, "requirepass $password");
    my $httpd = machine("redis-sentinel:127.0.0.1:$sentinel->{port}/introspect/0", "IntrospectCachePassword $password-of-redis $password\n");
    arrives($httpd, $store, 'an entry');
    $httpd = machine("redis-sentinel:127.0.0.1:$sentinel->{port}/introspect/0", "IntrospectCachePassword $password-of-redis\n");
    $httpd->expect_log(qr/MAI0071/);
    is(status($httpd, active()), 200, 'requests go on without it');
    $httpd->wait_log(qr/MAI0071: .*a Sentinel requires another password, or none: the second word of IntrospectCachePassword/);
    pass('and the log says what is wrong');
};

subtest 'a name that they do not know' => sub {
    my $store = Store->new('redis');
    my $sentinel = Store->sentinel(introspect => $store->{port});
    my $httpd = machine("redis-sentinel:127.0.0.1:$sentinel->{port}/other");
    $httpd->expect_log(qr/MAI0071/);
    is(status($httpd, active()), 200, 'requests go on without it');
    $httpd->wait_log(qr/MAI0071: .*its Sentinels know no primary 'other'/);
    pass('and the log says what is wrong');
};

my @wrong = (
    ['redis-sentinel:', qr/the name of the primary is missing/],
    ['redis-sentinel:127.0.0.1', qr/the name of the primary is missing/],
    ['redis-sentinel:/introspect', qr/there is no host/],
    ['redis-sentinel:127.0.0.1/intro:spect', qr/the name of a primary consists of letters/],
    ['redis-sentinel:127.0.0.1/introspect/x', qr/the database must be a number/],
);
for (@wrong) {
    my ($where, $expected) = @$_;
    like(Httpd->refusal(config => $as->config . "IntrospectCache shm:8M $where\nIntrospectCacheSecret $secret\n"), $expected, "$where stops the start");
}
done_testing;
