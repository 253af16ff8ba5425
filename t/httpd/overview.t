# SPDX-License-Identifier: Apache-2.0
#
# SetHandler introspect-status: what it shows, what its form says would happen
# to a token, and whom it serves.
use strict;
use warnings;
use JSON::PP qw(decode_json);
use Test::More;
use AS;
use Admin;
use Httpd;

my @admin = (Authorization => 'Basic YWRtaW46YWRtaW4tcGFzcw==');    # admin:admin-pass
my @form = ('Content-Type' => 'application/x-www-form-urlencoded');
my @json = (Accept => 'application/json');

my $page = <<"END";
@{[Admin::place('/status', 'introspect-status')]}
END

sub httpd {
    my ($config, %o) = @_;
    my $httpd = Httpd->new(modules => ['headers', @{delete $o{modules} || []}], %o, config => $config . $page);
    Admin::write_users($httpd);
    return $httpd;
}

sub escaped { my ($text) = @_; $text =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge; return $text }

sub seen { my ($httpd, $path) = @_; return decode_json($httpd->get($path || '/status', @admin, @json)->{body}) }

# What the form says, as JSON; its whole answer.
sub post {
    my ($httpd, %fields) = @_;
    my @more = @{delete $fields{headers} || [@json, @admin]};
    $fields{form_key} //= seen($httpd)->{form_key};
    my $body = join '&', map { "$_=" . escaped($fields{$_}) } sort keys %fields;
    return $httpd->request('POST', '/status', $body, @form, @more);
}

sub checked {
    my ($httpd, $path, $token, %more) = @_;
    Httpd::secret($token);
    my $answer = post($httpd, path => $path, token => $token, %more);
    is($answer->{status}, 200, "$path is tried") or diag $answer->{body};
    my $said = decode_json($answer->{body});
    unlike($answer->{body}, qr/\Q$token/, 'and the token not written back');
    return $said;
}

subtest 'what is shown' => sub {
    my $as = AS->new;
    $as->token('shown-token-1' => {sub => 'alice', aud => 'api', iss => $as->url});
    $as->token('shown-token-2' => {sub => 'bob', aud => 'other', iss => $as->url});
    my $httpd = httpd($as->config . <<"END");
<Location /api>
    AuthType Introspect
    IntrospectAudience api
    <RequireAll>
        Require scope read
        Require expr "%{HTTP:X-Key} != 'very-secret-key'"
    </RequireAll>
</Location>
END
    my $nothing = seen($httpd);
    is_deeply($nothing->{refusals}, [], 'no refusal yet');
    $httpd->get_token('/api', 'shown-token-1') for 1 .. 3;
    $httpd->get_token('/api', 'shown-token-2');
    $httpd->get('/api');
    my $said = seen($httpd);
    my ($server) = @{$said->{servers}};
    is(@{$said->{servers}}, 1, 'one server');
    is_deeply($server->{addresses}, [$as->url], 'its address') or diag explain $server;
    is($server->{method}, 'client_secret_basic', 'its method');
    is($server->{breaker}, 'closed', 'its breaker');
    is($server->{in_flight}, 0, 'nothing under way');
    cmp_ok($server->{last_success}, '<', 60, 'it has answered');
    ok(!defined $server->{certificate_ends}, 'there is no certificate');
    cmp_ok($server->{secret_age}, '<', 60, 'the secret was read');
    my %from = map { $_->{from} => $_ } @{$said->{lookups}};
    is($from{miss}{total}, 2, 'two misses');
    is($from{miss}{hour}, 2, 'in the last hour');
    is($from{hit}{hour}, 2, 'two hits');
    my ($active) = @{$said->{cache}};
    is($active->{entries}, 2, 'two answers are kept');
    cmp_ok($active->{bytes}, '<', $active->{capacity}, 'in a part of the table');
    my %cause = map { $_->{cause} => $_->{count} } @{$said->{causes}};
    is_deeply(\%cause, {audience => 1, no_token => 1, insufficient_scope => 3}, 'refusals by cause') or diag explain \%cause;
    is(@{$said->{refusals}}, 5, 'five refusals');
    my ($last, $before) = @{$said->{refusals}};
    is_deeply([@$last{qw(status cause message fingerprint)}], [401, 'no_token', 'MAI0020', undef], 'the last one');
    is_deeply([@$before{qw(status cause message)}], [401, 'audience', 'MAI0027'], 'the one before');
    like($before->{fingerprint}, qr/^[0-9a-f]{8}$/, 'with its fingerprint');
    like($before->{place}, qr/httpd\.conf:\d+$/, 'and its place');
    my ($place) = grep { $_->{section} =~ /api/ } @{$said->{places}};
    is($place->{section}, '<Location /api>', 'a place');
    is_deeply($place->{audiences}, ['api'], 'its audience');
    is_deeply($place->{servers}, [$server->{server}], 'its server');
    is_deeply($place->{require}, ['<RequireAll>', "\xa0\xa0scope read", "\xa0\xa0expr ..."], 'its Require lines, no secret');
    my $html = $httpd->get('/status', @admin);
    unlike($html->{body}, qr/rs-secret-1|very-secret-key/, 'no secret on the page');
    like($html->{body}, qr/<td>insufficient_scope<\/td>/, 'which shows the same');
};

