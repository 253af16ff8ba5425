# SPDX-License-Identifier: Apache-2.0
#
# Grants and tokens in every shape of request: what one place has decided or
# hidden when DirectoryIndex, FallbackResource, an internal redirect or an
# include brings a request to another.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my $other = AS->new(credentials => '');
my $token = Httpd::secret('shapes-token-1');
$as->token($token => {sub => 'alice', scope => 'read'});
my $off = 'IntrospectForwardToken Off';
my $httpd = Httpd->new(modules => [qw(include actions headers rewrite)], allow_override => 'All', config => $as->config . <<"END");
LogFormat "%r %q" line
CustomLog %DIR%/access.log line
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
AddHandler cgi-script .pl
RewriteEngine On
RewriteRule ^/turned\$ /query/index.pl?x=1 [QSA,PT]
RewriteCond %{HTTP_COOKIE} sid=(.+)
RewriteRule ^/copied - [E=COPY:%1]
RewriteRule ^/copied - [E=COPY_Q:%{QUERY_STRING}]
SetEnvIf Cookie "sid=([^;]+)" BY_SETENVIF=of-\$1
Action to-query /query/index.pl virtual
Action to-closed /closed/index.pl virtual
Action to-pass /pass/index.pl virtual
<Location /a>
    AuthType Introspect
    Require valid-user
    DirectoryIndex /b/index.shtml
</Location>
<Location /a/nested>
    DirectoryIndex /b/deeper/
</Location>
<Location /a/who>
    DirectoryIndex /b/who.pl
    IntrospectExport both
</Location>
<Location /index/open>
    AuthType Introspect
    IntrospectTokenFrom cookie:sid
    Require valid-user
    DirectoryIndex index.pl
</Location>
<Location /index/open/index.pl>
    Require all granted
</Location>
<Location /gone>
    ErrorDocument 404 /closed/index.pl
</Location>
<Location /b>
    AuthType Introspect
    Require all granted
    IntrospectEndpoint @{[$other->url]}
    IntrospectClientAuth none
</Location>
<Location /b/deeper>
    DirectoryIndex index.shtml
</Location>
<LocationMatch ^/b/(deeper/)?secret>
    Require valid-user
</LocationMatch>
<LocationMatch ^/(index|fallback|cookie|off)/index.pl>
    AuthType Introspect
    IntrospectTokenFrom cookie:sid
    Require valid-user
</LocationMatch>
<Location /off/index.pl>
    $off
</Location>
<Location /public/index.pl>
    IntrospectTokenFrom cookie:sid header:X-Key
    $off
</Location>
<LocationMatch ^/(index|off|public|queried)/\$>
    DirectoryIndex index.pl
</LocationMatch>
<Location /fallback>
    DirectoryIndex disabled
    FallbackResource /fallback/index.pl
</Location>
<Location /open>
    AuthType Introspect
    IntrospectTokenFrom cookie:sid
    IntrospectCrossSite On
    Require valid-user
    SetHandler to-closed
</Location>
<Location /open-basic>
    AuthType Basic
    AuthName x
    AuthBasicProvider introspect
    Require valid-user
    SetHandler to-closed
</Location>
<LocationMatch ^/closed>
    AuthType Introspect
    IntrospectTokenFrom cookie:sid basic
    Require valid-user
</LocationMatch>
<LocationMatch ^/(query|queried/index.pl)>
    AuthType Introspect
    IntrospectTokenFrom query
    Require valid-user
</LocationMatch>
<Location /redirected>
    SetHandler to-query
</Location>
<Location /other-carrier>
    AuthType Introspect
    IntrospectTokenFrom query:t
    Require all granted
    SetHandler to-query
</Location>
<Location /narrowed>
    AuthType Introspect
    IntrospectTokenFrom header cookie:sid header:X-Key
    $off
    CGIPassAuth On
    Require valid-user
</Location>
<Location /copied>
    AuthType Introspect
    IntrospectTokenFrom header cookie:sid query
    $off
    Require valid-user
</Location>
<Location /remember>
    AuthType Introspect
    Require valid-user
    IntrospectCacheMaxAge 1s
    IntrospectStaleIfError 1min
</Location>
<Location /remember/young.txt>
    IntrospectCacheMaxAge 0
</Location>
<Location /remember/fresh.txt>
    IntrospectStaleIfError 0
</Location>
<Location /unset>
    AuthType Basic
    AuthName x
    AuthBasicProvider introspect
    Require valid-user
    RequestHeader unset Authorization
    SetHandler to-pass
</Location>
<Location /pass>
    AuthType Basic
    AuthName x
    AuthBasicProvider introspect
    IntrospectLeeway 10s
    Require valid-user
    CGIPassAuth On
