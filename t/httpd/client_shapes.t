# SPDX-License-Identifier: Apache-2.0
#
# What clients see and send, in every shape of request: challenges, bodies, CORS
# headers, step-up, guests and tokens from all places, by HTTP/1.1 and HTTP/2,
# sub-requests, internal redirects, error documents, .htaccess and proxies.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64;
use Test::More;
use AS;
use Httpd;
use Shapes;

my $as = AS->new;
my $token = Httpd::secret('shape-good-1');
$as->token($token => {sub => 'alice', scope => 'read', acr => 'gold'});
$as->token('shape-weak-1' => {sub => 'alice', scope => 'read', acr => 'iron'});
$as->token('shape-other-1' => {sub => 'bob', scope => 'other', acr => 'gold'});
my $guard = "AuthType Introspect\nAuthName s\n<RequireAll>\nRequire scope read\nRequire acr gold\n</RequireAll>\n";
my $guest = "AuthType Introspect\nAuthName s\nIntrospectOptional On\nRequire all granted\n";

my $shapes = Shapes->new(places => {guarded => $guard, guest => $guest}, config => $as->config . <<"END");
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
DavLockDB %DIR%/dav.lock
IntrospectResource https://s.example/
IntrospectResourceServers https://as.example
IntrospectAudience any
IntrospectOrigins https://spa.example
IntrospectForwardToken Off
IntrospectTokenFrom header query cookie:sid header:X-Key basic subprotocol
<Directory %DIR%/htdocs/dav>
    Dav On
    Options +Indexes
    IndexOptions -ShowForbidden
    DirectoryIndex disabled
    <Files secret.txt>
$guard
    </Files>
</Directory>
<Directory %DIR%/htdocs/list>
    Options +Indexes
    DirectoryIndex disabled
    <Files secret.txt>
$guard
    </Files>
</Directory>
END
my ($httpd, $backend) = @$shapes{qw(httpd backend)};
$backend->answer("/$_/proxied" => {status => 200, body => '{"REMOTE_USER":"alice"}'}) for qw(guarded guest);
$backend->answer('/guarded/proxied?x=1' => {status => 200, body => '{"REMOTE_USER":"alice","QUERY_STRING":"x=1"}'});
$httpd->write_file("htdocs/$_/secret.txt", "secret\n") for qw(dav list);
$httpd->write_file("htdocs/$_/open.txt", "open\n") for qw(dav list);
$httpd->write_file('htdocs/part.shtml', '<!--#include virtual="/guarded/plain/x.pl" -->end');
system("chown -R www-data $httpd->{dir}/htdocs/dav");
$shapes->begin;

sub fields { my ($answer) = @_; return join ' + ', $answer->{status}, $answer->all_headers('WWW-Authenticate') }
sub bearer { my ($who) = @_; return (Authorization => "Bearer shape-$who-1") }
my $metadata = 'resource_metadata="https://s.example/.well-known/oauth-protected-resource"';
my %refused = (
    none => qq{401 + Bearer scope="read", $metadata, realm="s" + Basic realm="s"},
    gone => qq{401 + Bearer error="invalid_token", scope="read", $metadata, realm="s" + Basic realm="s"},
    other => qq{403 + Bearer error="insufficient_scope", scope="read", $metadata, realm="s"},
);
my $weak = qq{401 + Bearer error="insufficient_user_authentication", $metadata, acr_values="gold", error_description="A stronger or more recent sign-in is needed", realm="s" + Basic realm="s"};
my %error = (none => undef, gone => 'invalid_token', other => 'insufficient_scope');

