# SPDX-License-Identifier: Apache-2.0
#
# Requests that continue another: sub-requests, internal redirects, error
# documents. One token, one question per server, and each place's own policy.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use MIME::Base64;
use Time::HiRes qw(sleep);
use AS;
use Httpd;

my $as = AS->new;
my $other = AS->new(credentials => '');
my $failing = AS->new(credentials => '');
$failing->all({status => 500, body => ''});
$as->token('good-token-1' => {sub => 'alice', username => 'alice@example.org', scope => 'read', aud => 'one', groups => ['a', 'b']});
my @basic = (Authorization => 'Basic ' . encode_base64('x:good-token-1', ''));
my $off = 'IntrospectForwardToken Off';
my $dav = join '', map { my ($name, $lines) = @$_; <<"END" } ['bearer', 'AuthType Introspect'], ['basic', "AuthType Basic\nAuthName dav\nAuthBasicProvider introspect\n$off"];
<Location /dav-$name>
    Dav On
    $lines
    Require valid-user
    IntrospectMaxAge 0
</Location>
END

my %httpd = (modules => [qw(include autoindex dir actions headers rewrite negotiation dav dav_fs)], allow_override => 'All');
$httpd{config} = $as->config . <<"END" . $dav;
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
AddHandler cgi-script .pl
DavLockDB %DIR%/locks
Action to-env /cgi/env.pl virtual
ErrorDocument 404 /errors/404.html
ErrorDocument 503 /errors/503.html
<Directory %DIR%/htdocs/list>
    Options +Indexes
</Directory>
<Location /errors>
    AuthType Introspect
    Require valid-user
    $off
</Location>
<LocationMatch ^/(ssi|ssi-off|list|failing)>
    AuthType Introspect
    Require valid-user
    IntrospectMaxAge 0
</LocationMatch>
<LocationMatch ^/(ssi-off|off)>
    AuthType Introspect
    Require valid-user
    $off
</LocationMatch>
<FilesMatch "^own.*txt">
    IntrospectLeeway 10s
</FilesMatch>
<Location /elsewhere>
    AuthType Introspect
    Require valid-user
    IntrospectEndpoint @{[$other->url]}
    IntrospectClientAuth none
    IntrospectMaxAge 0
</Location>
<Location /same-credentials>
    AuthType Introspect
    Require valid-user
    @{[$as->config($other->url)]}
</Location>
<Location /wrong-secret>
    AuthType Introspect
    Require valid-user
    @{[$as->config =~ s/rs-secret-1/another-wrong-secret/r]}
</Location>
<Location /off>
    RequestHeader set Authorization "Basic aW50ZXJuYWw6c2VjcmV0"
</Location>
<LocationMatch ^/(nobody|failing)>
    AuthType Introspect
    Require valid-user
    IntrospectEndpoint @{[$failing->url]}
    IntrospectClientAuth none
</LocationMatch>
<Location /audience>
    AuthType Introspect
    Require valid-user
    IntrospectAudience two
</Location>
<Location /cached>
    AuthType Introspect
    Require valid-user
</Location>
<Location /young>
    AuthType Introspect
    Require valid-user
    IntrospectMaxAge 1s
</Location>
<LocationMatch ^/app/(x|y)>
    AuthType Introspect
    Require valid-user
    IntrospectExport both
    $off
</LocationMatch>
<LocationMatch ^/(basic|basic-on)>
    AuthType Basic
    AuthName git
    AuthBasicProvider introspect
    Require valid-user
</LocationMatch>
<Location /basic>
    $off
</Location>
<LocationMatch ^/(fake|basic-on/fake|basic/fake)>
    SetHandler to-env
    IntrospectMaxAge 0
    RequestHeader set Authorization "Basic aW50ZXJuYWw6c2VjcmV0"
</LocationMatch>
<Location /fake>
    AuthType Introspect
    Require valid-user
