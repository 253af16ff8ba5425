# SPDX-License-Identifier: Apache-2.0
#
# What is remembered, for how long, by all processes; and what it costs the
# authorization server.
use strict;
use warnings;
use Test::More;
use POSIX ();
use Time::HiRes qw(time sleep);
use AS;
use Httpd;

my $as = AS->new;
my $place = "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n";
sub httpd { my ($more, %o) = @_; return Httpd->new(%o, config => $as->config . $place . ($more // '')) }
sub until_time { my ($moment) = @_; sleep 0.05 while time < $moment }

subtest 'RFC 7662 4: a remembered answer never outlives exp (fault 6)' => sub {
    my $httpd = httpd();
    my $exp = int(time) + 6;
    $as->reset;
    $as->token('short-token-1' => {sub => 'a', exp => $exp});
    $httpd->get_token('/', 'short-token-1') for 1 .. 3;
    is($as->calls('short-token-1'), 1, 'one question while it is good');
    until_time($exp + 0.1);
    is($httpd->get_token('/', 'short-token-1')->{status}, 200, 'within the leeway it is still good');
    is($as->calls('short-token-1'), 2, 'but the server was asked again');
};

subtest 'RFC 7662 4: without exp, or with one far away, the cap counts' => sub {
    my $httpd = httpd("IntrospectCacheMaxAge 5s\nIntrospectNegativeMaxAge 5s\nIntrospectRefresh Off\n");
    $as->reset;
    $as->token('capped-token-1' => {sub => 'a', exp => time + 600});
    $httpd->get_token('/', $_) for ('capped-token-1', 'absent-token-1') x 3;
    is($as->calls($_), 1, "$_: one question") for 'capped-token-1', 'absent-token-1';
    sleep 5.1;
    $httpd->get_token('/', $_) for ('capped-token-1', 'absent-token-1') x 3;
    is($as->calls($_), 2, "$_: another after the cap") for 'capped-token-1', 'absent-token-1';
};

subtest 'RFC 7662 4: a cap of 0 remembers nothing (fault 3, 6)' => sub {
    my $httpd = httpd("IntrospectCacheMaxAge 0\nIntrospectNegativeMaxAge 0\n");
    $as->reset;
    $as->token('never-token-1' => {sub => 'a', exp => time + 600});
    $httpd->get_token('/', $_) for ('never-token-1', 'none-token-1') x 3;
    is($as->calls($_), 3, "$_ is asked about each time") for 'never-token-1', 'none-token-1';
};

subtest 'fault 3: five requests with an inactive token are one question' => sub {
    my $httpd = httpd();
    $as->reset;
    is($httpd->get_token('/', 'inactive-token-1')->{status}, 401, 'refused') for 1 .. 5;
    is($as->calls('inactive-token-1'), 1, 'one question');
};

subtest 'a place may want it fresher' => sub {
    my $httpd = httpd(<<'END');
Alias /fresh %DIR%/htdocs/index.html
Alias /five %DIR%/htdocs/index.html
<Location /fresh>
    IntrospectMaxAge 0
</Location>
<Location /five>
    IntrospectMaxAge 5s
</Location>
END
    $as->reset;
    $as->token('aging-token-1' => {sub => 'a', exp => time + 600});
    is($httpd->get_token($_, 'aging-token-1')->{status}, 200, $_) for '/', '/five';
    is($as->calls('aging-token-1'), 1, 'both with one question');
    $httpd->get_token('/fresh', 'aging-token-1') for 1 .. 2;
    is($as->calls('aging-token-1'), 3, 'IntrospectMaxAge 0 asks always');
    sleep 5.1;
    $httpd->get_token('/', 'aging-token-1');
    is($as->calls('aging-token-1'), 3, 'elsewhere it is still remembered');
    $httpd->get_token('/five', 'aging-token-1');
    is($as->calls('aging-token-1'), 4, 'after 5 seconds it is too old for a place with 5s');
    $as->answer('aging-token-1' => {body => '{"active":false}'});
    is($httpd->get_token('/fresh', 'aging-token-1')->{status}, 401, 'revoked, as a fresh place finds out');
    is($httpd->get_token('/', 'aging-token-1')->{status}, 401, 'and tells the others');
};

subtest 'RFC 9700 2.3: issuer, audience and leeway are judged on remembered answers' => sub {
    my $httpd = httpd(<<'END');
Alias /a %DIR%/htdocs/index.html
Alias /b %DIR%/htdocs/index.html
Alias /c %DIR%/htdocs/index.html
Alias /d %DIR%/htdocs/index.html
Alias /e %DIR%/htdocs/index.html
<Location /a>
    IntrospectIssuer https://as.example
    IntrospectAudience other https://api.example
</Location>
<Location /b>
    IntrospectIssuer https://evil.example
</Location>
<Location /c>
    IntrospectAudience other
</Location>
<Location /d>
    IntrospectLeeway 0
</Location>
<Location /e>
    IntrospectLeeway 10min
</Location>
END
    $as->reset;
    $as->token('policy-token-1' => {iss => 'https://as.example', aud => ['x', 'https://api.example'], nbf => int(time) + 30});
    my %status = ('/' => 200, '/a' => 200, '/b' => 401, '/c' => 401, '/d' => 401, '/e' => 200);
    is($httpd->get_token($_, 'policy-token-1')->{status}, $status{$_}, "$_: $status{$_}") for sort keys %status;
    is($as->calls('policy-token-1'), 1, 'with one question');
    $as->token('no-iss-token-1' => {aud => 'other'});
    is($httpd->get_token('/b', 'no-iss-token-1')->{status}, 200, 'an answer without iss is not refused for that');
    is($httpd->get_token('/c', 'no-iss-token-1')->{status}, 200, 'an audience as a string');
};

subtest 'IntrospectIssuer: an answer that names none' => sub {
    my %settings = (named => 'IntrospectIssuer https://as.example', required => 'IntrospectIssuer https://as.example required',
        'required/inherits' => 'IntrospectLeeway 1s', 'required/not' => 'IntrospectIssuer https://as.example');
    my $httpd = httpd(join '', (map {"Alias /$_ %DIR%/htdocs/index.html\n"} reverse sort keys %settings),
        map {"<Location /$_>\n$settings{$_}\n</Location>\n"} sort keys %settings);
    $as->reset;
    $as->token('nameless-token-1' => {sub => 'a'});
    $as->token('named-token-1' => {sub => 'a', iss => 'https://as.example'});
    my %status = (named => 200, required => 401, 'required/inherits' => 401, 'required/not' => 200);
    for my $path (sort keys %status) {
        is($httpd->get_token("/$path", 'nameless-token-1')->{status}, $status{$path}, "$path: $status{$path}");
        is($httpd->get_token("/$path", 'named-token-1')->{status}, 200, 'and 200 for one that does');
    }
    like($httpd->error_log, qr/MAI0026: .*iss is absent, and the IntrospectIssuer of this place requires it/, 'the log says so');
    like(Httpd->refusal(config => $as->config . "IntrospectIssuer https://as.example always\n$place") // 'it starts',
        qr/'always' is not understood: .*'required' where an answer must name/, 'another word stops the start');
};

for my $mpm (qw(prefork event)) {
    subtest "fault 3: the herd, $mpm" => sub {
        my $httpd = httpd('', mpm => $mpm, limits => $mpm eq 'prefork'
            ? "StartServers 4\nMinSpareServers 100\nServerLimit 120\nMaxRequestWorkers 120\nStartServers 110"
            : "StartServers 4\nServerLimit 4\nThreadsPerChild 32\nMaxRequestWorkers 128\nMinSpareThreads 128\nMaxSpareThreads 128");
        $httpd->wait_until(sub { $httpd->children >= ($mpm eq 'prefork' ? 100 : 4) }, 'the processes');
        $as->reset;
        $as->answer("herd-token-$mpm" => {delay => 0.5, body => '{"active":true,"sub":"a"}'});
        my @answers = $httpd->parallel(map { ['/', Authorization => "Bearer herd-token-$mpm"] } 1 .. 100);
        is(scalar(grep { $_->{status} == 200 } @answers), 100, '100 requests at once, all correct');
        is($as->calls("herd-token-$mpm"), 1, 'one question');
        my ($longest) = sort { $b <=> $a } map { $_->{took} } @answers;
        diag(sprintf '%s: the last answer after %.2f s', $mpm, $longest);
        my $failing = "herd-failing-$mpm";
        $as->answer($failing => {delay => 3, status => 500});    # all are there by then
        $httpd->expect_log(qr/MAI00(?:47|59|60)/);
        @answers = $httpd->parallel(map { ['/', Authorization => "Bearer $failing"] } 1 .. 20);
        is(scalar(grep { $_->{status} == 503 } @answers), 20, 'a failure is shared with those who wait');
        is($as->calls($failing), 1, 'by one question');
        $as->answer($failing => {body => '{"active":true}'});
        is($httpd->get_token('/', $failing)->{status}, 200, 'and only with them: the next request asks');
    };
}

subtest 'fault 24: a flood of random tokens' => sub {
    my $httpd = httpd("IntrospectCache shm:8M\nIntrospectCacheMaxAge 10min\n");
    my @good = map {"flood-good-$_"} 1 .. 200;
    $as->token($_ => {sub => 'a'}) for @good;
    $httpd->get_token('/', $_) for @good;
    $as->reset;
    # 20,000 are sent down kept-alive connections; 8M holds far fewer entries
    my $socket = $httpd->connect;
    for my $round (1 .. 200) {
        print $socket join '', map {
            "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer flood-$round-$_\r\n\r\n" } 1 .. 50;
        my $text = '';
        while ((my $n = () = $text =~ /^HTTP\/1.1 401/mg) < 50) {
            sysread $socket, $text, 65536, length $text or last;
        }
        $socket = $httpd->connect if $round % 2 == 0;
    }
    is($httpd->get_token('/', $_)->{status}, 200, "$_ is still good") for @good[0, 99, 199];
    $httpd->get_token('/', $_) for @good;
    is(scalar(grep { $as->calls($_) } @good[0 .. 20]), 0, 'not one good entry was lost');
    cmp_ok($as->calls, '>', 5000, 'though many were asked about');
};

subtest 'a hot token never waits' => sub {
    my $httpd = httpd("IntrospectCacheMaxAge 4s\nIntrospectRefresh 25%\n");    # 3 s for a busy machine to renew it
    $as->reset;
    $as->answer('hot-token-1' => {delay => 0.3, body => '{"active":true,"sub":"a"}'});
    $httpd->get_token('/', 'hot-token-1');
    my $end = time + 100;
    my ($slow, $served) = (0, 0);
    while (time < $end && $as->calls('hot-token-1') < 10) {
        my $answer = $httpd->get_token('/', 'hot-token-1');
        $served++ if $answer->{status} == 200;
        $slow++ if $answer->{status} != 200;
        sleep 0.01;
    }
    cmp_ok($as->calls('hot-token-1'), '>=', 10, 'it was renewed again and again');
    is($slow, 0, "all of $served requests were granted");
    my @inside = grep {/MAI0061/ && /\[client /} split /\n/, $httpd->error_log;
    is(scalar @inside, 1, 'only the first question was asked inside a request');
    $as->answer('hot-token-1' => {body => '{"active":false}'});
    $httpd->wait_until(sub { $httpd->get_token('/', 'hot-token-1')->{status} == 401 }, 'the revocation');
    pass('a renewal that says no counts at once');
};

subtest 'a flood of unknown tokens does not starve the renewal of a hot token' => sub {
    my $httpd = httpd("IntrospectCallsMax 4\nIntrospectCacheMaxAge 6s\nIntrospectRefresh 25%\n");    # time for a busy machine
    $httpd->expect_log(qr/MAI0056/);
    $as->reset;
    $as->all({delay => 0.3, body => '{"active":false}'});
    $as->answer('hot-token-2' => {delay => 0.3, body => '{"active":true,"sub":"a"}'});
    $httpd->get_token('/', 'hot-token-2');
    my $end = time + 10;
    my @flood;
    for my $client (1 .. 6) {
        my $pid = fork // die $!;
        if (!$pid) {
            for (my $i = 0; time < $end; $i++) { $httpd->get_token('/', "unknown-$client-$i") }
            POSIX::_exit(0);
        }
        push @flood, $pid;
    }
    my %status;
    while (time < $end) {
        $status{$httpd->get_token('/', 'hot-token-2')->{status}}++;
        sleep 0.01;
    }
    waitpid $_, 0 for @flood;
    is(join(' ', sort keys %status), '200', 'the hot token is granted each time');
    cmp_ok($as->calls('hot-token-2'), '>=', 3, 'since it was renewed again and again');
    like($httpd->error_log, qr/MAI0056/, 'though all questions were on their way');
};

subtest 'apachectl restart keeps what is remembered' => sub {
    my $httpd = httpd();
    $as->token('restarted-token-1' => {sub => 'a', exp => time + 600});
    $httpd->get_token('/', 'restarted-token-1');
    $httpd->settle;    # its children get SIGTERM
    kill HUP => $httpd->{pid};
    $httpd->wait_until(sub { (() = $httpd->error_log =~ /resuming normal operations/g) > 1 }, 'the restart');
    is($httpd->get_token('/', 'restarted-token-1')->{status}, 200, 'let in after it');
    is($as->calls('restarted-token-1'), 1, 'with one question in all');
};

subtest 'graceful restarts keep what is remembered' => sub {
    my $httpd = httpd("IntrospectCacheMaxAge 10min\n");
    $as->reset;
    $as->token('kept-token-1' => {sub => 'a', exp => time + 600});
    $httpd->get_token('/', 'kept-token-1');
    my $maps = sub { open my $f, '<', "/proc/$httpd->{pid}/maps"; scalar(() = grep {/zero|SYSV/} <$f>) };
    my $files = sub { scalar(() = glob "/proc/$httpd->{pid}/fd/*") };
    my @before;
    for my $round (1 .. 10) {
        $httpd->graceful;
        is($httpd->get_token('/', 'kept-token-1')->{status}, 200, "after restart $round");
        @before = ($maps->(), $files->()) if $round == 2;
    }
    is($as->calls('kept-token-1'), 1, 'with one question in all');
    is($maps->(), $before[0], 'no shared segment is left over');
    is($files->(), $before[1], 'no descriptor is left open');
};

subtest 'fault 7: a large answer is remembered' => sub {
    my $httpd = httpd();
    $as->reset;
    $as->token('large-token-1' => {sub => 'a', roles => [map {"role-number-$_"} 1 .. 900], text => 'x' x 40000});
    is($httpd->get_token('/', 'large-token-1')->{status}, 200, 'granted') for 1 .. 3;
    is($as->calls('large-token-1'), 1, 'one question');
};

subtest 'other caches' => sub {
    for my $cache ('none', 'shmcb', 'shm:8M shmcb') {
        my $httpd = httpd("IntrospectCache $cache\n");
        $as->reset;
        (my $token = "cache-token-$cache") =~ tr/ :/--/;
        $as->token($token => {sub => 'a', exp => time + 600});
        is($httpd->get_token('/', $token)->{status}, 200, "$cache: granted") for 1 .. 5;
        is($as->calls($token), $cache eq 'none' ? 5 : 1, "$cache: questions");
        is($httpd->get_token('/', 'absent-token-1')->{status}, 401, "$cache: refused") for 1 .. 3;
    }
};
done_testing;
