# SPDX-License-Identifier: Apache-2.0
#
# Ways around a place: requests that reach it from another one, or as something
# else than it looks at.
use strict;
use warnings;
use JSON::PP;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
$as->token('writer-token-1' => {sub => 'alice', scope => 'write'});
$as->token('admin-token-1' => {sub => 'root', scope => 'write admin'});
my $httpd = Httpd->new(modules => [qw(dav dav_fs include negotiation rewrite headers actions)], allow_override => 'All', config => $as->config . <<"END");
DavLockDB %DIR%/dav.lock
AddHandler cgi-script .pl
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory %DIR%/htdocs/dav>
    Dav On
    AuthType Introspect
    AuthName d
    Require scope write
</Directory>
<Directory %DIR%/htdocs/dav/admin>
    <RequireAny>
        Require scope admin
        <RequireAll>
            Require method GET PROPFIND OPTIONS
            Require scope write
        </RequireAll>
    </RequireAny>
</Directory>
<Directory %DIR%/htdocs/cookie>
    Dav On
    AuthType Introspect
    IntrospectTokenFrom cookie:sid
    Require scope write
</Directory>
<Location /method>
    AuthType Introspect
    AuthName m
    <RequireAny>
        Require method GET
        Require scope admin
    </RequireAny>
    SetHandler cgi-script
</Location>
<Location /guest>
    AuthType Introspect
    IntrospectOptional On
    IntrospectTokenFrom header cookie:sid
    Require all granted
</Location>
<Location /preflight>
    AuthType Introspect
    IntrospectAllowPreflight On
    Require scope admin
</Location>
<Location /expr>
    AuthType Introspect
    Require claim-expr "%{INTROSPECT_CLAIM:sub} == 'root' || %{HTTP:X-Sub} == 'root' && %{INTROSPECT_CLAIM:scope} == 'write'"
</Location>
END
my $script = $httpd->slurp('cgi/env.pl');
$httpd->write_file("htdocs/$_", $script, 0755) for qw(method/x.pl guest/x.pl preflight/x.pl preflight/front/index.pl);
$httpd->write_file('htdocs/preflight/front/.htaccess', "RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^ index.pl [L]\n");
$httpd->write_file("htdocs/$_", "text\n") for qw(dav/a.txt dav/admin/b.txt cookie/c.txt expr/x.txt);
system("chown -R www-data $httpd->{dir}/htdocs; chmod 777 $httpd->{dir}");
sub bearer { return (Authorization => "Bearer $_[0]-token-1") }
sub exists_there { return -e "$httpd->{dir}/htdocs/$_[0]" ? 1 : 0 }

subtest 'DAV writes elsewhere' => sub {
    for my $method (qw(COPY MOVE)) {
        my $answer = $httpd->request($method, '/dav/a.txt', undef, bearer('writer'), Destination => $httpd->url('/dav/admin/new.txt') =~ s/127\.0\.0\.1/localhost/r, Host => 'localhost');
        isnt(substr($answer->{status}, 0, 1), 2, "$method into a place of another scope: $answer->{status}");
        is(exists_there('dav/admin/new.txt'), 0, 'writes nothing there');
    }
    my $to = sub { return 'http://localhost:' . $httpd->{port} . $_[0] };
    for my $case (['COPY', 'writer', 0], ['MOVE', 'writer', 0], ['COPY', 'admin', 1]) {
        my ($method, $who, $there) = @$case;
        my $socket = $httpd->connect;
        print $socket "$method /dav/a.txt HTTP/1.1\r\nHost: localhost:$httpd->{port}\r\nConnection: close\r\nAuthorization: Bearer $who-token-1\r\nDestination: @{[$to->('/dav/admin/n.txt')]}\r\n\r\n";
        my $status = Httpd::Answer->new(Httpd::read_all($socket))->{status};
        is(exists_there('dav/admin/n.txt'), $there, "$method by $who: $status");
    }
    for my $method (qw(PUT DELETE MKCOL PROPPATCH LOCK)) {
        is($httpd->request($method, '/dav/admin/b.txt', $method eq 'PUT' ? 'x' : undef, bearer('writer'))->{status}, 403, "$method in it");
    }
    is($httpd->slurp('htdocs/dav/admin/b.txt'), "text\n", 'and nothing has changed');
    my $answer = $httpd->request('DELETE', '/cookie/c.txt', undef, Cookie => 'sid=writer-token-1', 'Sec-Fetch-Site' => 'cross-site');
    is("$answer->{status} " . exists_there('cookie/c.txt'), '403 1', 'a page of another site deletes nothing with a cookie');
};

subtest 'another method than it says' => sub {
    for my $header ('X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override') {
        my $answer = $httpd->request('POST', '/method/x.pl', 'x', $header => 'GET');
        is($answer->{status}, 401, "$header: GET makes no GET of a POST");
    }
    is($httpd->request($_, '/method/x.pl', undef)->{status}, 401, "nor is $_ one") for qw(get Get PUT OPTIONS);
};

subtest 'guests are nobody' => sub {
    my @claims = ('INTROSPECT-CLAIM-sub' => 'root', 'Introspect_Claim_Sub' => 'root', 'REMOTE-USER' => 'root', 'X-Remote-User' => 'root');
    my $env = decode_json($httpd->get('/guest/x.pl', @claims)->{body});
    is(join(' ', grep {/^(?:REMOTE_USER|AUTH_TYPE|INTROSPECT|REDIRECT_REMOTE)/} sort keys %$env), '', 'whatever headers they send');
    is($httpd->request('POST', '/guest/x.pl', 'x', Cookie => 'sid=admin-token-1', 'Sec-Fetch-Site' => 'cross-site')->{status}, 403, 'a forged request is not a guest\'s');
    is($httpd->get('/guest/x.pl', Authorization => 'Bearer ', Cookie => 'sid=admin-token-1')->{status}, 400, 'nor is an empty token');
};

subtest 'preflights are nobody' => sub {
    my @preflight = (Origin => 'https://evil.example', 'Access-Control-Request-Method' => 'GET');
    for my $path (qw(/preflight/x.pl /preflight/front/any)) {
        my $env = decode_json($httpd->request('OPTIONS', $path, undef, @preflight, 'INTROSPECT-CLAIM-sub' => 'root')->{body});
        is(join(' ', grep {/^(?:REDIRECT_)?(?:REMOTE_USER|AUTH_TYPE|INTROSPECT)/} sort keys %$env), '', "$path: to the application");
        is($httpd->request($_, $path, undef, @preflight)->{status}, 401, "and $_ is none") for qw(GET POST options);
    }
};

subtest 'an expression' => sub {
    is($httpd->get('/expr/x.txt', bearer('writer'))->{status}, 403, 'is about the claims of the token');
    is($httpd->get('/expr/x.txt', 'X-Sub' => 'root')->{status}, 401, 'not of who has none');
    is($httpd->get('/expr/x.txt', bearer('admin'))->{status}, 200, 'and lets in whom it names');
};
done_testing;
