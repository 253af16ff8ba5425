# SPDX-License-Identifier: Apache-2.0
#
# Configurations that can be read and were hardly meant so: what start warns of,
# and that it warns of nothing else.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use Test::More;
use AS;
use Httpd;

my $as = AS->new(tls => 'good', patience => 30);
my $server = $as->config . "IntrospectTLSCAFile @{[$as->ca_file]}\n";
my $valid = "AuthType Introspect\nRequire valid-user\n";

# What start says at warning; where it is expected it has to come.
sub warnings {
    my ($config, %o) = @_;
    my $httpd = Httpd->new(log_level => 'warn', config => $config, %o);
    $httpd->expect_log(qr/MAI012[456]/);
    return $httpd->error_log =~ /:warn\].*(MAI\d{4}: .*)/g;
}

subtest 'a directive that is written twice in one section' => sub {
    my @twice = (
        "IntrospectCacheMaxAge 60s\nIntrospectCacheMaxAge 30s", "IntrospectTLSVerify On\nIntrospectTLSMinVersion 1.2\nIntrospectTLSMinVersion 1.3",
        "IntrospectClientSecret s3cret-of-rs\nIntrospectClientSecret s3cret-of-before", "IntrospectTimeout 2s 1s\nIntrospectTimeout 3s",
    );
    for my $lines (@twice) {
        my ($name) = $lines =~ /(\w+) [^\n]*\n\1/;
        my @said = warnings("$server<Location />\n$lines\n$valid</Location>\n");
        is(scalar @said, 1, "$name: one warning");
        like($said[0] // '', qr/^MAI0124: $name at .*httpd\.conf:\d+ stands in this section already, on line \d+, and that line has no effect: remove one of them/, 'which says where, and what to do');
        unlike($said[0] // '', qr/s3cret/, 'and no value');
    }
    my @said = warnings("$server<Location />\nIntrospectMaxAge 5s\n${valid}IntrospectMaxAge 0\n</Location>\n");
    like($said[0] // '', qr/^MAI0124: IntrospectMaxAge/, 'of a place too');
    @said = warnings("${server}IntrospectCacheSecret one-secret-of-store\nIntrospectCacheSecret another-secret-of-store\n<Location />\n$valid</Location>\n");
    like($said[0] // '', qr/^MAI0124: IntrospectCacheSecret/, 'of the whole httpd too');
    unlike(join('', @said), qr/of-store/, 'without the secrets');
};

subtest 'authorities that httpd\'s User cannot read' => sub {
    my $dir = tempdir(CLEANUP => 1);
    chmod 0755, $dir;
    mkdir "$dir/closed", 0700;
    copy($as->ca_file, "$dir/$_") for 'ca.pem', 'closed/ca.pem';
    my $config = sub { return $as->config . "<Location />\nIntrospectTLSCAFile $_[0]\n$valid</Location>\n" };
    chmod 0644, "$dir/closed/ca.pem";
    for my $case ([0600, 'ca.pem', 'a file for root'], [0644, 'closed/ca.pem', 'a folder for root']) {
        my ($mode, $name, $what) = @$case;
        chmod $mode, "$dir/$name";
        my @said = warnings($config->("$dir/$name"));
        is(scalar @said, 1, "$what: one warning");
        like($said[0] // '', qr/^MAI0125: httpd's User cannot read \Q$dir\/$name\E of IntrospectTLSCAFile: .*until a reload; .*chmod a\+rX/, 'which says what to do');
    }
    $as->token('good-token-1' => {sub => 'alice'});
    my $httpd = Httpd->new(config => $config->("$dir/closed/ca.pem"));
    $httpd->expect_log(qr/MAI0125/);
    is($httpd->get_token('/', 'good-token-1')->{status}, 200, 'it serves nevertheless, as root has read it');
    chown 0, scalar getgrnam('www-data'), "$dir/ca.pem";
    chmod 0640, "$dir/ca.pem";
    is(join('', warnings($config->("$dir/ca.pem"))), '', 'nothing is said where the User\'s group can read it');
};

# A file that cannot be used is told at the second look. The one that is spoilt
# says when those who look have looked at all of them.
subtest 'what httpd\'s User cannot read has one line' => sub {
    my $dir = tempdir(CLEANUP => 1);
    chmod 0755, $dir;
    mkdir "$dir/$_" for qw(closed unsearched);
    my @names = qw(closed/ca.pem unsearched locked spoilt);
    my $write = sub { my ($name, $text) = @_; open my $out, '>', "$dir/$name" or die $!; print $out $text };
    copy($as->ca_file, "$dir/$_") for 'closed/ca.pem', 'locked', 'spoilt', 'unsearched/ca.pem';
    system("openssl rehash $dir/unsearched");
    chmod $_->[0], "$dir/$_->[1]" for [0700, 'closed'], [0744, 'unsearched'], [0600, 'locked'];
    my $number = 0;
    my $httpd = Httpd->new(log_level => 'info', config => $as->config . join '', map { "<Location /@{[++$number]}>\nIntrospectTLSCAFile $dir/$_\n$valid</Location>\n" } @names);
    $httpd->expect_log(qr/MAI0125/, qr/MAI0112: \w+ $dir\/spoilt/);
    $write->('spoilt', "no certificate\n");
    $httpd->wait_log(qr/MAI0112: \w+ $dir\/spoilt has changed and cannot be used/, 60);
    $write->('locked', "another\n");
    $httpd->wait_log(qr/:info\].*MAI0112: \w+ $dir\/locked has changed, and httpd's User cannot read it: reload httpd/, 60);
    for my $name (@names[0 .. 2]) {
        my @lines = $httpd->error_log =~ /:warn\].*(MAI\d{4}): .*\Q$dir\/$name\E/g;
        is("@lines", 'MAI0125', "$name: the warning at start alone");
    }
};

subtest 'a place that demands nothing' => sub {
    my @open = (
        ["<Location /api>\nAuthType Introspect\n</Location>", 'alone'],
        ["<Directory />\nRequire all granted\n</Directory>\n<Location /api>\nAuthType Introspect\n</Location>", 'with an inherited grant'],
        ["<Location /api>\nAuthType Introspect\n</Location>\n<Location /apis>\n$valid</Location>", 'beside another place'],
        ["<Location /server-status>\nRequire local\n</Location>\n<Location /api>\nAuthType Introspect\nIntrospectOptional On\n</Location>", 'with a Require line that needs no user'],
        ["<VirtualHost *:1>\nServerName a\n<Location />\n$valid</Location>\n</VirtualHost>\n<VirtualHost *:2>\nServerName b\n<Location />\nAuthType Introspect\n</Location>\n</VirtualHost>", 'in another host than the Require line'],
    );
    for my $case (@open) {
        my ($config, $name) = @$case;
        my @said = warnings("$server$config\n");
        is(scalar @said, 1, "$name: one warning") or diag explain \@said;
        like($said[0] // '', qr/^MAI0126: AuthType Introspect at .*httpd\.conf:\d+ has no Require line, .* everyone is let in, without a token; write 'Require valid-user'/, 'which says what to write');
    }
    my $httpd = Httpd->new(config => "${server}Alias /api %DIR%/htdocs/index.html\n$open[0][0]\n");
    $httpd->expect_log(qr/MAI0126/);
    is($httpd->get('/api')->{status}, 200, 'for it does let everybody in');
};

subtest 'what is meant so' => sub {
    my @meant = (
        ["<Location />\nAuthType Introspect\n</Location>\n<Location /api/x>\nRequire valid-user\n</Location>", 'AuthType around, Require within'],
        ["<Location /api>\nRequire valid-user\n</Location>\n<Location /api/x>\nAuthType Introspect\nIntrospectMaxAge 0\n</Location>\n<Location /api>\nAuthType Introspect\n</Location>", 'Require around, AuthType within'],
        ["<Location /api>\nAuthType Introspect\n<RequireAny>\nRequire ip 10.0.0.0/8\nRequire scope read\n</RequireAny>\n</Location>", 'a Require line in a section of its own'],
        ["<Location /api>\nAuthType Introspect\n<LimitExcept GET>\nRequire scope write\n</LimitExcept>\n</Location>", 'a Require line for some methods'],
        ["<Location /api>\nAuthType Introspect\n</Location>\n<If \"%{REQUEST_METHOD} == 'POST'\">\nRequire scope write\n</If>", 'a Require line in <If>'],
        ["<Location /api>\nAuthType Introspect\n</Location>\n<Files *.json>\nRequire scope write\n</Files>", 'a Require line for files'],
        ["<Location /api>\nAuthType Introspect\nRequire all denied\n</Location>", 'a closed place'],
        ["<Location /api>\nAuthType Introspect\nRequire all granted\n</Location>", 'an open one, in words'],
        ["<Directory %DIR%/htdocs>\nAllowOverride AuthConfig\n</Directory>\n<Location />\nAuthType Introspect\n</Location>", 'a .htaccess that may have it'],
        ["IntrospectCacheMaxAge 30s\n<Location />\nIntrospectCacheMaxAge 10s\n$valid</Location>\n<VirtualHost *:1>\nIntrospectCacheMaxAge 5s\n</VirtualHost>", 'a directive in several sections'],
        ["IntrospectParam a 1\nIntrospectParam b 2\nIntrospectHeader X-A 1\nIntrospectHeader X-B 2\n<Location />\n$valid</Location>", 'directives that may stand there more than once'],
        ["<Location />\nIntrospectMaxAge 5s\nIntrospectMaxAge 5s\n$valid</Location>", 'the same line again'],
    );
    for my $case (@meant) {
        my ($config, $name) = @$case;
        is(join("\n", warnings("$server$config\n")), '', "$name: no warning");
    }
};
done_testing;
