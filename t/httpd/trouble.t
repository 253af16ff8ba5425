# SPDX-License-Identifier: Apache-2.0
#
# When the authorization server is slow, wrong or gone.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use POSIX ();
use Time::HiRes qw(time sleep);
use AS;
use Httpd;

my $place = "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n";
my $n = 0;
sub unknown { return 'unknown-token-' . ++$n }

# Do this in a process of its own; the result when it is called for.
sub in_background {
    my ($task) = @_;
    my $pid = open(my $out, '-|') // die $!;
    if (!$pid) {
        syswrite STDOUT, $task->();
        POSIX::_exit(0);
    }
    return sub { local $/; my $text = <$out>; waitpid $pid, 0; return $text };
}

subtest 'every fault is a 503 in time, and good remembered tokens are none the worse' => sub {
    my $as = AS->new;
    my $began = time;
    my $httpd = Httpd->new(config => $as->config . "IntrospectTimeout 700ms 300ms\n$place<Location /patient>\nIntrospectTimeout 60s 60s\n</Location>\n");
    $httpd->expect_log(qr/MAI00(?:4|5|6)\d/);
    $as->token('good-token-1' => {sub => 'a', exp => time + 600});
    is($httpd->get_token('/', 'good-token-1')->{status}, 200, 'remembered');
    my %log = (hang => '0042', dribble => '0042', close => '0045', cut => '004[25]', short => '004[25]',
        chunked => '0045', endless => '0044', html => '0049', 'raw:HTTP/1.1 200' => '0045');
    for my $fault (sort keys %log) {
        $as->fault($fault);
        my $start = time;
        my $answer = $httpd->get_token('/', unknown());
        is($answer->{status}, 503, "$fault: 503");
        like($answer->header('Retry-After'), qr/^\d+$/, "$fault: Retry-After");
        cmp_ok(time - $start, '<', 10, "$fault: in time");
        like($httpd->error_log, qr/MAI(?:$log{$fault}|0057)/, "$fault: the log says why");
        is($httpd->get_token('/', 'good-token-1')->{status}, 200, "$fault: the good token");
        $as->fault('');
        my $token = unknown();
        $as->token($token => {sub => 'b'});
        $httpd->wait_until(sub { $httpd->get_token('/', $token)->{status} == 200 }, 'the recovery', 40);
    }
    $as->fault($_), is($httpd->get_token('/patient', unknown())->{status}, 401, "$_ is no fault") for qw(continue once), '';
    my %processes = map { $_ => 1 } $httpd->error_log =~ /\[pid (\d+).*MAI0042: Could/g;
    cmp_ok(scalar(() = $httpd->error_log =~ /MAI0042: Could/g), '<=', keys(%processes) * (1 + (time - $began) / 10), 'lines are paced, in each process');
};

subtest 'no answer keeps others from being asked about' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(config => $as->config . $place);
    $httpd->expect_log(qr/MAI00(?:45|47|48|50|59|60)/);
    my %bad = ('403' => {status => 403}, '500' => {status => 500}, '503' => {status => 503, headers => ['Retry-After: 300']},
        '429' => {status => 429, headers => ['Retry-After: 300']}, '401' => {status => 401}, 'no JSON' => {body => 'active'});
    for my $what (sort keys %bad) {
        $as->answer("bad-token-$what" =~ s/ //r => $bad{$what});
        $httpd->get_token('/', "bad-token-$what" =~ s/ //r) for 1 .. 10;
        is($httpd->get_token('/', unknown())->{status}, 401, "after ten times $what another token is asked about");
    }
    $httpd->expect_log(qr/MAI0053/);
    $as->all({status => 500});
    my $before = $as->calls;
    is($httpd->get_token('/', unknown())->{status}, 503, 'a server that fails over all') for 1 .. 10;
    is($as->calls - $before, 10, 'is asked on');
    $as->all({body => '{"active":true,"sub":"x"}'});
    is($httpd->get_token('/', unknown())->{status}, 200, 'and its first answer counts at once');
    $as->all({status => 429, headers => ['Retry-After: 200']});
    my $answer = $httpd->get_token('/', unknown());
    is($answer->{status}, 503, 'a 429 refuses its own token');
    is($answer->header('Retry-After'), '200', 'with the Retry-After that came');
    $as->all({body => '{"active":true,"sub":"x"}'});
    is($httpd->get_token('/', unknown())->{status}, 200, 'and no other');
};

# A firewall in front of it may refuse what looks odd.
subtest 'a server that refuses one token is asked about others as before' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(config => $as->config . "IntrospectTimeout 60s 60s\n$place");
    $httpd->expect_log(qr/MAI0053/);
    $as->answer("odd-token-$_" => {status => $_, type => 'text/html', body => '<html>'}) for 401, 403;
    for my $status (401, 403) {
        is($httpd->get_token('/', "odd-token-$status")->{status}, 500, "$status for one token") for 1 .. 5;
    }
    my @answers = $httpd->parallel(map { ['/', Authorization => 'Bearer ' . unknown()] } 1 .. 30);
    is(scalar(grep { $_->{status} == 401 } @answers), 30, 'is nothing against others');
    unlike($httpd->error_log, qr/MAI00(?:57|59|60)/, 'and fewer questions are not sent');
};

subtest 'a server that brings no answers is asked less, which is said once' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(config => $as->config . $place);
    $httpd->expect_log(qr/MAI00(?:41|47|57|59|60)/);
    $as->all({status => 500});
    my @answers = $httpd->parallel(map { ['/', Authorization => 'Bearer ' . unknown()] } 1 .. 30);
    is(scalar(grep { $_->{status} == 503 } @answers), 30, 'all get 503');
    is(scalar(() = $httpd->error_log =~ /MAI0059: Sending fewer questions to \Q@{[$as->url]}\E: no answer about a token for 5 s, so 20 a second/g), 1, 'the log says why, once');
    $as->all({body => '{"active":true,"sub":"x"}'});
    is($httpd->get_token('/', unknown())->{status}, 200, 'a good answer');
    is(scalar(() = $httpd->error_log =~ /MAI0060: Sending questions at the usual rate again/g), 1, 'ends it, and is said');
    $as->stop;
    is($httpd->get_token('/', 'one-token-only')->{status}, 503, 'whatever the token') for 1 .. 3;
    like($httpd->error_log, qr/MAI0059.*does not answer at all/, 'three questions that nobody took do the same');
    @answers = $httpd->parallel(map { ['/', Authorization => 'Bearer ' . unknown()] } 1 .. 48);
    is(scalar(grep { $_->{status} == 503 } @answers), 48, 'of many from one address most are told at once');
    is(scalar(grep { $_->header('Retry-After') == 1 } @answers) >= 38, 1, 'to come back soon');
    like($httpd->error_log, qr/MAI0057: Refused/, 'since it was the turn of others');
    $as->start;
    $as->all({body => '{"active":true,"sub":"x"}'});
    $httpd->wait_until(sub { $httpd->get_token('/', unknown())->{status} == 200 }, 'it to be asked', 20);
};

