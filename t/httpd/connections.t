# SPDX-License-Identifier: Apache-2.0
#
# Connections to the authorization server, counted: how many there are, what
# the next one takes over from the last, and that none is left behind.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Socket::SSL;
use List::Util qw(max);
use Test::More;
use Time::HiRes qw(sleep time);

# Names are looked up in an /etc/hosts of this test's own, where that can be had.
BEGIN {
    if (!$ENV{T_OWN_HOSTS}) {
        $ENV{T_OWN_HOSTS} = system('unshare --mount true 2>/dev/null') == 0 ? 'yes' : 'no';
        exec 'unshare', '--mount', $^X, (map {"-I$_"} @INC), $0 if $ENV{T_OWN_HOSTS} eq 'yes';
    }
}
use AS;
use Httpd;

my $place = "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n";

# Processes, and threads of each: all from the start, until the end.
sub limits {
    my ($processes, $threads) = @_;
    my $all = $processes * $threads;
    return (mpm => 'event', limits => "StartServers $processes\nServerLimit $processes\nThreadsPerChild $threads\n"
        . "MaxRequestWorkers $all\nMinSpareThreads $all\nMaxSpareThreads $all");
}

my $yes = '{"active":true,"sub":"a"}';
my $n = 0;
sub unknown { return 'unknown-token-' . ++$n }

sub server {
    my $as = AS->new(@_);
    $as->all({body => $yes});
    return $as;
}

# So many questions in turn: how many requests got each status.
sub in_turn {
    my ($httpd, $times) = @_;
    my %seen;
    $seen{$httpd->get_token('/', unknown())->{status}}++ for 1 .. $times;
    return \%seen;
}

# So many tokens, some at once; one that gets 503 is asked about again, however
# long a busy machine takes.
sub at_once {
    my ($httpd, $times, $width) = @_;
    my %seen;
    my @waiting = map { unknown() } 1 .. $times;
    my $end = time + 250;
    while (@waiting && time < $end) {
        my @now = splice @waiting, 0, $width;
        my @answers = $httpd->parallel(map { ['/', Authorization => "Bearer $_"] } @now);
        for my $i (0 .. $#now) {
            my $status = $answers[$i]{status};
            $seen{$status}++;
            push @waiting, $now[$i] if $status == 503;
        }
    }
    return \%seen;
}

# Each of these questions went out once, over so many connections. In a crowd one
# has a second, which a busy machine may need for itself: then it goes out again,
# over another connection.
sub asked_once {
    my ($httpd, $as, $times, $connections) = @_;
    my $late = () = $httpd->error_log =~ /MAI0061: Asked \S+ HTTP 0 in/g;
    my $calls = $as->calls;
    ok($calls >= $times && $calls <= $times + $late, "each was asked about once ($calls, $late too late)");
    cmp_ok($as->connections, '<=', $connections + $late, "over $connections connections at most");
    return $late;
}

subtest 'one after the other' => sub {
    for (['prefork', limits => "ServerLimit 1\nMaxRequestWorkers 1"], ['event', limits(1, 8)]) {
        my ($name, @limits) = @$_;
        my $as = server();
        # one question is less than half of what may be under way: else it had a second
        my $httpd = Httpd->new(mpm => $name, @limits, config => $as->config . "IntrospectCallsMax 4\nIntrospectTimeout 60s\n$place");
        $httpd->expect_log(qr/MAI0006/);    # more than there are workers
        is_deeply(in_turn($httpd, 1000), {200 => 1000}, "$name: of 1,000 tokens each is granted");
        is($as->calls, 1000, "$name: none from memory");
        cmp_ok($as->connections, '<=', 2, "$name: over a connection or two");
    }
};

subtest 'many at once' => sub {
    my $as = server();
    $as->all({body => $yes, delay => 0.02});
    my $httpd = Httpd->new(limits(4, 16), config => $as->config . "IntrospectCallsMax 64\n$place");
    $httpd->expect_log(qr/MAI00(?:06|42|56|57|59|60)/);    # as many as there are workers
    # fewer than those workers that a slow server may hold
    my $seen = at_once($httpd, 1000, 48);
    cmp_ok($as->peak, '>', 8, 'not in turn');
    my $late = asked_once($httpd, $as, 1000, 64);
    delete $seen->{503} if $late;    # and others while it was in doubt
    is_deeply($seen, {200 => 1000}, 'of 1,000 tokens each is granted');
};

subtest 'more at once than IntrospectCallsMax' => sub {
    my $as = server();
    $as->all({body => $yes, delay => 0.02});
    my $httpd = Httpd->new(limits(1, 64), config => $as->config . "IntrospectCallsMax 8\n$place");
    $httpd->expect_log(qr/MAI00(?:42|56|57|59|60)/);
    my $seen = at_once($httpd, 1000, 64);
    is($seen->{200}, 1000, 'of 1,000 tokens each is granted in the end');
    cmp_ok($seen->{503} || 0, '>', 0, 'some had to come again');
    is(join(' ', sort keys %$seen), '200 503', 'and no more than that');
    my $late = asked_once($httpd, $as, 1000, 8);
    cmp_ok($as->peak, '<=', 8 + $late, 'of 8 questions');
};

