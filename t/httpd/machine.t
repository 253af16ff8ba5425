# SPDX-License-Identifier: Apache-2.0
#
# What shows on another machine only: a minute or a day later, and under a kernel
# that leaves locks to the dead.
#
# Not under a sanitizer: the machine is put in front by LD_PRELOAD, too.
use strict;
use warnings;
use Test::More;
use File::Temp qw(tempdir);
use JSON::PP;
use AS;
use Httpd;

my $dir = tempdir(CLEANUP => 1);
chmod 0755, $dir;
is(system("gcc -shared -fPIC -o $dir/machine.so $Httpd::root/t/modules/machine.c -ldl"), 0, 'another machine compiles');
my $as = AS->new;
my $n = 0;
my $config = $as->config . "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n";

sub later {
    my ($seconds) = @_;
    open my $file, '>', "$dir/clock" or die $!;
    print $file "$seconds\n";
    return close $file;
}

subtest 'refusals, one minute after the other' => sub {
    later(0);
    my $httpd = do {
        local @ENV{qw(LD_PRELOAD TEST_CLOCK)} = ("$dir/machine.so", "$dir/clock");
        Httpd->new(log_level => 'warn', config => "$config<Location /told>\nIntrospectAudience https://api.example\nIntrospectLogClaims sub\n</Location>\n");
    };
    my $refused = sub { return grep {/MAI0022: Refused/} split /\n/, $httpd->error_log };
    is($httpd->get_token('/', "unknown-token-$_")->{status}, 401, 'refused') for 1 .. 4;
    my @lines = $refused->();
    is(scalar @lines, 1, 'one line in the first minute');
    unlike($lines[0], qr/more like it/, 'which is the first');
    later(30);
    $httpd->get_token('/', 'unknown-token-5');
    is(scalar $refused->(), 1, 'and none before its end');
    later(61);
    $httpd->get_token('/', "unknown-token-$_") for 6 .. 8;
    @lines = $refused->();
    is(scalar @lines, 2, 'one in the next');
    like($lines[1], qr/MAI0022: .*\(and 4 more like it since the last warning\)/, 'with the number of those since');
    later(122);
    $httpd->get_token('/', 'unknown-token-9');
    like(($refused->())[2], qr/\(and 2 more like it since the last warning\)/, 'each with its own');
    $as->token('told-token-1' => {sub => 'alice', aud => 'another'});
    for my $minute (3, 4) {
        later($minute * 61);
        is($httpd->get_token('/told', 'told-token-1')->{status}, 401, 'another audience') for 1 .. 2;
    }
    like($httpd->error_log, qr/MAI0027: .*\(and 1 more like it since the last warning\); sub 'alice'$/m, 'claims that are told stand behind it');
};

# The line that comes after an interval has the number of all since the last. By
# names of one length no two clients share a place of the rate limit.
subtest 'a server that refuses our credentials' => sub {
    later(0);
    my $server = AS->new(credentials => '');
    $server->all({status => 403, type => 'text/html', body => '<html>'});
    my ($one, $two) = map { $server->config =~ s/IntrospectClientID rs/IntrospectClientID $_/r } qw(one two);
    my $began = time;
    my $httpd = do {
        local @ENV{qw(LD_PRELOAD TEST_CLOCK)} = ("$dir/machine.so", "$dir/clock");
        Httpd->new(config => "$one<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n<Location /two>\n$two</Location>\n");
    };
    $httpd->expect_log(qr/MAI0053/);
    my %refused;
    my $ask = sub {
        my ($client, $count) = @_;
        is($httpd->get_token($client eq 'two' ? '/two' : '/', 'some-token-' . ++$n)->{status}, 500, "$client is refused") for 1 .. $count;
        $refused{$client} += $count;
    };
    my $lines = sub { my ($client) = @_; return grep {/MAI0053: .*for client '$client'/} split /\n/, $httpd->error_log };
    for my $interval (0 .. 2) {
        later($interval * 11);
        $ask->('one', 8);
        $ask->('two', 2) if $interval == 0;
    }
    later(33);
    $ask->($_, 1) for qw(one two);
    for my $client (qw(one two)) {
        my @lines = $lines->($client);
        my $left_out = 0;
        $left_out += /\(and (\d+) more like it left out\)/ ? $1 : 0 for @lines;
        cmp_ok(scalar @lines, '>=', $client eq 'one' ? 4 : 2, "$client: a line in each interval");
        cmp_ok(scalar @lines, '<=', ($client eq 'one' ? 4 : 2) + (time - $began) / 10, 'and no more');
        is(@lines + $left_out, $refused{$client}, 'which counts those that were left out');
    }
    is($server->calls, $refused{one} + $refused{two}, 'of questions none is left out');
};

