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
        Httpd->new(log_level => 'warn', config => $config);
    };
    my $refused = sub { return grep {/MAI0022: Refused/} split /\n/, $httpd->error_log };
    is($httpd->get_token('/', "unknown-token-$_")->{status}, 401, 'refused') for 1 .. 4;
    my @lines = $refused->();
    is(scalar @lines, 1, 'one line in the first minute');
    unlike($lines[0], qr/more like it/, 'which is the first');
    later(59);
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
};

subtest 'metadata, one day after the other' => sub {
    later(0);
    my $place = '/.well-known/oauth-authorization-server';
    my $server = AS->new;
    $server->all({body => '{"active":true,"sub":"a"}'});
    my $metadata = JSON::PP::encode_json({issuer => $server->base, introspection_endpoint => $server->url});
    $server->answer($place, {body => $metadata});
    my $httpd = do {
        local @ENV{qw(LD_PRELOAD TEST_CLOCK)} = ("$dir/machine.so", "$dir/clock");
        Httpd->new(config => "IntrospectDiscovery @{[$server->base]}\nIntrospectClientID rs\nIntrospectClientSecret rs-secret-1\n<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n");
    };
    $httpd->expect_log(qr/MAI0063/);
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
