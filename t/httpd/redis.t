# SPDX-License-Identifier: Apache-2.0
#
# A production Redis as the second tier: how it is reached, how it knows us,
# what it says when it does not want to, and what two and three machines make
# of it.
use strict;
use warnings;
use Test::More;
use IO::Socket::IP;
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

# A machine at a Redis, as IntrospectCache names it. It has asked once, so its
# credentials are known to be good, and it may use what others have stored.
sub machine {
    my ($where, $more, %o) = @_;
    my $httpd = Httpd->new(limits => $one_process, %o, config => $as->config . $Store::places
        . "IntrospectCache shm:8M $where\nIntrospectCacheSecret $secret\n" . ($more // ''));
    status($httpd, active()) if !$o{new};
    return $httpd;
}

sub active {
    my $token = 'redis-token-' . ++$count;
    $as->token($token => {sub => 'alice', exp => time + 600});
    return $token;
}

sub inactive { return 'redis-token-' . ++$count }

sub status { my ($httpd, $token, $path) = @_; return $httpd->get_token($path // '/', $token)->{status} }

# Two machines that reach it in this way share an answer. It is written after
# the first client has its own.
sub shares {
    my ($store, $where, $more) = @_;
    my ($one, $two) = map { machine($where, $more) } 1 .. 2;
    $one->wait_until(sub { $store->written >= 2 }, 'what each has asked once');
    my $token = active();
    is(status($one, $token), 200, "$where: granted");
    $one->wait_until(sub { $store->written >= 3 }, 'an entry');
    is(status($two, $token), 200, 'and at another machine');
    is($as->calls($token), 1, 'of one question');
    return;
}

subtest 'a name, a user with a password, a database' => sub {
    my $store = Store->new('redis');
    $store->redis(qw(ACL SETUSER app on), ">$password", qw(~introspect:* +get +set +select));
    shares($store->in_database(2), "redis:app\@localhost:$store->{port}/2", "IntrospectCachePassword $password\n");
    is(scalar(my @none = $store->in_database(0)->redis('KEYS', '*')), 0, 'the other databases stay empty');
};

subtest 'a password without a user' => sub {
    my $store = Store->new('redis', undef, '--requirepass', $password);
    $store->{password} = $password;
    shares($store, $store->text, "IntrospectCachePassword $password\n");
};

subtest 'a socket of this machine' => sub {
    my $store = Store->new('redis', undef, '--unixsocketperm', '777', '--unixsocket', my $path = "/tmp/introspect-redis-$$.sock");
    shares($store->in_database(3), "redis:unix:$path?db=3");
    unlink $path;
};

subtest 'IPv6' => sub {
    my $taken = IO::Socket::IP->new(LocalHost => '::1', Listen => 1) or plan skip_all => 'no IPv6 here';
    my $port = $taken->sockport;
    close $taken;
    my $store = Store->new('redis', $port, '--bind', '127.0.0.1', '::1');
    shares($store, "redis:[::1]:$port");
};

# TLS is a proxy's work: stunnel before the Redis, and one beside httpd.
subtest 'TLS by stunnel' => sub {
    my ($program) = grep {-x} '/usr/bin/stunnel4', '/usr/bin/stunnel';
    plan skip_all => 'stunnel is not installed' if !$program;
    my $store = Store->new('redis');
    my $tls = AS->new(tls => 'good');    # for its certificate only
    my ($far, $near) = map { Store::free_port() } 1 .. 2;
    my @ends = ("[far]\naccept = 127.0.0.1:$far\nconnect = 127.0.0.1:$store->{port}\ncert = $tls->{dir}/good.pem\nkey = $tls->{dir}/good.key\n",
        "[near]\nclient = yes\naccept = 127.0.0.1:$near\nconnect = 127.0.0.1:$far\nCAfile = " . $tls->ca_file . "\nverifyChain = yes\n");
    my @pids = map {
        my $name = "$store->{dir}/stunnel-" . ++$count;
        open my $out, '>', $name or die $!;
        print $out "foreground = yes\npid =\n$_";
        close $out;
        my $pid = fork // die $!;
        if (!$pid) { open STDERR, '>', "$name.log"; open STDOUT, '>&', \*STDERR; exec $program, $name or POSIX::_exit(1) }
        $pid;
    } @ends;
    for my $port ($far, $near) {
        my $end = time + 10;
        sleep 0.05 until IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $port) || time > $end;
    }
    shares($store, "redis:127.0.0.1:$near");
    kill TERM => @pids;
    waitpid $_, 0 for @pids;
};

# What it says, and what the log says of it.
my @refusals = (
    ['no password', sub { $_[0]->redis('CONFIG', 'SET', 'requirepass', $password); $_[0]{password} = $password }, '', qr/it requires a password: IntrospectCachePassword/],
    ['a wrong password', sub { $_[0]->redis('CONFIG', 'SET', 'requirepass', $password); $_[0]{password} = $password },
        "IntrospectCachePassword not-this-one\n", qr/rejects this user with IntrospectCachePassword|rejects IntrospectCachePassword/],
    ['a database that is not there', sub { }, '', qr/it has no such database/, '/9999'],
    ['a user who may not', sub { $_[0]->redis('ACL', 'SETUSER', 'default', '-get') }, '', qr/its user may not do this: ACL SETUSER/],
    ['a full one', sub { $_[0]->redis('CONFIG', 'SET', 'maxmemory', '1') }, '', qr/its memory is full/],
    ['a replica', sub { $_[0]->redis('REPLICAOF', '127.0.0.1', '1') }, '', qr/it is a replica, which takes no writes/],
);
for my $row (@refusals) {
    my ($name, $prepare, $more, $expected, $behind) = @$row;
    subtest "a reason: $name" => sub {
        my $store = Store->new('redis');
        $prepare->($store);
        my $httpd = machine($store->text . ($behind // ''), $more);
        $httpd->expect_log(qr/MAI0071/);
        is(status($httpd, active()), 200, 'requests go on');
        $httpd->wait_log(qr/MAI0071/);
        like($httpd->error_log, $expected, 'the log says why');
        unlike($httpd->error_log, qr/Internal error/i, 'and no more than that');
    };
}

subtest 'a connection that ended meanwhile is made anew, once, without a word' => sub {
    my $store = Store->new('redis');
    my ($one, $two) = map { machine($store->text) } 1 .. 2;
    my @tokens = map { active() } 1 .. 3;
    my $written = 2;
    for my $token (@tokens) {
        $one->wait_until(sub { $store->written >= $written }, 'what was asked before');
        is(status($one, $token), 200, 'granted');
        $one->wait_until(sub { $store->written > $written }, 'an entry');
        $written++;
        $store->redis(qw(CLIENT KILL TYPE normal SKIPME yes));
        is(status($two, $token), 200, 'granted elsewhere');
        is($as->calls($token), 1, 'of one question');
        $store->redis('FLUSHALL');
        $store->redis(qw(CLIENT KILL TYPE normal SKIPME yes));
    }
};

subtest 'a Redis that moves: the address that takes writes is used' => sub {
    my ($primary, $replica) = map { Store->new('redis') } 1 .. 2;
    $replica->redis('REPLICAOF', '127.0.0.1', '1');
    my $httpd = machine('redis:127.0.0.1:' . join ',127.0.0.1:', $replica->{port}, $primary->{port});
    is(status($httpd, active()), 200, 'granted');
    $httpd->wait_until(sub { $primary->entries }, 'an entry at the second address');

    $replica->redis(qw(REPLICAOF NO ONE));
    $primary->stop;
    is(status($httpd, active()), 200, 'granted while the first one has gone');
    $httpd->wait_until(sub { $replica->entries }, 'an entry at the address that takes writes now');
};

subtest 'a miss costs one round trip before its answer, and one command after it' => sub {
    my $store = Store->new('redis');
    my $httpd = machine($store->text);
    $httpd->wait_until(sub { $store->written }, 'a connection');
    my $heard = $store->monitor;
    # each second it looks for revocation marks, by two reads like any other
    $httpd->wait_until(sub { $heard->() >= 2 }, 'a look for marks');
    my $marks = ($heard->())[0][2];
    my $token = active();
    is(status($httpd, $token), 200, 'granted');
    $httpd->wait_until(sub { $store->written >= 2 }, 'an entry');
    my $ours = sub {
        my %with;    # a look's second read, by its connection
        return grep { my ($client, undef, $name) = @$_; $with{$client} = 1 if $name eq $marks; $name ne $marks && !delete $with{$client} } $heard->();
    };
    my @commands;
    $httpd->wait_until(sub { @commands = $ours->(); @commands >= 3 }, 'three commands');
    is(join(' ', map { $_->[1] } @commands), 'get get set', 'its name and the place that it shares are read, and one entry is written');
    is($commands[0][2], $commands[2][2], 'by its name');
    like($commands[1][2], qr/^introspect:no:\d+$/, 'its place being one of those that tokens share');
    is($commands[0][0], $commands[1][0], 'both are read together');
    is(status($httpd, $token), 200, 'granted');
    my $looks = () = $heard->();
    $httpd->wait_until(sub { (() = $heard->()) > $looks }, 'another look for marks');
    is(scalar(my @now = $ours->()), 3, 'what is remembered here asks no store');
};

subtest 'made-up tokens cannot fill it' => sub {
    my $store = Store->new('redis');
    my ($one, $two) = map { machine($store->text) } 1 .. 2;
    $one->wait_until(sub { $store->entries >= 2 }, 'what each has asked once');
    $store->redis('FLUSHALL');
    my ($good, $bad) = (active(), inactive());
    is(status($one, $good), 200, 'granted');
    is(status($one, $bad), 401, 'refused');
    is(status($two, $bad), 401, 'and elsewhere');
    is($as->calls($bad), 1, 'of one question');
    $one->parallel(map { ['/', Authorization => 'Bearer ' . inactive()] } 1 .. 16) for 1 .. 8;
    $one->wait_until(sub { grep { !/:no:/ } $store->redis('KEYS', '*') }, 'the good one');
    my @names = $store->redis('KEYS', '*');
    my @own = grep { !/^introspect:no:(\d+)$/ || $1 >= 4096 } @names;
    is(scalar @own, 1, 'one name for the good token, and places that all others share');

    $as->answer($good => {body => '{"active":false}'});
    is(status($one, $good, '/fresh/'), 401, 'revoked');
    is(status($two, $good), 401, 'and elsewhere');
    is($as->calls($good), 2, 'by what was stored');
};

# A value that arrives byte by byte would be waited for by each byte's time.
subtest 'a Redis that dribbles is left alone' => sub {
    my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1', Listen => 64) or die $!;
    my $pid = fork // die $!;
    if (!$pid) {
        $SIG{CHLD} = 'IGNORE';
        while (my $socket = $listener->accept) {
            next if fork;
            sysread $socket, my $text, 65536;
            for my $byte (split //, '$60000' . "\r\n" . 'x' x 200) { syswrite $socket, $byte or last; sleep 0.1 }
            POSIX::_exit(0);
        }
        POSIX::_exit(0);
    }
    my $httpd = machine('redis:127.0.0.1:' . $listener->sockport);
    $httpd->expect_log(qr/MAI0071/);
    is(status($httpd, active()), 200, 'granted') for 1 .. 3;
    $httpd->wait_log(qr/MAI0071: .*left alone/);
    kill KILL => $pid;
    waitpid $pid, 0;
};

# Machines that look behind before they ask do not each renew.
subtest 'three machines renew as one' => sub {
    my %calls;
    for my $machines (1, 3) {
        my $store = Store->new('redis');
        my @all = map { machine($store->text, "IntrospectCacheMaxAge 3s\n") } 1 .. $machines;
        my @tokens = map { active() } 1 .. 8;
        my $end = time + 9;
        while (time < $end) {
            for my $httpd (@all) { status($httpd, $_) for @tokens }
            sleep 0.02;
        }
        $calls{$machines} += $as->calls($_) for @tokens;
    }
    note("questions about 8 tokens in 9 s: $calls{1} of one machine, $calls{3} of three");
    cmp_ok($calls{3}, '<', 2 * $calls{1}, "$calls{3} questions of three machines, $calls{1} of one");
};

my @wrong = (
    ['redis:', qr/there is no host; write redis:HOST/],
    ['redis:user:pw@127.0.0.1', qr/a password must not stand here, where mod_info shows it/],
    ['redis:@127.0.0.1', qr/there is no user before '@'/],
    ['redis:127.0.0.1:99999', qr/write redis:HOST\[:PORT\]/],
    ['redis:127.0.0.1/x', qr/the database must be a number/],
    ['redis:::1', qr/an IPv6 address in brackets/],
    ['redis:unix:redis.sock', qr/write a socket's absolute path/],
    ['redis:unix:/run/redis.sock/2', undef],    # a path may hold what it likes
    ['redis:unix:/run/redis.sock?password=x', qr/only its database can follow a socket/],
    ['redis://127.0.0.1:6379', qr/without slashes/],
    ['rediss:127.0.0.1', qr/stunnel/],
    ['redis:' . join(',', map {"h$_"} 1 .. 9), qr/more than 8 addresses/],
);
for my $row (grep { $_->[1] } @wrong) {
    my ($where, $expected) = @$row;
    like(Httpd->refusal(config => $as->config . "IntrospectCache shm:8M $where\nIntrospectCacheSecret $secret\n"), $expected, "$where stops the start");
}
like(Httpd->refusal(config => $as->config . "IntrospectCache shm:8M\nIntrospectCachePassword $password\n"),
    qr/IntrospectCachePassword is for Redis only/, 'a password without a Redis stops the start');
done_testing;
