# SPDX-License-Identifier: Apache-2.0
#
# Pages of other origins: IntrospectOrigins, IntrospectAllowPreflight.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
$as->token('page-token-1' => {sub => 'alice', scope => 'read'});
my $spa = 'https://spa.example';
my $httpd = Httpd->new(modules => ['include', 'access_compat', 'headers'], config => $as->config . <<"END");
<Location />
    AuthType Introspect
    AuthName "api"
    Require scope read
</Location>
<Location /open>
    IntrospectAllowPreflight On
</Location>
<Location /spa>
    IntrospectAllowPreflight On
    IntrospectOrigins $spa https://other.example:8443
</Location>
<Location /any>
    IntrospectOrigins $spa
    Satisfy Any
</Location>
<Location /recipe>
    IntrospectOrigins $spa
    IntrospectAllowPreflight On
    Header set Access-Control-Allow-Origin "expr=%{HTTP:Origin}" "expr=-n %{HTTP:Origin}"
    Header merge Vary Origin
</Location>
<Location /listed>
    IntrospectOrigins $spa
</Location>
<Location /method>
    IntrospectAllowPreflight On
    <RequireAny>
        <RequireAll>
            Require method POST
            Require scope write
        </RequireAll>
        <RequireAll>
            Require method GET
            Require ip 10.0.0.0/8
            Require scope read
        </RequireAll>
    </RequireAny>
</Location>
<Location /public>
    AuthType None
    Require all granted
    IntrospectOrigins $spa
</Location>
<Location /basic>
    AuthType Basic
    AuthBasicProvider introspect
    IntrospectAllowPreflight On
</Location>
<Location /session>
    IntrospectOrigins $spa
    IntrospectAllowPreflight On
    IntrospectTokenFrom header cookie:sid
</Location>
<Location /named>
    IntrospectAllowPreflight On
    IntrospectTokenFrom header:X-Key subprotocol query
</Location>
<Location /session/any>
    IntrospectOrigins $spa
    IntrospectTokenFrom header
</Location>
<Location /ssi>
    SetOutputFilter INCLUDES
    IntrospectOrigins $spa
</Location>
END
$httpd->write_file("htdocs/$_", "file\n") for qw(open recipe spa listed method public basic named);
$httpd->write_file('htdocs/ssi', "part\n");

sub preflight {
    my ($path, %more) = @_;
    my %headers = (Origin => $spa, 'Access-Control-Request-Method' => 'GET', %more);
    return $httpd->request('OPTIONS', $path, undef, map { $_ => $headers{$_} } grep { defined $headers{$_} } sort keys %headers);
}

# preflights
is(preflight('/open')->{status}, 200, 'Fetch 3.2.2: a preflight needs no token, and goes to the application');
is($as->calls, 0, 'nobody is asked');
is(preflight('/listed')->{status}, 401, 'unless the place says so');
is(preflight('/open', @$_[0, 1])->{status}, 401, "it is no preflight: $_->[2]")
    for ['Origin', undef, 'no Origin'], ['Access-Control-Request-Method', undef, 'no Access-Control-Request-Method'],
    ['Access-Control-Request-Method', '', 'an empty one'], ['Access-Control-Request-Method', 'GET, POST', 'two methods'],
    ['Cookie', 'a=b', 'a cookie'], ['Authorization', 'Basic YTpi', 'credentials'];
is($httpd->request('OPTIONS', '/open', 'hello', Origin => $spa, 'Access-Control-Request-Method' => 'GET')->{status}, 401, 'it is no preflight: a body');
is(preflight('/open', Authorization => 'Bearer gone-token-1')->{status}, 401, 'with a token it is judged');
is($httpd->request('GET', '/open', undef, Origin => $spa, 'Access-Control-Request-Method' => 'GET')->{status}, 401, 'and only OPTIONS is one');
is(preflight('/named', 'X-Key' => 'gone-token-1')->{status}, 401, 'with a token in another header it is judged, too');
is(preflight('/named', 'Sec-WebSocket-Protocol' => 'bearer, gone-token-1')->{status}, 401, 'and with one of a WebSocket');
is(preflight($_)->{status}, 200, 'a browser makes the preflight of a whole URL') for '/named?access_token=gone-token-1', '/named';
is(preflight('/basic')->{status}, 401, 'AuthType Basic has none');
is(preflight('/method', 'Access-Control-Request-Method' => 'POST')->{status}, 200, 'the announced method counts for Require method');
isnt(preflight('/method', 'Access-Control-Request-Method' => $_)->{status}, 200, "and no $_ gets around Require ip") for qw(GET PUT);

