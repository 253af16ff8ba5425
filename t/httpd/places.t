# SPDX-License-Identifier: Apache-2.0
#
# Where it works: vhosts, locations, directories, .htaccess, sub-requests,
# internal redirects, AuthType Basic, beside mod_auth_openidc, HTTP/2.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use AS;
use Httpd;

my $as = AS->new;
my $other = AS->new(credentials => '');
$as->token('good-token-1' => {sub => 'alice', scope => 'read', aud => 'one'});
$other->token('other-token-1' => {sub => 'bob', scope => 'read'});

subtest 'directories and .htaccess' => sub {
    my $httpd = Httpd->new(allow_override => 'AuthConfig FileInfo Options', modules => [qw(rewrite include)], config => $as->config . <<'END');
AddHandler cgi-script .pl
AddOutputFilter INCLUDES .shtml
DirectoryIndex index.html env.pl
ErrorDocument 403 /denied.html
END
    $httpd->write_file('htdocs/denied.html', "sorry\n");
    $httpd->write_file('htdocs/a/.htaccess', "AuthType Introspect\nAuthName a\nRequire claim scope:read\n");
    $httpd->write_file('htdocs/a/x.html', "x\n");
    $httpd->write_file('htdocs/a/b/.htaccess', "IntrospectAudience two\n");
    $httpd->write_file('htdocs/a/b/x.html', "x\n");
    my $cgi = $httpd->slurp('cgi/env.pl');
    $httpd->write_file('htdocs/a/env.pl', $cgi, 0755);
    $httpd->write_file('htdocs/a/index/env.pl', $cgi, 0755);
    $httpd->write_file('htdocs/a/front/.htaccess', "RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^ env.pl [L]\n");
    $httpd->write_file('htdocs/a/front/env.pl', $cgi, 0755);
    $httpd->write_file('htdocs/a/page.shtml', "user <!--#echo var=\"INTROSPECT_CLAIM_sub\" --> <!--#include virtual=\"x.html\" --> <!--#include virtual=\"b/x.html\" -->\n", 0755);
    $httpd->write_file('htdocs/a/off/.htaccess', "IntrospectForwardToken Off\nRewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^ env.pl [L]\n");
    $httpd->write_file('htdocs/a/off/env.pl', $cgi, 0755);
    $httpd->write_file('htdocs/secret/.htaccess', "IntrospectEndpoint http://127.0.0.1:1/x\n");

    is($httpd->get('/a/x.html')->{status}, 401, '.htaccess protects');
    is($httpd->get_token('/a/x.html', 'good-token-1')->{status}, 200, 'and lets in');
    is($httpd->get_token('/a/b/x.html', 'good-token-1')->{status}, 401, 'a deeper one demands more, of the same remembered answer');
    is(decode_json($httpd->get_token('/a/env.pl', 'good-token-1')->{body})->{INTROSPECT_CLAIM_sub}, 'alice', 'a program in a directory');
    is(decode_json($httpd->get_token('/a/index/', 'good-token-1')->{body})->{INTROSPECT_CLAIM_sub}, 'alice', 'found by DirectoryIndex');
    my $env = decode_json($httpd->get_token('/a/front/some/path', 'good-token-1')->{body});
    is($env->{INTROSPECT_CLAIM_sub}, 'alice', 'after an internal redirect of mod_rewrite');
    is($env->{REMOTE_USER}, 'alice', 'with its user');
    $env = decode_json($httpd->get_token('/a/off/some/path', 'good-token-1')->{body});
    is($env->{INTROSPECT_CLAIM_sub}, 'alice', 'also where the token was taken from the request');
    my $page = $httpd->get_token('/a/page.shtml', 'good-token-1')->{body};
    like($page, qr/user alice x/, 'SSI sees claims and includes what is allowed');
    like($page, qr/error occurred/, 'but not what is not');
    is($httpd->get('/secret/')->{status}, 500, '.htaccess cannot choose the authorization server');
    is($as->calls('good-token-1'), 1, 'all of this with one question');
};

