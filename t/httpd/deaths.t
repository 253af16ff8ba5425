# SPDX-License-Identifier: Apache-2.0
#
# Processes that end or stand still while they ask: a stop does not wait for a
# server that hangs, what a killed child held is given back at once, and a reload
# begins anew where a child stands still in the lock.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(sleep);
use AS;
use Httpd;

my $ours = <<'END';
IntrospectTimeout 60s
IntrospectCallsMax 1
<Location />
    AuthType Introspect
    Require valid-user
</Location>
<Location /status>
    AuthType None
    Require all granted
    SetHandler server-status
</Location>
END
my %limits = (prefork => "StartServers 4\nMinSpareServers 4\nServerLimit 8\nMaxRequestWorkers 8",
    threads => "StartServers 2\nServerLimit 4\nThreadsPerChild 4\nMaxRequestWorkers 8\nMinSpareThreads 8\nMaxSpareThreads 8");

sub hang {
    my ($mpm, $limits) = @_;
    my $as = AS->new;
    my $httpd = Httpd->new(mpm => $mpm, modules => ['status'], limits => $limits || $limits{$mpm} || $limits{threads}, config => $as->config . $ours);
    $httpd->expect_log(qr/MAI00(?:42|56|58|64|65)/);
    $as->fault('hang');
    return ($as, $httpd);
}

sub ask {
    my ($httpd, $token) = @_;
    my $socket = $httpd->connect;
    print $socket $httpd->compose('GET', '/', undef, Authorization => "Bearer $token");
    return $socket;
}

sub server { my ($httpd) = @_; return $httpd->get('/status?auto')->{body} =~ /^IntrospectServer \S+: (.*)$/m ? $1 : '' }

for my $mpm (qw(event worker prefork)) {
    subtest "$mpm: a stop ends what waits" => sub {
        my ($as, $httpd) = hang($mpm);
        my @sockets = (ask($httpd, 'hanging-token-1'));
        $httpd->wait_until(sub { $as->calls }, 'the question');
        push @sockets, ask($httpd, 'hanging-token-1'), ask($httpd, 'waiting-token-1');
        $httpd->wait_until(sub { server($httpd) =~ / 1 1$/ }, 'one in line');
        $httpd->settle;
        kill TERM => $httpd->{pid};
        $httpd->wait_until(sub { !kill 0 => $httpd->{pid} }, 'the end', 30);
        unlike($httpd->error_log, qr/AH0004[56]/, 'no child has to be told twice, or killed');
        close $_ for @sockets;
    };
}

for my $mpm (qw(event prefork)) {
    subtest "$mpm: a killed child gives back what it held" => sub {
        my ($as, $httpd) = hang($mpm);
        $httpd->expect_log(qr/AH00052/);
        my $socket = ask($httpd, 'hanging-token-2');
        $httpd->wait_until(sub { server($httpd) eq 'closed 1 0' }, 'the question');
        $as->fault('');
        my @children = $httpd->children;
        kill KILL => @children;
        $httpd->wait_until(sub { my %now = map { $_ => 1 } $httpd->children; !grep { $now{$_} } @children }, 'their end');
        $httpd->wait_until(sub { server($httpd) eq 'closed 0 0' }, 'the place');
        waiting($httpd, 0);
        is($httpd->get_token('/', 'another-token-2')->{status}, 401, 'and another is asked about');
        close $socket;
    };
}

# Process ids of children that serve such a request now.
sub asking {
    my ($httpd) = @_;
    my %found = map { m{<td>(\d+)</td>.*<b>W</b>.*GET / HTTP}s ? ($1 => 1) : () } split /<tr>/, $httpd->get('/status')->{body};
    return keys %found;
}

sub waiting { my ($httpd, $count) = @_; return $httpd->wait_until(sub { $httpd->get('/status?auto')->{body} =~ /^IntrospectWaiting: $count$/m }, "$count that wait", 60) }

# A child that takes the place of a dead one counts from zero, so here none does.
subtest 'prefork: what waited in a killed child waits no more' => sub {
    my ($as, $httpd) = hang('prefork', "StartServers 4\nMinSpareServers 1\nMaxSpareServers 8\nServerLimit 8\nMaxRequestWorkers 8");
    my $socket = ask($httpd, 'hanging-token-3');
    waiting($httpd, 1);
    my ($asking) = asking($httpd);
    ok($asking, 'a child waits') or return;
    my %before = map { $_ => 1 } $httpd->children;
    kill KILL => $asking;
    $httpd->wait_until(sub { !grep { $_ == $asking } $httpd->children }, 'its end');
    waiting($httpd, 0);
    is(join(' ', grep { !$before{$_} } $httpd->children), '', 'though no other child has taken its place');
    close $socket;
};

