# SPDX-License-Identifier: Apache-2.0
#
# Processes that end while they ask: a stop does not wait for a server that
# hangs, and what a killed child held is given back at once.
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
    my ($mpm) = @_;
    my $as = AS->new;
    my $httpd = Httpd->new(mpm => $mpm, modules => ['status'], limits => $limits{$mpm} || $limits{threads}, config => $as->config . $ours);
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

sub server { my ($httpd) = @_; return $httpd->get('/status?auto')->{body} =~ /^IntrospectServer1: (.*)$/m ? $1 : '' }

for my $mpm (qw(event worker prefork)) {
    subtest "$mpm: a stop ends what waits" => sub {
        my ($as, $httpd) = hang($mpm);
        my @sockets = (ask($httpd, 'hanging-token-1'));
        $httpd->wait_until(sub { $as->calls }, 'the question');
        push @sockets, ask($httpd, 'hanging-token-1'), ask($httpd, 'waiting-token-1');
        $httpd->wait_until(sub { server($httpd) =~ / 1 1$/ }, 'one in line');
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
        $httpd->wait_until(sub { server($httpd) eq 'open 1 0' }, 'the question');
        $as->fault('');
        my @children = $httpd->children;
        kill KILL => @children;
        $httpd->wait_until(sub { my %now = map { $_ => 1 } $httpd->children; !grep { $now{$_} } @children }, 'their end');
        $httpd->wait_until(sub { server($httpd) eq 'open 0 0' }, 'the place');
        is($httpd->get_token('/', 'another-token-2')->{status}, 401, 'and another is asked about');
        close $socket;
    };
}
done_testing;
