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

$ENV{SECRET_OF_HTTPD} = Httpd::secret('env-secret-of-httpd');
my $httpd = Httpd->new(modules => [qw(proxy proxy_http)], allow_override => 'AuthConfig FileInfo Limit',
    config => $as->config . <<"END");
<Directory "%DIR%/htdocs/list">
    AllowOverrideList IntrospectEndpoint IntrospectTimeout IntrospectCache IntrospectLogoutAudience IntrospectExportPrefix AuthType Require
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

for my $names ('INTROSPECT-CLAIM-sub', 'introspect_claim_sub, x-other', 'x-other ,Introspect.Claim.Sub') {
    $httpd->get('/api', Authorization => 'Bearer good-token-1', Connection => $names);
    my @requests = $backend->requests;
    is($requests[-1]{headers}{'introspect-claim-sub'}, 'alice', "RFC 9110 7.6.1: Connection: $names takes no claim away");
}

my $count = 0;
for my $line ("IntrospectEndpoint http://127.0.0.1:1/x", 'IntrospectTimeout 1s', 'IntrospectCache none', 'IntrospectLogoutAudience web') {
    $httpd->write_file("htdocs/list/$count/.htaccess", "$line\n");
    $httpd->write_file("htdocs/list/$count/x.html", "x\n");
    is($httpd->get("/list/$count/x.html")->{status}, 500, "$line is refused in a .htaccess, also under AllowOverrideList");
    $count++;
}
for my $prefix (qw(LUA_ LD_ TOKEN_ INTROSPECT_ introspect_claim_)) {
    $httpd->write_file("htdocs/list/$count/.htaccess", "IntrospectExportPrefix $prefix\n");
    $httpd->write_file("htdocs/list/$count/x.html", "x\n");
    is($httpd->get("/list/$count/x.html")->{status}, 500, "prefix $prefix is refused in a .htaccess");
    $count++;
}
$httpd->write_file("htdocs/list/$count/.htaccess", "IntrospectExportPrefix INTROSPECT_CLAIM_X_\n");
$httpd->write_file("htdocs/list/$count/x.html", "x\n");
is($httpd->get("/list/$count/x.html")->{status}, 200, 'one that begins like the usual one is not');

$httpd->write_file('htdocs/never/x.html', "x\n");
$httpd->expect_log(qr/MAI0034/);
is($httpd->get_token('/never/x.html', 'good-token-1')->{status}, 403, 'an expression that gives up refuses, under Require not too');
like($httpd->error_log, qr/MAI0034: Refused .*gave up/, 'and says so');

$httpd->write_file('htdocs/env/.htaccess', "Require expr osenv('SECRET_OF_HTTPD') != ''\n");
$httpd->write_file('htdocs/env/x.html', "x\n");
is($httpd->get('/env/x.html')->{status}, 403, 'an expression finds no env: secret');
done_testing;
