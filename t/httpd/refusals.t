# SPDX-License-Identifier: Apache-2.0
#
# What an administrator learns of refusals at httpd's default LogLevel, and that
# no client can fill a disk with them.
use strict;
use warnings;
use MIME::Base64;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
$as->token('good-token-1' => {sub => 'alice', scope => 'read'});
my $config = $as->config . join '', map {<<"END"} qw(one two);
<Location /$_>
    AuthType Introspect
    Require scope read
</Location>
<Location /$_/admin>
    Require scope admin
</Location>
<Location /$_/basic>
    AuthType Basic
    AuthName x
    AuthBasicProvider introspect
    Require valid-user
</Location>
END
sub ours { my ($httpd) = @_; return grep {/MAI\d{4}: Refused/} split /\n/, $httpd->error_log }

subtest 'at warn, the default' => sub {
    my $httpd = Httpd->new(log_level => 'warn', config => $config, limits => "StartServers 4\nServerLimit 4\nThreadsPerChild 4\nMaxRequestWorkers 16");
    my $flood = sub {
        for my $n (1 .. $_[0]) {
            is($httpd->get_token("/one/$n", "unknown-token-$n")->{status}, 401, 'refused') if $n % 20 == 0;
            $httpd->get_token("/one/$n", "unknown-token-$n") if $n % 20;
        }
    };
    $flood->(60);
    my @lines = ours($httpd);
    is(scalar @lines, 1, '60 refusals for one cause: one line, of all processes');
    like($lines[0], qr{:warn\].*MAI0022: Refused /one/1 with 401: .*not active}, 'a warning that says what and why');
    $httpd->get('/one/x');
    $httpd->get('/one/y');
    like((ours($httpd))[1], qr/MAI0020: Refused .one.x with 401/, 'another cause has a line of its own');
    $httpd->get_token('/two/x', 'unknown-token-1');
    like((ours($httpd))[2], qr/MAI0022: Refused .two.x with 401/, 'another place too');
    is($httpd->get_token('/one/admin', 'good-token-1')->{status}, 403, 'a Require line that is not met');
    like((ours($httpd))[3], qr/MAI0030: Refused .one.admin with 403/, 'is told');
    $httpd->get('/two/basic', Authorization => 'Basic ' . encode_base64('x:unknown-token-2', ''));
    like((ours($httpd))[4], qr/MAI0022: Refused .two.basic with 401/, 'Basic too');
    is(scalar ours($httpd), 5, 'and that is all');
};

subtest 'what is no refusal of a client' => sub {
    my $failing = AS->new;
    $failing->all({status => 500, body => ''});
    my $httpd = Httpd->new(log_level => 'warn', config => $failing->config . "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n");
    $httpd->expect_log(qr/MAI00(?:47|59)/);
    is($httpd->get_token('/', "unknown-token-$_")->{status}, 503, 'a server that fails') for 1 .. 3;
    is(scalar ours($httpd), 0, 'has lines of its own, and no other warning');
    like($httpd->error_log, qr/MAI0047: Could not use/, 'which say why');
};

subtest 'at info' => sub {
    my $httpd = Httpd->new(log_level => 'info', config => $config);
    $httpd->get_token("/one/$_", "unknown-token-$_") for 1 .. 10;
    my @lines = ours($httpd);
    is(scalar @lines, 10, 'all are there');
    is(scalar(grep {/:warn\]/} @lines), 1, 'one as a warning');
};

subtest 'at error' => sub {
    my $httpd = Httpd->new(log_level => 'error', config => $config);
    is($httpd->get_token('/one/x', 'unknown-token-1')->{status}, 401, 'a refusal');
    is(scalar ours($httpd), 0, 'is nothing to tell');
};
done_testing;
