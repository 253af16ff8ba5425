# SPDX-License-Identifier: Apache-2.0
#
# Crowds: bursts, floods of tokens for which the server fails, and outages, with
# 100 workers in 4 processes and a server that takes 20 ms. Each returns a row
# of a table: [what, figure]. core/traffic/check_crowds.c simulates the same
# crowds, and more, on its own clock.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time sleep);

my $seconds = 12;    # length of each flood
my $outage = 30;     # length of each outage in seconds
my $takes = 0.02;    # seconds that the server takes for an answer
my $new = 200;       # new tokens/s in an outage
my $settled = 2;     # seconds that it takes to notice an outage

sub crowd_scene {
    my $as = AS->new;
    $as->all({body => '{"active":true,"sub":"alice"}', delay => $takes});
    my $httpd = scene($as, "IntrospectCacheMaxAge 1h\n<Location /busy>\nSetHandler server-status\nRequire all granted\n</Location>\n",
        limits => limits(4, 25), modules => ['status']);
    $httpd->get_token('/x.txt', 'the-first-token');
    return ($as, $httpd);
}

# A client address: random if $many, else always the same.
sub address { my ($many) = @_; return $many ? join '.', 127, map { 1 + int rand 250 } 1 .. 3 : '127.0.0.2' }

# Requests at random moments, $rate a second for $long seconds:
# [when, address, token].
sub stream {
    my ($name, $rate, $many, $long) = @_;
    my ($at, $n, @all) = (0, 0);
    while (($at += -log(1 - rand) / $rate) < ($long // $seconds)) { push @all, [$at, address($many), "$name-" . ++$n] }
    return @all;
}

# Send each request at its moment. Returns [token, status, seconds, time of the
# response] for each. The sub of a [when, sub] is called at its moment.
sub play {
    my ($httpd, @schedule) = @_;
    my ($select, $start, %open, @done) = (IO::Select->new, time);
    @schedule = sort { $a->[0] <=> $b->[0] } @schedule;
    while (@schedule || %open) {
        while (@schedule && $schedule[0][0] <= time - $start) {
            my ($at, $from, $token, $path) = @{shift @schedule};
            if (ref $from) { $from->(); next }
            my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $httpd->{port}, LocalAddr => $from) or next;
            print $socket $httpd->compose('GET', $path // '/x.txt', undef, Authorization => "Bearer $token");
            $select->add($socket);
            $open{$socket} = [$token, time, ''];
        }
        my $wait = @schedule ? $schedule[0][0] - (time - $start) : 1;
        for my $socket ($select->can_read($wait > 0 ? $wait : 0)) {
            next if sysread $socket, $open{$socket}[2], 65536, length $open{$socket}[2];
            my ($token, $from, $text) = @{delete $open{$socket}};
            push @done, [$token, $text =~ m{^HTTP/1.1 (\d+)} ? $1 : 0, time - $from, time];
            $select->remove($socket);
        }
    }
    sleep 0.5;    # httpd's threaded MPMs crash if they stop while a worker releases its socket
    return @done;
}

# Of the requests with this name: how many were served, and the 99th percentile
# of their times.
sub served {
    my ($name, @done) = @_;
    my @mine = grep { $_->[0] =~ /^$name-/ } @done;
    my @good = sort { $a <=> $b } map { $_->[2] } grep { $_->[1] == 200 } @mine;
    return sprintf '%d of %d (99 of 100 within %.0f ms)', scalar @good, scalar @mine, @good ? 1e3 * $good[@good * 0.99] : 0;
}

sub burst {
    my ($count) = @_;
    my ($as, $httpd) = crowd_scene();
    my @done = play($httpd, map { [0, address(1), "burst-$_"] } 1 .. $count);
    return ["a burst of $count unknown tokens", served('burst', @done)];
}

sub flood_of {
    my ($what, $answer, $many) = @_;
    my ($as, $httpd) = crowd_scene();
    my @flood = stream('flood', 10, $many);
    $as->answer($_->[2] => $answer) for @flood;
    $httpd->get_token('/x.txt', 'known-token');
    my @known = map { [$_, address(1), 'known-token'] } 1 .. $seconds - 1;
    my @done = play($httpd, @flood, @known, stream('good', 2, 1));
    return ["10 tokens/s that are $what, from " . ($many ? 'many addresses' : 'one address') . '; new good ones of others, 2/s; a known one',
        served('good', @done) . '; ' . served('known', @done) . ' known'];
}

# The rate of questions is counted from $settled seconds after the outage began
# to the last new token, as in check_crowds.c; the time to the first 200 begins
# when the server works again.
sub outage_of {
    my ($what, $begin, $end) = @_;
    my ($as, $httpd) = crowd_scene();
    $begin->($as);
    my @counted;
    my $count = sub { push @counted, [time, $as->{pid} ? $as->calls : 0] };
    my $held = 0;
    my $look = sub { my ($busy) = $httpd->get('/busy?auto')->{body} =~ /^BusyWorkers: (\d+)/m; $held = $busy - 1 if $busy && $busy - 1 > $held };
    play($httpd, stream('early', $new, 1, $outage), map({ [$_, $count] } $settled, $outage), map { [$_, $look] } 7 .. $outage - 1);
    my ($from, $to) = @counted;
    my $asked = $to->[1] - $from->[1];
    $end->($as);
    my ($back, $n, $status) = (time, 0, 0);
    while ($status != 200 && time - $back < 20) { $status = $httpd->get_token('/x.txt', 'late-' . $n++)->{status} }
    return ["$what for $outage s, $new new tokens/s", sprintf '%s, at most %d of 100 workers held after 7 s, first 200 after %.2f s',
        $asked ? sprintf('asked %.1f times/s from %d s after it fell', $asked / ($to->[0] - $from->[0]), $settled) : 'cannot be asked', $held, time - $back];
}

sub well_again { my ($as) = @_; $as->all({body => '{"active":true,"sub":"alice"}', delay => $takes}); return $as->fault('') }

sub crowd_rows {
    my @floods = (['answered 500', {status => 500, delay => $takes}],
        ['answered 503 with Retry-After: 300', {status => 503, headers => ['Retry-After: 300'], delay => $takes}],
        ['closed without an answer', {raw => '', close => 1, delay => $takes}], ['left without an answer', {delay => 60}]);
    my %outages = (
        'the server hangs' => [sub { $_[0]->fault('hang') }, \&well_again],
        'it refuses connections' => [sub { $_[0]->stop }, sub { $_[0]->start }],
        'it answers 500 to all' => [sub { $_[0]->all({status => 500, delay => $takes}) }, \&well_again],
        'it answers 503 with Retry-After: 300 to all' => [sub { $_[0]->all({status => 503, headers => ['Retry-After: 300']}) }, \&well_again],
    );
    return (map({ burst($_) } 100, 1000), map({ my $flood = $_; map { flood_of(@$flood, $_) } 0, 1 } @floods),
        map { outage_of($_, @{$outages{$_}}) } sort keys %outages);
}

1;