subtest 'TLS sessions' => sub {
    my $as = server(tls => 'good');
    $as->fault('once');
    my $httpd = Httpd->new(limits(1, 8), config => $as->config . "IntrospectTLSCAFile @{[$as->ca_file]}\n$place");
    is_deeply(in_turn($httpd, 20), {200 => 20}, 'a server that closes after each answer is asked 20 times');
    is($as->connections, 20, 'over 20 connections');
    cmp_ok($as->resumed, '>=', 18, 'which take over the session of one before');
};

# An httpd with HTTP/2 as authorization server.
sub server_h2 {
    my $port = Httpd::free_port();
    my $dir = tempdir(CLEANUP => 1);
    chmod 0755, $dir;
    AS::make_certificates($dir);
    my $as = Httpd->new(load => 'none', modules => ['ssl', 'http2'], limits(1, 64), log_level => 'warn', config => <<"END");
Listen 127.0.0.1:$port
<VirtualHost 127.0.0.1:$port>
    Protocols h2 http/1.1
    SSLEngine On
    SSLCertificateFile $dir/good.pem
    SSLCertificateKeyFile $dir/good.key
    LogFormat "%H %>s %{remote}p" asked
    CustomLog %DIR%/asked.log asked
</VirtualHost>
END
    $as->write_file('cgi/introspect', "#!/bin/sh\ncat >/dev/null\nprintf 'Content-Type: application/json\\n\\n$yes'\n", 0755);
    $as->{for_us} = "IntrospectEndpoint https://127.0.0.1:$port/cgi/introspect\nIntrospectClientID rs\n"
        . "IntrospectClientSecret rs-secret-1\nIntrospectTLSCAFile $dir/ca.pem\nIntrospectTimeout 60s 60s\n";
    $as->{certificates} = $dir;
    return $as;
}

# What its log says of so many questions, in words, and over how many connections.
sub asked_h2 {
    my ($as, $times) = @_;
    my @lines;
    $as->wait_until(sub { @lines = split /\n/, $as->slurp('asked.log'); @lines >= $times }, 'its log');
    my (%how, %ports);
    for (@lines) { /^(\S+ \S+) (\d+)$/ and ($how{$1}++, $ports{$2}++) }
    return (\%how, scalar keys %ports);
}

subtest 'HTTP/2' => sub {
    my $as = server_h2();
    my $httpd = Httpd->new(limits(1, 64), config => $as->{for_us} . $place);
    is_deeply(in_turn($httpd, 60), {200 => 60}, 'of 60 tokens one after the other each is granted');
    my ($how, $connections) = asked_h2($as, 60);
    is_deeply($how, {'HTTP/2.0 200' => 60}, 'all of them in HTTP/2');
    cmp_ok($connections, '<=', 2, 'over a connection or two');
    is_deeply(at_once($httpd, 96, 16), {200 => 96}, 'of 96 more, 16 at once, each is granted');
    ($how, $connections) = asked_h2($as, 156);
    is_deeply($how, {'HTTP/2.0 200' => 156}, 'all of them in HTTP/2');
    cmp_ok($connections, '<=', 17, 'over no more connections than questions at once');
};

# A server of HTTP/2 that takes no question: it refuses each stream. Returns
# how many questions and connections it was offered, once it is asked.
sub refusing_h2 {
    my ($dir) = @_;
    my $listener = IO::Socket::SSL->new(LocalAddr => '127.0.0.1', Listen => 10, SSL_alpn_protocols => ['h2'],
        SSL_cert_file => "$dir/good.pem", SSL_key_file => "$dir/good.key") or die $IO::Socket::SSL::SSL_ERROR;
    my $pid = open(my $out, '-|') // die $!;
    if (!$pid) {
        while (1) {
            my $client = $listener->accept or next;
            syswrite STDOUT, 'connection ';
            refuse_streams($client);
        }
    }
    return ($listener->sockport, sub { kill TERM => $pid; local $/; my $text = <$out>; waitpid $pid, 0; return $text });
}

# RFC 9113: frames of 9 bytes of header and a payload.
sub refuse_streams {
    my ($client) = @_;
    my $text = '';
    my $take = sub {
        my ($size) = @_;
        while (length $text < $size) { sysread $client, $text, 65536, length $text or return }
        return substr $text, 0, $size, '';
    };
    my $frame = sub {
        my ($type, $flags, $stream, $payload) = @_;
        syswrite $client, substr(pack('N', length $payload), 1) . pack('CCN', $type, $flags, $stream) . $payload;
    };
    $take->(24);    # the preface
    $frame->(4, 0, 0, '');
    while (defined(my $head = $take->(9))) {
        my ($type, $flags, $stream) = unpack 'CCN', substr $head, 3;
        my $size = unpack 'N', "\0" . substr $head, 0, 3;
        $take->($size) // last if $size;
        $frame->(4, 1, 0, '') if $type == 4 && !($flags & 1);
        next if $type != 1;
        syswrite STDOUT, 'question ';
        $frame->(3, 0, $stream, pack 'N', 7);    # REFUSED_STREAM
    }
    return;
}