subtest 'what would happen' => sub {
    my $as = AS->new;
    $as->token('tried-token-1' => {sub => 'alice', aud => 'api', scope => 'read', iss => 'https://as.example'});
    $as->token('tried-token-2' => {sub => 'bob', aud => 'api', scope => 'write'});
    my $httpd = httpd($as->config . <<"END", allow_override => 'AuthConfig Limit');
IntrospectCacheMaxAge 60s
<Location /api>
    AuthType Introspect
    IntrospectAudience api
    <RequireAll>
        <RequireAny>
            Require scope read
            <RequireAll>
                Require scope write
                Require claim sub:carol
            </RequireAll>
        </RequireAny>
        Require not claim sub:mallory
    </RequireAll>
</Location>
<If "%{REQUEST_URI} =~ m#^/if#">
    AuthType Introspect
    Require scope read
</If>
<Location /status>
    IntrospectAdmin On
</Location>
<Location /basic>
    AuthType Basic
    AuthName passwords
    AuthBasicProvider introspect
    Require valid-user
</Location>
END
    mkdir "$httpd->{dir}/htdocs/own";
    $httpd->write_file('htdocs/own/.htaccess', "AuthType Introspect\nRequire claim sub:bob\nIntrospectExport none\n");
    $httpd->write_file($_, 'x') for 'htdocs/own/x', 'htdocs/api';
    my $said = checked($httpd, '/api', 'tried-token-1');
    my $check = $said->{check};
    is($check->{status}, 200, 'let in');
    is($check->{verdict}, 'granted', 'granted');
    is($check->{user}, 'alice', 'as alice');
    like($check->{source}, qr/asked just now/, 'asked');
    is($check->{remembered}, 'active', 'and remembered');
    cmp_ok($check->{asked_next}, '<=', 60, 'until it is asked about again');
    like($check->{fingerprint}, qr/^[0-9a-f]{8}$/, 'by its fingerprint');
    is_deeply($check->{wanted_audience}, ['api'], 'what the place wants');
    my %exported = map { $_->{name} => $_->{value} } @{$said->{exported}};
    is($exported{INTROSPECT_CLAIM_sub}, 'alice', 'what would be exported');
    is($exported{INTROSPECT_SUBJECT_TYPE}, 'user', 'of our own, too');
    my $lines = sub { return {map { $_->{line} => $_->{holds} } @{$_[0]{requirements}}} };
    is_deeply($lines->($said), {'scope read' => 'yes', 'scope write' => 'no', 'claim sub:carol' => 'no', 'not claim sub:mallory' => 'yes'}, 'which lines hold') or diag explain $said->{requirements};

    $said = checked($httpd, '/api', 'tried-token-2');
    is($said->{check}{status}, 403, 'another is not let in');
    is($said->{check}{verdict}, 'insufficient_scope', 'for its scope');
    is_deeply($lines->($said), {'scope read' => 'no', 'scope write' => 'yes', 'claim sub:carol' => 'no', 'not claim sub:mallory' => 'yes'}, 'by these lines') or diag explain $said->{requirements};
    is_deeply($said->{exported}, [], 'nothing is exported');
    $said = checked($httpd, '/api', 'tried-token-2');
    is($said->{check}{source}, 'the cache', 'and it is remembered');
    is($as->calls('tried-token-2'), 1, 'asked about once');

    is(checked($httpd, '/if/x', 'tried-token-2')->{check}{status}, 403, 'by <If>');
    $said = checked($httpd, '/own/x', 'tried-token-2');
    is($said->{check}{status}, 200, 'by .htaccess');
    like($said->{check}{place}, qr/\.htaccess:1$/, 'which is named');
    is_deeply([map { $_->{name} } @{$said->{exported}}], [], 'as it exports nothing');
    is(checked($httpd, '/basic', 'tried-token-2')->{check}{user}, 'bob', 'as a password');
    $said = checked($httpd, '/', 'tried-token-2');
    like($said->{check}{verdict}, qr/does not decide here/, 'where nothing decides');
    $said = checked($httpd, '/api', 'unknown-token-1');
    is_deeply([@{$said->{check}}{qw(status verdict remembered)}], [401, 'inactive', 'inactive'], 'an inactive one');
    like($said->{check}{reason}, qr/^MAI0022: /, 'and why');
    is($said->{check}{asked_next} <= 15 ? 1 : 0, 1, 'until it is asked about again');
    is(checked($httpd, '/api', 'not a token')->{check}{status}, 400, 'no token');
    is(checked($httpd, '/status', 'tried-token-1')->{check}{status}, 401, 'the page itself lets in no token');
    is_deeply(seen($httpd)->{refusals}, [], 'no client was refused');
    unlike($httpd->error_log, qr/MAI00(?:2[2-9]|3\d): Refused/, 'nor is one in the log');
    is(post($httpd, path => $_->[0], token => 'tried-token-1', method => $_->[1] || 'GET')->{status}, 200, "$_->[0] is answered")
        for ['api'], ["/a b"], ["/a\r\nb"], ['http://elsewhere.example/'], ['/x', 'G T'], ['/%00'], ['/../../etc/passwd'], ['//api'], ['/api?x=1#y'];
    $said = decode_json(post($httpd, path => 'http://elsewhere.example/', token => 'tried-token-1')->{body});
    like($said->{error}, qr/no virtual host/, 'but another host is not ours');
};

