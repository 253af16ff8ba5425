# SPDX-License-Identifier: Apache-2.0
#
# Scenes for this module only: a herd, a flood, a hot token, an authorization
# server that hangs, and its recovery. Each returns rows of a table:
# [what, figure].
use strict;
use warnings;
use Time::HiRes qw(time sleep);

my $processes = limits(4, 32);

sub scene {
    my ($as, $config, %o) = @_;
    my $place = {name => 'mod_auth_introspect', load => 'last', modules => $o{modules} || [], config => $as->config . $config
        . ($o{place} // place('Introspect')) . "<Location /open>\nRequire all granted\n</Location>\n"};
    my $httpd = prepare($place, limits => $o{limits} || $processes);
    $httpd->write_file('htdocs/open/x.txt', "hello world\n");
    $httpd->expect_log(qr/MAI00[456]\d/);    # a failing authorization server
    return begin($httpd);
}

sub herd {
    my $as = AS->new;
    $as->answer($main::token => {body => JSON::PP::encode_json({active => JSON::PP::true, %main::claims}),
        delay => 0.5});
    my $httpd = scene($as, '');
    my @answers = $httpd->parallel(map { ['/x.txt', Authorization => "Bearer $main::token"] } 1 .. 100);
    my $good = grep { $_->{status} == 200 } @answers;
    my $longest = (sort { $b <=> $a } map { $_->{took} // 0 } @answers)[0];
    return (['herd: 100 parallel requests, one unknown token, 4 processes, AS takes 500 ms',
        sprintf '%d AS call(s), %d of 100 answered with 200, %.2f s in all', $as->calls, $good, $longest]);
}

# Four clients, each with its own connection, with random tokens.
sub pour {
    my ($port, $count) = @_;
    my @pids = map { my $n = $_; fork // die $! or do {
        my $left = $count / 4;
        keep_alive($port, '/x.txt', sub { return $left-- > 0 ? sprintf('random-%d-%d-%d', $n, $left, rand 1e9) : undef });
        POSIX::_exit(0);
    } } 1 .. 4;
    waitpid $_, 0 for @pids;
}

sub flood {
    my ($count) = @_;
    my $as = AS->new;
    $as->token("good-token-$_" => {%main::claims, jti => "good-$_"}) for 1 .. 1000;
    my $httpd = scene($as, "IntrospectCacheMaxAge 1h\nIntrospectRefresh Off\n");
    my @good = map {"good-token-$_"} 1 .. 1000;
    my $each = sub { my @left = @good; return sub { shift @left } };
    keep_alive($httpd->{port}, '/x.txt', $each->());
    my $before = $as->calls;
    my $start = time;
    pour($httpd->{port}, $count);
    my $took = time - $start;
    my $asked = $as->calls - $before;
    my ($statuses) = keep_alive($httpd->{port}, '/x.txt', $each->());
    my $lost = $as->calls - $before - $asked;
    return ([sprintf('flood: %d random tokens after 1000 good ones', $count),
        sprintf '%d good entries lost, %d of 1000 good ones answered with 200; %d AS calls in %.0f s',
        $lost, $statuses->{200} // 0, $asked, $took]);
}

sub hot {
    my $as = AS->new;
    $as->answer($main::token => {body => JSON::PP::encode_json({active => JSON::PP::true, %main::claims}),
        delay => 0.3});
    my $httpd = scene($as, "IntrospectCacheMaxAge 1s\n");
    keep_alive($httpd->{port}, '/x.txt', times_of(1, $main::token));
    my $end = time + 10;
    my ($statuses, $longest) = keep_alive($httpd->{port}, '/x.txt',
        sub { sleep 0.002; return time < $end ? $main::token : undef });
    return (['hot token: kept for 1 s, AS takes 300 ms, 10 lifetimes',
        sprintf 'longest request %.1f ms of %d, %d AS calls', $longest * 1e3, $statuses->{200} // 0, $as->calls]);
}

# Clients with unknown tokens, each of which pauses for 100 ms after a response.
# wrk sends them, since it takes little CPU from what is measured.
my $siege = <<'END';
local n = 0
math.randomseed(os.time())
local run = math.random(1000000000)
function delay() return 100 end
function request()
    n = n + 1
    return wrk.format("GET", "/x.txt", {Authorization = "Bearer unknown-" .. run .. "-" .. n})
end
END

sub besiege {
    my ($httpd, $clients) = @_;
    my $script = $httpd->write_file('siege.lua', $siege);
    my $pid = fork // die $!;
    return $pid if $pid;
    open STDOUT, '>', '/dev/null';
    exec 'wrk', '-t1', "-c$clients", '-d600s', '-s', $script, $httpd->url;
}

sub bulkhead {
    my $as = AS->new;
    $as->token($main::token => \%main::claims);
    my $httpd = scene($as, "IntrospectCacheMaxAge 1h\n", limits => limits(4, 32));
    wrk($httpd, '/x.txt', $main::token, 1);
    my @what = (['remembered', '/x.txt', $main::token], ['unprotected', '/open/x.txt', '']);
    my %rounds;
    my $look = sub {
        return map { my ($name, $path, $token) = @$_; ($name => (wrk($httpd, $path, $token, 2))[0]) } @what;
    };
    $as->fault('hang');
    for (1 .. 5) {    # alternately, since the machine may have other work at times
        my %calm = $look->();
        my $pid = besiege($httpd, 64);
        sleep 1;
        my %besieged = $look->();
        kill TERM => $pid;
        waitpid $pid, 0;
        push @{$rounds{$_}}, [$calm{$_}, $besieged{$_}, $besieged{$_} / $calm{$_}] for keys %calm;
    }
    my @rows = map {
        my $of = $rounds{$_->[0]};
        my @medians = map { my $i = $_; median(map { $_->[$i] } @$of) } 0 .. 2;
        ["bulkhead: AS hangs, 64 clients with unknown tokens; $_->[0] requests/s",
            sprintf '%.0f without them, %.0f with: %.2f', @medians];
    } @what;
    return (@rows, recover('hung', $httpd, $as, sub { $as->fault('') }));
}

# The time until httpd serves; no authorization server is asked.
sub many_servers {
    my ($count) = @_;
    my $config = join '', map { "<VirtualHost *>\nServerName host$_.example\nIntrospectEndpoint https://as$_.example/introspect\nIntrospectClientID rs\n"
            . "IntrospectClientSecret rs-secret-$_\n" . place('Introspect') . "</VirtualHost>\n" } 1 .. $count;
    my $httpd = Httpd->prepare(config => $config);
    my $start = time;
    $httpd->begin;
    return ["$count virtual hosts with an authorization server each", sprintf 'start in %.2f s', time - $start];
}

# The time from the moment when the authorization server can answer again.
sub recover {
    my ($what, $httpd, $as, $back) = @_;
    $back->();
    $as->all({body => '{"active":true,"sub":"alice"}'});
    my $start = time;
    my $n = 0;
    my $last = 0;
    while ($last != 200 && time - $start < 120) {
        $last = $httpd->get_token('/x.txt', "late-token-" . $n++)->{status};
        sleep 0.02;
    }
    return ["recovery: an unknown token's first 200 after an AS that $what is back",
        $last == 200 ? sprintf('%.1f s', time - $start) : 'not within 120 s'];
}

sub refused {
    my $as = AS->new;
    my $httpd = scene($as, '');
    $as->stop;
    my $end = time + 5;
    my $n = 0;
    while (time < $end) { $httpd->get_token('/x.txt', 'early-token-' . $n++); sleep 0.02 }
    return recover('refused connections for 5 s', $httpd, $as, sub { $as->start });
}

1;