subtest 'a graceful restart keeps what is known of a server' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(modules => ['status'], config => $as->config . $place . <<'END');
<Location /status>
    AuthType None
    Require all granted
    SetHandler server-status
</Location>
END
    $httpd->expect_log(qr/MAI00(?:41|59)/);
    $as->stop;
    $httpd->get_token('/', unknown()) for 1 .. 3;
    my $silent = sub { return $httpd->get('/status?auto')->{body} =~ /^IntrospectServer \S+: open 0 0$/m };
    ok($silent->(), 'it is silent');
    $httpd->graceful;
    ok($silent->(), 'after a graceful restart it still is');
};

subtest 'a neighbour with little patience shuts nobody out' => sub {
    for my $fault ('slow', 'slow_tls') { # to answer, to connect to
        my $as = AS->new($fault eq 'slow' ? () : (tls => 'good'));
        my $trust = $fault eq 'slow' ? '' : "IntrospectTLSCAFile $as->{dir}/ca.pem\n";
        my $httpd = Httpd->new(config => $trust . $as->config . $place . "<Location /cgi>\nIntrospectTimeout 10ms\n</Location>\n");
        $httpd->expect_log(qr/MAI0042/);
        $as->fault($fault);
        is($httpd->get_token('/cgi/env.pl', unknown())->{status}, 503, "$fault: it gives up") for 1 .. 5;
        is($httpd->get_token('/', unknown())->{status}, 401, 'others wait for the answer');
        unlike($httpd->error_log, qr/MAI0059/, 'and the server is asked as before');
    }
};