subtest 'another virtual host' => sub {
    my $as = AS->new;
    $as->token('host-token-1' => {sub => 'alice'});
    my $httpd = httpd(<<"END");
<VirtualHost *:%PORT%>
    ServerName localhost
</VirtualHost>
<VirtualHost *:%PORT%>
    ServerName other.example
    @{[ $as->config ]}
    <Location />
        AuthType Introspect
        Require valid-user
    </Location>
</VirtualHost>
END
    my $said = checked($httpd, '/', 'host-token-1');
    like($said->{check}{verdict}, qr/does not decide/, 'not here');
    $said = checked($httpd, "http://other.example:$httpd->{port}/", 'host-token-1');
    is($said->{check}{user}, 'alice', 'but there') or diag explain $said;
    is($said->{check}{host}, "other.example:$httpd->{port}", 'which is said');
    is(seen($httpd)->{places}[0]{host}, "other.example:$httpd->{port}", 'and shown among the places');
};

subtest 'a button that forgets' => sub {
    my $as = AS->new;
    $as->token('forgotten-token-1' => {sub => 'alice'});
    my $httpd = httpd($as->config . "<Location /api>\nAuthType Introspect\nRequire valid-user\n</Location>\n");
    $httpd->get_token('/api', 'forgotten-token-1') for 1 .. 3;
    is($as->calls, 1, 'remembered');
    my $said = decode_json(post($httpd, token => 'forgotten-token-1', action => 'forget', path => '/')->{body});
    like($said->{told}, qr/^Forgot what/, 'forgotten');
    $httpd->get_token('/api', 'forgotten-token-1');
    is($as->calls, 2, 'and asked about again');
    like($httpd->error_log, qr/MAI0080: Forgot what is remembered about one token, as admin asked/, 'the log says who');
};

