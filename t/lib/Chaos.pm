# SPDX-License-Identifier: Apache-2.0
#
# What t/httpd/chaos.t plays with: the tokens, the faults of the authorization
# server, and the processes that make the load.
#
#   Chaos::deck                     faults in random order, for ever
#   Chaos::put($as, $fault)         the authorization server has this one now
#   Chaos::load(port => .., file => .., seed => .., until => .., birth => ..)
#       asks until then; one line per request goes to the file: Chaos::lines
#   Chaos::during($from, $till, @windows)   those that were open at some time between
#   Chaos::footprint($pid)          descriptors, threads, memory of a process
package Chaos;
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use List::Util qw(shuffle);
use Time::HiRes qw(time sleep);

# Each begins with chaos-, so that the log can be searched for tokens.
our @hot = map {"chaos-hot-$_"} 1 .. 6;           # good, asked for all the time
our @cold = map {"chaos-cold-$_"} 1 .. 200;       # good, seldom asked for
our @narrow = map {"chaos-narrow-$_"} 1 .. 3;     # good, without the scope
our @inactive = map {"chaos-inactive-$_"} 1 .. 5;

# What would be wrong to believe says: active, and with the scope.
my $lie = '{"active":true,"sub":"liar","scope":"read"}';

# Name => what it does to tokens, and the AS's fault. well: the answer is right,
# whatever its way; down: no usable answer; wrong: we look misconfigured; picky:
# 400, but not about good tokens, for that would make them inactive. With `lie`
# what comes with the fault says "active" of all tokens that are not good.
our %faults = (
    well => {is => 'well', fault => ''},
    map({ $_ => {is => 'well', fault => $_} } qw(continue once slow twice)),
    refuse => {is => 'down'},
    map({ $_ => {is => 'down', fault => $_, lie => 1} } qw(hang dribble close cut short chunked endless html)),
    garbage => {is => 'down', fault => "raw:\x00\xff\x16\x03\x01 $lie\r\n\r\n$lie"},
    half => {is => 'down', fault => "raw:HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"},
    members => {is => 'down', fault => 'members:100000'},
    'members that fit' => {is => 'down', fault => 'members:3001'},
    deep => {is => 'down', fault => 'deep:10000'},
    map({ $_ => instead('down', status => $_) } 500, 502, 204),
    503 => instead('down', status => 503, headers => ['Retry-After: 1']),
    429 => instead('down', status => 429, headers => ['Retry-After: 1']),
    'no active' => instead('down', body => '{"sub":"liar","scope":"read"}'),
    'active as text' => instead('down', body => '{"active":"true","scope":"read"}'),
    'not UTF-8' => instead('down', body => "{\"active\":true,\"sub\":\"\xff\xfe\",\"scope\":\"read\"}"),
    'twice the member' => instead('down', body => '{"active":true,"active":true,"scope":"read"}'),
    map({ $_ => instead('wrong', status => $_) } 401, 403, 404),
    302 => instead('wrong', status => 302, headers => ['Location: /elsewhere']),
    'invalid_client' => instead('wrong', status => 400, body => '{"error":"invalid_client","active":true}'),
    400 => {is => 'picky', fault => '', others => {status => 400, body => '{"error":"invalid_request","active":true}'}},
);

sub instead {
    my ($is, %answer) = @_;
    $answer{body} //= ($answer{status} // 200) == 204 ? '' : $lie;
    return {is => $is, fault => 'instead:' . JSON::PP->new->ascii->encode(\%answer)};
}

# Half of the time it is well; of the rest each has its turn, and those that
# keep requests waiting, which is when a child's death matters, have two.
our @waiting = qw(hang dribble slow);

sub deck {
    my @left;
    return sub {
        return 'well' if rand() < 0.5;
        @left = shuffle(@waiting, sort grep { $_ ne 'well' } keys %faults) if !@left;
        return shift @left;
    };
}