# An httpd that has these metadata, and the server.
sub discovering {
    my ($place, $config, @options) = @_;
    later(0);
    my $server = AS->new;
    $server->all({body => '{"active":true,"sub":"a"}'});
    my $metadata = JSON::PP::encode_json({issuer => $server->base, introspection_endpoint => $server->url});
    $server->answer($place, {body => $metadata});
    local @ENV{qw(LD_PRELOAD TEST_CLOCK)} = ("$dir/machine.so", "$dir/clock");
    my $httpd = Httpd->new(config => "${config}IntrospectDiscovery @{[$server->base]}\nIntrospectClientID rs\nIntrospectClientSecret rs-secret-1\n<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n", @options);
    $httpd->expect_log(qr/MAI0063/);
    return ($httpd, $server, $metadata);
}

subtest 'metadata, one day after the other' => sub {
    my $place = '/.well-known/oauth-authorization-server';
    my ($httpd, $server, $metadata) = discovering($place, '');
    is($httpd->get_token('/', 'of-the-first-day')->{status}, 200, 'they are there');
    $server->answer($place, {status => 500, body => ''});
    later(23 * 3600);
    $httpd->graceful;
    is($httpd->get_token('/', 'of-an-hour-before-the-end')->{status}, 200, 'and serve for a day where they cannot be had, over a reload too');
    later(25 * 3600);
    $httpd->graceful;
    is($httpd->get_token('/', 'of-the-next-day')->{status}, 503, 'not for longer');
    $server->answer($place, {body => $metadata});
    ok($httpd->wait_until(sub { $httpd->get_token('/', 'of-the-next-day-' . ++$n)->{status} == 200 }, 'the metadata'), 'until they are there again');
};

# Each process has its own, and here is one.
subtest 'metadata, one hour after the other, with IntrospectCache none' => sub {
    my $place = '/.well-known/oauth-authorization-server';
    my ($httpd, $server) = discovering($place, "IntrospectCache none\n", mpm => 'event', limits => "StartServers 1\nServerLimit 4\nThreadsPerChild 8\nMaxRequestWorkers 8\nMinSpareThreads 1\nMaxSpareThreads 8");
    my $status = sub { return $httpd->get_token('/', 'of-some-hour-' . ++$n)->{status} };
    my $read = sub { return scalar grep { $_->{path} eq $place } $server->requests };
    is($status->(), 200, 'they are there');
    my $before = $read->();
    is($status->(), 200, 'and serve on') for 1 .. 3;
    is($read->(), $before, 'without being read for each question');
    $server->answer($place, {status => 500, body => ''});
    for my $hour (1, 12, 23) {
        $before = $read->();
        later($hour * 3600);
        $httpd->wait_until(sub { $read->() > $before }, 'metadata to be asked for');
        is($status->(), 200, "for $hour h while they cannot be had");
    }
    $server->answer('/elsewhere', {body => '{"active":true,"sub":"a"}'});
    $server->answer($place, {body => JSON::PP::encode_json({issuer => $server->base, introspection_endpoint => $server->base . '/elsewhere'})});
    later(24 * 3600);
    ok($httpd->wait_until(sub { $status->(); grep { $_->{path} eq '/elsewhere' } $server->requests }, 'the new endpoint'), 'new ones are in use once they are there');
    $server->answer($place, {status => 500, body => ''});
    $httpd->graceful;
    ok($httpd->wait_until(sub { $status->() == 503 }, 'a process without metadata'), 'a process of after a reload has to read its own');
};