subtest 'there may be many servers' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(limits => "StartServers 1\nServerLimit 2\nThreadsPerChild 4\nMaxRequestWorkers 8", config => $as->config . $place);
    my $text = $httpd->slurp('httpd.conf');
    my $n = 0;
    for my $servers (100, 1000) {
        my $more = join '', map { $n++; "<Location /$n>\nIntrospectEndpoint http://127.0.0.1:9/$n\nIntrospectClientAuth none\n</Location>\n" } 1 .. $servers;
        $httpd->write_file('httpd.conf', $text . $more);
        $httpd->graceful;
        is($httpd->get_token('/', unknown())->{status}, 401, "$servers: httpd serves on");
    }
    unlike($httpd->error_log, qr/MAI0002/, 'and none is one too many');
};

subtest 'configurations may change without end' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(limits => "StartServers 1\nServerLimit 2\nThreadsPerChild 4\nMaxRequestWorkers 8", config => $as->config . $place);
    my $text = $httpd->slurp('httpd.conf');
    my $n = 0;
    for my $reload (1 .. 6) {    # 16 endpoints each
        my $more = join '', map {
            my $urls = join ' ', map { "http://127.0.0.1:" . ++$n } 1 .. 8;
            "<Location /$_>\nIntrospectEndpoint $urls\nIntrospectClientAuth none\n</Location>\n"
        } 1, 2;
        $httpd->write_file('httpd.conf', $text . $more);
        $httpd->graceful;
    }
    is($httpd->get_token('/', unknown())->{status}, 401, 'after 96 other endpoints httpd still serves');
    my @listed = $httpd->error_log =~ /MAI0002/g;
    is(scalar @listed, 0, 'and none was one too many');
};

subtest 'places with one client share what is known of its server' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(config => $as->config . "IntrospectCallsMax 1\nIntrospectTimeout 6s\n$place<Location /cgi>\nIntrospectCacheMaxAge 1s\n</Location>\n");
    $httpd->expect_log(qr/MAI00(?:42|56)/);
    $as->fault('hang');
    my @answers = $httpd->parallel(map { [$_, Authorization => 'Bearer ' . unknown()] } '/', '/cgi/env.pl');
    is(join(' ', sort map { $_->{status} } @answers), '503 503', 'a server that hangs');
    is($as->calls, 1, 'the cap: of two questions at once one is asked');
    like($httpd->error_log, qr/MAI0056/, 'and the log says why');
};

subtest 'a place that is set up wrong does not fill the disk' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(limits => "StartServers 1\nServerLimit 1\nThreadsPerChild 4\nMaxRequestWorkers 4", config => <<"END");
<Location />
    AuthType Introspect
    Require valid-user
</Location>
<Location /elsewhere>
    @{[$as->config]}
</Location>
END
    $httpd->expect_log(qr/MAI0032/);
    is($httpd->get_token('/', unknown())->{status}, 500, 'each request gets 500') for 1 .. 50;
    my @lines = $httpd->error_log =~ /:error\].*MAI0032: Cannot verify.*/g;
    cmp_ok(scalar @lines, '<=', 3, 'which is said, at a pace');
    cmp_ok(scalar @lines, '>=', 1, 'not never');
};