subtest 'nobody else' => sub {
    my $as = AS->new;
    $as->token('kept-token-1' => {sub => 'alice'});
    my $httpd = httpd($as->config . <<'END', allow_override => 'AuthConfig FileInfo');
<Location /open>
    SetHandler introspect-status
    Require all granted
</Location>
<Location /guarded>
    SetHandler introspect-status
    IntrospectAdmin On
    Require all granted
</Location>
<Location /off>
    SetHandler introspect-status
    IntrospectAdmin Off
    Require all granted
</Location>
<Location /status>
    IntrospectAdmin On
</Location>
END
    is($httpd->get('/status')->{status}, 401, 'without a password');
    is($httpd->get("/$_", @admin)->{status}, 403, "/$_") for qw(open off);
    is($httpd->get('/guarded')->{status}, 200, 'IntrospectAdmin On: who gets there');
    my $key = seen($httpd)->{form_key};
    my %fields = (path => '/', token => 'kept-token-1', action => 'forget');
    is(post($httpd, %fields, form_key => '')->{status}, 403, 'a form without its key');
    is(post($httpd, %fields, form_key => seen($httpd, '/guarded')->{form_key})->{status}, 403, "with another user's");
    is(post($httpd, %fields, form_key => scalar reverse $key)->{status}, 403, 'with a made-up one');
    for my $sender (['Sec-Fetch-Site' => 'cross-site'], [Origin => 'https://evil.example'], [Origin => 'null']) {
        is(post($httpd, %fields, form_key => $key, headers => [@admin, @$sender])->{status}, 403, "from @$sender");
    }
    is(post($httpd, %fields, form_key => $key, other => 1)->{status}, 400, 'with a field too many');
    is(post($httpd, %fields, form_key => $key, action => 'x')->{status}, 400, 'with another action');
    is($httpd->request('POST', '/status', "token=kept-token-1&token=kept-token-1&form_key=$key", @form, @admin)->{status}, 400, 'with a field twice');
    is($httpd->request('POST', '/status', "token=a%00b&form_key=$key", @form, @admin)->{status}, 400, 'with a NUL');
    is($httpd->request('POST', '/status', "{}", 'Content-Type' => 'application/json', @admin)->{status}, 415, 'no form');
    is($httpd->get('/status?token=kept-token-1', @admin)->{status}, 400, 'a token in the URL');
    my $answer = $httpd->request('DELETE', '/status', undef, @admin);
    is($answer->{status}, 405, 'another method');
    is($as->calls, 0, 'nobody was asked');
    unlike($httpd->error_log, qr/MAI0080/, 'and nothing forgotten');
    is(post($httpd, %fields, form_key => $key, headers => [@admin, @$_])->{status}, 200, "but from @$_")
        for ['Sec-Fetch-Site' => 'same-origin'], [Origin => 'http://localhost'];
    like($httpd->error_log, qr/MAI0123: No status page: this page did not send this form/, 'the log says why');
};

subtest 'the author of a .htaccess' => sub {
    my $httpd = Httpd->new(config => '', allow_override => 'FileInfo AuthConfig', modules => []);
    mkdir "$httpd->{dir}/htdocs/mine";
    $httpd->write_file('htdocs/mine/users', 'me:{SHA}' . `printf me | openssl dgst -sha1 -binary | openssl base64`);
    $httpd->write_file('htdocs/mine/.htaccess', <<"END");
SetHandler introspect-status
AuthType Basic
AuthName mine
AuthUserFile $httpd->{dir}/htdocs/mine/users
Require valid-user
END
    is($httpd->get('/mine/x', Authorization => 'Basic bWU6bWU=')->{status}, 403, 'has no page of his own');
};