</Location>
<Location /cgi>
    AuthType Introspect
    Require valid-user
    IntrospectMaxAge 0
    SetHandler cgi-script
    CGIPassAuth On
</Location>
END
my $httpd = Httpd->new(%httpd);

sub include { return join '', map {qq{<!--#include virtual="$_" -->\n}} @_ }

# Answer and number of questions.
sub ask {
    my ($path, @headers) = @_;
    $as->reset;
    my $answer = $httpd->get($path, @headers ? @headers : (Authorization => 'Bearer good-token-1'));
    return ($answer, $as->calls);
}

sub env_of { my ($answer) = @_; return $answer->{status} == 200 ? decode_json($answer->{body}) : {failed => $answer->{status}} }

for my $dir (qw(ssi ssi-off)) {
    $httpd->write_file("htdocs/$dir/$_.txt", "part $_\n") for 1 .. 10;
    $httpd->write_file("htdocs/$dir/own$_.txt", "part $_\n") for 1 .. 10;
    $httpd->write_file("htdocs/$dir/page.shtml", include(map {"$_.txt"} 1 .. 10));
    $httpd->write_file("htdocs/$dir/own.shtml", include(map {"own$_.txt"} 1 .. 10));
    for my $page (qw(page own)) {
        my ($answer, $calls) = ask("/$dir/$page.shtml");
        is(scalar(() = $answer->{body} =~ /^part/mg), 10, "/$dir/$page.shtml has its 10 parts");
        is($calls, 1, 'and asked once, under IntrospectMaxAge 0');
    }
}

$httpd->write_file("htdocs/list/d$_/.htaccess", "IntrospectMaxAge 0\nIntrospectLeeway ${_}s\n") for 1 .. 20;
my ($answer, $calls) = ask('/list/');
is(scalar(() = $answer->{body} =~ /href="d\d+/g), 20, '20 directories are listed');
is($calls, 1, 'with one question');

# another server, another policy
$httpd->write_file("htdocs/$_/1.txt", "part\n") for qw(elsewhere same-credentials wrong-secret nobody failing audience cached young);
$httpd->write_file('htdocs/ssi/elsewhere.shtml', include(map {"/elsewhere/1.txt?$_"} 1 .. 5));
$other->reset;
$other->answer('good-token-1' => {body => '{"active":true,"sub":"mallory"}'});
($answer, $calls) = ask('/ssi/elsewhere.shtml');
is(scalar(() = $answer->{body} =~ /^part/mg), 5, 'parts at a place that trusts another server');
is("$calls " . $other->calls, '1 1', 'each server is asked, once');
$other->answer('good-token-1' => {body => '{"active":false}'});
$other->reset;
($answer, $calls) = ask('/ssi/elsewhere.shtml');
is(scalar(() = $answer->{body} =~ /^part/mg), 0, 'who says no, which counts there');
is($other->calls, 1, 'once');
$httpd->write_file('htdocs/ssi/same.shtml', include('/same-credentials/1.txt') . 'end');
$other->reset;
($answer, $calls) = ask('/ssi/same.shtml');
unlike($answer->{body}, qr/^part/m, 'one that knows us by the same credentials says no for itself');
is($other->calls, 1, 'and is asked');
$httpd->expect_log(qr/MAI0053/);
$httpd->write_file('htdocs/ssi/wrong.shtml', include('/wrong-secret/1.txt', '/cached/1.txt') . 'end');
($answer, $calls) = ask('/ssi/wrong.shtml');
is(scalar(() = $answer->{body} =~ /^part/mg), 1, 'a place with a wrong secret of the same client uses nothing of what the right one was told');
is($calls, 2, 'and asks for itself, while one with the right secret does not');
$httpd->expect_log(qr/MAI00(?:4\d|59)/);
$failing->reset;
$httpd->write_file('htdocs/ssi/nobody.shtml', include(map {"/nobody/1.txt?$_"} 1 .. 5) . 'end');
($answer, $calls) = ask('/ssi/nobody.shtml');
like($answer->{body}, qr/end/, 'a server that fails');
is($failing->calls, 1, 'is asked once too');
$httpd->write_file('htdocs/ssi/audience.shtml', include('/audience/1.txt') . 'end');
($answer, $calls) = ask('/ssi/audience.shtml');
unlike($answer->{body}, qr/^part/m, 'a place of another audience refuses');
is($calls, 1, 'without a question');

$httpd->write_file('htdocs/cached/page.shtml', include('/cached/1.txt', '/young/1.txt', '/young/1.txt'));
ask('/cached/page.shtml');
sleep 1.1;
($answer, $calls) = ask('/cached/page.shtml');
is(scalar(() = $answer->{body} =~ /^part/mg), 3, 'a remembered answer');
is($calls, 1, 'that is too old for a part is asked about once');

# let in before exp
my $exp = time + 5;
$httpd->write_file('htdocs/cached/slow.pl', "#!/bin/sh\necho 'Content-Type: text/plain\n'\nwhile [ `date +%s` -le $exp ]; do sleep 0.2; done\n", 0755);
$httpd->write_file('htdocs/cached/own.txt', "part\n");
$httpd->write_file('htdocs/cached/late.shtml', include('slow.pl', 'own.txt'));
$as->token('short-token-1' => {sub => 'alice', exp => $exp});
$httpd->write_file('htdocs/cached/.htaccess', "IntrospectLeeway 0s\n<Files own.txt>\nIntrospectLeeway 1ms\n</Files>\n");
($answer, $calls) = ask('/cached/late.shtml', Authorization => 'Bearer short-token-1');
like($answer->{body}, qr/^part/m, 'a part that begins after exp of a request that was let in before');
is($httpd->get_token('/cached/own.txt', 'short-token-1')->{status}, 401, 'but the next request is refused');

# error documents
$httpd->write_file('htdocs/errors/404.html', 'our own page');
$httpd->write_file('htdocs/errors/503.html', 'our own excuse');
($answer, $calls) = ask('/off/nothing');
is("$answer->{status} $answer->{body} " . $answer->header('WWW-Authenticate'), '404 our own page ', 'an error document after RequestHeader set Authorization');
$failing->reset;
($answer, $calls) = ask('/failing/1.txt');
is($answer->{status}, 503, 'one of a request that could not be decided');
is($failing->calls, 1, 'does not ask the server again');

# redirects
$httpd->write_file('htdocs/app/.htaccess', "RewriteEngine On\nRewriteRule ^x /front/env.pl [L]\nRewriteRule ^y /app/y/env.pl [L]\n");
for my $dir ('front', 'app/y') { $httpd->write_file("htdocs/$dir/env.pl", $httpd->slurp('cgi/env.pl'), 0755) }
my $env = env_of((ask('/app/x', Authorization => 'Bearer good-token-1', 'INTROSPECT-CLAIM-admin' => '1'))[0]);
is($env->{HTTP_INTROSPECT_CLAIM_SUB}, 'alice', 'header export reaches a front controller outside of the place');
ok(!exists $env->{HTTP_INTROSPECT_CLAIM_ADMIN}, 'what a client sent does not');
is($env->{REDIRECT_INTROSPECT_CLAIM_sub}, 'alice', 'variables do under their REDIRECT_ name');
for my $place (qw(fake/x basic-on/fake/x basic/fake/x)) {
    my @headers = $place =~ /^basic/ ? @basic : (Authorization => 'Bearer good-token-1');
    ($answer, $calls) = ask("/$place", @headers);
    $env = env_of($answer);
    is($env->{REMOTE_USER}, 'alice', "/$place: a redirect after RequestHeader set Authorization");
    is($calls, 1, 'with one question');
    is($env->{HTTP_AUTHORIZATION}, 'Basic aW50ZXJuYWw6c2VjcmV0', 'and whom it leads to sees what the administrator set');
    $httpd->get("/$place", Authorization => 'Bearer bad-token-1');
}
is($httpd->get('/fake/x', @basic)->{status}, 401, 'a password that nobody granted is no token');
is($httpd->get('/fake/x')->{status}, 401, 'nor is what the administrator set');

# Basic and Off
$httpd->write_file("htdocs/basic/$_", 'hello') for qw(index.html own.txt);
is((ask('/basic/', @basic))[0]{body}, 'hello', 'DirectoryIndex with Basic and Off');
$httpd->write_file('htdocs/basic/.htaccess', "RewriteEngine On\nRewriteRule ^front own.txt [L]\n");
is((ask('/basic/front', @basic))[0]{body}, 'hello', 'a front controller');
for my $name (qw(bearer basic)) {
    my @headers = $name eq 'basic' ? @basic : (Authorization => 'Bearer good-token-1');
    $httpd->write_file("htdocs/dav-$name/d/$_.txt", 'x') for 'own', 1 .. 5;
    chmod 0777, map {"$httpd->{dir}$_"} '', "/htdocs/dav-$name", "/htdocs/dav-$name/d";
    $as->reset;
    $answer = $httpd->request('PROPFIND', "/dav-$name/d/", '', @headers, Depth => 1);
    is($answer->{status}, 207, "PROPFIND with $name");
    is(scalar(() = $answer->{body} =~ m{HTTP/1.1 200 OK}g), 7, 'of all files');
    is($as->calls, 1, 'asks once');
    $answer = $httpd->request('COPY', "/dav-$name/d/", undef, @headers, Destination => $httpd->url("/dav-$name/e/"));
    is($answer->{status}, 201, 'COPY');
    is($as->calls, 2, 'asks once');
}

# settings of a file
my $script = $httpd->slurp('cgi/env.pl');
$httpd->write_file('htdocs/.htaccess', "AuthType Introspect\nRequire valid-user\nDirectoryIndex index.pl\n");
my @settings = ('IntrospectExport none', 'IntrospectExportClaims sub scope', 'IntrospectRemoteUser username', 'IntrospectExportPrefix INTROSPECT_CLAIM_X_', 'IntrospectExport both',
    'IntrospectExportEncoding percent', 'IntrospectExportLists ,', 'IntrospectExportJSON On', "IntrospectExport both\nIntrospectExportEncoding base64url",
    "$off\nCGIPassAuth On", "AuthType None\nRequire all granted");
for my $i (0 .. $#settings) {
    my ($lines) = $settings[$i] =~ /^(.*)/;
    my $inside = "<Files index.pl>\n$settings[$i]\n</Files>\n";
    for (['DirectoryIndex', "index$i", '', '/', ''], ['FallbackResource', "fall$i", "DirectoryIndex disabled\nFallbackResource /fall$i/index.pl\n", '/any', ''],
        ['MultiViews', "multi$i", "Options +MultiViews\n", '/index', '']) {
        my ($what, $dir, $more, $path) = @$_;
        $httpd->write_file("htdocs/$dir/index.pl", $script, 0755);
        $httpd->write_file("htdocs/$dir/.htaccess", "$more$inside");
        my ($direct, $through) = map { env_of((ask("/$dir$_"))[0]) } '/index.pl', $path;
        my @names = grep {/INTROSPECT|AUTHORIZATION|REMOTE_USER|AUTH_TYPE/} sort keys %{{%$direct, %$through}};
        @names = grep { !/INTROSPECT|REMOTE_USER|AUTH_TYPE/ } @names if $lines eq 'AuthType None';
        ok(@names > 0 || $lines eq 'AuthType None', "$lines: there is something");
        is(join("\n", map { "$_=" . ($through->{$_} // '-') } @names), join("\n", map { "$_=" . ($direct->{$_} // '-') } @names), "$what: $lines holds");
    }
}
$httpd->write_file('htdocs/again/.htaccess', "$off\nCGIPassAuth On\n<Files index.pl>\nIntrospectForwardToken On\n</Files>\n");
$httpd->write_file('htdocs/again/index.pl', $script, 0755);
is(env_of((ask('/again/'))[0])->{HTTP_AUTHORIZATION}, 'Bearer good-token-1', 'a file for which Off is taken back has its token');
is(env_of((ask('/index0/', @basic))[0])->{failed}, 401, 'without a token nothing is there');

for my $mpm (qw(event prefork)) {
    my $served = Httpd->new(%httpd, mpm => $mpm, modules => [@{$httpd{modules}}, $mpm eq 'event' ? 'http2' : ()],
        config => ($mpm eq 'event' ? "Protocols h2c http/1.1\n" : '') . $httpd{config});
    $served->write_file("htdocs/ssi-off/own$_.txt", "part $_\n") for 1 .. 10;
    $served->write_file('htdocs/ssi-off/page.shtml', include(map {"own$_.txt"} 1 .. 10));
    $served->write_file('htdocs/d/index.pl', $script, 0755);
    $served->write_file('htdocs/d/.htaccess', "AuthType Introspect\nRequire valid-user\nDirectoryIndex index.pl\n<Files index.pl>\nIntrospectExportClaims sub\n</Files>\n");
    my $curl = 'curl -s ' . ($mpm eq 'event' ? '--http2-prior-knowledge ' : '') . "-H 'Authorization: Bearer good-token-1' " . $served->url;
    $as->reset;
    is(scalar(() = `$curl/ssi-off/page.shtml` =~ /^part/mg), 10, ($mpm eq 'event' ? 'HTTP/2' : $mpm) . ': a page of 10 parts');
    is($as->calls, 1, 'asks once');
    my $seen = decode_json(`$curl/d/`);
    is(join(' ', grep {/^INTROSPECT_CLAIM/} sort keys %$seen), 'INTROSPECT_CLAIM_sub', "a file's own settings hold");
}

subtest 'svn checkout' => sub {
    -e '/usr/bin/svnadmin' && grep { -e "$_/mod_dav_svn.so" } map { chomp; $_ } `apxs -q LIBEXECDIR` or plan skip_all => 'svn is not installed';
    my $svn = Httpd->new(modules => [qw(dav dav_svn authz_svn)], config => $as->config . <<"END");
CustomLog %DIR%/access.log "%m %U %>s %{Authorization}i"
<Location /svn>
    DAV svn
    SVNPath %DIR%/repository
    AuthzSVNAccessFile %DIR%/rules
    AuthType Basic
    AuthName svn
    AuthBasicProvider introspect
    Require valid-user
    IntrospectMaxAge 0
    $off
</Location>
END
    my $dir = $svn->{dir};
    $svn->write_file('rules', "[/]\nalice = rw\n");
    $svn->write_file("import/d$_/f$_.txt", "x\n") for 1 .. 8;
    system("svnadmin create $dir/repository && svn import -q -m x $dir/import file://$dir/repository/trunk && chown -R www-data $dir/repository");
    $as->reset;
    is(system("svn checkout -q --non-interactive --no-auth-cache --username x --password good-token-1 --config-dir $dir/svn @{[$svn->url('/svn/trunk')]} $dir/out"), 0, 'succeeds with Basic and Off');
    ok(-e "$dir/out/d8/f8.txt", 'and brings the files');
    my @with = grep { !/ 401 / } split /\n/, $svn->slurp('access.log');
    cmp_ok(scalar @with, '>', 5, 'in several requests');
    cmp_ok($as->calls, '<=', scalar @with, 'with at most one question for each');
    unlike($svn->slurp('access.log'), qr/Basic/, 'whose credentials are in no log');
    $svn->write_file('out/new.txt', 'new');
    system("svn add -q $dir/out/new.txt");
    is(system("svn commit -q -m y --non-interactive --no-auth-cache --username x --password good-token-1 --config-dir $dir/svn $dir/out"), 0, 'commit');
};
done_testing;