subtest 'the bulkhead' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(config => $as->config . "IntrospectCallsMax 2\nIntrospectTimeout 3s\n$place");
    $httpd->expect_log(qr/MAI00(?:42|56|59|60)/);
    $as->token('good-token-2' => {sub => 'a', exp => time + 600});
    $httpd->get_token('/', 'good-token-2');
    $as->fault('hang');
    my @answers = $httpd->parallel((map { ['/', Authorization => 'Bearer ' . unknown()] } 1 .. 12),
        map { ['/', Authorization => 'Bearer good-token-2'] } 1 .. 5);
    is(scalar(grep { $_->{status} == 503 } @answers[0 .. 11]), 12, 'unknown tokens get 503');
    my ($longest) = sort { $b <=> $a } map { $_->{took} } @answers[0 .. 11];
    cmp_ok($as->calls, '<=', 2 * (1 + int $longest), 'of which two at a time were asked about, for a second');
    like($httpd->error_log, qr/MAI0056: Refused/, 'and the others found no place in half of the time');
    like($answers[0]->header('Retry-After') . $answers[11]->header('Retry-After'), qr/\d/, 'with Retry-After');
    is(scalar(grep { $_->{status} == 200 && $_->{took} < $longest } @answers[12 .. 16]), 5, 'remembered ones do not wait');
};

subtest 'a crowd with one unknown token, or few, does not take all workers' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(mpm => $_, modules => ['status'], limits => $_ eq 'prefork' ? "StartServers 16\nMinSpareServers 16\nServerLimit 16\nMaxRequestWorkers 16"
        : "StartServers 2\nServerLimit 2\nThreadsPerChild 8\nMaxRequestWorkers 16\nMinSpareThreads 16\nMaxSpareThreads 16",
        config => $as->config . "IntrospectTimeout 8s\n$place" . <<'END');
Alias /open %DIR%/htdocs/index.html
<Location /open>
    AuthType None
    Require all granted
</Location>
<Location /status>
    AuthType None
    Require all granted
    SetHandler server-status
</Location>
END
    $httpd->expect_log(qr/MAI00(?:42|56|59|60|65)/);
    $as->token('good-token-3' => {sub => 'a', exp => time + 600});
    is($httpd->get_token('/', 'good-token-3')->{status}, 200, 'a good token, remembered');
    $as->fault('hang');
    my $crowd = in_background(sub {
        my %seen;
        $seen{$_->{status}}++ for $httpd->parallel(map { ['/', Authorization => 'Bearer unknown-token-crowd'] } 1 .. 40);
        return join ' ', %seen;
    });
    $httpd->wait_until(sub { $as->calls }, 'the question');
    sleep 1.6;    # of the 8 s that it takes
    is($httpd->get('/open')->{status}, 200, 'an open path is served');
    is($httpd->get_token('/', 'good-token-3')->{status}, 200, 'and the good token');
    my $page = $httpd->get('/status?auto')->{body};
    my ($waiting) = $page =~ /^IntrospectWaiting: (\d+)$/m;
    like($page, qr/^IntrospectServer \S+: \S+ 1 \d+$/m, 'though the question is still under way');
    cmp_ok($waiting, '>=', 8, "while $waiting wait,");
    cmp_ok($waiting, '<=', 14, 'which are not all of 16');
    is($crowd->(), '503 40', 'all of the crowd get 503');
    like($httpd->error_log, qr/MAI0065: Refused/, 'and the log says of some why');
    is($as->calls('unknown-token-crowd'), 1, 'of one question');
} for qw(event prefork);

subtest 'stale if error' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(modules => [], config => $as->config . <<'END');
IntrospectCacheMaxAge 1s
IntrospectRefresh Off
IntrospectStaleIfError 1min
<Location />
    AuthType Introspect
    Require valid-user
</Location>
<Location /cgi/env.pl/fresh>
    IntrospectMaxAge 0