for my $case ($shapes->all) {
    my ($shape, undef, %o) = @$case;
    for my $who (sort keys %refused) {
        my $answer = $shapes->ask('guarded', $case, Accept => 'application/json', Origin => 'https://spa.example', $who eq 'none' ? () : bearer($who));
        is(fields($answer), $refused{$who}, "RFC 9110 11.6.1: $shape: $who");
        is($answer->header('Cache-Control'), 'no-store', 'not to be stored');
        is($answer->header('Access-Control-Allow-Origin') . ' ' . $answer->header('Access-Control-Expose-Headers'), 'https://spa.example WWW-Authenticate, Retry-After', 'readable for a page of a listed origin');
        if ($o{document}) { is($answer->{body}, "page\n", 'with its document') }
        elsif (($o{method} || '') ne 'HEAD') { is(decode_json($answer->{body})->{error}, $error{$who}, 'with JSON for who prefers it') }
    }
    is(fields($shapes->ask('guarded', $case, bearer('weak'))), $weak, "RFC 9470 3: $shape: a weak sign-in");
    is(fields($shapes->ask('guarded', $case, bearer('good'), Origin => 'https://evil.example')), '403', "$shape: a page of another origin");
    is(fields($shapes->ask('guarded', $case, bearer('good'))), '200', "$shape: who may");
    next if ($o{method} || '') eq 'HEAD';

    # guests
    my $user = sub { my ($answer) = @_; return $answer->{status} == 200 ? decode_json($answer->{body})->{REMOTE_USER} // 'nobody' : $answer->{status} };
    my $proxied = $o{proxied};
    is($user->($shapes->ask('guest', $case)), $proxied ? 'alice' : 'nobody', "$shape: a guest (IntrospectOptional)");
    is($user->($shapes->ask('guest', $case, bearer('good'))), 'alice', 'who brings a token is known');
    like($shapes->ask('guest', $case, bearer('gone'))->header('WWW-Authenticate'), qr/^Bearer error="invalid_token"/, 'and a bad one is refused');

    # tokens of all places: taken, and hidden
    next if ($o{method} || '') eq 'POST';
    my $basic = 'Basic ' . encode_base64("x:$token", '');
    for my $from ([header => '', Authorization => "Bearer $token"], [query => "?x=1&access_token=$token"], [cookie => '', Cookie => "a=b; sid=$token"], ['header:X-Key' => '', 'X-Key' => $token],
        [basic => '', Authorization => $basic], [subprotocol => '', 'Sec-WebSocket-Protocol' => "bearer, $token"]) {
        my ($place, $query, @headers) = @$from;
        $backend->reset;
        my $answer = $shapes->ask("guarded$query", $case, @headers);
        is($user->($answer), 'alice', "$shape: a token of IntrospectTokenFrom $place");
        my $seen = $answer->{body} . join '', map { $_->{head} } $backend->requests;
        unlike($seen, qr/\Q$token\E|\Q$basic\E/, 'which nobody else sees');
        like($seen, $place eq 'query' ? qr/\?x=1|"x=1"/ : qr/./, 'but what is no token');
    }
}

# A success never has a challenge, whatever part of it was refused.
for my $case (['a part of a page', GET => '/part.shtml', 200], ['a listing', GET => '/list/', 200], ['a collection of DAV', PROPFIND => '/dav/', 207]) {
    my ($what, $method, $path, $status) = @$case;
    my $answer = $httpd->request($method, $path, undef, Depth => 1);
    is($answer->{status}, $status, "$what: a success");
    is($answer->header('WWW-Authenticate') . $answer->header('Cache-Control'), '', "RFC 9110 11.6.1: $what that is refused adds no challenge");
    unlike($answer->{body}, qr/REMOTE_USER|secret/, 'and nothing of it') if $method eq 'GET';
}
is(fields($httpd->request('PROPFIND', '/dav/secret.txt', undef, Depth => 0)), $refused{none}, 'which is refused alone');

# The document of the resource, whatever stands at the root.
my $place = '/.well-known/oauth-protected-resource';
my %roots = (
    'a front controller in .htaccess' => ['htdocs/.htaccess' => "RewriteEngine On\nRewriteRule ^ page.html [L]\n"], 'FallbackResource' => ['htdocs/.htaccess' => "FallbackResource /page.html\n"],
    'a .htaccess that denies all' => ['htdocs/.htaccess' => "Require all denied\n"], 'a .htaccess that cannot be read' => ['htdocs/.htaccess' => "NoSuchDirective\n"],
);
for my $where (sort keys %roots) {
    $httpd->write_file(@{$roots{$where}});
    for my $ask ('request', $httpd->can_http2 ? 'request2' : ()) {
        my $answer = $httpd->$ask('GET', $place, undef, 'MCP-Protocol-Version' => '2026-07-28', Origin => 'https://client.example');
        is("$answer->{status} " . $answer->header('Access-Control-Allow-Origin'), '200 *', "RFC 9728 3: $where hides no document ($ask)");
    }
}
$httpd->stop;
my $proxy = Httpd->new(modules => [qw(proxy proxy_http)], config => $as->config . <<"END");
IntrospectResource https://s.example/
IntrospectResourceServers https://as.example
<Location />
    AuthType Introspect
    IntrospectOrigins https://spa.example
    Require all denied
    ProxyPass @{[$backend->base]}/
</Location>
END
is($proxy->get($place, Origin => 'https://client.example')->{status}, 200, 'RFC 9728 3: a proxy of everything hides no document');
done_testing;