subtest 'HTTP/2 that refuses streams' => sub {
    my $dir = tempdir(CLEANUP => 1);
    chmod 0755, $dir;
    AS::make_certificates($dir);
    my ($port, $offered) = refusing_h2($dir);
    my $httpd = Httpd->new(limits(1, 8), config => "IntrospectEndpoint https://127.0.0.1:$port/introspect\n"
        . "IntrospectClientID rs\nIntrospectClientSecret rs-secret-1\nIntrospectTLSCAFile $dir/ca.pem\nIntrospectTimeout 60s 60s\n$place");
    $httpd->expect_log(qr/MAI00(?:45|59)/);
    is_deeply(in_turn($httpd, 1), {503 => 1}, 'one request gets 503');
    is(scalar(() = $offered->() =~ /question/g), 1, 'after one question: a fresh connection is not tried again');
};

# The most descriptors, and threads, that any of these processes has.
sub descriptors { return max(map { scalar(() = glob "/proc/$_/fd/*") } @_) }
sub threads { return max(map { scalar(() = glob "/proc/$_/task/*") } @_) }

subtest 'what a process holds' => sub {
    my $as = server(name => 'localhost');
    my $httpd = Httpd->new(limits(1, 16), config => $as->config . $place);
    $httpd->expect_log(qr/MAI00(?:45|56)/);
    at_once($httpd, 64, 16);
    my @children = $httpd->children;
    my ($open, $threads) = (descriptors(@children), threads(@children));
    cmp_ok($threads, '>', 16, 'there are threads to count');
    my %seen;
    for my $fault (('once', 'cut', '', 'cut') x 125) {
        $as->fault($fault);
        $seen{$httpd->get_token('/', unknown())->{status}}++;
    }
    is_deeply(\%seen, {200 => 250, 503 => 250}, '500 questions, of which half fail');
    is(join(' ', sort $httpd->children), join(' ', sort @children), 'all in the same process');
    $httpd->wait_until(sub { descriptors(@children) <= $open + 2 }, 'no more descriptors than before');
    $httpd->wait_until(sub { threads(@children) <= $threads }, 'no more threads than before');

    $as->fault('');
    my @parent = ();
    for (1 .. 7) {
        $httpd->graceful;
        is($httpd->get_token('/', unknown())->{status}, 200, "restart $_: granted");
        push @parent, descriptors($httpd->{pid});
    }
    cmp_ok($parent[-1], '<=', $parent[1], '5 graceful restarts leave no descriptor behind');
};

# The address of as.test.
my $hosts = tempdir(CLEANUP => 1) . '/hosts';

sub resolve_to {
    my ($address) = @_;
    open my $file, '>', $hosts or die $!;
    print $file "127.0.0.1 localhost\n$address as.test\n";
    close $file or die $!;
}

subtest 'a name that gets another address' => sub {
    plan skip_all => 'no /etc/hosts of our own' if $ENV{T_OWN_HOSTS} ne 'yes';
    resolve_to('127.0.0.1');
    is(system("mount --bind '$hosts' /etc/hosts"), 0, 'names are looked up in our file');
    my $old = server(name => 'as.test');
    my $new = server(name => 'as.test', host => '127.0.0.2', port => $old->{port});
    my $httpd = Httpd->new(limits(1, 8), config => $old->config . "IntrospectAllowInsecure On\n$place");
    $httpd->expect_log(qr/MAI0004/);
    $_->fault('once') for $old, $new;
    is_deeply(in_turn($httpd, 1), {200 => 1}, 'granted');
    my $start = time;
    resolve_to('127.0.0.2');
    is_deeply(in_turn($httpd, 20), {200 => 20}, 'and again');
    is($old->calls, 21, 'by the server at the old address, which is remembered');
    # the long way: addresses are remembered for a minute
    if ($ENV{T_LONG}) { sleep 0.5 while time < $start + 59 }
    else { $httpd->graceful }
    $httpd->wait_until(sub { $httpd->get_token('/', unknown())->{status} == 200 && $new->calls },
        'a question to the new address');
    my $before = $old->calls;
    is_deeply(in_turn($httpd, 20), {200 => 20}, 'then all are granted');
    is($old->calls, $before, 'by the server at the new address');
    resolve_to('127.0.0.1');
    $new->stop;
    $httpd->expect_log(qr/MAI0041/);
    is($httpd->get_token('/', unknown())->{status}, 503, 'one request finds that nobody is there any more');
    is($httpd->get_token('/', unknown())->{status}, 200, 'and the next one looks where the server is now');
};
done_testing;
