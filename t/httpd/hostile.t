# SPDX-License-Identifier: Apache-2.0
#
# Clients and authors of .htaccess who mean harm.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my $backend = AS->new;
$as->token('good-token-1' => {sub => 'alice', scope => 'read', odd => ('a' x 41)});

# Those that are the administrator's, each with a line that shows it.
open my $docs, '<', "$Httpd::root/docs/directives.md" or die $!;
my %shown = ('<IntrospectServer' => "<IntrospectServer x>\n</IntrospectServer>", '<AuthnProviderAlias' => "<AuthnProviderAlias introspect x>\n</AuthnProviderAlias>");
for my $section (split /^### /m, join '', <$docs>) {
    my ($name) = $section =~ /^(Introspect\w+)\n/ or next;
    $shown{$name} = $1 if $section =~ /^\| Override \| not in/m && $section =~ /^```apache\n(?:.*\n)*?\s*($name .*)/m;
}
cmp_ok(scalar keys %shown, '>', 40, 'docs/directives.md has them');

$ENV{SECRET_OF_HTTPD} = Httpd::secret('env-secret-of-httpd');
my $httpd = Httpd->new(modules => [qw(proxy proxy_http headers)], allow_override => 'AuthConfig FileInfo Limit',
    config => $as->config . <<"END");
<Directory "%DIR%/htdocs/list">
    AllowOverrideList @{[join ' ', sort keys %shown]} IntrospectExportPrefix AuthType Require
</Directory>
<Location /unused>
    IntrospectEndpoint @{[$as->base]}/introspect
    IntrospectClientID rs
    IntrospectClientSecret env:SECRET_OF_HTTPD
</Location>
<Location /api>
    AuthType Introspect
    Require valid-user
    IntrospectExport header
    ProxyPass @{[$backend->base]}/api
</Location>
<Location /never>
    AuthType Introspect
    <RequireAll>
        Require valid-user
        Require not claim "odd~^(?:a+)+[bc]\$"
    </RequireAll>
</Location>
END

subtest 'what Connection lists' => sub {
    for my $names ('INTROSPECT-CLAIM-sub', 'introspect_claim_sub, x-other', 'x-other ,Introspect.Claim.Sub',
        'x-other;INTROSPECT-CLAIM-sub', 'x-other; "x,INTROSPECT-CLAIM-sub;') {
        $httpd->get('/api', Authorization => 'Bearer good-token-1', Connection => $names);
        my @requests = $backend->requests;
        is($requests[-1]{headers}{'introspect-claim-sub'}, 'alice', "RFC 9110 7.6.1: Connection: $names takes no claim away");
    }
};

my $count = 0;
subtest 'directives of the administrator in a .htaccess' => sub {
    for my $name (sort keys %shown) {
        $httpd->write_file("htdocs/list/$count/.htaccess", "$shown{$name}\n");
        $httpd->write_file("htdocs/list/$count/x.html", "x\n");
        is($httpd->get("/list/$count/x.html")->{status}, 500, "$name is refused in a .htaccess, also under AllowOverrideList");
        like($httpd->error_log, qr{list/$count/\.htaccess: \Q$name\E>? (?:not allowed|cannot occur) [^\n]*(?:here|within|context)}, 'and the log says so');
        $count++;
    }
};
subtest 'prefixes in a .htaccess' => sub {
    for my $prefix (qw(LUA_ LD_ TOKEN_ INTROSPECT_ introspect_claim_)) {
        $httpd->write_file("htdocs/list/$count/.htaccess", "IntrospectExportPrefix $prefix\n");
        $httpd->write_file("htdocs/list/$count/x.html", "x\n");
        is($httpd->get("/list/$count/x.html")->{status}, 500, "prefix $prefix is refused in a .htaccess");
        $count++;
    }
    $httpd->write_file("htdocs/list/$count/.htaccess", "IntrospectExportPrefix INTROSPECT_CLAIM_X_\n");
    $httpd->write_file("htdocs/list/$count/x.html", "x\n");
    is($httpd->get("/list/$count/x.html")->{status}, 200, 'one that begins like the usual one is not');
};

$httpd->write_file('htdocs/never/x.html', "x\n");
$httpd->expect_log(qr/MAI0034/);
is($httpd->get_token('/never/x.html', 'good-token-1')->{status}, 403, 'an expression that gives up refuses, under Require not too');
like($httpd->error_log, qr/MAI0034: Refused .*gave up/, 'and says so');

$httpd->write_file('htdocs/env/.htaccess', "Require expr osenv('SECRET_OF_HTTPD') != ''\n");
$httpd->write_file('htdocs/env/x.html', "x\n");
$httpd->write_file('htdocs/env/passed/.htaccess', qq{Require all granted\nPassEnv SECRET_OF_HTTPD\nHeader set X-Passed "%{SECRET_OF_HTTPD}e \${SECRET_OF_HTTPD}"\n});
$httpd->write_file('htdocs/env/passed/x.html', "x\n");
for my $again (1, 0) {
    is($httpd->get('/env/x.html')->{status}, 403, 'an expression finds no env: secret');
    my $answer = $httpd->get('/env/passed/x.html');
    is($answer->{status}, 200, 'who asks for it otherwise');
    unlike($answer->{head}, qr/env-secret/, 'does not get it either');
    $httpd->graceful if $again;    # which reads the secret again
}
done_testing;