# Nobody may hear a lie without the fault that goes with it: the fault comes
# first, and goes last.
sub put {
    my ($as, $name) = @_;
    my $new = $faults{$name};
    my $truth = {body => '{"active":false}'};
    if (!$as->{pid}) { $as->start }
    else { $as->all($truth) }
    $as->fault($new->{fault} // '');
    $as->reset;    # what it remembers of questions would grow
    if ($name eq 'refuse') { $as->stop }
    elsif ($new->{lie}) { $as->all({body => $lie}) }
    elsif ($new->{others}) { $as->all($new->{others}) }
    return;
}

# A good token that ends soon: its number says when.
sub short_end { my ($birth, $token) = @_; return int($birth) + 6 + 2 * ($token =~ /(\d+)$/)[0] }

sub short_now {
    my ($birth) = @_;
    my $n = int((time - $birth - 6) / 2) + int(rand 10) - 4;    # from 8 s ago to 10 s ahead
    return 'chaos-short-' . ($n < 0 ? 0 : $n);
}

# A short token by its life when it was asked for: good, at its end, expired.
sub kind_of {
    my ($birth, $line) = @_;
    return $line->{kind} if $line->{kind} ne 'short';
    my $ends = short_end($birth, $line->{token});
    return $line->{end} < $ends ? 'short' : $line->{start} > $ends + 2 ? 'expired' : 'ending';
}

# What the authorization server knows; of all others it says inactive.
sub register {
    my ($as, $birth, $seconds) = @_;
    my $exp = int($birth) + 86400;
    $as->token($_ => {sub => 'alice', scope => 'read', exp => $exp}) for @hot, @cold;
    $as->token($_ => {sub => 'bob', scope => 'write', exp => $exp}) for @narrow;
    for my $token (map {"chaos-short-$_"} 0 .. ($seconds + 30) / 2) {
        $as->token($token => {sub => 'carol', scope => 'read', exp => short_end($birth, $token)});
    }
    return;
}

# ---- load -------------------------------------------------------------------
# Longer than any request may take: what is not whole by then is late.
our $patience = 12;

# A connection is not used again when it was idle for longer than this.
our $idle_max = 1;

sub load {
    my (%o) = @_;
    srand $o{seed};
    local $SIG{PIPE} = 'IGNORE';
    open my $file, '>', $o{file} or die "$o{file}: $!";
    my @idle;
    while (time < $o{until}) {
        my @wish = wish($o{birth});
        my $twins = rand() < 0.15 ? 3 : 1;    # at once, for the same
        my @asked = map { ask($o{port}, \@idle, @wish) } 1 .. $twins;
        collect(\@idle, @asked);
        print $file join("\t", map { $_ // '' } @$_{qw(start end kind token status fate used opened stale why)}), "\n"
            for @asked;
        sleep rand 0.14;
    }
    close $file or die "$o{file}: $!";
    return;
}

sub lines {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!";
    my @lines;
    while (my $row = <$file>) {
        chomp $row;
        my %line;
        @line{qw(start end kind token status fate used opened stale why)} = split /\t/, $row, -1;
        push @lines, \%line;
    }
    return @lines;
}

# What to ask for: kind, token, path, header.
sub wish {
    my ($birth) = @_;
    my $dice = int rand 100;
    my $one = sub { $_[int rand @_] };
    my $any = $one->('/any', '/named');
    return ('open', '', '/open') if $dice < 7;
    return ('none', '', $any, rand() < 0.7 ? '' : 'Authorization: Basic YTpi') if $dice < 12;
    return ('malformed', '', $any, 'Authorization: Bearer ' . $one->('chaos mal formed', 'chaos%41', 'chaos"', "chaos\x7f"))
        if $dice < 17;
    my ($kind, $token) = $dice < 50 ? ('hot', $one->(@hot))
        : $dice < 60 ? ('cold', $one->(@cold))
        : $dice < 70 ? ('short', short_now($birth))
        : $dice < 78 ? ('narrow', $one->(@narrow))
        : $dice < 86 ? ('inactive', $one->(@inactive))
        : ('unknown', sprintf 'chaos-unknown-%08x%08x', rand 2**32, rand 2**32);
    my $path = $kind eq 'narrow' ? '/scoped' : $one->($any, $any, '/scoped');
    return ($kind, $token, $path, "Authorization: Bearer $token");
}

# Send one request, on an idle connection or a new one.
sub ask {
    my ($port, $idle, $kind, $token, $path, $header) = @_;
    my $keep = rand() < 0.6;
    my %asked = (kind => $kind, token => $token, text => '', used => 0, keep => $keep);
    while ($keep && (my $old = shift @$idle)) {
        # one that httpd has closed meanwhile is readable
        next if time - $old->{since} > $idle_max || IO::Select->new($old->{socket})->can_read(0);
        @asked{qw(socket opened used)} = (@$old{qw(socket opened)}, 1);
        last;
    }
    $asked{start} = time;
    if (!$asked{socket}) {
        $asked{socket} = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 5);
        $asked{opened} = time;
        return finish(\%asked, 'refused', "$@") if !$asked{socket};
    }
    my $text = join "\r\n", "GET $path HTTP/1.1", 'Host: localhost', $header || (),
        $keep ? () : 'Connection: close', '', '';
    syswrite($asked{socket}, $text) // return finish(\%asked, 'nothing', "$!");
    return \%asked;
}

sub finish {
    my ($asked, $fate, $why) = @_;
    @$asked{qw(end fate why)} = (time, $fate, $why);
    delete $asked->{socket};
    return $asked;
}

# Read until each answer is whole, or its connection ends, or it is late.
sub collect {
    my ($idle, @asked) = @_;
    while (my @open = grep { $_->{socket} } @asked) {
        my ($soonest) = sort { $a <=> $b } map { $_->{start} + $patience } @open;
        my $left = $soonest - time;
        my %of = map { $_->{socket} => $_ } @open;
        take($idle, $of{$_}) for IO::Select->new(map { $_->{socket} } @open)->can_read($left > 0 ? $left : 0);
        finish($_, 'late', length($_->{text}) . ' bytes')
            for grep { $_->{socket} && time > $_->{start} + $patience } @open;
    }
    return;
}

sub take {
    my ($idle, $asked) = @_;
    my $got = sysread $asked->{socket}, $asked->{text}, 65536, length $asked->{text};
    my $why = defined $got ? 'closed' : "$!";
    my ($head, $body) = split /\r\n\r\n/, $asked->{text}, 2;
    my ($length) = ($head // '') =~ /^content-length: *(\d+)/im;
    ($asked->{status}) = $asked->{text} =~ m{^HTTP/1\.1 (\d+)};
    if (defined $body && defined $length && length $body >= $length) {
        my $socket = $asked->{socket};
        $asked->{stale} = $head =~ /^stale: 1/im ? 1 : 0;
        finish($asked, length $body == $length ? 'whole' : 'too much', '');
        push @$idle, {socket => $socket, opened => $asked->{opened}, since => time}
            if $asked->{keep} && @$idle < 2 && $head !~ /^connection: close/im;
    }
    elsif (!$got) {
        finish($asked, $asked->{text} eq '' ? 'nothing' : 'part', $why);
    }
    return;
}

# ---- what was when ----------------------------------------------------------
# Windows are in order of time and follow each other.
sub during {
    my ($from, $till, @windows) = @_;
    my ($low, $high) = (0, scalar @windows);    # the first that ends after `from`
    while ($low < $high) {
        my $middle = int(($low + $high) / 2);
        if ($windows[$middle]{till} < $from) { $low = $middle + 1 }
        else { $high = $middle }
    }
    my @found;
    push @found, $windows[$low++] while $low < @windows && $windows[$low]{from} <= $till;
    return @found;
}

# Was one of these times, each from-till, at most so long before the moment?
sub lately {
    my ($moment, $seconds, @times) = @_;
    return scalar grep { $_->[0] <= $moment && $moment - $_->[1] <= $seconds } @times;
}

# True as soon as the condition holds.
sub within {
    my ($limit, $condition) = @_;
    my $until = time + $limit;
    while (time < $until) {
        return 1 if $condition->();
        sleep 0.1;
    }
    return 0;
}

# ---- what a process holds ---------------------------------------------------
sub footprint {
    my ($pid) = @_;
    my %found = (descriptors => scalar(() = glob "/proc/$pid/fd/*"));
    open my $file, '<', "/proc/$pid/status" or return;
    while (my $row = <$file>) {
        $found{threads} = $1 if $row =~ /^Threads:\s+(\d+)/;
        $found{memory} = $1 if $row =~ /^RssAnon:\s+(\d+) kB/;    # without what is shared
    }
    return \%found;
}

# Of each the most that any has.
sub largest {
    my %most;
    for my $each (grep {defined} @_) {
        for (keys %$each) { $most{$_} = $each->{$_} if $each->{$_} > ($most{$_} || 0) }
    }
    return \%most;
}

1;
