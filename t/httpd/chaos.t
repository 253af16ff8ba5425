# SPDX-License-Identifier: Apache-2.0
#
# The authorization server flips through every fault at random, children of
# httpd are killed, httpd is reloaded, and clients ask all the time. What must
# hold of each single answer, and at the end, is checked here.
#
# CHAOS_SECONDS (60): how long, 30 at least. CHAOS_SEED: the same dice again, though not the
# same moments. T_MPM: else one of three, by the dice.
use strict;
use warnings;
use Test::More;
use POSIX ();
use Time::HiRes qw(time sleep);
use AS;
use Chaos;
use Httpd;

my $seconds = $ENV{CHAOS_SECONDS} || 60;
my $seed = $ENV{CHAOS_SEED} || int rand 2**31;
srand $seed;
my $mpm = (qw(event worker prefork))[int rand 3];
$mpm = $ENV{T_MPM} if $ENV{T_MPM};
note("CHAOS_SEED=$seed T_MPM=$mpm CHAOS_SECONDS=$seconds");

# Grace over IntrospectTimeout for a busy machine; how soon clients notice that
# a child was killed; how long an answer may be on its way after its fault.
my ($timeout, $grace, $notice, $travel) = (2, 8, 1, 1);

# A pace ends with the first answer; tokens wait their turn.
my $recovery = 30;
my $calls_max = 4;
my $keep_alive = 2;
my $clients = 6;

my $as = AS->new;
my $birth = time;
my %limits = (prefork => "StartServers 6\nServerLimit 40\nMaxRequestWorkers 20\nMinSpareServers 4\nMaxSpareServers 20",
    threads => "StartServers 2\nServerLimit 12\nThreadsPerChild 10\nMaxRequestWorkers 30\nMinSpareThreads 10\nMaxSpareThreads 30");
my $by_name = $as->config =~ s/127\.0\.0\.1/localhost/r;
my $httpd = Httpd->new(mpm => $mpm, modules => ['status', 'headers'], limits => $limits{$mpm} || $limits{threads},
    log_level => 'notice auth_introspect:info', config => $as->config . <<"END");
KeepAliveTimeout $keep_alive
IntrospectTimeout 2s 1s
IntrospectCacheMaxAge 2s
IntrospectNegativeMaxAge 1s
IntrospectStaleIfError 1h
IntrospectCallsMax $calls_max
IntrospectLeeway 1s
Header always set Stale "%{INTROSPECT_STALE}e" env=INTROSPECT_STALE
AliasMatch ^/(any|named|scoped|open)\$ %DIR%/htdocs/index.html
<LocationMatch "^/(any|named|scoped)">
    AuthType Introspect
    Require valid-user
</LocationMatch>
# the same authorization server; another one for the module, with its own places
<Location /named>
    $by_name
</Location>
<Location /scoped>
    Require claim scope:read
</Location>
<Location /status>
    SetHandler server-status
</Location>
END
# the authorization server's troubles, and nothing else of ours
$httpd->expect_log(qr/MAI00(?:41|42|44|45|47|48|49|50|51|53|54|55|56|57|59|60|65|70): /,
    qr/AH00052: child pid \d+ exit signal Killed \(9\)/);

Chaos::register($as, $birth, $seconds);
for my $path ('/any', '/named') {
    $httpd->get_token($path, $_)->{status} == 200 or BAIL_OUT('it does not even start') for @Chaos::hot;
}

# ---- the play ----------------------------------------------------------------
# In the last third nobody is killed or reloaded, so that leaks have time to show.
my $stop = time + $seconds;
my $calm = time + $seconds * 2 / 3;
my (@loads, @windows, %met, @kills, %killed, @reloads, @later);
my %fresh = (parent => Chaos::footprint($httpd->{pid}), child => Chaos::largest(map { Chaos::footprint($_) } workers()));
for my $n (1 .. $clients) {
    my $pid = fork // die $!;
    if (!$pid) {
        Chaos::load(port => $httpd->{port}, file => "$httpd->{dir}/load-$n", seed => $seed + $n, until => $stop, birth => $birth);
        POSIX::_exit(0);
    }
    push @loads, $pid;
}
play();
waitpid $_, 0 for @loads;
sleep 0.1 while time < $stop;
flip('well');