</Location>
END
    $httpd->expect_log(qr/MAI00(?:41|59|60|70)/);
    my $exp = int(time) + 10;
    $as->token('stale-token-1' => {sub => 'a', exp => time + 600});
    $as->token('ending-token-1' => {sub => 'a', exp => $exp});
    $httpd->get_token('/cgi/env.pl', $_) for qw(stale-token-1 ending-token-1 absent-token-1);
    $as->stop;
    sleep 1.2;
    my $answer = $httpd->get_token('/cgi/env.pl', 'stale-token-1');
    is($answer->{status}, 200, 'an older yes serves on');
    is(decode_json($answer->{body})->{INTROSPECT_STALE}, '1', 'and is marked');
    like($httpd->error_log, qr/MAI0070/, 'also in the log');
    is($httpd->get_token('/cgi/env.pl/fresh', 'stale-token-1')->{status}, 503, 'not where a fresh answer is demanded');
    is($httpd->get_token('/cgi/env.pl', 'ending-token-1')->{status}, 200, 'before exp');
    sleep 0.1 while time <= $exp;
    is($httpd->get_token('/cgi/env.pl', 'ending-token-1')->{status}, 503, 'never beyond exp');
    $as->start;
    $httpd->wait_until(sub { decode_json($httpd->get_token('/cgi/env.pl', 'stale-token-1')->{body} || '{}')->{INTROSPECT_CLAIM_sub}
        && !decode_json($httpd->get_token('/cgi/env.pl', 'stale-token-1')->{body} || '{}')->{INTROSPECT_STALE} }, 'the recovery', 40);
};

subtest 'several endpoints' => sub {
    my ($one, $two) = (AS->new, AS->new);
    $_->all({body => '{"active":true,"sub":"a"}'}) for $one, $two;
    my $httpd = Httpd->new(config => $one->config($one->url, $two->url) . $place);
    $httpd->expect_log(qr/MAI00(?:41|59|60)/);
    is($httpd->get_token('/', unknown())->{status}, 200, 'the first answers');
    is($two->calls, 0, 'alone');
    $one->stop;
    is($httpd->get_token('/', unknown())->{status}, 200, 'while it is down the second does') for 1 .. 10;
    is($two->calls, 10, 'each time');
    $one->start;
    my $before = $one->calls;
    $httpd->wait_until(sub { $httpd->get_token('/', unknown()); $one->calls > $before }, 'the first to be used again', 40);
};

subtest 'an endpoint that accepts and is silent in TLS' => sub {
    my ($silent, $well) = (AS->new(tls => 'good'), AS->new);
    $silent->fault('hang_tls');
    $well->all({body => '{"active":true,"sub":"a"}'});
    my $httpd = Httpd->new(config => $well->config($silent->url, $well->url) . "IntrospectTimeout 4s 300ms\n$place");
    $httpd->expect_log(qr/MAI00(?:42|59|60)/);
    is($httpd->get_token('/', unknown())->{status}, 200, 'is passed over: nothing was sent to it') for 1 .. 3;
    is($well->calls, 3, 'and the next one answers');
};

subtest 'TLS' => sub {
    for (['good', 1, 200], ['good', 0, 503], ['expired', 1, 503], ['wrong-name', 1, 503], ['wrong-name', 'off', 200]) {
        my ($certificate, $ca, $status) = @$_;
        my $as = AS->new(tls => $certificate);
        $as->all({body => '{"active":true,"sub":"a"}'});
        my $httpd = Httpd->new(config => $as->config . ($ca eq 'off' ? "IntrospectTLSVerify Off\n" : $ca ? "IntrospectTLSCAFile @{[$as->ca_file]}\n" : '') . $place);
        $httpd->expect_log(qr/MAI0043|MAI0003/);
        is($httpd->get_token('/', unknown())->{status}, $status, "certificate $certificate, CA file $ca: $status");
        like($httpd->error_log, qr/MAI0043.*certificate|MAI0043.*SSL/i, 'the log says what is wrong with it') if $status == 503;
    }
};
done_testing;