subtest 'RFC 7662 2.2: two authorization servers, and two questions to one (fault 1)' => sub {
    my $httpd = Httpd->new(config => $as->config . <<"END");
Alias /one %DIR%/htdocs/index.html
Alias /two %DIR%/htdocs/index.html
Alias /three %DIR%/htdocs/index.html
<LocationMatch ^/(one|two|three)>
    AuthType Introspect
    Require valid-user
</LocationMatch>
<Location /two>
    IntrospectEndpoint @{[$other->url]}
    IntrospectClientAuth none
</Location>
<Location /three>
    IntrospectParam resource x
</Location>
END
    $as->reset;
    $other->reset;
    is($httpd->get_token('/one', 'good-token-1')->{status}, 200, 'the first knows it');
    is($httpd->get_token('/two', 'good-token-1')->{status}, 401, 'what the first said counts nothing where the second is trusted');
    is($httpd->get_token('/two', 'other-token-1')->{status}, 200, 'nor');
    is($httpd->get_token('/one', 'other-token-1')->{status}, 401, 'the other way');
    is($httpd->get_token('/three', 'good-token-1')->{status}, 200, 'with another parameter');
    is($as->calls('good-token-1'), 2, 'the same server is asked again');
};

subtest 'virtual hosts' => sub {
    my $httpd = Httpd->new(config => <<"END");
<VirtualHost *:%PORT%>
    ServerName one
    @{[$as->config]}
    <Location />
        AuthType Introspect
        Require valid-user
    </Location>
</VirtualHost>
<VirtualHost *:%PORT%>
    ServerName two
    IntrospectEndpoint @{[$other->url]}
    IntrospectClientAuth none
    <Location />
        AuthType Introspect
        Require valid-user
    </Location>
</VirtualHost>
END
    for (['one', 'good-token-1', 200], ['two', 'good-token-1', 401], ['two', 'other-token-1', 200]) {
        my ($host, $token, $status) = @$_;
        my $socket = $httpd->connect;
        print $socket "GET / HTTP/1.0\r\nHost: $host\r\nAuthorization: Bearer $token\r\n\r\n";
        is(Httpd::Answer->new(Httpd::read_all($socket))->{status}, $status, "$token at host $host: $status");
    }
};

# Directory, Directory and Location are merged for each request.
subtest 'sections within sections' => sub {
    my ($one, $two, $three) = ("IntrospectTimeout 5s\n", "IntrospectRefresh 20%\n", "IntrospectCacheMaxAge 1s\n");
    for (['Directory and Location', '', $one . $two, $three], ['Directory in Directory', $one . $two, $three, ''], ['all three', $one, $two, $three],
        ['one with policy between', $one . $two, "IntrospectLeeway 10s\n", $three]) {
        my ($name, $outer, $inner, $location) = @$_;
        my $httpd = Httpd->new(modules => ['status'], config => $as->config . <<"END");
<Directory %DIR%>
$outer</Directory>
<Directory %DIR%/htdocs>
$inner</Directory>
<Location />
AuthType Introspect
Require valid-user
$location</Location>
<Location /status>
AuthType None
Require all granted
SetHandler server-status
</Location>
END
        $httpd->write_file('htdocs/index.html', "x\n");
        $as->token("nested-token-$_" => {sub => 'alice'}) for 1, 2;
        is($httpd->get_token('/', 'nested-token-1')->{status}, 200, "$name: a good token");
        $httpd->wait_until(sub {
            $httpd->get_token('/', 'nested-token-1')->{status} == 200 && $httpd->get('/status?auto')->{body} =~ /^IntrospectRefreshes: [1-9]/m;
        }, "$name: the answer to be renewed in the background", 10);
    }
};

