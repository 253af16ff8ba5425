# SPDX-License-Identifier: Apache-2.0
#
# What a kept-alive connection remembers of the token that it sent last: never
# a verdict, and never the token.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

# Requests one after another on one connection: [path, token]. Their answers.
sub in_turn {
    my ($httpd, @requests) = @_;
    my $socket = $httpd->connect or die 'no connection';
    my $text = '';
    while (@requests) {
        my ($path, $token) = @{shift @requests};
        Httpd::secret($token);
        my $close = @requests ? '' : "Connection: close\r\n";
        print $socket "GET $path HTTP/1.1\r\nHost: localhost\r\n${close}Authorization: Bearer $token\r\n\r\n";
    }
    $text = Httpd::read_all($socket);
    return map { my ($status) = /^(\d+)/; my ($user) = /^user=(.*?)\r?$/m; [$status, $user // ''] }
        grep {length} split m{^HTTP/1\.1 }m, $text;
}

sub said { return join ' ', map { $_->[0] . ($_->[1] ne '' ? "=$_->[1]" : '') } @_ }

my $one = AS->new;
my $other = AS->new;
$one->token('token-of-alice-1' => {sub => 'alice'});
$one->token('token-of-carol-1' => {sub => 'carol'});
$other->token('token-of-alice-1' => {sub => 'bob'});
my $httpd = Httpd->new(config => $one->config . <<'END' . $other->config . <<'END2');
<Location /cgi>
    AuthType Introspect
    Require valid-user
    SetEnv WHICH one
</Location>
ScriptAlias /other/ "%DIR%/cgi/"
<Location /other>
    AuthType Introspect
    Require valid-user
END
</Location>
END2
my $script = $httpd->write_file('cgi/who', "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\nuser=%s\\n' \"\$REMOTE_USER\"\n");
chmod 0755, $script;

for my $round (1, 2) {
    is(said(in_turn($httpd, ['/cgi/who', 'token-of-alice-1'], ['/cgi/who', 'token-of-carol-1'],
        ['/cgi/who', 'token-of-alice-2'], ['/cgi/who', 'token-of-alice-1'], ['/cgi/who', 'token-of-alice-1'])),
        '200=alice 200=carol 401 200=alice 200=alice', "each request is its own token's, round $round");
}
is(said(in_turn($httpd, map { [$_, 'token-of-alice-1'] } '/cgi/who', '/other/who', '/cgi/who', '/other/who')),
    '200=alice 200=bob 200=alice 200=bob', 'and each place asks its own authorization server about it');
is($other->calls, 1, 'once');
is(said(in_turn($httpd, ['/cgi/who', 'token-of-alice-1'], ['/cgi/who', 'token of-alice-1'])),
    '200=alice 400', 'what is no token is refused behind one that is');

# Copies of a token in an idle child, beside those in httpd alone. The answer
# is remembered from before a graceful restart, so the child has asked nobody.
sub copies {
    my (%o) = @_;
    my $token = join '', map { chr(97 + ($_ * 7 + int($_ / 26)) % 26) } 1 .. 400;
    my $as = AS->new;
    $as->token($token => {sub => 'alice'});
    my $httpd = Httpd->new(mpm => 'prefork', limits => "StartServers 1\nServerLimit 1\nMaxRequestWorkers 1\nKeepAliveTimeout 60",
        $o{ours} ? (config => $as->config . "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n")
        : (load => 'none', log_level => 'warn'));
    $httpd->get_token('/', $token);
    my ($child) = $httpd->children;
    $httpd->graceful;
    $httpd->wait_until(sub { my @now = $httpd->children; @now == 1 && $now[0] != $child }, 'the new child');
    my $socket = $httpd->connect;
    for (1 .. 3) {
        print $socket "GET / HTTP/1.1\r\nHost: localhost\r\nX-Pad: @{['x' x $o{pad}]}\r\nAuthorization: Bearer $token\r\n\r\n";
        my $text = '';
        while ($text !~ /hello\n/) { sysread $socket, $text, 4096, length $text or die "closed: $text" }
        like($text, qr{^HTTP/1.1 200}, 'served');
    }
    ($child) = $httpd->children;
    my @counts = map { my $part = $_; count_in($child, $part) } map { substr $token, $_, 24 } 0, 188, 376;
    close $socket;
    is($as->calls, $o{ours} ? 1 : 0, 'nobody was asked by this child');
    return join ' ', @counts;
}

sub count_in {
    no warnings 'portable';    # addresses have 64 bits
    my ($pid, $part) = @_;
    my $count = 0;
    open my $maps, '<', "/proc/$pid/maps" or die $!;
    open my $memory, '<:raw', "/proc/$pid/mem" or die $!;
    while (<$maps>) {
        my ($from, $to, $write) = /^(\w+)-(\w+) .(w)/ or next;
        sysseek $memory, hex $from, 0 or next;
        my $text = '';
        my $left = hex($to) - hex($from);
        while ($left > 0 && (my $got = sysread $memory, $text, $left, length $text)) { $left -= $got }
        $count += () = $text =~ /\Q$part\E/g;
    }
    return $count;
}

SKIP: {
    skip 'a sanitizer keeps copies of its own', 1 if $ENV{T_PRELOAD};
    # What httpd leaves of a token depends on what comes to lie over it, so a
    # difference has to show with requests of each of these lengths.
    my (@alone, $more);
    for my $more_of_it (0, 37, 411, 1500, 3000) {
        @alone = split / /, copies(ours => 0, pad => $more_of_it);
        my @ours = split / /, copies(ours => 1, pad => $more_of_it);
        diag("beginning, middle, end of a token in an idle child: @alone without the module, @ours with it");
        $more = grep { $ours[$_] > $alone[$_] } 0 .. 2;
        last if !$more;
    }
    cmp_ok($alone[0], '>', 0, 'httpd alone leaves copies of a token in an idle child');
    is($more, 0, 'the module leaves none beside');
}
done_testing;