# A child of before the reload asks on, and is killed in the end: nobody can tell
# it that httpd stops. Who waits for its answer has to be told.
subtest 'a stop ends what waits for an answer to a child of before a reload' => sub {
    my ($as, $httpd) = hang('event');
    $httpd->expect_log(qr/AH00052/);
    my @sockets = (ask($httpd, 'shared-token-1'));
    $httpd->wait_until(sub { $as->calls }, 'the question');
    my ($leader) = asking($httpd);
    $httpd->graceful;
    push @sockets, ask($httpd, 'shared-token-1');
    waiting($httpd, 2);
    my ($follower) = grep { $_ != $leader } asking($httpd);
    ok($follower, 'a child of after the reload waits') or return;
    is($as->calls, 1, 'for the answer to the one question');
    kill TERM => $httpd->{pid};
    $httpd->wait_until(sub { !kill 0 => $httpd->{pid} }, 'the end', 60);
    unlike($httpd->error_log, qr/AH00046: child process $follower /, 'and need not be killed');
    close $_ for @sockets;
};

for my $mpm (qw(event prefork)) {
    subtest "$mpm: a reload leaves nobody without an answer" => sub {
        my $as = AS->new;
        my $httpd = Httpd->new(mpm => $mpm, modules => ['status'], limits => $limits{$mpm} || $limits{threads}, config => $as->config . $ours);
        $as->answer('shared-token-2' => {delay => 4, body => '{"active":true,"sub":"a"}'});
        my @sockets = map { ask($httpd, 'shared-token-2') } 1 .. 3;
        waiting($httpd, 3);
        $httpd->graceful;
        push @sockets, ask($httpd, 'shared-token-2');
        is(join(' ', map { Httpd::Answer->new(Httpd::read_all($_))->{status} } @sockets), '200 200 200 200', 'who asks, who waits, and who comes after it');
        is($as->calls, 1, 'have the answer to one question');
        waiting($httpd, 0);
    };
}

# A child that a debugger stops within the lock that all share.
sub stop_in_lock {
    my ($httpd, $child) = @_;
    my $log = $httpd->write_file('gdb.log', '');
    my $gdb = fork // die $!;
    if (!$gdb) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        exec 'gdb', '-nx', '-p', $child, '-batch', '-ex', 'handle SIGUSR1 SIGTERM nostop noprint pass',
            '-ex', 'break ti_admission_arrive', '-ex', 'continue', '-ex', 'shell sleep 100';
    }
    $httpd->wait_until(sub { $httpd->slurp('gdb.log') =~ /^Breakpoint 1 at/m }, 'the debugger', 60);
    ask($httpd, 'stopped-token-1');
    $httpd->wait_until(sub { $httpd->slurp('gdb.log') =~ /^Breakpoint 1, /m }, 'a stop in the lock', 60);
    return $gdb;
}

SKIP: {
    skip 'no gdb' if !grep { -x "$_/gdb" } split /:/, $ENV{PATH};
    subtest 'a reload while a child stands still in the lock' => sub {
        my $as = AS->new;
        my $httpd = Httpd->new(mpm => 'prefork', limits => "StartServers 1\nMinSpareServers 1\nMaxSpareServers 1\nServerLimit 8\nMaxRequestWorkers 4",
            config => $as->config . $ours);
        $httpd->expect_log(qr/MAI0067/, qr/AH00052/);
        my ($child) = $httpd->children;
        my $gdb = stop_in_lock($httpd, $child);
        $httpd->wait_until(sub { grep { $_ != $child } $httpd->children }, 'another child');
        is($httpd->get_token('/', 'unlucky-token-1')->{status}, 503, 'others cannot ask');
        like($httpd->error_log, qr/MAI0067: Refused \/ with 503: a stopped process of this httpd/, 'and are told the true reason');
        $httpd->graceful;
        is($httpd->get_token('/', 'lucky-token-1')->{status}, 401, 'after a reload they can');
        like($httpd->error_log, qr/:warn\].*MAI0067: A stopped process of this httpd .* new shared memory/, 'which is said');
        kill KILL => $child, $gdb;
        waitpid $gdb, 0;
    };
}
done_testing;