subtest 'more combinations than are kept' => sub {
    my $many = 17;    # of each, so 289
    my $text = join '', map {"<Directory %DIR%/htdocs/d$_>\nIntrospectParam d $_\n</Directory>\n"} 1 .. $many;
    $text .= join '', map {"<LocationMatch /l$_\$>\nIntrospectParam l $_\n</LocationMatch>\n"} 1 .. $many;
    my $httpd = Httpd->new(limits => "StartServers 1\nServerLimit 1\nThreadsPerChild 4\nMaxRequestWorkers 4",
        log_level => 'warn', config => $as->config . $text . <<'END');
<Location />
AuthType Introspect
Require valid-user
</Location>
END
    for my $d (1 .. $many) { $httpd->write_file("htdocs/d$d/l$_", "x\n") for 1 .. $many }
    for my $round (1, 2) {
        my @answers = map { my $d = $_; map { $httpd->get_token("/d$d/l$_", 'good-token-1')->{status} } 1 .. $many } 1 .. $many;
        is(scalar(grep { $_ == 200 } @answers), $many**2, "round $round: all places know the token");
    }
    $as->reset;
    $httpd->get_token("/d$_/l$_", 'fresh-token-1') for 1 .. 3;
    like(join(' ', map { $_->{body} } $as->requests), qr/&l=1 .*&l=2 .*&l=3$/, 'each asks with its own parameters');
};

subtest 'AuthType Basic' => sub {
    my $httpd = Httpd->new(config => $as->config . <<'END');
<Location /cgi>
    AuthType Basic
    AuthName git
    AuthBasicProvider file introspect
    AuthUserFile %DIR%/users
    Require valid-user
</Location>
<Location /cgi/env.pl/admin>
    Require claim scope:admin
</Location>
<Location /cgi/env.pl/down>
    IntrospectEndpoint http://127.0.0.1:1/introspect
    IntrospectClientAuth none
    AuthBasicProvider introspect
</Location>
END
    $httpd->write_file('users', "carol:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n");    # password
    my $basic = sub { require MIME::Base64; return (Authorization => 'Basic ' . MIME::Base64::encode_base64($_[0], '')) };
    my $answer = $httpd->get('/cgi/env.pl', $basic->('root:good-token-1'));
    is($answer->{status}, 200, 'the password is the token');
    my $env = decode_json($answer->{body});
    is($env->{REMOTE_USER}, 'alice', 'and the name proves nothing');
    is($env->{INTROSPECT_CLAIM_scope}, 'read', 'claims are exported');
    $answer = $httpd->get('/cgi/env.pl', $basic->('alice:bad-token-1'));
    is($answer->{status}, 401, 'a bad token is refused');
    like($answer->header('WWW-Authenticate'), qr/^Basic realm="git"/, 'with a challenge for Basic');
    $answer = $httpd->get('/cgi/env.pl', $basic->('carol:password'));
    is($answer->{status}, 200, 'another provider may know the password');
    is(decode_json($answer->{body})->{REMOTE_USER}, 'carol', 'of its user');
    $answer = $httpd->get('/cgi/env.pl/admin', $basic->('x:good-token-1'));
    is($answer->{status}, 403, 'a failed Require gets 403');
    is($answer->header('WWW-Authenticate'), '', 'and no new question for a password');
    $httpd->expect_log(qr/MAI0041/);
    $answer = $httpd->get('/cgi/env.pl/down', $basic->('x:new-token-1'));
    is($answer->{status}, 503, 'while nobody can be asked 503');
    like($answer->header('Retry-After'), qr/^\d+$/, 'with Retry-After');
};