subtest 'a disk that hangs for hours, while metadata change' => sub {
    later(0);
    is(system("gcc -shared -fPIC -o $dir/disk.so $Httpd::root/t/modules/slow_disk.c -ldl"), 0, 'a disk that hangs compiles');
    chmod 0777, $dir;    # httpd's User leaves a file there when it waits
    my $put = sub {
        my ($name, $text) = @_;
        open my $out, '>', "$dir/$name.new" or die $!;
        print $out $text;
        close $out;
        return rename "$dir/$name.new", "$dir/$name";
    };
    my $place = '/.well-known/oauth-authorization-server';
    my $server = AS->new(credentials => 'Bearer long-bearer-1');
    $server->all({body => '{"active":true,"sub":"a"}'});
    my $publish = sub { return $server->answer($place, {body => JSON::PP::encode_json({issuer => $server->base, introspection_endpoint => $server->url, n => $_[0]})}) };
    my $authorities = do { local (@ARGV, $/) = AS->new(tls => 'good')->ca_file; <> };
    $publish->(1);
    $put->('bearer', Httpd::secret('long-bearer-1'));
    $put->('slow-disk', $authorities);
    my $httpd = do {
        local @ENV{qw(LD_PRELOAD TEST_CLOCK)} = ("$dir/machine.so:$dir/disk.so", "$dir/clock");
        Httpd->new(limits => "StartServers 1\nServerLimit 1\nThreadsPerChild 8\nMaxRequestWorkers 8\nMinSpareThreads 1\nMaxSpareThreads 8",
            config => "IntrospectDiscovery @{[$server->base]} 60s\nIntrospectClientAuth bearer\nIntrospectBearerToken file:$dir/bearer\nIntrospectTLSCAFile $dir/slow-disk\n"
                . "IntrospectCacheMaxAge 0\n<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n");
    };
    $httpd->expect_log(qr/MAI0017|MAI0111/);
    my $read = sub {
        return scalar grep { $_->{path} eq $place } $server->requests;
    };
    my $status = sub { return $httpd->get_token('/', 'of-a-long-day-' . ++$n)->{status} };
    is($status->(), 200, 'the first version');
    $server->credentials('Bearer long-bearer-2');
    $put->('bearer', Httpd::secret('long-bearer-2'));
    $httpd->wait_until(sub { $status->() == 200 }, 'the next bearer token');
    my $written = (stat "$dir/bearer")[10];
    $httpd->wait_until(sub { time > $written + 6 }, 'the file to have settled', 20);
    $put->('slow-disk.hangs', '');
    $httpd->wait_until(sub { -e "$dir/slow-disk.waits" }, 'a look that hangs');
    for my $hour (1 .. 2) {
        my $before = $read->();
        $publish->($hour + 1);
        later($hour * 4000);
        $httpd->wait_until(sub { $read->() > $before }, 'metadata to be read', 20);
        is($status->(), 200, 'serves with other metadata');
    }
    $put->('slow-disk', $authorities . $authorities);
    unlink "$dir/slow-disk.hangs";
    $httpd->wait_log(qr/MAI0111: Now using the new content of IntrospectTLSCAFile/, 15);
    is($status->(), 200, 'and with what is new on the disk');
};

subtest 'a kernel without robust lists' => sub {
    for my $lists (1, 0) {
        local $ENV{LD_PRELOAD} = "$dir/machine.so";
        local $ENV{TEST_NO_ROBUST_LISTS} = 1;
        delete $ENV{TEST_NO_ROBUST_LISTS} if $lists;
        my $httpd = Httpd->new(log_level => 'warn', config => $config);
        $httpd->expect_log(qr/no robust mutexes/) if !$lists;
        my @lines = grep {/no robust mutexes/} split /\n/, $httpd->error_log;
        is(scalar @lines, $lists ? 0 : 1, $lists ? 'one that has them: no word' : 'one line at start');
        like($lines[0], qr/:warn\].*MAI\d{4}: .*reload httpd$/, 'a warning that says what helps') if !$lists;
        is($httpd->get_token('/', 'unknown-token-1')->{status}, 401, 'and httpd serves');
    }
};
done_testing;
