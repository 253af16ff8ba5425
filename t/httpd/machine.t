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