# listed origins
for my $origin ($spa, 'https://other.example:8443') {
    my $answer = preflight('/spa', Origin => $origin, 'Access-Control-Request-Method' => 'DELETE', 'Access-Control-Request-Headers' => 'authorization,content-type');
    is($answer->{status}, 204, "a preflight of $origin is answered");
    is($answer->header("Access-Control-$_->[0]"), $_->[1], "Access-Control-$_->[0]")
        for ['Allow-Origin', $origin], ['Allow-Methods', 'DELETE'], ['Allow-Headers', 'authorization,content-type'], ['Max-Age', 600];
    like($answer->header('Vary'), qr/Origin.*Access-Control-Request-Method/, 'Vary');
}
is(preflight('/spa', 'Access-Control-Request-Headers' => "x;\"y")->header('Access-Control-Allow-Headers'), '', 'what is no list of names is not repeated');
for my $case (['401', $httpd->get('/listed', Origin => $spa)], ['401', $httpd->get('/listed', Origin => $spa, Authorization => 'Bearer gone-token-1')],
    ['400', $httpd->get('/listed', Origin => $spa, Authorization => 'Bearer a b')]) {
    is($case->[1]{status}, $case->[0], "a refusal, $case->[0]");
    is($case->[1]->header('Access-Control-Allow-Origin'), $spa, 'can be read by the page');
    is($case->[1]->header('Access-Control-Expose-Headers'), 'WWW-Authenticate, Retry-After', 'with its challenge');
    is($case->[1]->header('Vary'), 'Origin', 'and is kept apart');
}
is($httpd->get('/listed', Origin => $spa, Authorization => 'Bearer page-token-1')->{status}, 200, 'a token lets in');
is($httpd->get_token('/listed', 'page-token-1')->{status}, 200, 'also without an Origin');

# cookies
for my $case (['a refusal', $httpd->get('/session', Origin => $spa)], ['a bad cookie', $httpd->get('/session', Origin => $spa, Cookie => 'sid=gone-token-1')], ['a preflight', preflight('/session')]) {
    is($case->[1]->header('Access-Control-Allow-Credentials'), 'true', "where a cookie carries the token, a listed origin may send it: $case->[0]");
    is($case->[1]->header('Access-Control-Allow-Origin'), $spa, 'by its own name');
}
is($httpd->get('/session', Origin => $spa, Cookie => 'sid=page-token-1')->{status}, 404, 'the cookie lets it in');
for my $case (['without Origin', $httpd->get('/session')], ['of another origin', $httpd->get('/session', Origin => 'https://evil.example', Cookie => 'sid=gone-token-1')],
    ['of another origin, preflight', preflight('/session', Origin => 'https://evil.example')], ['where no cookie carries it', $httpd->get('/listed', Origin => $spa)],
    ['preflight where no cookie carries it', preflight('/spa')], ['in a part without cookies', $httpd->get('/session/any', Origin => $spa)]) {
    is($case->[1]->header('Access-Control-Allow-Credentials'), '', "no credentials $case->[0]");
}

# the recipe of docs/recipes/browsers.md
for my $case ([200, 'page-token-1'], [401, 'gone-token-1']) {
    my $answer = $httpd->get('/recipe', Origin => $spa, Authorization => "Bearer $case->[1]");
    is("$answer->{status} " . $answer->header('Access-Control-Allow-Origin') . ' ' . $answer->header('Vary'), "$case->[0] $spa Origin", "a page reads $case->[0]");
}
is($httpd->get_token('/recipe', 'page-token-1')->header('Access-Control-Allow-Origin'), '', 'nothing for programs');
is(preflight('/recipe')->{status}, 204, 'its preflight');

# .htaccess: pages of listed origins may use tokens that browsers add
{
    my $own = Httpd->new(allow_override => 'AuthConfig', config => $as->config . "<Location /h>\nAuthType Introspect\nIntrospectTokenFrom cookie:sid\nRequire valid-user\n</Location>\n");
    $own->write_file('htdocs/h/.htaccess', "IntrospectOrigins https://evil.example\n");
    is($own->request('POST', '/h/', 'x', Origin => 'https://evil.example', Cookie => 'sid=page-token-1')->{status}, 500, 'a .htaccess cannot list an origin');
}

# others
my $before = $as->calls;
for my $origin ('https://evil.example', 'null', 'https://spa.example.evil.example', 'http://spa.example', 'https://SPA.example',
    'https://spa.example/', '', "$spa, $spa") {
    for my $path (qw(/listed /spa /public /any)) {
        my $answer = $httpd->get($path, Origin => $origin, Authorization => 'Bearer page-token-2');
        is($answer->{status}, 403, "MCP: the Origin '$origin' is refused at $path");
        is($answer->header('Access-Control-Allow-Origin') . $answer->header('WWW-Authenticate'), '', 'with nothing to read or try');
    }
}
is(preflight('/spa', Origin => 'https://evil.example')->{status}, 403, 'its preflight too');
is($httpd->get('/listed', Origin => $spa, Origin => 'https://evil.example')->{status}, 403, 'two headers are another origin');
is($as->calls, $before, 'before anything is asked');
like($httpd->error_log, qr/MAI0036: Refused \/listed with 403: IntrospectOrigins does not list its Origin/, 'the log says it');
like($httpd->get('/public', Origin => 'null', Accept => 'application/json')->{body}, qr/"error":"access_denied"/, 'JSON too');
is($httpd->get('/public')->{status}, 200, 'where no token is needed, pages are kept out alike');

for my $wrong ('*', 'null', 'spa.example', 'https://spa.example/', 'https://Spa.example', 'https://') {
    my $said = Httpd->refusal(config => $as->config . "<Location />\nIntrospectOrigins \"$wrong\"\n</Location>\n");
    like($said // 'it started', qr/write one origin or more as browsers send it/, "IntrospectOrigins '$wrong' stops the start");
}
done_testing;