sub play {
    my $deal = Chaos::deck();
    my %next = (flip => 0, kill => time + 3, reload => time + 5, look => $calm + 3);
    while (time < $stop) {
        my ($what) = sort { $next{$a} <=> $next{$b} } keys %next;
        my $wait = $next{$what} - time;
        sleep($wait) if $wait > 0;
        if ($what eq 'flip') {
            flip($deal->());
            $next{flip} = time + 0.3 + rand 1.2;
            my $name = $windows[-1]{name};
            $next{kill} = time + 0.2 if $next{kill} && rand() < 0.7 && grep { $_ eq $name } @Chaos::waiting;
        }
        elsif ($what eq 'look') { @later = map { [$_, Chaos::footprint($_)] } workers(); $next{look} = $stop }
        elsif (time > $calm) { delete $next{$what} }
        elsif ($what eq 'kill') { murder(); $next{kill} = time + 2 + rand 3 }
        else { push @reloads, time; kill USR1 => $httpd->{pid}; $next{reload} = time + 4 + rand 5 }
    }
    return;
}

sub flip {
    my ($name) = @_;
    my $from = time;
    my $old = $windows[-1];
    $met{$old->{name}} += $old->{name} eq 'refuse' ? 1 : $as->calls if $old;
    Chaos::put($as, $name);
    $old->{till} = time if $old;
    push @windows, {name => $name, is => $Chaos::faults{$name}{is}, from => $from, till => $from + 86400};
    return;
}

sub murder {
    my @pids = workers();
    for (1 .. (rand() < 0.2 ? 2 : 1)) {
        my $pid = splice @pids, int rand @pids, 1 or next;
        my $before = time;
        kill KILL => $pid or next;
        $killed{$pid} = 1;
        push @kills, [$before, time];
    }
    return;
}

# httpd's children without cgid's server, which alone has one thread there
sub workers { return grep { $mpm eq 'prefork' || (() = glob "/proc/$_/task/*") > 1 } $httpd->children }

# ---- what each answer was -------------------------------------------------------
# What may be said to whom; 500 only while we look misconfigured.
my %allowed = (open => [200], none => [401], malformed => [400], narrow => [403, 503],
    map({ $_ => [200, 503] } qw(hot cold short)), ending => [200, 401, 503],
    map({ $_ => [401, 503] } qw(inactive unknown expired)));
my (%wrong, %count, %broken);
my ($down, $served, $stale) = (0, 0, 0);
judge($_) for map { Chaos::lines("$httpd->{dir}/load-$_") } 1 .. $clients;

sub judge {
    my ($line) = @_;
    my $kind = Chaos::kind_of($birth, $line);
    my $say = join ' ', sprintf('%.3f', $line->{start} - $birth), sprintf('+%.3f', $line->{end} - $line->{start}),
        $kind, $line->{token}, "status '$line->{status}'", @$line{qw(fate why)}, $line->{used} ? 'kept-alive' : 'new',
        'during', map { $_->{name} } Chaos::during($line->{start}, $line->{end}, @windows);
    $count{all}++;
    push @{$wrong{time}}, $say if $line->{end} - $line->{start} > $timeout + $grace;
    if ($line->{fate} ne 'whole') { push @{$wrong{whole}}, $say if !excused($line); return }

    my $status = $line->{status};
    my $good = $kind =~ /^(?:hot|cold|short|narrow)$/;
    my @around = Chaos::during($line->{start} - $travel, $line->{end}, @windows);
    my $misled = $status == 500 && $allowed{$kind}[-1] == 503 && grep { $_->{is} eq 'wrong' } @around;
    $count{"$kind $status"}++;
    $count{$kind}++;
    push @{$wrong{refused}}, $say if $status =~ /^2/ && $kind =~ /^(?:unknown|inactive|expired|none|malformed)$/;
    push @{$wrong{good}}, $say if $good && $status == 401;
    push @{$wrong{scope}}, $say if $kind eq 'narrow' && $status =~ /^2/;
    push @{$wrong{open}}, $say if $kind eq 'open' && $status != 200;
    push @{$wrong{other}}, $say if !$misled && !grep { $_ == $status } @{$allowed{$kind}};
    $stale++ if $line->{stale};
    return if $kind ne 'hot' || grep { $_->{is} ne 'down' } @around;
    $down++;
    $served += $status == 200;
    return;
}