my $theirs = AS->new(credentials => '', tls => 'good');
$theirs->token('other-token-1' => {sub => 'bob', scope => 'read', exp => time + 600});
for my $load (qw(first last)) {
    subtest "beside mod_auth_openidc, loaded $load" => sub {
        my ($libexec) = map { chomp; $_ } `apxs -q LIBEXECDIR`;
        -e "$libexec/mod_auth_openidc.so" or plan skip_all => 'mod_auth_openidc is not installed';
        my $httpd = Httpd->new(load => $load, modules => ['auth_openidc'], config => $as->config . <<"END");
OIDCOAuthIntrospectionEndpoint @{[$theirs->url]}
OIDCOAuthSSLValidateServer Off
OIDCOAuthRemoteUserClaim sub
Alias /ours %DIR%/htdocs/index.html
Alias /theirs %DIR%/htdocs/index.html
Alias /ours-denied %DIR%/htdocs/index.html
Alias /theirs-denied %DIR%/htdocs/index.html
<Location /ours>
    AuthType Introspect
    Require claim scope:read
</Location>
<Location /ours-denied>
    AuthType Introspect
    Require claim scope:admin
</Location>
<Location /theirs>
    AuthType oauth20
    Require claim sub:bob
</Location>
<Location /theirs-denied>
    AuthType oauth20
    Require claim sub:alice
</Location>
END
        is($httpd->get_token('/ours', 'good-token-1')->{status}, 200, 'our requests go to our Require claim');
        is($httpd->get_token('/ours-denied', 'good-token-1')->{status}, 403, 'which refuses');
        is($httpd->get_token('/theirs', 'other-token-1')->{status}, 200, 'theirs to theirs');
        like($httpd->get_token('/theirs-denied', 'other-token-1')->{status}, qr/^40[13]$/, 'which refuses as well');
        is($httpd->get('/theirs')->{status}, 401, 'without a token');
    };
}

subtest 'HTTP/2' => sub {
    my $httpd = Httpd->new(modules => ['http2'], config => "Protocols h2c http/1.1\n" . $as->config . <<'END');
<Location />
    AuthType Introspect
    Require claim scope:read
</Location>
END
    my $curl = "curl -s -o /dev/null -w '%{http_version} %{http_code}' --http2-prior-knowledge";
    is(`$curl @{[$httpd->url]}`, '2 401', 'no token');
    is(`$curl -H 'Authorization: Bearer good-token-1' @{[$httpd->url]}`, '2 200', 'a good one');
};

subtest 'the key set' => sub {
    $as->answer('/jwks' => {body => '{"keys":[{"kty":"RSA","n":"x","e":"AQAB"}]}'});
    my $httpd = Httpd->new(config => $as->config . <<"END");
<Location /jwks>
    SetHandler introspect-jwks
    IntrospectJWKSURL @{[$as->base]}/jwks
</Location>
<Location /none>
    SetHandler introspect-jwks
</Location>
Alias /ours %DIR%/htdocs/index.html
<Location /ours>
    AuthType Introspect
    Require valid-user
</Location>
END
    $as->reset;
    my $answer = $httpd->get('/jwks');
    is($answer->{status}, 200, 'is served');
    is(decode_json($answer->{body})->{keys}[0]{kty}, 'RSA', 'as it is');
    is($httpd->get('/jwks')->{status}, 200, 'again');
    is(scalar(grep { $_->{path} eq '/jwks' } $as->requests), 1, 'from memory');
    is($httpd->get('/none')->{body}, '{"keys":[]}', 'empty where no URL is set');
    my $alone = Httpd->new(config => "<Location /jwks>\nSetHandler introspect-jwks\nIntrospectJWKSURL @{[$as->base]}/jwks\n</Location>\n");
    is($alone->get('/jwks')->{status}, 200, 'is served where nobody verifies tokens');
    is($httpd->get_token('/ours', $as->base . '/jwks')->{status}, 400, 'fault 2: its URL is no token');
    (my $path = $as->base . '/jwks') =~ s/[^A-Za-z0-9\/.]//g;
    is($httpd->get_token('/ours', $path)->{status}, 401, 'fault 2: whatever is left of it');
};
done_testing;
