# SPDX-License-Identifier: Apache-2.0
#
# For t/httpd/chaos.t: the tokens, the faults of the authorization server, and
# the processes that create the load.
#
#   Chaos::deck                     an endless random sequence of faults
#   Chaos::put($as, $fault)         give the authorization server this fault
#   Chaos::load(port => .., file => .., seed => .., until => .., birth => ..)
#       send requests until then; Chaos::lines reads the file, one line each
#   Chaos::during($from, $till, @windows)   the windows that overlap this time
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
our @hot = map {"chaos-hot-$_"} 1 .. 6;           # active, sent often
our @cold = map {"chaos-cold-$_"} 1 .. 200;       # active, seldom sent
our @narrow = map {"chaos-narrow-$_"} 1 .. 3;     # active, without the scope
our @inactive = map {"chaos-inactive-$_"} 1 .. 5;

# The answer that must never be believed: active, and with the scope.
my $lie = '{"active":true,"sub":"liar","scope":"read"}';

# Name => what it means for tokens, and the AS's fault. well: the answer is
# right, in whatever form; down: no usable answer; wrong: httpd looks
# misconfigured; picky: 400, except about active tokens, which would become
# inactive. With `lie` the faulty answer calls every token active that is not.
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

# Half of the draws are "well"; the others go through all faults in turn. Faults
# that make requests wait come twice, since a child's death matters then.
our @waiting = qw(hang dribble slow);

sub deck {
    my @left;
    return sub {
        return 'well' if rand() < 0.5;
        @left = shuffle(@waiting, sort grep { $_ ne 'well' } keys %faults) if !@left;
        return shift @left;
    };
}

# A lie must never be sent without its fault, so the fault is set before the lie
# and removed after it.
sub put {
    my ($as, $name) = @_;
    my $new = $faults{$name};
    my $truth = {body => '{"active":false}'};
    if (!$as->{pid}) { $as->start }
    else { $as->all($truth) }
    $as->fault($new->{fault} // '');
    $as->reset;    # its list of questions would grow
    if ($name eq 'refuse') { $as->stop }
    elsif ($new->{lie}) { $as->all({body => $lie}) }
    elsif ($new->{others}) { $as->all($new->{others}) }
    return;
}

# When a short-lived token expires: its number says so.
sub short_end { my ($birth, $token) = @_; return int($birth) + 6 + 2 * ($token =~ /(\d+)$/)[0] }

sub short_now {
    my ($birth) = @_;
    my $n = int((time - $birth - 6) / 2) + int(rand 10) - 4;    # expires between 8 s ago and 10 s ahead
    return 'chaos-short-' . ($n < 0 ? 0 : $n);
}

# A short-lived token by its state during the request: short (still active),
# ending, expired.
sub kind_of {
    my ($birth, $line) = @_;
    return $line->{kind} if $line->{kind} ne 'short';
    my $ends = short_end($birth, $line->{token});
    return $line->{end} < $ends ? 'short' : $line->{start} > $ends + 2 ? 'expired' : 'ending';
}

# The tokens that the authorization server knows; all others are inactive.
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
# Longer than any request may take: a response that is not whole by then is
# late.
our $patience = 12;

# A connection that was idle for longer is not used again.
our $idle_max = 1;

sub load {
    my (%o) = @_;
    srand $o{seed};
    local $SIG{PIPE} = 'IGNORE';
    open my $file, '>', $o{file} or die "$o{file}: $!";
    my @idle;
    while (time < $o{until}) {
        my @wish = wish($o{birth});
        my $twins = rand() < 0.15 ? 3 : 1;    # simultaneous requests for the same
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

# A random request: kind, token, path, header.
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
        # a connection that httpd has closed is readable
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

# Read until each response is whole, its connection has ended, or it is late.
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

# ---- times -------------------------------------------------------------------
# Windows are in order of time and do not overlap.
sub during {
    my ($from, $till, @windows) = @_;
    my ($low, $high) = (0, scalar @windows);    # find the first that ends after `from`
    while ($low < $high) {
        my $middle = int(($low + $high) / 2);
        if ($windows[$middle]{till} < $from) { $low = $middle + 1 }
        else { $high = $middle }
    }
    my @found;
    push @found, $windows[$low++] while $low < @windows && $windows[$low]{from} <= $till;
    return @found;
}

# Did one of these times (from, till) begin before the moment and end at most so
# many seconds before it?
sub lately {
    my ($moment, $seconds, @times) = @_;
    return scalar grep { $_->[0] <= $moment && $moment - $_->[1] <= $seconds } @times;
}

# Wait until the condition holds; false after `limit` seconds.
sub within {
    my ($limit, $condition) = @_;
    my $until = time + $limit;
    while (time < $until) {
        return 1 if $condition->();
        sleep 0.1;
    }
    return 0;
}

# ---- resources of a process --------------------------------------------------
sub footprint {
    my ($pid) = @_;
    my %found = (descriptors => scalar(() = glob "/proc/$pid/fd/*"));
    open my $file, '<', "/proc/$pid/status" or return;
    while (my $row = <$file>) {
        $found{threads} = $1 if $row =~ /^Threads:\s+(\d+)/;
        $found{memory} = $1 if $row =~ /^RssAnon:\s+(\d+) kB/;    # without shared memory
    }
    return \%found;
}

# The maximum of each figure.
sub largest {
    my %most;
    for my $each (grep {defined} @_) {
        for (keys %$each) { $most{$_} = $each->{$_} if $each->{$_} > ($most{$_} || 0) }
    }
    return \%most;
}

1;
