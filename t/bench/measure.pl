# SPDX-License-Identifier: Apache-2.0
#
# Measurements: instructions by callgrind, requests/s by wrk, CPU time from
# /proc, latencies by a client with a kept-alive connection.
use strict;
use warnings;
use IO::Socket::INET;
use POSIX qw(sysconf _SC_CLK_TCK);
use Time::HiRes qw(time sleep);

sub median { my @sorted = sort { $a <=> $b } @_; return $sorted[@sorted / 2] }

# Send requests one after the other on one connection until $next returns no
# more tokens; '' sends a request without one. Returns the number of each
# status, and the longest time in seconds. $how: method, headers (lines).
sub keep_alive {
    my ($port, $path, $next, $how) = @_;
    my ($socket, %statuses, $longest);
    my $method = $how->{method} || 'GET';
    my $more = join '', map {"$_\r\n"} 'Host: x', @{$how->{headers} || []};
    $longest = 0;
    while (defined(my $token = $next->())) {
        $socket ||= IO::Socket::INET->new("127.0.0.1:$port") or die "no connection: $!";
        my $start = time;
        my $header = $token eq '' ? '' : "Authorization: Bearer $token\r\n";
        print $socket "$method $path HTTP/1.1\r\n$more$header\r\n";
        my ($status, $close) = answer($socket);
        my $took = time - $start;
        $longest = $took if $took > $longest;
        $statuses{$status}++;
        undef $socket if $close;
    }
    return (\%statuses, $longest);
}

sub answer {
    my ($socket) = @_;
    my $text = '';
    until ($text =~ /\r\n\r\n/) {
        sysread $socket, $text, 65536, length $text or return ('closed', 1);
    }
    my ($status) = $text =~ m{^HTTP/1.1 (\d+)};
    if ($text =~ /^Transfer-Encoding: chunked/im) {
        until ($text =~ /\r\n0\r\n\r\n\z/) {
            sysread $socket, $text, 65536, length $text or return ('closed', 1);
        }
        return ($status, $text =~ /^Connection: close/im);
    }
    my $whole = index($text, "\r\n\r\n") + 4 + ($text =~ /^Content-Length: (\d+)/im ? $1 : 0);
    while (length $text < $whole) {
        sysread $socket, $text, 65536, length $text or return ('closed', 1);
    }
    return ($status, $text =~ /^Connection: close/im);
}

# A sub for keep_alive: $n times the same token, or the result of the sub
# $token.
sub times_of {
    my ($n, $token) = @_;
    return sub { return $n-- > 0 ? ref $token ? $token->() : $token : undef };
}

# All instructions of one httpd process in callgrind that serves $n requests.
sub count_instructions {
    my ($place, $n, $token) = @_;
    my $httpd = prepare($place, limits => limits(1, 4));
    chown((getpwnam 'www-data')[2, 3], $httpd->{dir});
    my $pid = fork // die $!;
    if (!$pid) {
        open STDERR, '>', "$httpd->{dir}/callgrind.log";
        open STDOUT, '>&', \*STDERR;
        exec 'setpriv', '--reuid=www-data', '--regid=www-data', '--clear-groups', 'valgrind',
            '--tool=callgrind', ($place->{toggle} ? "--toggle-collect=$place->{toggle}" : ()), '--callgrind-out-file=' . ($ENV{BENCH_CALLGRIND} || '/dev/null'),
            $main::binary, '-f', "$httpd->{dir}/httpd.conf", '-X';
    }
    my $statuses = eval {
        $httpd->wait_until(sub { $httpd->connect }, 'httpd in callgrind', 60) or die "it did not start\n";
        (keep_alive($httpd->{port}, $place->{path} // '/x.txt', times_of($n, $token), $place))[0];
    };
    kill TERM => $pid;
    waitpid $pid, 0;
    die "$place->{name}: $@" . $httpd->slurp('callgrind.log') . $httpd->error_log if !$statuses;
    my ($count) = $httpd->slurp('callgrind.log') =~ /^==$pid== Collected : (\d+)/m;
    my $wanted = $place->{status} // 200;
    my $refused = $n - ($statuses->{$wanted} // 0);
    die "$place->{name}: not all $wanted: " . join ' ', %$statuses if $refused > ($place->{may_refuse} // 0);
    return $count // die $httpd->slurp('callgrind.log');
}

# Instructions of one request: the difference between runs of many and of few. A
# run is repeated if a module gave up on the authorization server, as may happen
# on a busy machine.
sub instructions {
    my ($place, $token, $few, $many) = @_;
    ($few, $many) = (1000, 4000) if !$many;
    my ($less, $more) = map { my $n = $_; again(sub { count_instructions($place, $n, $token) }) } $few, $many;
    return ($more - $less) / ($many - $few);
}

sub again {
    my ($what) = @_;
    for (1 .. 3) { my $count = eval { $what->() }; return $count if defined $count }
    die $@;
}

# Seconds of CPU that this httpd and its children have used.
sub cpu {
    my ($httpd) = @_;
    my $ticks = 0;
    for my $pid ($httpd->{pid}, $httpd->children) {
        open my $file, '<', "/proc/$pid/stat" or next;
        my @fields = split / /, <$file> =~ s/^.*\) //r;
        $ticks += $fields[11] + $fields[12];
    }
    return $ticks / sysconf(_SC_CLK_TCK);
}

# One round of wrk. Returns requests/s, and microseconds of CPU per request.
sub wrk {
    my ($httpd, $path, $token, $seconds) = @_;
    my $before = cpu($httpd);
    my $header = $token eq '' ? '' : "-H 'Authorization: Bearer $token'";
    my $said = `wrk -t1 -c16 -d${seconds}s $header http://127.0.0.1:$httpd->{port}$path`;
    my ($requests) = $said =~ /(\d+) requests in/;
    my ($rate) = $said =~ m{Requests/sec:\s+([\d.]+)};
    die "wrk: $said" if !$requests || $said =~ /Non-2xx/;
    return ($rate, (cpu($httpd) - $before) / $requests * 1e6);
}

1;