# A connection may die with its child, which clients notice at once; and one
# that was kept may be closed while the next request is on its way, but only
# when httpd reloads, and never in the middle of an answer.
sub excused {
    my ($line) = @_;
    my $fate = $line->{fate};
    if ($fate =~ /^(?:nothing|part)$/ && Chaos::lately($line->{end}, $notice, grep { $_->[1] >= $line->{opened} } @kills)) {
        return ++$broken{"$fate, by a kill"};
    }
    if ($fate eq 'nothing' && $line->{used} && Chaos::lately($line->{end}, $keep_alive + 1, map { [$_, $_] } @reloads)) {
        return ++$broken{'kept-alive, by a reload'};
    }
    return 0;
}

sub none {
    my ($what, $name) = @_;
    my @wrong = @{$wrong{$what} || []};
    ok(!@wrong, $name) or diag(scalar(@wrong) . " times:\n" . join "\n", @wrong[0 .. ($#wrong > 9 ? 9 : $#wrong)]);
    return;
}

note("answers: " . join ', ', map {"$_ $count{$_}"} sort grep {/ /} keys %count);
note("faults: " . join ', ', map { "$_ " . ($met{$_} || 0) } sort keys %met);
note(scalar(@kills) . ' kills, ' . scalar(@reloads) . ' reloads; connections broken: ' . join ', ', map {"$_ $broken{$_}"} sort keys %broken);
none(refused => 'an unknown, inactive, expired, malformed or absent token never gets 2xx');
none(good => 'a good token never gets 401');
none(scope => 'a good token without the scope never gets 2xx');
none(open => 'the unprotected path always gets 200');
none(other => 'every status is one of those for its kind of token, 500 only when we look misconfigured');
none(time => "every request ends within $timeout + $grace s");
none(whole => 'every answer is whole, but for connections of children that were killed, or kept-alive ones at a reload');
cmp_ok($broken{'kept-alive, by a reload'} || 0, '<=', 2 + $count{all} / 500, 'few kept-alive connections end with a request on its way');
cmp_ok($served, '>=', 0.98 * $down, "while it is down 98 of 100 requests with remembered tokens get 200 ($served of $down)");

# ---- was there chaos? ----------------------------------------------------------
cmp_ok($down, '>=', $seconds / 3, 'remembered tokens were asked for while it was down');
cmp_ok($stale, '>=', $seconds / 6, "older answers served on ($stale times)");
cmp_ok($count{$_} || 0, '>=', $seconds / 3, "there was load: $_") for grep { $_ ne 'ending' } sort keys %allowed;
cmp_ok($count{$_} || 0, '>=', 1, "$_ was seen") for 'unknown 401', 'unknown 503', 'cold 200', 'short 200', 'narrow 403', 'expired 401', $seconds < 120 ? () : 'unknown 500';
cmp_ok(scalar(grep { $met{$_} && $_ ne 'well' } keys %met), '>=', $seconds < 120 ? $seconds / 6 : keys(%Chaos::faults) - 3, 'many kinds of fault were met');
cmp_ok(scalar @kills, '>=', $seconds / 10, 'children were killed');
cmp_ok(scalar @reloads, '>=', $seconds / 15, 'httpd was reloaded');

# ---- the end -------------------------------------------------------------------
sub status { return $httpd->get('/status?auto')->{body} }

my @not_yet;
sub all_are {
    my ($status, $path, @tokens) = @_;
    return sub { @not_yet = grep { $httpd->get_token($path, $_)->{status} != $status } @tokens; return !@not_yet };
}
my $start = time;
for (['every good token gets 200', 200, '/any', @Chaos::hot, @Chaos::narrow, @Chaos::cold],
    ['by the other name too', 200, '/named', @Chaos::hot, @Chaos::cold],
    ['every inactive or unknown one 401', 401, '/any', @Chaos::inactive, 'chaos-unknown-0'],
    ['by the other name too', 401, '/named', @Chaos::inactive, 'chaos-unknown-0'],
    ['without the scope 403', 403, '/scoped', @Chaos::narrow]) {
    my ($name, @what) = @$_;
    ok(Chaos::within($recovery - (time - $start), all_are(@what)), "when all is well again, within $recovery s: $name") or diag("not: @not_yet");
}
ok(Chaos::within(10, sub { $httpd->get_token('/any', $Chaos::hot[0])->header('Stale') eq '' }), 'and no older answer serves any more');
my $page;
ok(Chaos::within(10, sub { $page = status(); $page =~ /^Scoreboard: [_.]*W[_.]*$/m && $page =~ /^BusyWorkers: 1$/m && $page !~ /^Stopping: [1-9]/m }),
    'no worker is stuck') or diag($page);
ok(Chaos::within(10, sub { $page = status(); 2 == (() = $page =~ /^IntrospectServer \S+: closed 0 0$/mg) }), 'no question is under way, and nobody waits') or diag($page);
my %number = $page =~ /^Introspect(\w+): (\d+)$/mg;
note(join ', ', map {"$_ $number{$_}"} sort keys %number);
cmp_ok($number{$_}, '>=', 1, "there were $_") for qw(Refreshes Stale Waits);

# ---- leaks ---------------------------------------------------------------------
sub grown {
    my ($name, $old, $new, %bound) = @_;
    # a sanitizer keeps memory that was freed for a while
    delete $bound{memory} if $ENV{T_PRELOAD};
    my @too_much = grep { $new->{$_} > $old->{$_} + $bound{$_} } sort keys %bound;
    ok(!@too_much, "$name (" . join(', ', map {"$_ $old->{$_} -> $new->{$_}"} sort keys %$old) . ')');
    return;
}

# A child keeps at most as many connections as there may be questions at once,
# of two servers, three descriptors each with curl's own two, and eight threads
# that renew. Of memory (kB) each thread holds some 500 once it has read an
# answer of 64 KiB, be that early or late.
my %at_end = map { $_ => Chaos::footprint($_) } workers();
my @bound = (descriptors => 6 * $calls_max + 4, threads => 8);
grown('no child holds much more than a fresh one', $fresh{child}, Chaos::largest(values %at_end), @bound, memory => 16_000);
my ($stayed) = sort { $at_end{$b->[0]}{memory} - $b->[1]{memory} <=> $at_end{$a->[0]}{memory} - $a->[1]{memory} }
    grep { $at_end{$_->[0]} } @later;
ok($stayed, 'there are children that lived through the last third')
    and grown('none of them grows in it', $stayed->[1], $at_end{$stayed->[0]}, @bound, memory => 8_000);
grown('the parent does not grow with each reload', $fresh{parent}, Chaos::footprint($httpd->{pid}),
    descriptors => 2, threads => 0, memory => 1000 + 100 * @reloads);

# ---- the log -------------------------------------------------------------------
my $log = $httpd->error_log;
my (%per_second, %per_id, %last);
for my $line (grep {/:(?:warn|error|crit|alert|emerg)\] .*MAI\d{4}(?!: Refused)/} split /\n/, $log) {
    my ($hour, $minute, $second, $pid, $id) = $line =~ /(\d+):(\d+):(\d+\.\d+) \d+\] \[[^\]]*\] \[pid (\d+).*?(MAI\d{4})/;
    my $at = ($hour * 60 + $minute) * 60 + $second;
    my ($server) = $line =~ m{(https?://[^/\s]+)};
    my $trouble = join ' ', $pid, $id, $server // '';
    my $gap = $at - ($last{$trouble} // $at - 86400);
    push @{$wrong{pace}}, $line if $gap >= 0 && $gap < 9.9 && $id !~ /^MAI00(?:59|60)$/;
    $last{$trouble} = $at;
    $per_second{int $at}++;
    $per_id{$id}++;
}
note('lines: ' . join ', ', map {"$_ $per_id{$_}"} sort keys %per_id);
my ($most) = sort { $b <=> $a } values %per_second;
cmp_ok(scalar(keys %per_id), '>=', 5, 'the log says what went wrong');
none(pace => 'no process tells of the same trouble of one server twice in 10 s');
# with prefork some 20 processes may each tell of three kinds of it at once
my $pace = $mpm eq 'prefork' ? 60 : 20;
cmp_ok($most, '<=', $pace, "in no second more than $pace lines of ours at warning or above ($most)");
is(join("\n", grep { /exit signal/ && !(/child pid (\d+) exit signal Killed \(9\)/ && $killed{$1}) } split /\n/, $log), '',
    'no child ended by a signal, but for those that were killed');
is(join(' ', glob "$httpd->{dir}/sanitizer/*"), '', 'no sanitizer has anything to report');
my @leaked = $log =~ /(.*chaos[- %"](?:hot|cold|short|narrow|inactive|unknown|mal|41).*)/g;
is(join("\n", @leaked[0 .. ($#leaked > 3 ? 3 : $#leaked)]), '', 'no token is in the log');
$httpd->stop;
diag("again with: CHAOS_SEED=$seed T_MPM=$mpm CHAOS_SECONDS=$seconds") if !Test::More->builder->is_passing;
done_testing;