subtest 'hostile text' => sub {
    my $as = AS->new;
    my $evil = '<script>alert(1)</script>"\'&';
    $as->token('hostile-token-1' => {sub => $evil, aud => $evil, "<img src=x>" => "\x{1}\x{202e}x</td>", role => 'x' x 5000});
    my $httpd = httpd($as->config . <<'END', allow_override => 'AuthConfig');
<Location /status>
    IntrospectAdmin On
</Location>
<Location "/a<b>">
    AuthType Introspect
    IntrospectAudience "<u>&amp;"
    Require claim "role:<i>"
</Location>
<Location /c>
    AuthType Introspect
    Require valid-user
</Location>
END
    $httpd->get_token('/a<b>', 'hostile-token-1');
    Httpd::secret('hostile-token-1');
    for my $path ('/c', '/a<b>', '/<script>alert(2)</script>') {
        my $answer = post($httpd, path => $path, token => 'hostile-token-1', headers => [@admin]);
        is($answer->{status}, 200, "$path is tried");
        unlike($answer->{body}, qr/<script|<img|<u>|<i>|<b>/, 'and nothing of it is markup');
        unlike($answer->{body}, qr/[\x00-\x08\x0b-\x1f]/, 'nor control');
        like($answer->{body}, qr/&lt;script&gt;/, 'but escaped') if $path ne '/a<b>';
    }
    my $said = checked($httpd, '/c', 'hostile-token-1');
    is($said->{check}{user}, $evil, 'JSON has it as it is');
    cmp_ok(length((grep { $_->{name} =~ /role/ } @{$said->{exported}})[0]{value}), '<', 400, 'long values are cut');
    my $answer = $httpd->get('/status', @admin);
    my ($nonce) = $answer->{body} =~ /<style nonce="([0-9a-f]{32})">/;
    is($answer->header('Content-Security-Policy'), "default-src 'none'; style-src 'nonce-$nonce'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", 'no script can run');
    isnt(($httpd->get('/status', @admin)->{body} =~ /nonce="(\w+)"/)[0], $nonce, 'the nonce is another each time');
    is($answer->header('Cache-Control'), 'no-store', 'nothing is stored');
    is($answer->header('X-Content-Type-Options'), 'nosniff', 'nor guessed');
    is($answer->header('X-Frame-Options'), 'DENY', 'nor framed');
    unlike($answer->{body}, qr/<script|javascript:|\son\w+=/i, 'there is no script');
};

subtest "the page's own request" => sub {
    my $as = AS->new;
    $as->token('tried-token-3' => {sub => 'alice'}, );
    $as->token('own-token-1' => {sub => 'operator'});
    my $httpd = Httpd->new(modules => ['headers', 'include'], config => $as->config . <<'END');
LogFormat "%u|%{INTROSPECT_CLAIM_sub}e|%{result}^IN|%{Authorization}i|%>s" seen
CustomLog %DIR%/access.log seen
<Location /api>
    AuthType Introspect
    IntrospectForwardToken Off
    Require valid-user
</Location>
<Location /status>
    SetHandler introspect-status
    AuthType Introspect
    Require claim sub:operator
</Location>
END
    my @own = (Authorization => 'Bearer own-token-1');
    my $key = decode_json($httpd->get('/status', @own, @json)->{body})->{form_key};
    my $answer = $httpd->request('POST', '/status', "path=/api&token=tried-token-3&form_key=$key", @own, @json, @form);
    is(decode_json($answer->{body})->{check}{user}, 'alice', 'the token that is tried');
    $answer = $httpd->request('POST', '/status', "path=/status&token=tried-token-3&form_key=$key", @own, @json, @form);
    is(decode_json($answer->{body})->{check}{status}, 403, 'also at the very same place');
    my @log = split /\n/, $httpd->slurp('access.log');
    is($_, 'operator|operator|granted|Bearer own-token-1|200', "leaves the page's own user, variables and header") for @log[1, 2];
    unlike(join("\n", @log) . $httpd->error_log, qr/tried-token-3/, 'and stands in no log');
    is($as->calls('own-token-1'), 1, 'who asks for the page is remembered');
};

subtest 'over HTTP/2' => sub {
    my $as = AS->new;
    $as->token('second-token-1' => {sub => 'alice'});
    my $httpd = httpd("Protocols h2c http/1.1\n" . $as->config . "<Location /api>\nAuthType Introspect\nRequire valid-user\n</Location>\n", modules => ['http2']);
    my $curl = "curl -s --http2-prior-knowledge -u admin:admin-pass -H 'Accept: application/json'";
    my $json = `$curl @{[ $httpd->url('/status') ]}`;
    my $key = decode_json($json)->{form_key};
    $json = `$curl @{[ $httpd->url('/status') ]} --data 'path=/api&token=second-token-1&form_key=$key'`;
    my $said = decode_json($json);
    is($said->{check}{user}, 'alice', 'the same');
};
done_testing;