</Location>
END
my $script = $httpd->slurp('cgi/env.pl');
for my $dir (qw(index index/open fallback off public closed query queried narrowed copied pass)) { $httpd->write_file("htdocs/$dir/index.pl", $script, 0755) }
my @bearer = (Authorization => "Bearer $token");
my @cookie = (Cookie => "x=y; sid=$token");

sub seen { my ($answer) = @_; return $answer->{status} == 200 ? decode_json($answer->{body}) : {failed => $answer->{status}} }

# Where the token stands in what a program sees, but for these names.
sub shown {
    my ($answer, @but) = @_;
    my $env = seen($answer);
    return $env->{failed} if $env->{failed};
    return join ' ', grep { my $name = $_; $env->{$name} =~ /\Q$token\E/ && !grep { $_ eq $name } @but } sort keys %$env;
}

subtest 'a grant of another place' => sub {
    for my $dir ('b', 'b/deeper') {
        $httpd->write_file("htdocs/$dir/secret.txt", 'the secret');
        $httpd->write_file("htdocs/$dir/index.shtml", qq{<!--#include virtual="secret.txt" -->end});
    }
    $httpd->write_file("htdocs/$_/.keep", '') for qw(a a/nested);
    is($httpd->get('/b/secret.txt', @bearer)->{status}, 401, 'a place whose server does not know the token');
    for my $path (qw(/a/ /a/nested/)) {
        my $answer = $httpd->get($path, @bearer);
        like($answer->{body}, qr/end/, "$path: DirectoryIndex brings a request there that another server has let in");
        unlike($answer->{body}, qr/the secret/, 'which lets in nobody there');
    }
};

subtest 'a forged request' => sub {
    for my $path ('/index/', '/fallback/any', '/closed/index.pl') {
        my $to = $path =~ s{/$}{/index.pl}r;
        is($httpd->request('POST', $path, '', @cookie, 'Sec-Fetch-Site' => 'cross-site')->{status}, 403, "$path: a POST of another site");
        is($httpd->request('POST', $path, '', @cookie, 'Sec-Fetch-Site' => 'same-origin')->{status}, 200, 'of this one');
        is($httpd->get($path, @cookie, 'Sec-Fetch-Site' => 'cross-site')->{status}, 200, 'and a GET of another');
    }
    is($httpd->request('POST', '/open/x', '', @cookie, 'Sec-Fetch-Site' => 'cross-site')->{status}, 403, 'a place that lets them in does not for the one behind it');
    is($httpd->request('POST', '/open/x', '', @cookie, 'Sec-Fetch-Site' => 'same-origin')->{status}, 200, 'which lets others in');
    my @basic = (Authorization => 'Basic ' . encode_base64("x:$token", ''));
    is($httpd->request('POST', '/open-basic/x', '', @basic, 'Sec-Fetch-Site' => 'cross-site')->{status}, 403, 'nor does one of Basic');
    is($httpd->request('POST', '/open-basic/x', '', @basic)->{status}, 200, 'which lets programs in');
};

subtest 'an error document' => sub {
    for my $case (['of another site', 404, 'cross-site'], ['of this one', 200, 'same-origin']) {
        my $answer = $httpd->request('POST', '/gone/x', '', @cookie, 'Sec-Fetch-Site' => $case->[2]);
        is($answer->{body} =~ /"REMOTE_USER"/ ? 200 : 404, $case->[1], "that is a front controller, of a POST $case->[0]");
    }
    like($httpd->get('/gone/x', @cookie, 'Sec-Fetch-Site' => 'cross-site')->{body}, qr/"REMOTE_USER"/, 'of a GET of another');
};

subtest 'a user whom another server named' => sub {
    $httpd->write_file('htdocs/a/who/.keep', '');
    $httpd->write_file("htdocs/b/who.pl", $script, 0755);
    my $env = seen($httpd->get('/a/who/', @bearer));
    is(join(' ', grep {/^(?:REMOTE_USER|AUTH_TYPE|INTROSPECT|HTTP_INTROSPECT)/} sort keys %$env), '', 'is nobody at a place that trusts another one');
    is(seen($httpd->get('/index/open/', @cookie))->{REMOTE_USER}, 'alice', 'but somebody in an open part of the same');
};

subtest 'a long list' => sub {
    my $high = sub {
        my $sum = 0;
        for my $pid ($httpd->children) {
            open my $in, '<', "/proc/$pid/status" or next;
            $sum += join('', <$in>) =~ /^VmHWM:\s+(\d+)/m ? $1 : 0;
        }
        return $sum;
    };
    my $long = join '', map {'&a'} 1 .. 3900;
    $httpd->get('/query/index.pl?x=1&access_token=short');
    my $before = $high->();
    is($httpd->get("/query/index.pl?access_token=$token$long")->{status}, 200, 'of parameters is read');
    is($httpd->get('/off/index.pl', Cookie => "sid=$token" . join(q{}, map {q{;a}} 1 .. 3900))->{status}, 200, 'and of cookies');
    is($httpd->get('/copied/index.pl', @bearer, Connection => join(',', map {'a'} 1 .. 3900, 'INTROSPECT-CLAIM-sub'))->{status}, 200, 'and of what a proxy shall remove');
    cmp_ok($high->() - $before, '<', 8192, 'in little memory') if !$ENV{T_PRELOAD};
};

subtest 'hidden tokens' => sub {
    is(shown($httpd->get('/off/', @cookie)), '', 'a cookie, by DirectoryIndex');
    is(shown($httpd->get('/off/index.pl', @cookie)), '', 'and without');
    is(shown($httpd->get('/public/', @cookie, 'X-Key' => $token)), '', 'where nobody is authenticated');
    like(seen($httpd->get('/off/', @cookie))->{HTTP_COOKIE}, qr/^x=y$/, 'other cookies stay');
    is(shown($httpd->get('/copied/index.pl', @cookie)), '', 'copies of a cookie in variables');
    is(shown($httpd->get("/copied/index.pl?access_token=$token&y=1")), '', 'and of a query');
    my $encoded = join '', map { sprintf '%%%02x', ord } split //, $token;
    is(join(' ', grep {/%73%68/i} values %{seen($httpd->get("/copied/index.pl?access_token=$encoded"))}), '', 'however it was written');
    for my $case (['header', @bearer], ['cookie:sid', @cookie]) {
        my ($left, @proof) = @$case;
        $httpd->write_file('htdocs/narrowed/.htaccess', "IntrospectTokenFrom $left\n");
        is(shown($httpd->get('/narrowed/index.pl', @bearer, @cookie, 'X-Key' => $token)), '', "a .htaccess that leaves $left shows none of the others");
        is($httpd->get('/narrowed/index.pl', @proof)->{status}, 200, 'which counts');
    }
    my $env = seen($httpd->get('/unset/x', Authorization => 'Basic ' . encode_base64("x:$token", '')));
    is($env->{REMOTE_USER}, 'alice', 'a header that the administrator unset for what follows');
    is($env->{HTTP_AUTHORIZATION}, undef, 'stays away when another AuthType has read it');
};

subtest 'tokens in queries' => sub {
    my $query = "access_token=$token&z=1";
    for my $path (qw(/turned /queried/ /redirected/x /query/index.pl)) {
        my $answer = $httpd->get("$path?$query");
        is(shown($answer), '', "$path: the token is gone");
        like(seen($answer)->{QUERY_STRING}, qr/\bz=1$/, 'the rest is there');
    }
    is($httpd->get("/other-carrier/x?t=$token")->{status}, 401, 'one that only another place would take counts for nothing');
    is(shown($httpd->get("/other-carrier/x?t=none-at-all&$query")), '', 'its own does');
    $httpd->wait_until(sub { $httpd->slurp('access.log') =~ /other-carrier.*other-carrier/s }, 'the access log');
    unlike(join("\n", grep {/^GET/} split /\n/, $httpd->slurp('access.log')), qr/\Q$token\E/, 'no log has it');
};
subtest 'what another place may remember for longer' => sub {
    $httpd->write_file("htdocs/remember/$_.txt", "part $_\n") for qw(young fresh);
    $httpd->write_file("htdocs/remember/$_.shtml", qq{<!--#include virtual="$_.txt" -->end}) for qw(young fresh);
    $as->reset;
    like($httpd->get('/remember/young.shtml', @bearer)->{body}, qr/part young/, 'an answer that was asked for in this request serves its parts');
    is($as->calls($token), 1, 'once');
    like($httpd->get('/remember/young.shtml', @bearer)->{body}, qr/part young/, 'a remembered one');
    is($as->calls($token), 2, "not where a part's place remembers none");
    sleep 2;
    $as->answer($token, {status => 500, body => ''});
    my $answer = $httpd->get('/remember/fresh.shtml', @bearer);
    like($answer->{body}, qr/end/, 'while the server is in trouble, an older one serves the page');
    unlike($answer->{body}, qr/part fresh/, 'and no part whose place does not allow it');
    $httpd->expect_log(qr/MAI00(?:[45]\d|70)/);
};
done_testing;
